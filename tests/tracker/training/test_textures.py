"""Made-up pictures: in bounds, of several colours and finenesses, from the generator alone."""

from __future__ import annotations

import torch

from tracker.training.textures import random_textures


def test_textures() -> None:
    torch.manual_seed(1)
    one = random_textures(40, 48, torch.Generator().manual_seed(3))
    torch.manual_seed(2)
    assert torch.equal(one, random_textures(40, 48, torch.Generator().manual_seed(3)))
    assert not torch.equal(one, random_textures(40, 48, torch.Generator().manual_seed(4)))
    assert one.shape == (40, 3, 48, 48)
    assert one.min() >= 0
    assert one.max() <= 1
    # No two alike, few that are flat, and colours all over.
    means = one.mean(dim=(2, 3))
    assert torch.cdist(means, means).add(torch.eye(40)).min() > 1e-3
    assert (one.flatten(1).std(dim=1) > 0.05).float().mean() > 0.8
    assert means.std(dim=0).min() > 0.1
    # Neighbours are more alike than strangers.
    step = (one[..., 1:] - one[..., :-1]).abs().mean()
    far = (one[..., 24:] - one[..., :-24]).abs().mean()
    assert step < far / 2


def test_none_at_all() -> None:
    assert random_textures(0, 16, torch.Generator()).shape == (0, 3, 16, 16)
