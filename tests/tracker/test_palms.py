from __future__ import annotations

import numpy as np
import pytest

from tracker.letterbox import letterbox
from tracker.palms import NO_PALMS, palms_above, palms_in_image


def test_only_sure_and_sound_palms_are_left() -> None:
    scores = np.array([0.9, 0.4, 0.5, 0.8, 0.8, np.nan], np.float32)
    boxes = np.tile(np.array([0.5, 0.5, 0.2], np.float32), (6, 1))
    boxes[:, 0] = np.arange(6)
    keypoints = np.zeros((6, 7, 2), np.float32)
    boxes[3, 2] = -0.1
    keypoints[4, 2, 1] = np.inf
    palms = palms_above(scores, boxes, keypoints, 0.5)
    assert palms.boxes[:, 0].tolist() == [0, 2]
    assert len(palms) == 2
    assert palms.scores.dtype == np.float64


def test_from_the_picture_to_the_image() -> None:
    # 200 × 100 in a square of 100: half the size, bars of 25.
    boxed = letterbox(np.zeros((100, 200, 3), np.uint8), 100)
    keypoints = np.full((1, 7, 2), 0.5)
    keypoints[0, 0] = (0.1, 0.25)
    palms = palms_above(np.array([1.0]), np.array([[0.2, 0.75, 0.3]]), keypoints, 0.5)
    palms = palms_in_image(palms, boxed)
    assert palms.boxes == pytest.approx(np.array([[40, 100, 60]]))
    assert palms.keypoints[0, 0] == pytest.approx([20, 0])
    assert palms.keypoints[0, 1] == pytest.approx([100, 50])


def test_none() -> None:
    assert len(NO_PALMS) == 0
    assert len(palms_in_image(NO_PALMS, letterbox(np.zeros((9, 9, 3), np.uint8), 16))) == 0
