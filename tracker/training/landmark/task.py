"""The landmark model as a task of the training loop."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from pydantic import BaseModel, ConfigDict, Field
from torch import Tensor, nn

from tracker.model_file import packaged_model
from tracker.models.landmark import LandmarkModel, LandmarkOutput
from tracker.models.landmark_architecture import LandmarkArchitecture
from tracker.training.batches import draw_rows, take_rows, with_mirror_images
from tracker.training.held_out import with_validation
from tracker.training.landmark.augment import LandmarkAugmentation, LandmarkBatch, augment
from tracker.training.landmark.cache import crops_of_dataset, crops_of_photos
from tracker.training.landmark.geometry import cut, exact_regions
from tracker.training.landmark.losses import LandmarkLossWeights, LandmarkTarget, landmark_loss
from tracker.training.landmark.proposals import load_proposer
from tracker.training.landmark.targets import mirrored, target_in
from tracker.training.landmark.validation import validation_metrics
from tracker.training.landmark.wide import wide_batch
from tracker.training.task import Indices


class LandmarkRecipe(BaseModel):
    """What is particular to the landmark model's training."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    architecture: LandmarkArchitecture = LandmarkArchitecture()
    augmentation: LandmarkAugmentation = LandmarkAugmentation()
    loss: LandmarkLossWeights = LandmarkLossWeights()
    photo_share: float = Field(0.15, ge=0, le=1)
    """Share of a batch that comes from photographs, where there are any."""
    proposal_score: float | None = Field(None, gt=0, le=1)
    """From this score on, what a palm detector finds where there is no hand is learned as absence;
    null asks no detector."""
    mirrored_pairs: bool = True
    """Whether half of a batch are the mirror images of the other half."""


class LandmarkTask:
    """Batches, loss and validation of the landmark model."""

    def __init__(
        self,
        recipe: LandmarkRecipe,
        data: Sequence[str | Path],
        photos: Sequence[Path],
        cache: Path,
        palm_model: Path | None = None,
    ) -> None:
        """Args:
        data: generated datasets, or of photographs with labels; named twice, one counts twice.
        photos: folders of photographs with an index.json.
        cache: folder for decoded crops.
        palm_model: .onnx file of the detector whose proposals are learned from; None for the
            packaged one.
        """
        self.recipe = recipe
        score = recipe.proposal_score
        proposer = None
        if score is not None:
            proposer = load_proposer(palm_model or packaged_model("palm"), score)
        self.rendered = [crops_of_dataset(folder, "train", cache, proposer) for folder in data]
        self.held_out = [crops_of_dataset(folder, "val", cache) for folder in with_validation(data)]
        self.photos = [crops_of_photos(folder, cache, proposer) for folder in photos]

    @property
    def count(self) -> int:
        return sum(len(crops) for crops in self.rendered)

    def build_model(self) -> nn.Module:
        return LandmarkModel(self.recipe.architecture)

    def draw_batch(
        self, indices: Indices, generator: torch.Generator, device: torch.device
    ) -> LandmarkBatch:
        recipe, asked = self.recipe, len(indices)
        if recipe.mirrored_pairs:
            indices = indices[: (asked + 1) // 2]
        rows = draw_rows(self.rendered, self.photos, indices, recipe.photo_share, generator, device)
        side = recipe.architecture.input_side
        batch = augment(wide_batch(rows), side, recipe.augmentation, generator)
        if not recipe.mirrored_pairs:
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
                gathered.append((model(images), target_in(wide, regions)))
        return validation_metrics(gathered)
