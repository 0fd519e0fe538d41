"""A batch as the landmark model is to see it, from wide crops. Runs on any device."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from pydantic import Field
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from tracker.training.backgrounds import has_mask, in_front_of
from tracker.training.disturbance import Disturbance, disturb
from tracker.training.draws import chance
from tracker.training.landmark.geometry import Jitter, cut, jittered_regions
from tracker.training.landmark.losses import LandmarkTarget
from tracker.training.landmark.targets import target_in, without_hand
from tracker.training.landmark.wide import WideBatch
from tracker.training.textures import random_textures

#: Sizes of what is before a hand ÷ side of the crop.
_OCCLUDERS: Final = (0.04, 0.2)


class LandmarkAugmentation(Disturbance):
    """How crops are varied. Shares are probabilities for each crop."""

    rotation_degrees: float = Field(12.0, ge=0, le=180)
    scale: float = Field(0.1, ge=0, le=1)
    shift: float = Field(0.05, ge=0, le=1)
    wild_share: float = Field(0.08, ge=0, le=1)
    undirected_degrees: float = Field(12.0, ge=0, le=180)
    """The rotation of hands in photographs, of which a box alone does not say where they point."""
    background_share: float = Field(0.5, ge=0, le=1)
    empty_share: float = Field(0.04, ge=0, le=1)
    """Crops that get another background and lose their hand."""
    occluder_share: float = Field(0.3, ge=0, le=1)
    amplitude_share: float = Field(0.3, ge=0, le=1)


@dataclass(frozen=True)
class LandmarkBatch:
    """(N, 3, side, side) crops in [0, 1] and their truth."""

    images: Tensor
    target: LandmarkTarget


def augment(
    wide: WideBatch, side: int, settings: LandmarkAugmentation, generator: torch.Generator
) -> LandmarkBatch:
    """Crops as the tracker will see them, with other surroundings and another camera.

    Args:
        wide: rendered crops and photographs.
        side: pixels of the model's input.
        settings: how much of what.
        generator: of all randomness.
    """
    jitter = Jitter(
        np.radians(settings.rotation_degrees),
        settings.scale,
        settings.shift,
        settings.wild_share,
        np.radians(settings.undirected_degrees),
    )
    directed = torch.isnan(wide.box).any(dim=1)
    regions = jittered_regions(wide.rois, directed, wide.presence == 1, jitter, generator)
    planes = cut(torch.cat([wide.images, wide.foreground, wide.inside], dim=1), regions, side)
    images, foreground, inside = planes[:, :3], planes[:, 3:4], planes[:, 4:5]
    target = target_in(wide, regions)
    images, empty = _with_surroundings(
        images, foreground, inside, wide.presence == 0, settings, generator
    )
    target = without_hand(target, empty)
    images = disturb(images, settings, _OCCLUDERS, generator)
    return LandmarkBatch(images.contiguous(memory_format=torch.channels_last), target)


def _with_surroundings(
    images: Tensor,
    foreground: Tensor,
    inside: Tensor,
    handless: Tensor,
    settings: LandmarkAugmentation,
    generator: torch.Generator,
) -> tuple[Tensor, Tensor]:
    """Images of which part stand before another background; and (N,) bool, of which nothing else
    than that is left."""
    count = len(images)
    replaced = chance(count, settings.background_share, generator) & has_mask(foreground)
    emptied = chance(count, settings.empty_share, generator)
    rows = torch.nonzero(replaced | emptied).squeeze(1)
    nothing = torch.zeros_like(emptied)
    if len(rows) == 0:
        return images, nothing
    backgrounds, sure = _draw_backgrounds(len(rows), images, handless, generator)
    # What lies beyond the image's border stays black behind a new background, half the time.
    border = chance(len(rows), 0.5, generator).view(-1, 1, 1, 1)
    backgrounds = torch.where(border, backgrounds * (inside[rows] > 0.5), backgrounds)
    nothing[rows] = emptied[rows] & sure
    shown = foreground * (~nothing).view(-1, 1, 1, 1)
    result = images.clone()
    kept = rows[replaced[rows] | nothing[rows]]
    of_kept = replaced[rows] | nothing[rows]
    result[kept] = in_front_of(backgrounds[of_kept], images[kept], shown[kept])
    return result, nothing


def _draw_backgrounds(
    count: int, images: Tensor, handless: Tensor, generator: torch.Generator
) -> tuple[Tensor, Tensor]:
    """Crops of the batch that are known to hold no hand, real ones among them where there are
    photographs; made-up textures; enlarged corners of the others.

    Returns:
        (count, 3, side, side), and (count,) bool: which are sure to hold no part of a hand; corners
        are not.
    """
    side = images.shape[-1]
    part = side // 3
    corners = torch.cat([images[:, :, :part, :part], images[:, :, :part, -part:]])
    which = torch.randint(len(corners), (count,), generator=generator, device=generator.device)
    result = F.interpolate(corners[which], (side, side), mode="bilinear")
    without = chance(count, 0.4, generator)
    made_up = torch.nonzero(without).squeeze(1)
    result[made_up] = random_textures(len(made_up), side, generator)
    givers = torch.nonzero(handless).squeeze(1)
    takers = torch.nonzero(chance(count, 0.5, generator)).squeeze(1)
    if len(givers):
        which = torch.randint(
            len(givers), (len(takers),), generator=generator, device=generator.device
        )
        result[takers] = images[givers[which]]
        without[takers] = True
        flipped = takers[chance(len(takers), 0.5, generator)]
        result[flipped] = result[flipped].flip(3)
    return result, without
