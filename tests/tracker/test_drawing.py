"""Results drawn over an image."""

from __future__ import annotations

import numpy as np
import pytest

from tests.tracker.fake_models import UPRIGHT
from tracker.drawing import draw_results
from tracker.results import HandResult
from tracker.roi import Roi


def result(landmarks: np.ndarray, number: int = 0) -> HandResult:
    points = np.concatenate([landmarks, np.zeros((21, 1))], axis=1)
    return HandResult(number, "left", 0.9, 0.98, points, np.zeros((21, 3)), Roi((50, 50), 60, 0.0))


def grey(height: int = 200, width: int = 240) -> np.ndarray:
    return np.full((height, width, 3), 128, np.uint8)


def test_the_skeleton_is_where_the_landmarks_are() -> None:
    image = grey()
    points = UPRIGHT * 70 + (120, 150)
    drawn = draw_results(image, [result(points)])
    assert (image == 128).all()
    assert drawn.shape == image.shape
    assert drawn.dtype == np.uint8
    changed = (drawn != image).any(axis=2)
    for x, y in points:
        assert changed[int(y) - 2 : int(y) + 3, int(x) - 2 : int(x) + 3].any()
    # Nothing far from the hand and its caption.
    rows = np.flatnonzero(changed.any(axis=1))
    assert rows.max() < points[:, 1].max() + 15


def test_no_hand_no_change() -> None:
    image = grey()
    np.testing.assert_array_equal(draw_results(image, []), image)


@pytest.mark.parametrize(
    ("size", "center"),
    [((200, 240), (-500, -500)), ((200, 240), (230, 5)), ((1, 1), (0, 0)), ((8, 400), (390, 4))],
)
def test_hands_at_and_beyond_the_border(size: tuple[int, int], center: tuple[int, int]) -> None:
    image = grey(*size)
    drawn = draw_results(image, [result(UPRIGHT * 50 + center), result(UPRIGHT * 0.1, 1)])
    assert drawn.shape == image.shape


def test_two_hands_have_captions_of_their_own() -> None:
    points = [UPRIGHT * 30 + (60, 150), UPRIGHT * 30 + (180, 150)]
    image = grey()
    both = draw_results(image, [result(p, n) for n, p in enumerate(points)])
    for number, hand in enumerate(points):
        alone = draw_results(image, [result(hand, number)])
        other = draw_results(image, [result(hand, number + 5)])
        assert (alone != other).any()
        assert (alone != image).sum() < (both != image).sum()
