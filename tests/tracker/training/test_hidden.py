"""What is to be seen of a hand, by its label and the mask."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tracker.training.hidden import seen_box, visible_landmarks


def label(box: list[float] | None, **keys: Any) -> dict[str, Any]:
    return {"visibility": [2] * 3 + [1] * 10 + [0] * 8, "box": box, **keys}


def test_visible_landmarks() -> None:
    assert visible_landmarks(label(None)) == 3


@pytest.mark.parametrize(
    ("keys", "row", "expected"),
    [
        ({"number": 1}, 0, [12, 21, 15, 23]),  # value 2 in the mask
        ({}, 1, [12, 21, 15, 23]),  # no number: that of the row
        ({"number": 0}, 1, None),  # value 1 is beside the box
        ({"number": 2}, 1, None),  # value 3 is nowhere
    ],
)
def test_skin_is_looked_for_in_the_hands_box_only(
    keys: dict[str, int], row: int, expected: list[float] | None
) -> None:
    mask = np.full((40, 50), 255, np.uint8)
    mask[:5] = 2  # the hand's forearm, above the box
    mask[:, 40:] = 1
    mask[21:23, 12:15] = 2
    box = seen_box(label([9.5, 20.5, 20.0, 10.0], **keys), row, mask)
    assert (None if box is None else box.tolist()) == expected


def test_a_pixel_that_the_box_cuts_counts() -> None:
    mask = np.zeros((40, 50), np.uint8)
    mask[30, 29] = 1
    assert seen_box(label([9.5, 20.5, 20.0, 10.0]), 0, mask) is not None
    assert seen_box(label([9.5, 20.5, 19.5, 9.5]), 0, mask) is None


def test_without_a_mask_all_of_the_box_counts() -> None:
    box = seen_box(label([9.5, 20.5, 20.0, 10.0]), 0, None)
    assert box is not None
    assert box.tolist() == [9.5, 20.5, 29.5, 30.5]
    assert seen_box(label(None), 0, None) is None
