"""What is known of a batch of the detector's pictures."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class PalmTruth:
    """P palms and B hand boxes for each of N pictures; fractions of the picture's side.

    A hand has a palm where its landmarks are known and a box where they are not.

    Attributes:
        palms: (N, P, 3) centre x, y and side of axis-aligned squares.
        keypoints: (N, P, 7, 2) in the order of tracker.roi.PALM_LANDMARKS.
        wanted: (N, P) bool, palms to be found.
        ignored: (N, P) bool, palms that may be found or not: too little of them is to be seen.
            What is neither is padding.
        boxes: (N, B, 4) x0, y0, x1, y1 of whole hands.
        boxed: (N, B) bool, boxes that exist.
        asked: (N, B) bool, boxes in which a palm is to be found.
    """

    palms: Tensor
    keypoints: Tensor
    wanted: Tensor
    ignored: Tensor
    boxes: Tensor
    boxed: Tensor
    asked: Tensor
