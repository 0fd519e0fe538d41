"""Weighted non-maximum suppression: of many overlapping palms one, the mean of them all.

As in BlazeFace (Bazarevsky et al. 2019, section 3.4): taking the mean instead of the best makes the
regions of successive frames steadier.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from tracker.palms import Palms

Array = NDArray[np.float64]

#: Intersection over union from which two palms count as the same one: MediaPipe's.
MIN_IOU: Final = 0.3
#: A palm of which more than this part lies in a better one, or the other way round, is on the same
#: hand, too, but says nothing of its place: palms do not lie in palms.
MAX_SHARED: Final = 0.7


def square_intersection(box: Array, boxes: Array) -> Array:
    """(N,) areas that the upright square `box` (3,) shares with each of `boxes` (N, 3).

    Squares are centre x, y and side.
    """
    low = np.maximum(box[:2] - box[2] / 2, boxes[:, :2] - boxes[:, 2:] / 2)
    high = np.minimum(box[:2] + box[2] / 2, boxes[:, :2] + boxes[:, 2:] / 2)
    return np.asarray(np.clip(high - low, 0.0, None).prod(axis=1))


def square_iou(box: Array, boxes: Array) -> Array:
    """(N,) intersection over union of `box` (3,) with each of `boxes` (N, 3)."""
    shared = square_intersection(box, boxes)
    return np.asarray(shared / (box[2] ** 2 + boxes[:, 2] ** 2 - shared))


def weighted_nms(palms: Palms, min_iou: float = MIN_IOU) -> Palms:
    """One palm of each group of overlapping ones, best first.

    The best palm that is left takes all that overlap it by more than `min_iou`. Box and keypoints
    of the result are the means of these, weighted by score; its score is the best one's. Those that
    lie in it, or it in them, are dropped.
    """
    left = palms[np.argsort(-palms.scores, kind="stable")]
    scores, boxes, keypoints = [], [], []
    while len(left):
        shared = square_intersection(left.boxes[0], left.boxes)
        smaller = np.minimum(left.boxes[0, 2], left.boxes[:, 2]) ** 2
        group = square_iou(left.boxes[0], left.boxes) > min_iou
        group[0] = True
        weights = left.scores[group] / max(float(left.scores[group].sum()), 1e-12)
        scores.append(left.scores[0])
        boxes.append(weights @ left.boxes[group])
        keypoints.append(np.tensordot(weights, left.keypoints[group], axes=1))
        left = left[~group & (shared <= MAX_SHARED * smaller)]
    if not scores:
        return palms
    return Palms(np.array(scores), np.array(boxes), np.array(keypoints))
