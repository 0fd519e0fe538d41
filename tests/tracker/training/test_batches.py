"""Rows of cached sets as tensors: which, in what order, and how many photographs among them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
import torch
from torch import Tensor

from tracker.training.batches import draw_rows, take_rows, with_mirror_images
from tracker.training.image_cache import CachedImages

CPU = torch.device("cpu")


def numbered(first: int, count: int) -> CachedImages:
    """Pictures of one grey each, whose label is the same number."""
    numbers = np.arange(first, first + count, dtype=np.uint8)
    images = np.broadcast_to(numbers[:, None, None, None], (count, 4, 4, 3)).copy()
    return CachedImages(images, images[..., 0] // 2, {"number": numbers.astype(np.float32)})


def test_rows_of_sets_laid_end_to_end() -> None:
    sets = [numbered(0, 5), numbered(5, 3), numbered(8, 7)]
    rows = take_rows(sets, np.array([14, 0, 9, 3]), CPU)
    assert rows.labels["number"].tolist() == [0, 3, 9, 14]
    assert rows.images.shape == (4, 3, 4, 4)
    assert rows.images[:, 1, 2, 3].tolist() == [0, 3, 9, 14]
    assert rows.masks[:, 0, 0].tolist() == [0, 1, 4, 7]


def test_photographs_take_their_share() -> None:
    rendered, photos = [numbered(0, 50)], [numbered(100, 30), numbered(150, 30)]
    generator = torch.Generator().manual_seed(0)
    numbers = []
    for _ in range(200):
        rows = draw_rows(rendered, photos, np.arange(20), 0.3, generator, CPU)
        assert len(rows.images) == 20
        numbers += rows.labels["number"].tolist()
    drawn = np.array(numbers)
    assert (drawn >= 100).mean() == pytest.approx(0.3, abs=0.03)
    assert set(drawn[drawn >= 100]) == {*range(100, 130), *range(150, 180)}


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_all_or_none(share: float) -> None:
    generator = torch.Generator().manual_seed(0)
    rows = draw_rows([numbered(0, 9)], [numbered(100, 9)], np.arange(9), share, generator, CPU)
    assert (rows.labels["number"] >= 100).all() == bool(share)
    alone = draw_rows([numbered(0, 9)], [], np.arange(9), share, generator, CPU)
    assert alone.labels["number"].tolist() == list(range(9))


@dataclass(frozen=True)
class Truth:
    x: Tensor


def test_mirror_images_follow() -> None:
    images = torch.arange(2 * 3 * 1 * 4.0).view(2, 3, 1, 4)
    truth = Truth(torch.tensor([0.25, 0.5]))
    both, joined = with_mirror_images(images, truth, Truth(1 - truth.x), 3)
    assert both.shape == (3, 3, 1, 4)
    assert both[2, 0, 0].tolist() == [3, 2, 1, 0]
    assert joined.x.tolist() == [0.25, 0.5, 0.75]
