"""How well the detector finds palms in whole pictures, as the tracker will show them to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional as F  # noqa: N812

from tracker.evaluation.average_precision import PalmImage, palm_precision, squares
from tracker.evaluation.metrics import iou, roi_angle_error, roi_holds
from tracker.nms import weighted_nms
from tracker.palms import Palms, palms_above
from tracker.roi import roi_from_palm
from tracker.training.batches import take_rows
from tracker.training.image_cache import CachedImages
from tracker.training.palm.augment import SMALLEST_PALM
from tracker.training.palm.batch import Pictures, pictures_of
from tracker.training.palm.matching import PALM_OF_HAND
from tracker.training.task import Indices

Array = NDArray[np.float64]

#: Of the detections that average precision looks at, and from which on a palm counts as found.
_LEAST_SCORE = 0.02
#: Anchors of a picture that are looked at, the best ones: an untrained detector is sure of none and
#: has all of them above any low score.
_MOST_ANCHORS = 200
_FOUND_SCORE = 0.5
_FOUND_IOU = 0.5
#: How much more a missed palm counts than a false one, where the best score is looked for: the
#: landmark model's presence drops most of the false ones.
_RECALL_WEIGHT = 2.0
#: A palm is asked for if this share of its square is inside the picture; besides, as in training,
#: it is not too small and enough of its hand is visible.
_ASKED_SHARE = 0.5
_BATCH = 64


@dataclass(frozen=True)
class Judged:
    """One picture, what was detected in it and what is labelled, in fractions of its side.

    Attributes:
        palms: after suppression, all scores.
        squares: (H, 4) x0, y0, x1, y1 of true palms.
        asked: (H,) bool, true palms that are to be found; the others may be.
        landmarks: (H, 21, 2).
        seen: (H, 21) bool, landmarks inside the image, hidden or not.
        boxes: (B, 4) hand boxes.
    """

    palms: Palms
    squares: Array
    asked: NDArray[np.bool_]
    landmarks: Array
    seen: NDArray[np.bool_]
    boxes: Array


@torch.no_grad()
def judge(
    model: nn.Module, sets: Sequence[CachedImages], rows: Indices, side: int, device: torch.device
) -> list[Judged]:
    """Run the detector over rows of the sets laid end to end, in inputs of `side` pixels."""
    results = []
    for start in range(0, len(rows), _BATCH):
        pictures = pictures_of(take_rows(sets, rows[start : start + _BATCH], device))
        images = F.interpolate(
            pictures.planes[:, :3], (side, side), mode="bilinear", antialias=True
        )
        output = model(images.contiguous(memory_format=torch.channels_last))
        scores = output.logits.sigmoid().cpu().numpy()
        boxes, keypoints = output.boxes.cpu().numpy(), output.keypoints.cpu().numpy()
        for row in range(len(pictures)):
            best = np.argsort(-scores[row], kind="stable")[:_MOST_ANCHORS]
            palms = palms_above(
                scores[row, best], boxes[row, best], keypoints[row, best], _LEAST_SCORE
            )
            results.append(_judged(weighted_nms(palms), pictures, row))
    return results


def palm_metrics(judged: Sequence[Judged]) -> dict[str, float]:
    """Percent, of pictures whose palms are known: AP50, AP50–95, and at a score of one half the
    recall (IoU of one half), false positives a picture, and of the palms found the share whose
    region holds all landmarks that are inside the image, and the median error of its angle in
    degrees. `best_score` is no percentage: see there."""
    precision = palm_precision(
        [PalmImage(_squares(j.palms), j.palms.scores, j.squares, ignored=~j.asked) for j in judged]
    )
    found, wanted, false = 0, 0, 0
    holds: list[bool] = []
    angles: list[float] = []
    for j in judged:
        sure = j.palms[j.palms.scores >= _FOUND_SCORE]
        overlap = iou(_squares(sure), j.squares)
        false += int((overlap.max(axis=1, initial=0.0) < _FOUND_IOU).sum())
        wanted += int(j.asked.sum())
        for hand in np.flatnonzero(j.asked & (overlap.max(axis=0, initial=0.0) >= _FOUND_IOU)):
            found += 1
            roi = roi_from_palm(sure.keypoints[overlap[:, hand].argmax()])
            holds.append(roi_holds(roi, j.landmarks[hand][j.seen[hand]]))
            angles.append(roi_angle_error(roi, j.landmarks[hand]))
    return {
        "ap50": 100 * precision.ap50,
        "ap50_95": 100 * precision.ap50_95,
        "recall": 100 * found / max(wanted, 1),
        "false_positives": false / max(len(judged), 1),
        "roi_recall": 100 * float(np.mean(holds)) if holds else 0.0,
        "roi_degrees": float(np.degrees(np.median(angles))) if angles else 180.0,
        "best_score": best_score(judged),
        "score": 100 * precision.ap50_95 if np.isfinite(precision.ap50_95) else 0.0,
    }


def best_score(judged: Sequence[Judged]) -> float:
    """The score at which palms are best told from others, by the F2 measure (IoU of one half).

    Focal loss leaves scores low. An exported detector has its scores shifted so that this one is
    one half.
    """
    scores: list[float] = []
    hits: list[bool] = []
    for j in judged:
        overlap = iou(_squares(j.palms), j.squares)
        free = j.asked.copy()
        for row in np.argsort(-j.palms.scores, kind="stable"):
            best = int(np.where(free, overlap[row], -1).argmax()) if free.any() else -1
            hit = best >= 0 and overlap[row, best] >= _FOUND_IOU
            if hit:
                free[best] = False
            elif (overlap[row][~j.asked] >= _FOUND_IOU).any():
                continue
            scores.append(float(j.palms.scores[row]))
            hits.append(bool(hit))
    if not any(hits):
        return _FOUND_SCORE
    order = np.argsort(-np.array(scores), kind="stable")
    found = np.cumsum(np.array(hits)[order])
    wanted = sum(int(j.asked.sum()) for j in judged)
    weight = _RECALL_WEIGHT**2
    measure = (1 + weight) * found / (np.arange(1, len(found) + 1) + weight * wanted)
    return float(np.clip(np.array(scores)[order][measure.argmax()], 0.05, 0.95))


def photo_metrics(judged: Sequence[Judged]) -> dict[str, float]:
    """Percent of hand boxes in which a palm of a sound size was found at a score of one half, and
    palms found outside of all boxes, a picture."""
    found, boxes, false = 0, 0, 0
    for j in judged:
        sure = j.palms.boxes[j.palms.scores >= _FOUND_SCORE]
        low, high = j.boxes[:, :2], j.boxes[:, 2:]
        centers = sure[:, None, :2]
        inside = ((centers >= low) & (centers <= high)).all(axis=2)
        share = sure[:, 2:] / (high - low).max(axis=1)
        sound = (share >= PALM_OF_HAND[0]) & (share <= PALM_OF_HAND[1])
        found += int((inside & sound).any(axis=0).sum())
        boxes += len(j.boxes)
        false += int((~inside.any(axis=1)).sum())
    return {
        "photo_recall": 100 * found / max(boxes, 1),
        "photo_false_positives": false / max(len(judged), 1),
    }


def _judged(palms: Palms, pictures: Pictures, row: int) -> Judged:
    labelled = _numpy(pictures.palms[row])
    exists = ~np.isnan(labelled[:, 0])
    truth = squares(labelled[exists, :2], labelled[exists, 2])
    content = _numpy(pictures.content[row])
    cut = np.concatenate(
        [np.maximum(truth[:, :2], content[:2]), np.minimum(truth[:, 2:], content[2:])], axis=1
    )
    inside = np.clip(cut[:, 2:] - cut[:, :2], 0, None).prod(axis=1)
    share = inside / np.maximum((truth[:, 2:] - truth[:, :2]).prod(axis=1), 1e-12)
    asked = (share >= _ASKED_SHARE) & (labelled[exists, 2] >= SMALLEST_PALM)
    asked &= _numpy(pictures.asked[row])[exists] > 0.5
    boxes = _numpy(pictures.hand_boxes[row])
    return Judged(
        palms,
        truth,
        asked,
        _numpy(pictures.landmarks[row])[exists],
        _numpy(pictures.seen[row])[exists] > 0.5,
        boxes[~np.isnan(boxes[:, 0])],
    )


def _squares(palms: Palms) -> Array:
    return squares(palms.boxes[:, :2], palms.boxes[:, 2])


def _numpy(tensor: torch.Tensor) -> Array:
    return tensor.cpu().numpy().astype(np.float64)
