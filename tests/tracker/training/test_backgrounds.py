"""Other surroundings: the foreground stays, everything else goes."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from tracker.training.backgrounds import replace_backgrounds

SIDE = 24


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def scene(count: int = 6) -> tuple[Tensor, Tensor, Tensor]:
    """Images of ones with a square in the middle as foreground, and backgrounds of zeros."""
    foreground = torch.zeros(count, 1, SIDE, SIDE)
    foreground[:, :, 8:16, 8:16] = 1
    return torch.ones(count, 3, SIDE, SIDE), foreground, torch.zeros(count, 3, SIDE, SIDE)


def test_the_foreground_stays_and_the_rest_goes() -> None:
    images, foreground, backgrounds = scene()
    result = replace_backgrounds(images, foreground, backgrounds, generator(), share=1.0)
    assert (result[:, :, 9:15, 9:15] == 1).all()
    far = torch.ones(SIDE, SIDE, dtype=torch.bool)
    far[7:17, 7:17] = False
    assert (result[..., far] == 0).all()
    # The edge is soft, and nothing lies outside of what is mixed.
    edge = result[0, 0, 12, 6:11]
    assert (edge.diff() >= 0).all()
    assert ((edge > 0) & (edge < 1)).any()
    assert result.min() >= 0
    assert result.max() <= 1
    assert (images == 1).all()


def test_an_image_without_a_mask_is_left_alone() -> None:
    images, foreground, backgrounds = scene()
    foreground[2] = 0
    result = replace_backgrounds(images, foreground, backgrounds, generator(), share=1.0)
    assert torch.equal(result[2], images[2])
    assert not torch.equal(result[3], images[3])


def test_a_share_is_changed() -> None:
    images, foreground, backgrounds = scene(300)
    result = replace_backgrounds(images, foreground, backgrounds, generator(), share=0.3)
    changed = (result != images).flatten(1).any(dim=1).float().mean()
    assert float(changed) == pytest.approx(0.3, abs=0.07)
    again = replace_backgrounds(images, foreground, backgrounds, generator(), share=0.3)
    assert torch.equal(result, again)
    none = replace_backgrounds(images, foreground, backgrounds, generator(), share=0.0)
    assert torch.equal(none, images)
