"""Other surroundings behind the rendered hands, by their masks."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from tracker.training.draws import chance


def replace_backgrounds(
    images: Tensor,
    foreground: Tensor,
    backgrounds: Tensor,
    generator: torch.Generator,
    share: float,
) -> Tensor:
    """In part of the images, everything but the foreground is taken from the background.

    Args:
        images: (N, 3, H, W) in [0, 1].
        foreground: (N, 1, H, W) in [0, 1]; an image whose foreground is nowhere is left alone, for
            it has no mask.
        backgrounds: (N, 3, H, W).
        share: of the images that are changed.
    """
    chosen = torch.nonzero(chance(len(images), share, generator) & has_mask(foreground)).squeeze(1)
    if len(chosen) == 0:
        return images
    result = images.clone()
    result[chosen] = in_front_of(backgrounds[chosen], images[chosen], foreground[chosen])
    return result


def has_mask(foreground: Tensor) -> Tensor:
    """(N,) bool: whether a foreground (N, 1, H, W) is anywhere."""
    return foreground.amax(dim=(1, 2, 3)) > 0.5


def in_front_of(backgrounds: Tensor, images: Tensor, foreground: Tensor) -> Tensor:
    """The images' foreground before the backgrounds, (N, 3, H, W)."""
    # Masks have hard edges and reach into the old background by a fraction of a pixel.
    alpha = F.avg_pool2d(F.pad(foreground, (1, 1, 1, 1), mode="replicate"), 3, 1)
    return torch.lerp(backgrounds, images, ((alpha - 0.35) / 0.6).clamp(0, 1))
