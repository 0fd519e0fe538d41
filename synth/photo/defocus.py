"""Blur of a lens out of focus: every point becomes a disc."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

#: Discs above this radius are blurred at a smaller size, where they have about this radius.
_LARGEST_RADIUS: Final = 3.5


@lru_cache(maxsize=64)
def _disc(radius: float) -> NDArray[np.float32]:
    """Kernel of sum 1 with an antialiased rim."""
    reach = int(np.ceil(radius))
    axis = np.arange(-reach, reach + 1, dtype=np.float32)
    distance = np.hypot(axis[:, None], axis[None, :])
    disc = np.clip(radius + 0.5 - distance, 0.0, 1.0)
    return (disc / disc.sum()).astype(np.float32)


def defocus(linear: NDArray[np.float32], radius: float) -> NDArray[np.float32]:
    """Picture (H, W, 3) in linear light with each point spread over a disc of `radius` pixels."""
    if radius < 0.3:
        return linear
    height, width = linear.shape[:2]
    shrink = max(1.0, radius / _LARGEST_RADIUS)
    small = linear
    if shrink > 1:
        size = (max(2, round(width / shrink)), max(2, round(height / shrink)))
        small = cv2.resize(linear, size, interpolation=cv2.INTER_AREA)
    # Rounded, so that the kernels of a whole data set are a few dozen.
    disc = _disc(round(radius / shrink * 8) / 8)
    small = cv2.filter2D(small, -1, disc, borderType=cv2.BORDER_REFLECT)
    if shrink > 1:
        small = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
        soften = 0.4 * shrink  # the squares of the enlargement
        small = cv2.GaussianBlur(small, (0, 0), soften, borderType=cv2.BORDER_REFLECT)
    return small
