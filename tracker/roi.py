"""Region of interest: the oriented square of an image that the landmark model looks at.

Image coordinates are pixels with the origin at the top-left corner of the top-left pixel, whose
centre is at (0.5, 0.5). A rotation is in radians, clockwise in the image, 0 when the hand points
up.

Constants: the published graphs of MediaPipe Hands (palm_detection_detection_to_roi,
hand_landmark_landmarks_to_roi).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from synth.landmarks import MIDDLE_MCP, WRIST
from tracker.halving import halved, halvings

Array = NDArray[np.float64]

#: Landmarks that the palm detector's seven keypoints lie on, in its order.
PALM_LANDMARKS: Final = (0, 5, 9, 13, 17, 1, 2)
#: Landmarks whose rectangle makes the region of the next frame: no fingertips, which move most.
STABLE_LANDMARKS: Final = (0, 1, 2, 3, 5, 6, 9, 10, 13, 14, 17, 18)

#: Side of the region ÷ longer side of the rectangle, and shift of its centre towards the fingers
#: ÷ the same.
PALM_SCALE: Final = 2.6
PALM_SHIFT: Final = 0.5
LANDMARKS_SCALE: Final = 2.0
LANDMARKS_SHIFT: Final = 0.1

#: Smallest region worth looking at, in pixels, and the largest one ÷ the image's longer side.
MIN_SIZE: Final = 4.0
MAX_SIZE: Final = 8.0


@dataclass(frozen=True)
class Roi:
    """An oriented square.

    Attributes:
        center: x, y in pixels.
        size: side in pixels.
        rotation: radians, clockwise in the image; the square's "up" points along the hand.
    """

    center: tuple[float, float]
    size: float
    rotation: float

    def to_dict(self) -> dict[str, Any]:
        return {"center": list(self.center), "size": self.size, "rotation": self.rotation}

    def corners(self) -> Array:
        """(4, 2) pixels: top-left, top-right, bottom-right, bottom-left as the hand sees them."""
        return self.from_unit(np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]))

    def meets(self, width: int, height: int) -> bool:
        """Whether the region is sound and its centre at most half its side outside an image."""
        x, y = self.center
        return (
            MIN_SIZE <= self.size <= MAX_SIZE * max(width, height)
            and -self.size / 2 < x < width + self.size / 2
            and -self.size / 2 < y < height + self.size / 2
            and math.isfinite(self.rotation)
        )

    def from_unit(self, points: Array) -> Array:
        """Image pixels (…, 2) of points in the unit square (0, 0 is its top-left corner)."""
        return self.turned(np.asarray(points, np.float64) - 0.5) * self.size + self.center

    def to_unit(self, points: Array) -> Array:
        """Points of the unit square (…, 2) of image pixels; the inverse of `from_unit`."""
        centred = (np.asarray(points, np.float64) - self.center) / self.size
        return centred @ _turn(self.rotation) + 0.5

    def turned(self, vectors: Array) -> Array:
        """Vectors (…, 2) of the square's axes, in the image's."""
        return np.asarray(vectors, np.float64) @ _turn(self.rotation).T


def roi_from_palm(keypoints: Array) -> Roi:
    """Region of a palm.

    Args:
        keypoints: (7, 2) pixels, in the order of PALM_LANDMARKS.
    """
    keypoints = np.asarray(keypoints, np.float64)
    wrist, middle = keypoints[PALM_LANDMARKS.index(WRIST)], keypoints[PALM_LANDMARKS.index(9)]
    return _roi_around(keypoints, wrist, middle, PALM_SHIFT, PALM_SCALE)


def roi_from_landmarks(landmarks: Array) -> Roi:
    """Region of a hand whose landmarks are known, for the next frame.

    Args:
        landmarks: (21, 2 or 3) pixels; depth is not looked at.
    """
    landmarks = np.asarray(landmarks, np.float64)[:, :2]
    stable = landmarks[list(STABLE_LANDMARKS)]
    return _roi_around(
        stable, landmarks[WRIST], landmarks[MIDDLE_MCP], LANDMARKS_SHIFT, LANDMARKS_SCALE
    )


def crop(image: NDArray[np.uint8], roi: Roi, side: int) -> NDArray[np.uint8]:
    """The region as an upright square picture; what lies outside the image is black.

    Args:
        image: (H, W, 3) uint8.
        side: pixels of the result.

    Returns:
        (side, side, 3) uint8.
    """
    height, width = image.shape[:2]
    times = halvings(roi.size / side)
    if times == 0 and max(height, width) < _MAX_WARP_SIDE:
        return _warp(image, roi, side)
    # Only the piece that is looked at, in whole blocks of pixels where the image allows.
    block = 2**times
    low, high = roi.corners().min(axis=0) - 1, roi.corners().max(axis=0) + 1
    left, right = _blocks(low[0], high[0], width, block)
    top, bottom = _blocks(low[1], high[1], height, block)
    if left >= right or top >= bottom:
        return np.zeros((side, side, 3), np.uint8)
    small = halved(image[top:bottom, left:right], times)
    center = ((roi.center[0] - left) / block, (roi.center[1] - top) / block)
    return _warp(small, Roi(center, roi.size / block, roi.rotation), side)


def direction(start: Array, end: Array) -> float:
    """Rotation of a hand that points from `start` to `end`, both (2,): −π … π."""
    along = np.asarray(end, np.float64) - np.asarray(start, np.float64)
    return float(np.arctan2(along[0], -along[1]))


def _turn(rotation: float) -> Array:
    cosine, sine = np.cos(rotation), np.sin(rotation)
    return np.array([[cosine, -sine], [sine, cosine]])


def _roi_around(points: Array, wrist: Array, middle: Array, shift: float, scale: float) -> Roi:
    rotation = direction(wrist, middle)
    turn = _turn(rotation)
    upright = points @ turn
    low, high = upright.min(axis=0), upright.max(axis=0)
    longer = float((high - low).max())
    center = turn @ ((low + high) / 2 - (0.0, shift * longer))
    return Roi((float(center[0]), float(center[1])), scale * longer, rotation)


#: OpenCV warps no image that is as wide or high as this.
_MAX_WARP_SIDE: Final = 2**15 - 1


def _warp(image: NDArray[np.uint8], roi: Roi, side: int) -> NDArray[np.uint8]:
    step = roi.size / side
    along, across = step * math.cos(roi.rotation), step * math.sin(roi.rotation)
    # OpenCV counts from the centre of the first pixel, this project from its corner.
    middle = (side - 1) / 2
    to_image = np.array(
        [
            [along, -across, roi.center[0] - 0.5 - (along - across) * middle],
            [across, along, roi.center[1] - 0.5 - (along + across) * middle],
        ]
    )
    return cv2.warpAffine(
        image,
        to_image,
        (side, side),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
    )


def _blocks(low: float, high: float, length: int, block: int) -> tuple[int, int]:
    """The part of low … high within 0 … length, widened to whole blocks where there is room."""
    start, end = (int(np.clip(edge, 0, length)) for edge in (math.floor(low), math.ceil(high)))
    start -= start % block
    return start, min(length, end + (start - end) % block)
