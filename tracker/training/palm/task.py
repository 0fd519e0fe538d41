"""The palm detector as a task of the training loop."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from pydantic import BaseModel, ConfigDict, Field
from torch import Tensor, nn

from tracker.anchors import anchors_of
from tracker.models.palm import PalmArchitecture, PalmModel
from tracker.photos import read_photos
from tracker.training.batches import draw_rows, with_mirror_images
from tracker.training.held_out import with_validation
from tracker.training.palm.augment import PalmAugmentation, PalmBatch, augment, mirrored
from tracker.training.palm.batch import pictures_of
from tracker.training.palm.cache import pictures_of_dataset, pictures_of_photos
from tracker.training.palm.losses import PalmLossSettings, palm_loss
from tracker.training.palm.validation import judge, palm_metrics, photo_metrics
from tracker.training.task import Indices


class PalmRecipe(BaseModel):
    """What is particular to the palm detector's training."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    architecture: PalmArchitecture = PalmArchitecture()
    augmentation: PalmAugmentation = PalmAugmentation()
    loss: PalmLossSettings = PalmLossSettings()
    photo_share: float = Field(0.2, ge=0, lt=1)
    """Share of a batch that comes from photographs, where there are any."""
    mirrored_pairs: bool = True
    """Whether half of a batch are the mirror images of the other half."""


class PalmTask:
    """Batches, loss and validation of the palm detector."""

    def __init__(
        self, recipe: PalmRecipe, data: Sequence[str | Path], photos: Sequence[Path], cache: Path
    ) -> None:
        """Args:
        recipe: of the detector.
        data: generated datasets, or of photographs with labels; named twice, one counts twice.
        photos: folders of photographs with an index.json; part of each is kept to measure.
        cache: folder for decoded pictures.
        """
        self.recipe = recipe
        self.rendered = [s for folder in data for s in pictures_of_dataset(folder, "train", cache)]
        held = with_validation(data)
        self.held_out = [s for folder in held for s in pictures_of_dataset(folder, "val", cache)]
        self.photos = [pictures_of_photos(folder, cache, "learned") for folder in photos]
        self.kept_photos = [
            pictures_of_photos(folder, cache, "kept")
            for folder in photos
            if read_photos(folder, part="kept")
        ]

    @property
    def count(self) -> int:
        return sum(len(pictures) for pictures in self.rendered)

    def build_model(self) -> nn.Module:
        return PalmModel(self.recipe.architecture)

    def draw_batch(
        self, indices: Indices, generator: torch.Generator, device: torch.device
    ) -> PalmBatch:
        asked, side = len(indices), self.recipe.architecture.input_side
        if self.recipe.mirrored_pairs:
            indices = indices[: (asked + 1) // 2]
        share = self.recipe.photo_share
        rows = draw_rows(self.rendered, self.photos, indices, share, generator, device)
        batch = augment(pictures_of(rows), side, self.recipe.augmentation, generator)
        if not self.recipe.mirrored_pairs:
            return batch
        truth = batch.truth
        return PalmBatch(*with_mirror_images(batch.images, truth, mirrored(truth), asked))

    def loss(self, model: nn.Module, batch: PalmBatch) -> dict[str, Tensor]:
        output = model(batch.images)
        anchors = torch.from_numpy(anchors_of(self.recipe.architecture.input_side))
        anchors = anchors.to(batch.images.device)
        return palm_loss(output, batch.truth, anchors, self.recipe.loss)

    def validate(self, model: nn.Module, device: torch.device) -> dict[str, float]:
        """Metrics on the val split and on the photographs that are kept."""
        side = self.recipe.architecture.input_side
        rows = np.arange(sum(len(pictures) for pictures in self.held_out))
        metrics = palm_metrics(judge(model, self.held_out, rows, side, device))
        if self.kept_photos:
            rows = np.arange(sum(len(pictures) for pictures in self.kept_photos))
            metrics |= photo_metrics(judge(model, self.kept_photos, rows, side, device))
        return metrics
