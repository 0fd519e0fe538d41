from __future__ import annotations

import numpy as np
import pytest

from tracker.anchors import PALM_ANCHORS, AnchorLevel, anchors_of


def test_a_small_grid_worked_by_hand() -> None:
    anchors = anchors_of(16, (AnchorLevel(8, (0.1, 0.2)), AnchorLevel(16, (0.5,))))
    assert anchors == pytest.approx(
        np.array(
            [
                [0.25, 0.25, 0.1],
                [0.25, 0.25, 0.2],
                [0.75, 0.25, 0.1],
                [0.75, 0.25, 0.2],
                [0.25, 0.75, 0.1],
                [0.25, 0.75, 0.2],
                [0.75, 0.75, 0.1],
                [0.75, 0.75, 0.2],
                [0.5, 0.5, 0.5],
            ]
        )
    )


def test_as_many_as_mediapipe_s() -> None:
    anchors = anchors_of(192)
    assert anchors.shape == (2016, 3)
    assert anchors.dtype == np.float32
    sizes = sorted(size for level in PALM_ANCHORS for size in level.sizes)
    steps = np.array(sizes[1:]) / sizes[:-1]
    assert steps == pytest.approx(np.full(len(steps), 1.45), abs=0.02)


def test_a_side_that_does_not_divide() -> None:
    with pytest.raises(ValueError, match="100"):
        anchors_of(100)
