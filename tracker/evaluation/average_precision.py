"""COCO's average precision, for the squares of palms.

The rules of COCO's own evaluation: in each image detections take, best score first, the free truth
that they overlap most; precision is made to fall with recall and read off at 101 recalls.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tracker.evaluation.metrics import iou

Array = NDArray[np.float64]

RECALLS: Final = np.linspace(0, 1, 101)
THRESHOLDS: Final = tuple(round(0.5 + 0.05 * i, 2) for i in range(10))
#: Detections of an image that count, the best ones.
MOST: Final = 100


@dataclass(frozen=True)
class PalmImage:
    """What was detected in one image, and what there is.

    Attributes:
        boxes: (N, 4) x0, y0, x1, y1 of detections, in any one unit.
        scores: (N,).
        truth: (M, 4).
        ignored: (M,) bool: truth that is neither asked for nor counted against a detection on it;
            None for none.
    """

    boxes: Array
    scores: Array
    truth: Array
    ignored: NDArray[np.bool_] | None = None


@dataclass(frozen=True)
class PalmPrecision:
    """COCO AP at IoU 0.5 and its mean over 0.50, 0.55 … 0.95; NaN without a palm to find."""

    ap50: float
    ap50_95: float


def squares(centers: ArrayLike, sides: ArrayLike) -> Array:
    """(N, 4) x0, y0, x1, y1 of axis-aligned squares with centres (N, 2) and sides (N,)."""
    middle = np.asarray(centers, np.float64).reshape(-1, 2)
    half = np.asarray(sides, np.float64).reshape(-1, 1) / 2
    return np.concatenate([middle - half, middle + half], axis=1)


def palm_precision(images: Sequence[PalmImage]) -> PalmPrecision:
    """AP50 and AP50–95 over images."""
    each = [average_precision(images, threshold) for threshold in THRESHOLDS]
    return PalmPrecision(each[0], float(np.mean(each)))


def average_precision(images: Sequence[PalmImage], threshold: float) -> float:
    """COCO's AP at one IoU; NaN if there is no palm that is not ignored."""
    results = [_judge(image, threshold) for image in images]
    wanted = sum(
        len(image.truth) - (0 if image.ignored is None else int(image.ignored.sum()))
        for image in images
    )
    if not wanted:
        return float("nan")
    scores = np.concatenate([score for score, _ in results])
    hits = np.concatenate([hit for _, hit in results])[np.argsort(-scores, kind="stable")]
    true, tried = np.cumsum(hits), np.arange(1, len(hits) + 1)
    recall, precision = true / wanted, true / tried
    falling = np.maximum.accumulate(precision[::-1])[::-1]
    place = np.searchsorted(recall, RECALLS, side="left")
    return float(np.where(place < len(falling), np.append(falling, 0.0)[place], 0.0).mean())


def _judge(image: PalmImage, threshold: float) -> tuple[Array, NDArray[np.bool_]]:
    """Scores of the detections that count, best first, and whether each is a hit."""
    order = np.argsort(-np.asarray(image.scores, np.float64), kind="stable")[:MOST]
    overlaps = iou(np.asarray(image.boxes).reshape(-1, 4)[order], image.truth)
    ignored = np.zeros(len(image.truth), bool) if image.ignored is None else image.ignored
    free = np.ones(len(image.truth), bool)
    scores, hits = [], []
    for row, score in zip(overlaps, np.asarray(image.scores, np.float64)[order], strict=True):
        asked = _best(row, free & ~ignored, threshold)
        other = _best(row, free & ignored, threshold) if asked is None else None
        taken = asked if asked is not None else other
        if taken is not None:
            free[taken] = False
        if other is None:
            scores.append(float(score))
            hits.append(asked is not None)
    return np.array(scores, np.float64), np.array(hits, bool)


def _best(row: Array, allowed: NDArray[np.bool_], threshold: float) -> int | None:
    reached = np.where(allowed & (row >= threshold), row, -1.0)
    return int(reached.argmax()) if reached.size and reached.max() >= 0 else None
