"""Pictures as tensors, taken from the cache."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from tracker.training.palm.cache import PictureSet
from tracker.training.task import Indices


@dataclass(frozen=True)
class Pictures:
    """N pictures on a device; labels as in pictures.PictureLabel.

    Attributes:
        planes: (N, 4, S, S) RGB and foreground in [0, 1].
        content: (N, 4).
        palms: (N, H, 3).
        landmarks: (N, H, 21, 2).
        seen: (N, H, 21).
        hand_boxes: (N, H, 4).
        weak: (N,) bool.
    """

    planes: Tensor
    content: Tensor
    palms: Tensor
    landmarks: Tensor
    seen: Tensor
    hand_boxes: Tensor
    weak: Tensor

    def __len__(self) -> int:
        return len(self.planes)

    def __getitem__(self, rows: Tensor) -> Pictures:
        return Pictures(**{name: tensor[rows] for name, tensor in vars(self).items()})


def gather(sets: Sequence[PictureSet], indices: Indices, device: torch.device) -> Pictures:
    """Rows `indices` of the sets laid end to end, in any order.

    Args:
        sets: rendered pictures or photographs.
        indices: at least one.
        device: where the tensors are to be.
    """
    starts = np.cumsum([0, *(len(pictures) for pictures in sets)])
    parts = []
    for start, pictures in zip(starts[:-1], sets, strict=True):
        # In order of place: the disk is read forwards.
        rows = np.sort(indices[(indices >= start) & (indices < start + len(pictures))] - start)
        if len(rows):
            parts.append(_on_device(pictures, rows, device))
    return joined(parts)


def joined(parts: Sequence[Pictures]) -> Pictures:
    if len(parts) == 1:
        return parts[0]
    return Pictures(
        **{name: torch.cat([vars(part)[name] for part in parts]) for name in vars(parts[0])}
    )


def _on_device(pictures: PictureSet, rows: Indices, device: torch.device) -> Pictures:
    images = torch.from_numpy(pictures.images[rows]).to(device).permute(0, 3, 1, 2)
    masks = torch.from_numpy(pictures.masks[rows]).to(device)
    planes = torch.empty(len(rows), 4, *masks.shape[1:], device=device)
    torch.div(images, 255, out=planes[:, :3])
    planes[:, 3] = masks
    label = {name: torch.from_numpy(column[rows]) for name, column in vars(pictures.label).items()}
    weak = label.pop("weak") > 0.5
    return Pictures(planes, weak=weak.to(device), **{k: v.to(device) for k, v in label.items()})
