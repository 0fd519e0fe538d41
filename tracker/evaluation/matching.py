"""Which result belongs to which hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from tracker.evaluation.metrics import distances, iou, mean_known, rectangle_of

Array = NDArray[np.float64]

#: A result lies on a hand when its landmarks are off by less than this share of the longer side of
#: the rectangle round the true ones, in the mean. Wide on purpose: a bad pose on the right hand is
#: a hand found with a large error, not a hand missed.
LANDMARK_REACH: Final = 0.5
#: Where only a box is known: IoU of the box and the rectangle round the result's landmarks, which
#: is smaller than the hand by the flesh round the joints, so 0.5 would be too much to ask.
BOX_IOU: Final = 0.3


@dataclass(frozen=True)
class Matching:
    """Pairs of results and hands, one to one.

    Attributes:
        pairs: (hand, result) indices.
        missed: hands without a result.
        false: results on no hand.
    """

    pairs: tuple[tuple[int, int], ...]
    missed: tuple[int, ...]
    false: tuple[int, ...]


def match_landmarks(hands: Sequence[Array], results: Sequence[Array]) -> Matching:
    """Match by landmarks, (21, 2 or 3) each: within LANDMARK_REACH, sum of distances smallest."""
    cost = np.full((len(hands), len(results)), np.inf)
    for i, hand in enumerate(hands):
        left, top, right, bottom = rectangle_of(hand)
        side = max(right - left, bottom - top)
        for j, result in enumerate(results):
            cost[i, j] = mean_known(distances(result, hand)) / side if side > 0 else np.inf
    return _assign(np.where(cost <= LANDMARK_REACH, cost, np.inf))


def match_boxes(
    boxes: Sequence[Array],
    results: Sequence[Array],
    size: tuple[int, int],
    least: float = BOX_IOU,
) -> Matching:
    """Match labelled boxes with results' landmarks by IoU, its sum largest.

    Args:
        boxes: (4,) x0, y0, x1, y1 each.
        results: landmarks, (21, 2 or 3) each. Their rectangle is cut to the image, as the
            boxes are.
        size: width and height of the image.
        least: IoU that makes a match.
    """
    limits = np.array([*size, *size], np.float64)
    rectangles = [np.clip(rectangle_of(result), 0, limits) for result in results]
    overlap = iou(np.array(boxes).reshape(-1, 4), np.array(rectangles).reshape(-1, 4))
    return _assign(np.where(overlap >= least, 1 - overlap, np.inf))


def _assign(cost: Array) -> Matching:
    """As many pairs of finite cost as can be, of smallest sum."""
    # Any finite cost is at most 1: a pair that may not be costs more than all others together.
    forbidden = 2.0 * (sum(cost.shape) + 1)
    rows, columns = linear_sum_assignment(np.where(np.isfinite(cost), cost, forbidden))
    pairs = tuple(
        (int(i), int(j)) for i, j in zip(rows, columns, strict=True) if np.isfinite(cost[i, j])
    )
    return Matching(
        pairs,
        tuple(sorted(set(range(cost.shape[0])) - {i for i, _ in pairs})),
        tuple(sorted(set(range(cost.shape[1])) - {j for _, j in pairs})),
    )
