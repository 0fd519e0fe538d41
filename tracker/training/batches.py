"""Batches of cached pictures on a device, before they are varied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor

from tracker.training.draws import chance
from tracker.training.image_cache import CachedImages
from tracker.training.task import Indices

Fields = TypeVar("Fields")


@dataclass(frozen=True)
class Rows:
    """N pictures: images (N, 3, S, S) and masks (N, S, S), uint8, and the fields of their label."""

    images: Tensor
    masks: Tensor
    labels: dict[str, Tensor]


def draw_rows(
    rendered: Sequence[CachedImages],
    photos: Sequence[CachedImages],
    indices: Indices,
    photo_share: float,
    generator: torch.Generator,
    device: torch.device,
) -> Rows:
    """Rendered pictures, and photographs in the place of some.

    Args:
        rendered, photos: sets, laid end to end.
        indices: of the rendered pictures.
        photo_share: probability of a photograph, drawn at random, in the place of a picture.
        generator: of all randomness.
        device: where the tensors are to be.
    """
    if not photos:
        return take_rows(rendered, indices, device)
    replaced = int(chance(len(indices), photo_share, generator).sum())
    first = sum(len(pictures) for pictures in rendered)
    total = sum(len(pictures) for pictures in photos)
    drawn = torch.randint(total, (replaced,), generator=generator, device=generator.device)
    kept = indices[: len(indices) - replaced]
    rows = np.concatenate([kept, first + drawn.cpu().numpy()])
    return take_rows([*rendered, *photos], rows, device)


def take_rows(sets: Sequence[CachedImages], indices: Indices, device: torch.device) -> Rows:
    """Rows `indices`, at least one, of the sets laid end to end, in the order of their place: the
    disk is read forwards."""
    starts = np.cumsum([0, *(len(pictures) for pictures in sets)])
    wanted = [
        (pictures, np.sort(indices[(indices >= start) & (indices < start + len(pictures))] - start))
        for start, pictures in zip(starts[:-1], sets, strict=True)
    ]
    found = [(pictures, rows) for pictures, rows in wanted if len(rows)]

    def tensor(columns: list[Any]) -> Tensor:
        return torch.from_numpy(np.concatenate(columns)).to(device)

    images = tensor([pictures.images[rows] for pictures, rows in found]).permute(0, 3, 1, 2)
    masks = tensor([pictures.masks[rows] for pictures, rows in found])
    names = found[0][0].labels
    labels = {n: tensor([pictures.labels[n][rows] for pictures, rows in found]) for n in names}
    return Rows(images, masks, labels)


def with_mirror_images(
    images: Tensor, truth: Fields, mirrored: Fields, count: int
) -> tuple[Tensor, Fields]:
    """A batch and, up to `count` in all, its pictures again as in a mirror: what is left becomes
    right and nothing else changes, which is what tells the two apart; and varying a picture costs
    almost as much as learning from it.

    Args:
        images: (N, 3, side, side).
        truth: a dataclass of tensors with N in front.
        mirrored: the truth of the mirror images.
        count: N to 2·N.
    """
    both = torch.cat([images, images.flip(3)])[:count]
    joined = {n: torch.cat([getattr(truth, n), getattr(mirrored, n)])[:count] for n in vars(truth)}
    return both.contiguous(memory_format=torch.channels_last), type(truth)(**joined)
