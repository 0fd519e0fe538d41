"""Results drawn over an image."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from synth.drawing import draw_hands
from tracker.results import HandResult


def draw_results(image: NDArray[np.uint8], hands: Sequence[HandResult]) -> NDArray[np.uint8]:
    """The image with the skeleton of each hand, its id, side and presence.

    Args:
        image: (H, W, 3) uint8 RGB; it is not changed.

    Returns:
        (H, W, 3) uint8 RGB.
    """
    height, width = image.shape[:2]
    label = {
        "hands": [
            {"landmarks_image": hand.landmarks.tolist(), "visibility": _inside(hand, width, height)}
            for hand in hands
        ]
    }
    canvas = draw_hands(image, label)
    for hand in hands:
        _caption(canvas, hand)
    return canvas


def _inside(hand: HandResult, width: int, height: int) -> list[int]:
    """2 for a landmark in the image, 0 for one outside of it."""
    x, y = hand.landmarks[:, 0], hand.landmarks[:, 1]
    return [2 if ok else 0 for ok in (x >= 0) & (x < width) & (y >= 0) & (y < height)]


def _caption(canvas: NDArray[np.uint8], hand: HandResult) -> None:
    text = f"{hand.id} {hand.handedness} {hand.presence:.2f}"
    size = max(0.4, max(canvas.shape[:2]) / 1200)
    (width, height), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, size, 1)
    x = int(np.clip(hand.landmarks[:, 0].min(), 0, max(canvas.shape[1] - width, 0)))
    y = int(np.clip(hand.landmarks[:, 1].min() - 6, height + 2, canvas.shape[0] - 2))
    for color, thickness in (((0, 0, 0), 3), ((255, 255, 255), 1)):
        cv2.putText(
            canvas, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, size, color, thickness, cv2.LINE_AA
        )
