from __future__ import annotations

import numpy as np
import pytest

from tracker.nms import square_iou, weighted_nms
from tracker.palms import NO_PALMS, Palms


def _palms(scores: list[float], boxes: list[list[float]]) -> Palms:
    array = np.array(boxes, float)
    keypoints = np.repeat(array[:, None, :2], 7, axis=1) + np.arange(7)[:, None]
    return Palms(np.array(scores), array, keypoints)


def test_overlap_worked_by_hand() -> None:
    # Squares of side 2 whose centres are 1 apart share 2 of 4 + 4 − 2.
    one = np.array([0.0, 0.0, 2.0])
    others = np.array([[1, 0, 2], [0, 0, 2], [0, 0, 1], [2, 0, 2], [1, 1, 2], [9, 9, 2]], float)
    assert square_iou(one, others) == pytest.approx([2 / 6, 1, 1 / 4, 0, 1 / 7, 0])


def test_overlap_by_counting_cells() -> None:
    random = np.random.default_rng(0)
    # Corners on whole numbers, so that cells of side 1 are in or out.
    low, sides = random.integers(0, 20, (40, 2)), random.integers(1, 20, 40)
    boxes = np.column_stack([low + sides[:, None] / 2, sides])
    cells = np.stack(np.meshgrid(np.arange(40), np.arange(40)), axis=2) + 0.5
    inside = [
        ((cells > corner) & (cells < corner + side)).all(axis=2)
        for corner, side in zip(low, sides, strict=True)
    ]
    counted = [(inside[0] & one).sum() / (inside[0] | one).sum() for one in inside]
    assert square_iou(boxes[0], boxes) == pytest.approx(counted)


def test_a_group_becomes_its_weighted_mean() -> None:
    palms = _palms([0.6, 0.9, 0.8], [[11, 20, 10], [10, 20, 10], [100, 50, 30]])
    merged = weighted_nms(palms)
    assert merged.scores == pytest.approx([0.9, 0.8])
    assert merged.boxes == pytest.approx(np.array([[10.4, 20, 10], [100, 50, 30]]))
    assert merged.keypoints[0, 3] == pytest.approx([13.4, 23])


def test_the_best_takes_the_group_a_chain_does_not() -> None:
    # Neighbours overlap, the ends do not: A takes B; C, which only B touched, stays.
    palms = _palms([0.9, 0.8, 0.7], [[0, 0, 10], [5, 0, 10], [10, 0, 10]])
    merged = weighted_nms(palms)
    assert len(merged) == 2
    assert merged.boxes[1] == pytest.approx([10, 0, 10])


def test_at_the_threshold_both_stay() -> None:
    assert len(weighted_nms(_palms([0.9, 0.8], [[0, 0, 2], [1, 0, 2]]), min_iou=1 / 3)) == 2
    assert len(weighted_nms(_palms([0.9, 0.8], [[0, 0, 2], [1, 0, 2]]), min_iou=0.33)) == 1


def test_nothing_and_scores_of_zero() -> None:
    assert len(weighted_nms(NO_PALMS)) == 0
    merged = weighted_nms(_palms([0.0], [[1, 2, 3]]))
    assert len(merged) == 1
    assert np.isfinite(merged.boxes).all()


def test_a_palm_in_a_palm_is_dropped_and_moves_nothing() -> None:
    # A square of 1 in one of 4: IoU 1/16, but all of it inside. One of 1 beside it stays.
    left = weighted_nms(_palms([0.9, 0.8, 0.7], [[0, 0, 4], [1, 1, 1], [3, 0, 1]]))
    assert len(left) == 2
    np.testing.assert_allclose(left.boxes, [[0, 0, 4], [3, 0, 1]])
    small_first = weighted_nms(_palms([0.8, 0.9], [[0, 0, 4], [1, 1, 1]]))
    np.testing.assert_allclose(small_first.boxes, [[1, 1, 1]])
