"""Things in front of the hand: a part of the picture of about the size that is asked for."""

from __future__ import annotations

import math

import pytest
import torch

from tracker.training.occluders import occlude

SIDE = 64


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def test_only_part_of_a_picture_changes() -> None:
    images = torch.full((200, 3, SIDE, SIDE), 0.5)
    result = occlude(images, generator(), 1.0, (0.1, 0.1))
    changed = (result != images).any(dim=1).float()
    share = changed.mean(dim=(1, 2))
    # An ellipse of half axes 0.1 covers π / 100, a square 0.04; some reach over the border.
    assert float(share.max()) < 0.045
    assert float(share.median()) == pytest.approx((math.pi / 100 + 0.04) / 2, abs=0.01)
    # Each is one piece, around one place.
    along = (torch.arange(SIDE) + 0.5) / SIDE
    seen = share > 0.01
    x = (changed.sum(dim=1) * along).sum(dim=1) / changed.sum(dim=(1, 2)).clamp_min(1)
    columns = changed.amax(dim=1).bool()
    assert ((columns & ((along - x[:, None]).abs() > 0.16)).sum(dim=1)[seen] == 0).all()
    assert result.min() >= 0
    assert result.max() <= 1
    assert (images == 0.5).all()


def test_a_share_is_changed_and_the_generator_decides() -> None:
    images = torch.rand(300, 3, SIDE, SIDE, generator=generator())
    torch.manual_seed(1)
    result = occlude(images, generator(), 0.3, (0.04, 0.2))
    torch.manual_seed(2)
    assert torch.equal(result, occlude(images, generator(), 0.3, (0.04, 0.2)))
    changed = (result != images).flatten(1).any(dim=1).float().mean()
    assert float(changed) == pytest.approx(0.3, abs=0.07)
    assert torch.equal(occlude(images, generator(), 0.0, (0.04, 0.2)), images)
