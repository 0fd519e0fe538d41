"""Each stage by itself: landmarks of true regions, palms of whole images, presence of regions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from tracker.estimates import HandEstimate
from tracker.evaluation import metrics
from tracker.evaluation.average_precision import PalmImage, palm_precision, squares
from tracker.evaluation.scores import HALF_VISIBLE, HandScore, score_hand
from tracker.evaluation.truth import Image, TrueHand, TrueImage
from tracker.labelled import has_region
from tracker.results import HandResult
from tracker.roi import Roi, roi_from_landmarks, roi_from_palm
from tracker.stages import FindLandmarks, FindPalms

Array = NDArray[np.float64]

#: Presence of a hand in a region, 0 … 1.
PresenceOf = Callable[[Image, Roi], float]

#: A palm counts as found by the detector from this IoU of the squares.
PALM_IOU: Final = 0.5
#: Sides of regions without a hand ÷ the image's longer side: as hands have in the data.
NEGATIVE_SIDES: Final = (0.15, 1.0)
#: Draws of a region without a hand before the image is given up.
NEGATIVE_DRAWS: Final = 40
#: Share of a region without a hand that must be picture.
NEGATIVE_INSIDE: Final = 0.5


@dataclass(frozen=True)
class PalmFigures:
    """Of the palm detector.

    Attributes:
        images: looked at.
        palms: to be found; `ignored` are those whose centre is outside the image and those of
            hands without a visible landmark.
        ap50, ap50_95: COCO AP of axis-aligned squares.
        found: share of palms with a detection of any score at IoU PALM_IOU.
        roi_recall: share of palms so found whose region holds all 21 landmarks.
        angle_median, angle_mean: radians between region and hand, of palms so found.
    """

    images: int
    palms: int
    ignored: int
    ap50: float
    ap50_95: float
    found: float
    roi_recall: float
    angle_median: float
    angle_mean: float


@dataclass(frozen=True)
class PresenceFigures:
    """Of the landmark model's presence.

    Attributes:
        auc: ROC AUC.
        positives: regions of hands of which at least half is to be seen.
        negatives: regions without a hand.
        left_out: images whose hands leave no room for a region without one.
        hidden: hands of which less is to be seen or known, in neither class.
    """

    auc: float
    positives: int
    negatives: int
    left_out: int
    hidden: int


def score_landmarks(images: Iterable[TrueImage], find_landmarks: FindLandmarks) -> list[HandScore]:
    """The landmark stage on the regions that true landmarks give: no hand is missed."""
    hands: list[HandScore] = []
    for image in images:
        for hand in image.hands:
            (estimate,) = find_landmarks(image.image, [roi_from_landmarks(hand.landmarks)])
            hands.append(score_hand(image, hand, _result(estimate)))
    return hands


def score_palms(images: Iterable[TrueImage], find_palms: FindPalms) -> PalmFigures:
    """The detector on whole images; it should report palms of low score too.

    Regions are judged on the best scored detection of each palm. A palm whose centre is outside
    the image, or of whose hand no landmark is visible, is neither asked for nor held against a
    detection.
    """
    judged: list[PalmImage] = []
    holds: list[bool] = []
    angles: list[float] = []
    for image in images:
        found = find_palms(image.image)
        boxes = squares(found.boxes[:, :2], found.boxes[:, 2])
        hands = [*image.hands, *image.hidden]
        truth = squares([hand.palm_center for hand in hands], [hand.palm_side for hand in hands])
        asked = [
            _centre_inside(image, hand) and number < len(image.hands)
            for number, hand in enumerate(hands)
        ]
        judged.append(PalmImage(boxes, found.scores, truth, ~np.array(asked, bool)))
        for hand, row, is_asked in zip(hands, metrics.iou(truth, boxes), asked, strict=True):
            near = np.flatnonzero(row >= PALM_IOU)
            if near.size and is_asked:
                best = near[np.argmax(found.scores[near])]
                roi = roi_from_palm(found.keypoints[best])
                holds.append(metrics.roi_holds(roi, hand.landmarks))
                angles.append(metrics.roi_angle_error(roi, hand.landmarks))
    precision = palm_precision(judged)
    ignored_count = sum(int(np.sum(image.ignored)) for image in judged if image.ignored is not None)
    palms = sum(len(image.truth) for image in judged) - ignored_count
    angle = metrics.summary(angles)
    return PalmFigures(
        images=len(judged),
        palms=palms,
        ignored=ignored_count,
        ap50=precision.ap50,
        ap50_95=precision.ap50_95,
        found=len(holds) / palms if palms else float("nan"),
        roi_recall=float(np.mean(holds)) if holds else float("nan"),
        angle_median=angle.median,
        angle_mean=angle.mean,
    )


def score_presence(
    images: Iterable[TrueImage], presence_of: PresenceOf, seed: int = 0
) -> PresenceFigures:
    """Presence of true regions against that of regions away from the hands, one an image.

    Args:
        seed: of the places of the regions without a hand.
    """
    rng = np.random.default_rng(seed)
    positive: list[float] = []
    negative: list[float] = []
    left_out = hidden = 0
    for image in images:
        for hand in (*image.hands, *image.hidden):
            if hand.visible_share < HALF_VISIBLE or not has_region(hand.landmarks):
                hidden += 1
                continue
            positive.append(presence_of(image.image, roi_from_landmarks(hand.landmarks)))
        away = region_without_hand(image, rng)
        if away is None:
            left_out += 1
        else:
            negative.append(presence_of(image.image, away))
    auc = metrics.roc_auc(positive, negative)
    return PresenceFigures(auc, len(positive), len(negative), left_out, hidden)


def presence_by(find_landmarks: FindLandmarks) -> PresenceOf:
    """The presence that the landmark stage gives a region."""
    return lambda image, roi: find_landmarks(image, [roi])[0].presence


def region_without_hand(image: TrueImage, rng: np.random.Generator) -> Roi | None:
    """A region at a random place, size and angle that touches no hand's box or landmark.

    A bare forearm may be in it. None if NEGATIVE_DRAWS draws found no such place.
    """
    height, width = image.image.shape[:2]
    whole = (0.0, 0.0, float(width), float(height))
    hands = [_extent(hand) for hand in (*image.hands, *image.hidden)]
    for _ in range(NEGATIVE_DRAWS):
        low, high = np.log(NEGATIVE_SIDES)
        size = float(np.exp(rng.uniform(low, high))) * image.side
        center = (float(rng.uniform(0, width)), float(rng.uniform(0, height)))
        roi = Roi(center, size, float(rng.uniform(-np.pi, np.pi)))
        inside = _overlap(roi, whole) / size**2 >= NEGATIVE_INSIDE
        if inside and not any(_overlap(roi, hand) > 0 for hand in hands):
            return roi
    return None


def _result(estimate: HandEstimate) -> HandResult:
    """An estimate as the tracker reports it."""
    return HandResult(
        id=0,
        handedness="right" if estimate.right >= 0.5 else "left",
        handedness_score=max(estimate.right, 1 - estimate.right),
        presence=estimate.presence,
        landmarks=estimate.landmarks,
        landmarks_world=estimate.landmarks_world,
        roi=estimate.roi,
    )


def _extent(hand: TrueHand) -> tuple[float, float, float, float]:
    """x0, y0, x1, y1 round the hand's skin and its landmarks."""
    x, y, width, height = hand.box
    points = np.vstack([hand.landmarks[:, :2], [[x, y], [x + width, y + height]]])
    (left, top), (right, bottom) = np.nanmin(points, axis=0), np.nanmax(points, axis=0)
    return float(left), float(top), float(right), float(bottom)


def _overlap(roi: Roi, rectangle: Sequence[float]) -> float:
    """Area in square pixels."""
    left, top, right, bottom = rectangle
    other = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)
    area, _ = cv2.intersectConvexConvex(roi.corners().astype(np.float32), other)
    return float(area)


def _centre_inside(image: TrueImage, hand: TrueHand) -> bool:
    height, width = image.image.shape[:2]
    x, y = hand.palm_center
    return bool(0 <= x < width and 0 <= y < height)
