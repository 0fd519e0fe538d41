"""The landmark model as a task of the training loop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from pydantic import BaseModel, ConfigDict, Field
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from synth.landmarks import MIDDLE_MCP, WRIST
from tracker.evaluation.metrics import roc_auc
from tracker.models.landmark import LandmarkArchitecture, LandmarkModel, LandmarkOutput
from tracker.training.amplitude import mix_amplitudes
from tracker.training.backgrounds import has_mask, in_front_of
from tracker.training.batches import Rows, draw_rows, take_rows, with_mirror_images
from tracker.training.draws import chance, shuffled
from tracker.training.landmark.cache import crops_of_dataset, crops_of_photos
from tracker.training.landmark.crops import FOREGROUND, OUTSIDE
from tracker.training.landmark.geometry import (
    Jitter,
    Regions,
    cut,
    exact_regions,
    jittered_regions,
    landmarks_in,
    right_in,
    world_in,
)
from tracker.training.landmark.losses import LandmarkLossWeights, LandmarkTarget, landmark_loss
from tracker.training.occluders import occlude
from tracker.training.photometric import photometric
from tracker.training.task import Indices
from tracker.training.textures import random_textures

#: A region whose centre is further from its hand's, in sides of the hand's own, has strayed. Below
#: it at least half of the box is inside.
_STRAYED = 0.3


class LandmarkAugmentation(BaseModel):
    """How crops are varied. Shares are probabilities for each crop."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rotation_degrees: float = Field(12.0, ge=0, le=180)
    scale: float = Field(0.1, ge=0, le=1)
    shift: float = Field(0.05, ge=0, le=1)
    wild_share: float = Field(0.08, ge=0, le=1)
    background_share: float = Field(0.5, ge=0, le=1)
    empty_share: float = Field(0.04, ge=0, le=1)
    """Crops that get another background and lose their hand."""
    occluder_share: float = Field(0.3, ge=0, le=1)
    amplitude_share: float = Field(0.3, ge=0, le=1)
    amplitude_strength: float = Field(0.7, ge=0, le=1)


class LandmarkRecipe(BaseModel):
    """What is particular to the landmark model's training."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    architecture: LandmarkArchitecture = LandmarkArchitecture()
    augmentation: LandmarkAugmentation = LandmarkAugmentation()
    loss: LandmarkLossWeights = LandmarkLossWeights()
    photo_share: float = Field(0.15, ge=0, le=1)
    """Share of a batch that comes from photographs, where there are any."""
    mirrored_pairs: bool = True
    """Whether half of a batch are the mirror images of the other half."""


@dataclass(frozen=True)
class LandmarkBatch:
    """(N, 3, side, side) crops in [0, 1] and their truth."""

    images: Tensor
    target: LandmarkTarget


class LandmarkTask:
    """Batches, loss and validation of the landmark model."""

    def __init__(
        self, recipe: LandmarkRecipe, data: Sequence[Path], photos: Sequence[Path], cache: Path
    ) -> None:
        """Args:
        data: generated datasets.
        photos: folders of photographs with an index.json.
        cache: folder for decoded crops.
        """
        self.recipe = recipe
        self.rendered = [crops_of_dataset(folder, "train", cache) for folder in data]
        self.held_out = [crops_of_dataset(folder, "val", cache) for folder in data]
        self.photos = [crops_of_photos(folder, cache) for folder in photos]

    @property
    def count(self) -> int:
        return sum(len(crops) for crops in self.rendered)

    def build_model(self) -> nn.Module:
        return LandmarkModel(self.recipe.architecture)

    def draw_batch(
        self, indices: Indices, generator: torch.Generator, device: torch.device
    ) -> LandmarkBatch:
        asked = len(indices)
        if self.recipe.mirrored_pairs:
            indices = indices[: (asked + 1) // 2]
        share = self.recipe.photo_share
        rows = draw_rows(self.rendered, self.photos, indices, share, generator, device)
        batch = self._augmented(wide_batch(rows), generator)
        if not self.recipe.mirrored_pairs:
            return batch
        target = batch.target
        return LandmarkBatch(*with_mirror_images(batch.images, target, mirrored(target), asked))

    def loss(self, model: nn.Module, batch: LandmarkBatch) -> dict[str, Tensor]:
        return landmark_loss(model(batch.images), batch.target, self.recipe.loss)

    @torch.no_grad()
    def validate(self, model: nn.Module, device: torch.device) -> dict[str, float]:
        """Metrics on crops as they should be, of the val split."""
        gathered: list[tuple[LandmarkOutput, LandmarkTarget]] = []
        for crops in self.held_out:
            for start in range(0, len(crops), 128):
                rows = np.arange(start, min(start + 128, len(crops)))
                wide = wide_batch(take_rows([crops], rows, device))
                regions = exact_regions(wide.rois)
                images = cut(wide.images, regions, self.recipe.architecture.input_side)
                images = images.contiguous(memory_format=torch.channels_last)
                gathered.append((model(images), _target(wide, regions)))
        return validation_metrics(gathered)

    def _augmented(self, wide: WideBatch, generator: torch.Generator) -> LandmarkBatch:
        recipe, side = self.recipe.augmentation, self.recipe.architecture.input_side
        jitter = Jitter(
            np.radians(recipe.rotation_degrees), recipe.scale, recipe.shift, recipe.wild_share
        )
        regions = jittered_regions(wide.rois, jitter, generator)
        planes = cut(torch.cat([wide.images, wide.foreground, wide.inside], dim=1), regions, side)
        images, foreground, inside = planes[:, :3], planes[:, 3:4], planes[:, 4:5]
        target = _target(wide, regions)
        images, empty = _with_surroundings(
            images, foreground, inside, wide.presence == 0, recipe, generator
        )
        target = without_hand(target, empty)
        images = occlude(images, generator, recipe.occluder_share, (0.04, 0.2))
        others = images[shuffled(len(images), generator)]
        images = mix_amplitudes(
            images, others, generator, recipe.amplitude_share, recipe.amplitude_strength
        )
        images = photometric(images, generator)
        return LandmarkBatch(images.contiguous(memory_format=torch.channels_last), target)


@dataclass(frozen=True)
class WideBatch:
    """N wide crops as tensors: images (N, 3, S, S) in [0, 1], foreground and inside (N, 1, S, S),
    and the fields of CropLabel."""

    images: Tensor
    foreground: Tensor
    inside: Tensor
    presence: Tensor
    right: Tensor
    landmarks: Tensor
    world: Tensor
    rois: Tensor


def mirrored(target: LandmarkTarget) -> LandmarkTarget:
    """The truth of the mirror images."""
    flip = torch.tensor([-1.0, 1.0, 1.0], device=target.world.device)
    landmarks = torch.cat([1 - target.landmarks[..., :1], target.landmarks[..., 1:]], dim=2)
    return LandmarkTarget(landmarks, target.presence, 1 - target.right, target.world * flip)


def wide_batch(rows: Rows) -> WideBatch:
    """The rows' images, masks and labels as numbers."""
    masks = rows.masks[:, None]
    return WideBatch(
        rows.images.float() / 255,
        (masks == FOREGROUND).float(),
        (masks != OUTSIDE).float(),
        **rows.labels,
    )


def _with_surroundings(
    images: Tensor,
    foreground: Tensor,
    inside: Tensor,
    handless: Tensor,
    recipe: LandmarkAugmentation,
    generator: torch.Generator,
) -> tuple[Tensor, Tensor]:
    """Images of which part stand before another background; and (N,) bool, of which nothing else
    than that is left."""
    count = len(images)
    replaced = chance(count, recipe.background_share, generator) & has_mask(foreground)
    emptied = chance(count, recipe.empty_share, generator)
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


def _target(wide: WideBatch, regions: Regions) -> LandmarkTarget:
    landmarks = landmarks_in(regions, wide.landmarks)
    right, world = right_in(regions, wide.right), world_in(regions, wide.world)
    target = LandmarkTarget(landmarks, wide.presence, right, world)
    # Of a hand whose landmarks are not all known nobody can say how much is in a region that is
    # far off; the regions of hands in photographs are centred on their boxes.
    off = regions.in_wide_crop() - wide.rois[:, 1, :2]
    strayed = (off.norm(dim=1) > _STRAYED * wide.rois[:, 1, 2]) & (wide.presence == 1)
    strayed &= torch.isnan(wide.landmarks).flatten(1).any(dim=1)
    return with_presence_of(without_hand(target, strayed, torch.nan))


def with_presence_of(target: LandmarkTarget) -> LandmarkTarget:
    """A hand of which little is in the region is none; of which about half is, is not judged.

    The rule is for hands whose landmarks are all known; of others the presence stays.
    """
    plane = target.landmarks[..., :2]
    known = ~torch.isnan(plane).any(dim=2).any(dim=1)
    inside = ((plane > 0) & (plane < 1)).all(dim=2).float().mean(dim=1)
    judged = torch.where(inside >= 0.6, 1.0, torch.where(inside <= 0.25, 0.0, torch.nan))
    presence = torch.where(known, judged, target.presence)
    gone = known & (presence != 1)
    return without_hand(
        LandmarkTarget(target.landmarks, presence, target.right, target.world), gone, presence
    )


def without_hand(
    target: LandmarkTarget, gone: Tensor, presence: Tensor | float = 0.0
) -> LandmarkTarget:
    """The target with nothing to learn of the hands that are gone, but their presence."""
    nothing = torch.tensor(torch.nan, device=gone.device)
    wide = gone[:, None, None]
    replaced = torch.as_tensor(presence, device=gone.device, dtype=target.presence.dtype)
    return LandmarkTarget(
        torch.where(wide, nothing, target.landmarks),
        torch.where(gone, replaced, target.presence),
        torch.where(gone, nothing, target.right),
        torch.where(wide, nothing, target.world),
    )


def validation_metrics(
    gathered: Sequence[tuple[LandmarkOutput, LandmarkTarget]],
) -> dict[str, float]:
    """Errors in percent, of hands whose landmarks are all known; `score` is what is maximised."""
    landmarks = torch.cat([output.landmarks for output, _ in gathered])
    truth = torch.cat([target.landmarks for _, target in gathered])
    presence = torch.cat([output.presence for output, _ in gathered])
    present = torch.cat([target.presence for _, target in gathered])
    handedness = torch.cat([output.handedness for output, _ in gathered])
    right = torch.cat([target.right for _, target in gathered])
    world = torch.cat([output.world for output, _ in gathered])
    true_world = torch.cat([target.world for _, target in gathered])

    hands = ~torch.isnan(truth).any(dim=2).any(dim=1)
    error = (landmarks - truth)[hands][..., :2].norm(dim=2).mean(dim=1)
    palm = (truth[hands][:, WRIST] - truth[hands][:, MIDDLE_MCP])[:, :2].norm(dim=1)
    plane = truth[hands][..., :2]
    box = (plane.amax(dim=1) - plane.amin(dim=1)).amax(dim=1)
    sides = ~torch.isnan(right)
    correct = ((handedness > 0) == (right > 0.5))[sides].float().mean()
    in_space = (world - true_world)[hands].norm(dim=2).mean()
    return {
        "palm_median": 100 * float((error / palm).median()),
        "palm_mean": 100 * float((error / palm).mean()),
        "box_mean": 100 * float((error / box).mean()),
        "handedness": 100 * float(correct),
        "presence_auc": _auc(presence, present),
        "world_mm": 1000 * float(in_space),
        "score": -100 * float((error / box).mean()),
    }


def _auc(scores: Tensor, truth: Tensor) -> float:
    """Area under the ROC curve: how often a positive scores above a negative."""
    return roc_auc(scores[truth == 1].cpu().numpy(), scores[truth == 0].cpu().numpy())
