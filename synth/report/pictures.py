"""Small pictures of images and of hands in them, with the hands' skeletons beside the pixels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from synth.errors import UserError
from synth.report.figures import Picture, Skeleton

#: Longer side in pixels: two of them are as wide as a telephone.
_SIDE: Final = 168
_QUALITY: Final = 70
#: A hand's picture is a square so many times as wide as its box, and not of less pixels than that.
_AROUND: Final = 1.8
_LEAST: Final = 40.0


def whole_picture(key: str, jpeg: bytes, label: Mapping[str, Any], caption: str = "") -> Picture:
    """All of an image, with all of its hands.

    Raises:
        UserError: if it cannot be decoded.
    """
    image = _decode(key, jpeg)
    window = (0.0, 0.0, float(image.shape[1]), float(image.shape[0]))
    return _picture(key, image, window, label.get("hands") or (), caption)


def hand_picture(key: str, jpeg: bytes, hand: Mapping[str, Any], caption: str = "") -> Picture:
    """The part of an image around a hand, with that hand alone.

    Raises:
        UserError: if it cannot be decoded.
    """
    image = _decode(key, jpeg)
    x, y, width, height = hand["box"]
    side = min(max(_AROUND * max(width, height), _LEAST), *image.shape[:2])
    # Moved rather than cut where it would reach over the border.
    left = min(max(0.0, x + width / 2 - side / 2), image.shape[1] - side)
    top = min(max(0.0, y + height / 2 - side / 2), image.shape[0] - side)
    return _picture(key, image, (left, top, side, side), [hand], caption)


def _decode(key: str, jpeg: bytes) -> NDArray[np.uint8]:
    flags = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
    image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), flags)
    if image is None:
        raise UserError(f"sample {key}: the image is damaged; `hand-synth validate` says more")
    return np.asarray(image, np.uint8)


def _picture(
    key: str,
    image: NDArray[np.uint8],
    window: tuple[float, float, float, float],
    hands: Sequence[Mapping[str, Any]],
    caption: str,
) -> Picture:
    left, top = round(window[0]), round(window[1])
    part = image[top : top + round(window[3]), left : left + round(window[2])]
    scale = min(1.0, _SIDE / max(part.shape[:2]))
    width, height = (max(1, round(scale * side)) for side in part.shape[1::-1])
    if scale < 1:
        part = cv2.resize(part, (width, height), interpolation=cv2.INTER_AREA)
    _, jpeg = cv2.imencode(".jpg", part, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    skeletons = tuple(
        skeleton for hand in hands if (skeleton := _skeleton(hand, left, top, scale)) is not None
    )
    return Picture(jpeg.tobytes(), width, height, key, caption, skeletons)


def _skeleton(hand: Mapping[str, Any], left: int, top: int, scale: float) -> Skeleton | None:
    points, visibility = hand.get("landmarks_image"), hand.get("visibility")
    if points is None or visibility is None:
        return None
    placed = tuple(
        None if x is None or y is None else (scale * (x - left), scale * (y - top))
        for x, y, _ in points
    )
    return Skeleton(placed, tuple(0 if state is None else state for state in visibility))
