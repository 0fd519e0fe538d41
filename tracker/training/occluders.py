"""Things in front of the hand: plain and textured shapes. The labels stay, as for any hidden point.

Plain colour masks keep most of what real held objects give (HandSynthesis' ablation).
"""

from __future__ import annotations

import torch
from torch import Tensor

from tracker.training.draws import chance, uniform
from tracker.training.textures import random_textures


def occlude(
    images: Tensor, generator: torch.Generator, share: float, size: tuple[float, float]
) -> Tensor:
    """One ellipse, bar or rectangle in part of the images.

    Args:
        images: (N, 3, H, W), square.
        share: of the images that get one.
        size: smallest and largest half axis, in sides of the image.
    """
    chosen = torch.nonzero(chance(len(images), share, generator)).squeeze(1)
    count, side = len(chosen), images.shape[-1]
    if count == 0:
        return images
    along = (torch.arange(side, device=images.device) + 0.5) / side
    center = uniform((count, 2, 1, 1), generator, 0.1, 0.9)
    half = uniform((count, 2, 1, 1), generator, *size)
    angle = uniform((count, 1, 1), generator, 0.0, 2 * torch.pi)
    x = along.view(1, 1, -1) - center[:, 0]
    y = along.view(1, -1, 1) - center[:, 1]
    u = (x * torch.cos(angle) + y * torch.sin(angle)) / half[:, 0]
    v = (y * torch.cos(angle) - x * torch.sin(angle)) / half[:, 1]
    ellipse = chance(count, 0.5, generator).view(-1, 1, 1)
    inside = torch.where(ellipse, u * u + v * v < 1, (u.abs() < 1) & (v.abs() < 1))
    result = images.clone()
    filling = random_textures(count, side, generator)
    result[chosen] = torch.where(inside[:, None], filling, images[chosen])
    return result
