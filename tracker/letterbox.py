"""Fit an image of any shape into the palm detector's square input, and find the way back."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tracker.halving import halved, halvings

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Letterboxed:
    """An image in the middle of a black square.

    Attributes:
        picture: (side, side, 3) uint8.
        offset: x, y in pixels of the picture: the image's top-left corner.
        scale: x, y: pixels of the picture ÷ pixels of the image. The longer side fits; the shorter
            one is rounded to whole pixels, so that the two differ a little.
    """

    picture: NDArray[np.uint8]
    offset: tuple[int, int]
    scale: tuple[float, float]

    def points_to_image(self, points: Array) -> Array:
        """Image pixels (…, 2) of points in fractions of the picture's side."""
        pixels = np.asarray(points, np.float64) * self.picture.shape[0]
        return (pixels - self.offset) / self.scale

    def lengths_to_image(self, lengths: Array) -> Array:
        """Image pixels (…) of lengths in fractions of the picture's side."""
        scale = self.scale[self.offset.index(0)]  # of the longer side, which leaves no bar
        return np.asarray(lengths, np.float64) * self.picture.shape[0] / scale


def letterbox(image: NDArray[np.uint8], side: int) -> Letterboxed:
    """The whole image, its shape kept, centred on a black square.

    Args:
        image: (H, W, 3) uint8.
        side: pixels of the square.
    """
    height, width = image.shape[:2]
    longer = max(height, width)
    new_width, new_height = (max(1, round(length * side / longer)) for length in (width, height))
    times = halvings(longer / side)
    small = halved(image, times)
    # What `small` covers, in pixels of the image: halving rounds odd sides up.
    covered_height, covered_width = (length * 2**times for length in small.shape[:2])
    fitted = cv2.resize(small, (new_width, new_height), interpolation=cv2.INTER_LINEAR)
    left, top = (side - new_width) // 2, (side - new_height) // 2
    picture = np.zeros((side, side, 3), np.uint8)
    picture[top : top + new_height, left : left + new_width] = fitted
    scale = (new_width / covered_width, new_height / covered_height)
    return Letterboxed(picture, (left, top), scale)
