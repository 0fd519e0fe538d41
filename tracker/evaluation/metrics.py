"""Metrics of single images: pure functions of arrays.

Distances are in pixels of the image, errors of a hand are ratios (0.1 is 10 %). Functions that take
one hand give one number; means over hands are the caller's, with `summary`. Landmarks that nobody
placed in a photograph are NaN: means are over those that are known, NaN if none is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata

from synth.landmarks import MIDDLE_MCP, WRIST
from tracker.roi import Roi, direction

Array = NDArray[np.float64]

#: A hand that was missed counts as an error of the whole palm in the capped mean.
CAP: Final = 1.0
#: Distances up to which the area under the curve of correct landmarks is taken.
AUC_PIXELS: Final = 30.0
#: A landmark is correct when it is off by less than this share of the hand's box.
PCK_SHARE: Final = 0.2


def distances(found: ArrayLike, truth: ArrayLike) -> Array:
    """(N,) pixels between landmarks (N, 2 or 3) in the image, NaN where one is; depth is not looked
    at."""
    return np.linalg.norm(_plane(found) - _plane(truth), axis=1)


def palm_size(landmarks: ArrayLike) -> float:
    """|wrist − middle MCP| in the image, pixels, of (21, 2 or 3) landmarks."""
    points = _plane(landmarks)
    return float(np.linalg.norm(points[MIDDLE_MCP] - points[WRIST]))


def palm_normalised_error(found: ArrayLike, truth: ArrayLike) -> float:
    """Mean distance of the 21 landmarks ÷ palm size: what MNAE is the mean of.

    inf where the palm has no extent in the image.
    """
    return _per_palm(mean_known(distances(found, truth)), truth)


def box_normalised_error(found: ArrayLike, truth: ArrayLike, box: ArrayLike) -> float:
    """Mean distance ÷ longer side of the hand's box (x, y, width, height)."""
    return mean_known(distances(found, truth)) / longer_side(box)


def depth_error(found: ArrayLike, truth: ArrayLike) -> float:
    """Mean |z error| of (21, 3) landmarks ÷ palm size; both relative to the wrist."""
    off = np.abs(np.asarray(found, np.float64)[:, 2] - np.asarray(truth, np.float64)[:, 2])
    return _per_palm(mean_known(off), truth)


def mean_known(values: ArrayLike) -> float:
    """Mean of what is not NaN; NaN of nothing."""
    array = _known(values)
    return float(array.mean()) if array.size else float("nan")


def pck(distance: ArrayLike, side: float, share: float = PCK_SHARE) -> float:
    """Share of landmarks that are off by less than `share` of the box's longer side."""
    return mean_known(_known(distance) < share * side)


def auc(distance: ArrayLike, most: float = AUC_PIXELS) -> float:
    """Area under the share of landmarks within t pixels, t from 0 to `most`, divided by `most`.

    The curve is a staircase, so its area is exact: each landmark adds what is left of it.
    """
    return mean_known(np.clip(1 - _known(distance) / most, 0, 1))


def longer_side(box: ArrayLike) -> float:
    """Longer side of a box x, y, width, height."""
    return float(np.max(np.asarray(box, np.float64)[2:4]))


def rectangle_of(landmarks: ArrayLike) -> Array:
    """x0, y0, x1, y1 of the rectangle round landmarks (N, 2 or 3), at least one of them known."""
    points = _plane(landmarks)
    return np.concatenate([np.nanmin(points, axis=0), np.nanmax(points, axis=0)])


def iou(boxes: ArrayLike, others: ArrayLike) -> Array:
    """(N, M) intersection over union of rectangles x0, y0, x1, y1; 0 where both are empty."""
    a = np.asarray(boxes, np.float64).reshape(-1, 4)[:, None]
    b = np.asarray(others, np.float64).reshape(-1, 4)[None]
    overlap = np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2])
    both = np.prod(np.clip(overlap, 0, None), axis=-1)
    either = np.prod(a[..., 2:] - a[..., :2], axis=-1) + np.prod(b[..., 2:] - b[..., :2], axis=-1)
    either = either - both
    return np.divide(both, either, out=np.zeros_like(both), where=either > 0)


@dataclass(frozen=True)
class Summary:
    """Errors of many hands: how many are known, mean and median; NaN of none."""

    count: int
    mean: float
    median: float


def summary(values: ArrayLike) -> Summary:
    """Of any number of values."""
    array = _known(values)
    if not array.size:
        return Summary(0, float("nan"), float("nan"))
    return Summary(array.size, float(array.mean()), float(np.median(array)))


def capped_mean(errors: ArrayLike, missed: int, cap: float = CAP) -> float:
    """Mean of the errors of the hands found, none above `cap`, and of `cap` for each one missed."""
    array = np.minimum(_known(errors), cap)
    count = array.size + missed
    return float((array.sum() + cap * missed) / count) if count else float("nan")


def roc_auc(positive: ArrayLike, negative: ArrayLike) -> float:
    """Chance that a positive scores above a negative, ties counting half; NaN without either.

    The Mann-Whitney statistic divided by the number of pairs.
    """
    high, low = np.asarray(positive, np.float64).ravel(), np.asarray(negative, np.float64).ravel()
    if not high.size or not low.size:
        return float("nan")
    ranks = rankdata(np.concatenate([high, low]))
    wins = ranks[: high.size].sum() - high.size * (high.size + 1) / 2
    return float(wins / (high.size * low.size))


def roi_holds(roi: Roi, landmarks: ArrayLike) -> bool:
    """Whether all landmarks (N, 2 or 3) that are known lie inside the region."""
    points = _plane(landmarks)
    unit = roi.to_unit(points[np.isfinite(points).all(axis=1)])
    return bool(np.all((unit >= 0) & (unit <= 1)))


def roi_angle_error(roi: Roi, landmarks: ArrayLike) -> float:
    """Radians, 0 … π, between the region's "up" and wrist → middle MCP of the landmarks (21, …)."""
    points = _plane(landmarks)
    turn = roi.rotation - direction(points[WRIST], points[MIDDLE_MCP])
    return float(abs((turn + np.pi) % (2 * np.pi) - np.pi))


def _plane(points: ArrayLike) -> Array:
    return np.asarray(points, np.float64)[:, :2]


def _known(values: ArrayLike) -> Array:
    """(N,) of what is not NaN."""
    array = np.asarray(values, np.float64).ravel()
    return array[~np.isnan(array)]


def _per_palm(distance: float, truth: ArrayLike) -> float:
    """In palm sizes; inf where the palm has none in the image."""
    size = palm_size(truth)
    return float("inf") if size == 0 else distance / size
