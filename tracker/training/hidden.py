"""How much of a labelled hand is to be seen, where things, cloth and other hands may hide it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tracker.labelled import visibility_of

#: Visible landmarks from which on a hand is asked for: about a finger's.
LEAST_VISIBLE: Final = 4


def visible_landmarks(hand: Mapping[str, Any]) -> int:
    """Of the 21 of a labelled hand."""
    return int(np.sum(visibility_of(hand) == 2))


def seen_box(
    hand: Mapping[str, Any], row: int, mask: NDArray[np.uint8] | None
) -> NDArray[np.float64] | None:
    """(4,) x0, y0, x1, y1 in pixels round the pixels of a hand in its box; None if there is none.

    Without a mask all of the box counts as seen. A bare forearm has its hand's value in the mask
    and counts, too, where it reaches into the box.

    Args:
        hand: its label.
        row: its place in the label, which is its number where the label has none.
        mask: (H, W) of the sample, or None.
    """
    if hand["box"] is None:
        return None
    x, y, width, height = hand["box"]
    if mask is None:
        return np.array([x, y, x + width, y + height])
    left, top = int(x), int(y)
    part = mask[top : int(np.ceil(y + height)), left : int(np.ceil(x + width))]
    rows, columns = np.nonzero(part == hand.get("number", row) + 1)
    if not len(rows):
        return None
    return np.array(
        [left + columns.min(), top + rows.min(), left + columns.max() + 1, top + rows.max() + 1],
        np.float64,
    )
