"""Pictures as tensors, taken from the cache."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from tracker.training.batches import Rows


@dataclass(frozen=True)
class Pictures:
    """N pictures on a device; labels as in pictures.PictureLabel.

    Attributes:
        planes: (N, 4, S, S) RGB in [0, 1] and foreground: 1 for all that is rendered.
        content: (N, 4).
        palms: (N, H, 3).
        landmarks: (N, H, 21, 2).
        seen: (N, H, 21).
        asked: (N, H).
        hand_boxes: (N, H, 4).
        weak: (N,) bool.
    """

    planes: Tensor
    content: Tensor
    palms: Tensor
    landmarks: Tensor
    seen: Tensor
    asked: Tensor
    hand_boxes: Tensor
    weak: Tensor

    def __len__(self) -> int:
        return len(self.planes)

    def __getitem__(self, rows: Tensor) -> Pictures:
        return Pictures(**{name: tensor[rows] for name, tensor in vars(self).items()})


def pictures_of(rows: Rows) -> Pictures:
    """The rows' images, masks and labels as numbers."""
    labels = dict(rows.labels)
    weak = labels.pop("weak") > 0.5
    planes = rows.images.new_empty((len(weak), 4, *rows.masks.shape[1:]), dtype=torch.float32)
    torch.div(rows.images, 255, out=planes[:, :3])
    planes[:, 3] = rows.masks
    return Pictures(planes, weak=weak, **labels)
