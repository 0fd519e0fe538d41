"""A batch as the detector is to see it, from pictures of the cache. Runs on any device."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import torch
from pydantic import Field
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from tracker.roi import PALM_LANDMARKS
from tracker.training.backgrounds import has_mask, replace_backgrounds
from tracker.training.disturbance import Disturbance, disturb
from tracker.training.draws import chance, uniform
from tracker.training.palm.batch import Pictures
from tracker.training.palm.geometry import (
    Placements,
    PlacementSettings,
    draw_placements,
    sample,
    shown_share,
)
from tracker.training.palm.truth import PalmTruth
from tracker.training.textures import random_textures

#: Of a palm this share is to be seen to be asked for, and the other at most to be nothing at all.
ASKED_SHARE = 0.6
NOTHING_SHARE = 0.15
#: Palms smaller than this share of the side (5 pixels) are not asked for.
SMALLEST_PALM = 0.026
#: Share of the input below which a picture's frame is to be seen.
FRAMED_BELOW = 0.75
#: Sizes of what is before a hand ÷ side of the input.
_OCCLUDERS: Final = (0.02, 0.1)


class PalmAugmentation(Disturbance):
    """How pictures are varied. Shares are probabilities for each picture."""

    placement: PlacementSettings = PlacementSettings()
    background_share: float = Field(0.4, ge=0, le=1)
    """Rendered pictures that get another background."""
    alone_share: float = Field(0.7, ge=0, le=1)
    """Of the rendered pictures that fill little of the input, those of which only what is rendered
    stays: hands, people and things."""
    empty_share: float = Field(0.04, ge=0, le=1)
    """Pictures that lose their hands to a background."""
    paste_share: float = Field(0.35, ge=0, le=1)
    """Pictures into which all that is rendered in another one is pasted."""
    bars_share: float = Field(0.6, ge=0, le=1)
    """Pictures with letterbox bars: images are rarely square."""


@dataclass(frozen=True)
class PalmBatch:
    """(N, 3, side, side) pictures in [0, 1] and their truth."""

    images: Tensor
    truth: PalmTruth


@dataclass(frozen=True)
class _Laid:
    """Pictures in the input: images (N, 3, side, side); alpha (N, 1, side, side), how much of a
    pixel is rendered, hands or anything else; inside (the same), where there is picture."""

    images: Tensor
    alpha: Tensor
    inside: Tensor
    placements: Placements


def augment(
    pictures: Pictures, side: int, settings: PalmAugmentation, generator: torch.Generator
) -> PalmBatch:
    """Pictures placed anew, with other surroundings, further hands and another camera.

    Args:
        pictures: rendered ones and photographs.
        side: pixels of the detector's input.
        settings: how much of what.
        generator: of all randomness.
    """
    laid = _lay(pictures, side, settings.placement, generator)
    images, empty = _with_surroundings(laid, pictures, settings, generator)
    window, bars = _draw_bars(len(pictures), side, settings.bars_share, generator)
    shown = laid.inside * bars * (~empty).view(-1, 1, 1, 1)
    truth = _truth_of(pictures, laid.placements, shown)

    rows, donors = _draw_pairs(pictures, settings.paste_share, generator)
    if len(rows):
        given = pictures[donors]
        pasted = _lay(given, side, settings.placement, generator)
        images[rows] = torch.lerp(images[rows], pasted.images, pasted.alpha)
        shown = shown.clone()
        shown[rows] = shown[rows] * (pasted.alpha < 0.5)
        truth = _joined(
            _truth_of(pictures, laid.placements, shown),
            _truth_of(given, pasted.placements, pasted.inside * bars[rows]),
            rows,
        )
    images = disturb(images, settings, _OCCLUDERS, generator) * bars
    return PalmBatch(images.contiguous(memory_format=torch.channels_last), _cut(truth, window))


def mirrored(truth: PalmTruth) -> PalmTruth:
    """The truth of the mirror images. Padding stays what it is: nothing looks at its places."""
    palms, keypoints, boxes = truth.palms.clone(), truth.keypoints.clone(), truth.boxes.clone()
    palms[..., 0] = 1 - palms[..., 0]
    keypoints[..., 0] = 1 - keypoints[..., 0]
    boxes[..., 0], boxes[..., 2] = 1 - truth.boxes[..., 2], 1 - truth.boxes[..., 0]
    return replace(truth, palms=palms, keypoints=keypoints, boxes=boxes)


def _lay(
    pictures: Pictures, side: int, settings: PlacementSettings, generator: torch.Generator
) -> _Laid:
    focus, extent = _draw_focus(pictures, generator)
    placements = draw_placements(focus, extent, pictures.weak, settings, generator)
    planes, inside = sample(pictures.planes, pictures.content, placements, side)
    # The mask's own border has something of what was behind.
    alpha = ((planes[:, 3:] - 0.35) / 0.6).clamp(0, 1) * inside
    return _Laid(planes[:, :3], alpha, inside, placements)


def _draw_focus(pictures: Pictures, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """(N, 2) middle of the palm or box of one of a picture's hands, and (N,) the longer side of
    that hand. Where there is no hand, the middle of the picture."""
    weak = pictures.weak[:, None]
    boxes = pictures.hand_boxes
    exists = ~torch.isnan(torch.where(weak, boxes[..., 0], pictures.palms[..., 0]))
    chosen = (uniform(tuple(exists.shape), generator) + exists).argmax(dim=1)
    rows = torch.arange(len(pictures), device=chosen.device)
    landmarks, box = pictures.landmarks[rows, chosen], boxes[rows, chosen]
    low = torch.where(weak, box[:, :2], landmarks.amin(dim=1))
    high = torch.where(weak, box[:, 2:], landmarks.amax(dim=1))
    focus = torch.where(weak, (low + high) / 2, pictures.palms[rows, chosen, :2])
    extent = (high - low).amax(dim=1)
    return focus.nan_to_num(0.5), extent.nan_to_num(0.3).clamp_min(1e-3)


def _with_surroundings(
    laid: _Laid, pictures: Pictures, settings: PalmAugmentation, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Images without an empty place, part of them before another background; and (N,) bool, those
    of which nothing else is left."""
    count = len(pictures)
    backgrounds = _draw_backgrounds(laid, pictures, generator)
    images = replace_backgrounds(
        laid.images, laid.alpha, backgrounds, generator, settings.background_share
    )
    # A picture that fills little of the input would be seen to be one by its frame.
    framed = laid.inside.mean(dim=(1, 2, 3)) < FRAMED_BELOW
    masked = has_mask(pictures.planes[:, 3:])
    alone = framed & masked & chance(count, settings.alone_share, generator)
    empty = chance(count, settings.empty_share, generator)
    kept = torch.where(alone.view(-1, 1, 1, 1), laid.alpha, laid.inside)
    kept = kept * (~empty).view(-1, 1, 1, 1)
    return torch.lerp(backgrounds, images, kept), empty


def _draw_backgrounds(laid: _Laid, pictures: Pictures, generator: torch.Generator) -> Tensor:
    """Made-up textures, and the surroundings of other pictures, all that is rendered painted over
    with the colours round about. Photographs, and hands without a mask, give none: where they end
    is not known."""
    count, _, side, _ = laid.images.shape
    handless = torch.isnan(pictures.palms[..., 0]).all(dim=1)
    known = ~pictures.weak & (has_mask(pictures.planes[:, 3:]) | handless)
    givers = torch.nonzero(known).squeeze(1)
    if len(givers) == 0:
        return random_textures(count, side, generator)
    which = torch.randint(len(givers), (count,), generator=generator, device=generator.device)
    clean = _without_rendered(laid)[givers[which]]
    flipped = torch.nonzero(chance(count, 0.5, generator)).squeeze(1)
    clean[flipped] = clean[flipped].flip(3)
    made_up = torch.nonzero(chance(count, 0.3, generator)).squeeze(1)
    # Half as fine is fine enough behind a hand, and four times as cheap.
    textures = random_textures(len(made_up), side // 2, generator)
    clean[made_up] = F.interpolate(textures, (side, side), mode="bilinear")
    return clean


def _without_rendered(laid: _Laid) -> Tensor:
    """The images with smooth colours of their surroundings in place of all that is rendered and
    beyond the picture."""
    side = laid.images.shape[-1]
    blocks = F.max_pool2d(F.max_pool2d(laid.alpha, 4), 3, 1, 1)
    clear = F.interpolate((blocks < 0.05).float(), (side, side), mode="bilinear") * laid.inside
    surroundings = F.avg_pool2d(laid.images * clear, 32)
    everywhere = laid.images.mean(dim=(2, 3), keepdim=True)
    coarse = (surroundings + 0.02 * everywhere) / (F.avg_pool2d(clear, 32) + 0.02)
    painted = F.interpolate(coarse, (side, side), mode="bilinear")
    return torch.lerp(painted, laid.images, clear)


def _draw_pairs(
    pictures: Pictures, share: float, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Rows into which something is pasted, and those of the rendered pictures with a mask that
    give it."""
    givers = torch.nonzero(has_mask(pictures.planes[:, 3:])).squeeze(1)
    rows = torch.nonzero(chance(len(pictures), share, generator)).squeeze(1)
    if len(givers) == 0:
        return rows[:0], rows[:0]
    which = torch.randint(len(givers), (len(rows),), generator=generator, device=generator.device)
    return rows, givers[which]


def _draw_bars(
    count: int, side: int, share: float, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """(N, 4) x0, y0, x1, y1 of the part that is no bar, and the same as (N, 1, side, side)."""
    shorter = uniform((count,), generator, 0.5, 1.0)
    shorter = torch.where(chance(count, share, generator), shorter, 1.0)
    lying = chance(count, 0.7, generator)
    width, height = torch.where(lying, 1.0, shorter), torch.where(lying, shorter, 1.0)
    half = torch.stack([width, height], dim=1) / 2
    along = (torch.arange(side, device=shorter.device) + 0.5) / side
    inside = (along - 0.5).abs() <= half[..., None]
    bars = inside[:, 1, :, None] & inside[:, 0, None, :]
    return torch.cat([0.5 - half, 0.5 + half], dim=1), bars[:, None].float()


def _truth_of(pictures: Pictures, placements: Placements, shown: Tensor) -> PalmTruth:
    """Labels in the input, given (N, 1, side, side) where the pictures are to be seen."""
    palms = placements.squares(pictures.palms)
    half = palms[..., 2:] / 2
    share = shown_share(torch.cat([palms[..., :2] - half, palms[..., :2] + half], dim=2), shown)
    exists = ~torch.isnan(palms[..., 0])
    wanted = exists & (pictures.asked > 0.5)
    wanted &= (share >= ASKED_SHARE) & (palms[..., 2] >= SMALLEST_PALM)
    keypoints = placements.points(pictures.landmarks[:, :, list(PALM_LANDMARKS)])
    boxes = placements.boxes(pictures.hand_boxes)
    box_share = shown_share(boxes, shown)
    boxed = ~torch.isnan(boxes[..., 0]) & (box_share > 0)
    return PalmTruth(
        palms.nan_to_num(0.0),
        keypoints.nan_to_num(0.0),
        wanted,
        exists & ~wanted & (share > NOTHING_SHARE),
        boxes.nan_to_num(0.0),
        boxed,
        boxed & (box_share >= ASKED_SHARE),
    )


def _joined(base: PalmTruth, added: PalmTruth, rows: Tensor) -> PalmTruth:
    """The base's hands and, in pictures `rows`, the added ones."""

    def both(name: str) -> Tensor:
        one, other = getattr(base, name), getattr(added, name)
        place = torch.zeros_like(one)
        place[rows] = other
        return torch.cat([one, place], dim=1)

    return PalmTruth(**{name: both(name) for name in vars(base)})


def _cut(truth: PalmTruth, window: Tensor) -> PalmTruth:
    """Boxes cut to the part of the input that is no bar, as those of photographs are."""
    low, high = window[:, None, :2], window[:, None, 2:]
    boxes = torch.cat(
        [
            torch.minimum(torch.maximum(truth.boxes[..., :2], low), high),
            torch.minimum(torch.maximum(truth.boxes[..., 2:], low), high),
        ],
        dim=2,
    )
    return PalmTruth(**{**vars(truth), "boxes": boxes})
