"""Numbers of a hand's label in a shard, where what nobody knows is null.

Renders know everything; in photographs people place some points, and depth is never known.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from tracker.roi import STABLE_LANDMARKS

#: `kind` in the label of a photograph that people labelled.
PHOTOGRAPH: Final = "photograph"
#: Visibility of a landmark that nobody placed; 0, 1, 2 are as in docs/format.md.
UNKNOWN: Final = -1


def landmarks_of(hand: Mapping[str, Any]) -> NDArray[np.float64]:
    """(21, 3) pixels and z, NaN where not known."""
    return np.array(hand["landmarks_image"], np.float64)


def visibility_of(hand: Mapping[str, Any]) -> NDArray[np.int64]:
    """(21,) of 0, 1, 2 or UNKNOWN."""
    return np.array([UNKNOWN if v is None else v for v in hand["visibility"]], np.int64)


def has_region(landmarks: NDArray[np.float64]) -> bool:
    """Whether the landmarks (21, 2 or 3) that a region is made of are all known."""
    return bool(np.isfinite(landmarks[list(STABLE_LANDMARKS), :2]).all())
