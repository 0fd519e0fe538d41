"""Palms that the detector has found in one picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tracker.letterbox import Letterboxed

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Palms:
    """N palms.

    Attributes:
        scores: (N,) 0 … 1.
        boxes: (N, 3) centre x, y and side of the palm's upright square.
        keypoints: (N, 7, 2) x, y in the order of tracker.roi.PALM_LANDMARKS.
    """

    scores: Array
    boxes: Array
    keypoints: Array

    def __len__(self) -> int:
        return len(self.scores)

    def __getitem__(self, which: Any) -> Palms:
        """Some of the palms: a slice, a mask or an array of indices."""
        return Palms(self.scores[which], self.boxes[which], self.keypoints[which])


NO_PALMS = Palms(np.zeros(0), np.zeros((0, 3)), np.zeros((0, 7, 2)))


def joined(several: Sequence[Palms]) -> Palms:
    """All palms of several findings, in their order."""
    if not several:
        return NO_PALMS
    return Palms(
        np.concatenate([palms.scores for palms in several]),
        np.concatenate([palms.boxes for palms in several]),
        np.concatenate([palms.keypoints for palms in several]),
    )


def palms_above(
    scores: NDArray[Any], boxes: NDArray[Any], keypoints: NDArray[Any], min_score: float
) -> Palms:
    """Of the detector's anchors those that score at least `min_score` and have a sound shape.

    Args:
        scores: (A,).
        boxes: (A, 3).
        keypoints: (A, 7, 2).
        min_score: 0 … 1.
    """
    chosen = np.flatnonzero(scores >= min_score)
    palms = Palms(
        scores[chosen].astype(np.float64),
        boxes[chosen].astype(np.float64),
        keypoints[chosen].astype(np.float64),
    )
    finite = np.isfinite(palms.boxes).all(axis=1) & np.isfinite(palms.keypoints).all(axis=(1, 2))
    return palms[finite & (palms.boxes[:, 2] > 0)]


def palms_in_image(palms: Palms, letterboxed: Letterboxed) -> Palms:
    """Palms in fractions of a letterboxed picture, in pixels of the image that it was made from."""
    centers = letterboxed.points_to_image(palms.boxes[:, :2])
    sides = letterboxed.lengths_to_image(palms.boxes[:, 2:])
    return Palms(
        palms.scores,
        np.concatenate([centers, sides], axis=1),
        letterboxed.points_to_image(palms.keypoints),
    )
