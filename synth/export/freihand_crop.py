"""A square around one hand as a picture of a right hand, and its camera."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

#: Pixels, side of FreiHAND's images.
SIDE: Final = 224

#: Side of the square in longer sides of the hand: turned by any angle (√2) and moved a little, the
#: hand stays inside.
_ROOM: Final = 1.5


@dataclass(frozen=True)
class Crop:
    """A square of an image, in whole pixels, which may reach beyond the image.

    Attributes:
        left, top: of its corner.
        side: of the square.
        mirrored: whether left and right are swapped in it.
    """

    left: int
    top: int
    side: int
    mirrored: bool

    def matrix(self) -> Array:
        """(3, 3) from pixels of the image to pixels of the crop, both with their origin at the
        corner of the first pixel."""
        scale = SIDE / self.side
        matrix = np.array(
            [[scale, 0, -scale * self.left], [0, scale, -scale * self.top], [0, 0, 1]]
        )
        return (
            np.array([[-1.0, 0, SIDE], [0, 1, 0], [0, 0, 1]]) @ matrix if self.mirrored else matrix
        )

    def camera(self, K: Array) -> Array:
        """(3, 3) intrinsics of the crop. Of a mirrored one they are for points with x negated, so
        that the focal lengths stay positive."""
        swap = np.diag([-1.0 if self.mirrored else 1.0, 1.0, 1.0])
        return self.matrix() @ K @ swap

    def points(self, points_camera: Array) -> Array:
        """(N, 3) metres in the camera's frame, x negated if the crop is mirrored: the points that
        `camera` projects into the crop."""
        return points_camera * [-1.0 if self.mirrored else 1.0, 1.0, 1.0]

    def cut(self, image: NDArray[np.uint8], *, smooth: bool = True) -> NDArray[np.uint8]:
        """The crop's pixels; black beyond the image.

        Args:
            image: (H, W) or (H, W, 3).
            smooth: mix pixels; a mask's are not mixed.

        Returns:
            (SIDE, SIDE) or (SIDE, SIDE, 3).
        """
        height, width = image.shape[:2]
        right, bottom = self.left + self.side, self.top + self.side
        inside = image[max(self.top, 0) : bottom, max(self.left, 0) : right]
        square = cv2.copyMakeBorder(
            inside,
            max(-self.top, 0),
            max(bottom - height, 0),
            max(-self.left, 0),
            max(right - width, 0),
            cv2.BORDER_CONSTANT,
            value=0,
        )
        # These methods keep corners on corners, as `matrix` does.
        smaller = cv2.INTER_AREA if self.side > SIDE else cv2.INTER_CUBIC
        method = smaller if smooth else cv2.INTER_NEAREST_EXACT
        scaled = cv2.resize(square, (SIDE, SIDE), interpolation=method)
        return np.ascontiguousarray(scaled[:, ::-1] if self.mirrored else scaled)


def extent_of(landmarks: Array, box: list[float]) -> Array:
    """(2, 2) lowest and highest x, y of the landmarks and of the box.

    Args:
        landmarks: (21, 2) pixels.
        box: x, y, width, height.
    """
    points = np.vstack([landmarks, [box[:2], [box[0] + box[2], box[1] + box[3]]]])
    return np.array([points.min(0), points.max(0)])


def crop_around(extent: Array, width: int, height: int, mirrored: bool) -> Crop:
    """The square around a hand: with room, as far as the image has it, and inside the image where
    it fits.

    Args:
        extent: (2, 2) as `extent_of` gives it.
        width, height: of the image in pixels.
    """
    longest = float((extent[1] - extent[0]).max())
    side = int(np.ceil(max(min(_ROOM * longest, width, height), longest + 2)))
    corner = extent.mean(0) - side / 2
    left, top = (
        round(float(np.clip(at, min(0, size - side), max(0, size - side))))
        for at, size in zip(corner, (width, height), strict=True)
    )
    return Crop(left, top, side, mirrored)
