"""Which fingers are stretched, and the digit that a hand shows with them.

A coarse measure of landmarks that needs no labelled point: a photograph of a hand that shows a
digit has been read, or it has not.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

#: First landmark (MCP) of index, middle, ring and little finger; the other three follow.
_FINGERS: Final = (5, 9, 13, 17)
_WRIST, _THUMB_MCP, _THUMB_TIP, _LITTLE_MCP = 0, 2, 4, 17

#: A finger is stretched when its tip is farther from the wrist than its PIP joint, and at least
#: this share of its own length away from its MCP: 0.9 is a bend of about 25° at each of two joints.
#: (Seen from the front, a finger folded into the palm is one straight line, too: back again.)
STRETCHED: Final = 0.9
#: The thumb is, when its tip is farther from the little finger's MCP than its own MCP, by this.
THUMB_OUT: Final = 1.15

#: Digits of one hand as Turkish sign language shows them, by the stretched fingers of index,
#: middle, ring, little. 2 and 3, and 4 and 5, differ by the thumb.
_DIGITS: Final = {
    (False, False, False, False): (0, 0),
    (True, False, False, False): (1, 1),
    (True, True, False, False): (2, 3),
    (True, True, True, True): (4, 5),
    (True, True, True, False): (6, 6),
    (True, True, False, True): (7, 7),
    (True, False, True, True): (8, 8),
    (False, True, True, True): (9, 9),
}


def stretched_fingers(landmarks: NDArray[np.float64]) -> tuple[bool, bool, bool, bool, bool]:
    """Thumb, index, middle, ring, little: whether each is stretched, as the image shows it.

    Args:
        landmarks: (21, 2 or 3) pixels; only x and y are looked at, for a hand that shows
            something turns palm or back to the camera.
    """
    flat = landmarks[:, :2]
    thumb = _distance(flat, _THUMB_TIP, _LITTLE_MCP) > THUMB_OUT * _distance(
        flat, _THUMB_MCP, _LITTLE_MCP
    )
    index, middle, ring, little = (_is_straight(flat, first) for first in _FINGERS)
    return thumb, index, middle, ring, little


def read_digit(landmarks: NDArray[np.float64]) -> int | None:
    """0 to 9, or None where the stretched fingers are those of no digit; (21, 2 or 3) pixels."""
    thumb, *fingers = stretched_fingers(landmarks)
    index, middle, ring, little = fingers
    digits = _DIGITS.get((index, middle, ring, little))
    return None if digits is None else digits[thumb]


def _is_straight(flat: NDArray[np.float64], first: int) -> bool:
    length = sum(_distance(flat, joint, joint + 1) for joint in range(first, first + 3))
    outwards = _distance(flat, _WRIST, first + 3) > _distance(flat, _WRIST, first + 1)
    return outwards and _distance(flat, first, first + 3) > STRETCHED * length


def _distance(flat: NDArray[np.float64], one: int, other: int) -> float:
    return float(np.linalg.norm(flat[one] - flat[other]))
