"""How bright a picture is, measured on a small grey copy, which is cheaper than all of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

#: The longer side of the small copy is at least so many pixels, where the picture has as many:
#: enough for a hand of 16 pixels in a picture of 320 to keep 8.
_LEAST: Final = 128
_READERS: Final = {
    8: cv2.IMREAD_REDUCED_GRAYSCALE_8,
    4: cv2.IMREAD_REDUCED_GRAYSCALE_4,
    2: cv2.IMREAD_REDUCED_GRAYSCALE_2,
    1: cv2.IMREAD_GRAYSCALE,
}
#: From where on a grey value counts as white: JPEGs and sharpening leave few at 255.
WHITE: Final = 250


@dataclass(frozen=True)
class Small:
    """A picture at a smaller size.

    Attributes:
        grey: (H, W) uint8.
        step: pixels of the picture along one of these.
    """

    grey: NDArray[np.uint8]
    step: int


@dataclass(frozen=True)
class Brightness:
    """Of grey values 0 … 255.

    Attributes:
        mean, deviation: of all pixels.
        bright: what 99 % of the pixels do not exceed.
        white_share: share of the pixels from `WHITE` on.
    """

    mean: float
    deviation: float
    bright: float
    white_share: float


def read_small(jpeg: bytes, width: int, height: int) -> Small | None:
    """A JPEG as a small grey picture; None if it cannot be decoded.

    Args:
        width, height: of the JPEG, pixels.
    """
    step = next(step for step in _READERS if max(width, height) >= _LEAST * step or step == 1)
    flags = _READERS[step] | cv2.IMREAD_IGNORE_ORIENTATION
    grey = cv2.imdecode(np.frombuffer(jpeg, np.uint8), flags)
    return None if grey is None else Small(np.asarray(grey, np.uint8), step)


def brightness_of(grey: NDArray[np.uint8]) -> Brightness:
    """Of a picture or a part of one, (H, W) with at least one pixel."""
    counts = cv2.calcHist([grey], [0], None, [256], [0, 256]).ravel().astype(np.float64)
    total = float(counts.sum())
    mean = float(counts @ _LEVELS) / total
    variance = float(counts @ _LEVELS**2) / total - mean**2
    bright = int(np.searchsorted(np.cumsum(counts), 0.99 * total))
    return Brightness(
        mean=mean,
        deviation=max(0.0, variance) ** 0.5,
        bright=float(bright),
        white_share=float(counts[WHITE:].sum()) / total,
    )


_LEVELS: Final = np.arange(256, dtype=np.float64)
