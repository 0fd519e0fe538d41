"""Which photographs are trained on and which are kept to measure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: Photographs of one burst stand together, so they are parted in blocks.
_BLOCK = 60
#: Every fifth block is kept.
_KEPT = 5


def held_out(count: int) -> NDArray[np.bool_]:
    """(count,) whether each of a folder's photographs, in the order of its index, is kept."""
    return np.arange(count) // _BLOCK % _KEPT == _KEPT - 1
