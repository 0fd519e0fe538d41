from __future__ import annotations

import numpy as np
import pytest

from tracker.halving import halved, halvings


@pytest.mark.parametrize(
    ("ratio", "times"), [(0.3, 0), (1.0, 0), (1.99, 0), (2.0, 1), (3.99, 1), (4.0, 2), (70, 6)]
)
def test_how_often(ratio: float, times: int) -> None:
    assert halvings(ratio) == times


def test_means_of_blocks() -> None:
    image = np.random.default_rng(0).integers(0, 256, (8, 12, 3), np.uint8)
    means = image.reshape(4, 2, 6, 2, 3).mean(axis=(1, 3))
    assert halved(image, 1) == pytest.approx(means, abs=0.51)
    assert halved(image, 2) == pytest.approx(
        image.reshape(2, 4, 3, 4, 3).mean(axis=(1, 3)), abs=1.01
    )
    assert halved(image, 0) is image


def test_an_odd_side_counts_its_end_twice() -> None:
    image = np.repeat(np.array([[10, 20, 40]], np.uint8)[..., None], 3, axis=2)
    assert halved(image, 1)[..., 0].tolist() == [[15, 40]]
    assert halved(image, 5).shape == (1, 1, 3)
