"""Wide crops as tensors, taken from the cache."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from tracker.training.batches import Rows
from tracker.training.landmark.crops import FOREGROUND, OUTSIDE


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
    box: Tensor


def wide_batch(rows: Rows) -> WideBatch:
    """The rows' images, masks and labels as numbers."""
    masks = rows.masks[:, None]
    return WideBatch(
        rows.images.float() / 255,
        (masks == FOREGROUND).float(),
        (masks != OUTSIDE).float(),
        **rows.labels,
    )
