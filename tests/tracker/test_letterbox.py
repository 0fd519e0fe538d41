from __future__ import annotations

import numpy as np
import pytest

from tracker.letterbox import letterbox


def test_a_wide_image_worked_by_hand() -> None:
    # 640 × 480 into 192: scale 0.3, 192 × 144, bars of 24 above and below.
    boxed = letterbox(np.full((480, 640, 3), 200, np.uint8), 192)
    assert boxed.picture.shape == (192, 192, 3)
    assert boxed.offset == (0, 24)
    assert boxed.scale == pytest.approx((0.3, 0.3))
    assert not boxed.picture[:24].any()
    assert not boxed.picture[168:].any()
    assert (boxed.picture[24:168] == 200).all()
    assert boxed.points_to_image(np.array([[0.5, 0.5], [0.0, 24 / 192], [1.0, 168 / 192]])) == (
        pytest.approx(np.array([[320, 240], [0, 0], [640, 480]]))
    )
    assert boxed.lengths_to_image(np.array([0.1])) == pytest.approx(64)


@pytest.mark.parametrize(("height", "width"), [(480, 640), (333, 77), (100, 100), (50, 90)])
def test_a_mark_is_found_where_it_was(height: int, width: int) -> None:
    # The centre of mass of a bright disc, brought back from the picture.
    y, x = np.indices((height, width)) + 0.5
    center = np.array([0.6 * width, 0.3 * height])
    disc = np.hypot(x - center[0], y - center[1]) < 0.15 * min(height, width)
    boxed = letterbox(np.repeat(disc[..., None] * np.uint8(255), 3, axis=2), 96)
    weight = boxed.picture[..., 0] / boxed.picture[..., 0].sum()
    v, u = np.indices((96, 96)) + 0.5
    mass = np.array([(u * weight).sum(), (v * weight).sum()]) / 96
    truth = np.array([(x * disc).sum(), (y * disc).sum()]) / disc.sum()
    assert boxed.points_to_image(mass) == pytest.approx(truth, abs=0.01 * max(height, width))


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 40000, 3), (40000, 2, 3), (3, 5, 3)])
def test_any_shape_fits(shape: tuple[int, int, int]) -> None:
    boxed = letterbox(np.full(shape, 5, np.uint8), 32)
    assert boxed.picture.shape == (32, 32, 3)
    assert boxed.picture.max() == 5
    # Halving rounds sides up.
    assert 1 <= boxed.lengths_to_image(np.array(1.0)) / max(shape[:2]) < 1.03
