"""Figures on photographs, of which boxes, some landmarks and sides are known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from synth.landmarks import LANDMARKS
from tracker.evaluation import metrics
from tracker.evaluation.matching import match_boxes
from tracker.evaluation.truth import ResultsOf
from tracker.photos import Photo, PhotoHand, load_photo
from tracker.results import HandResult

Array = NDArray[np.float64]

#: Other IoU that recall is given for, so that nothing hangs on the one that is used.
OTHER_IOUS: Final = (0.1, 0.5)


@dataclass(frozen=True)
class PhotoScore:
    """One labelled hand.

    Attributes:
        key: of the photograph.
        box_share: longer side of the box ÷ the image's longer side.
        found: whether a result lies on it, at matching.BOX_IOU.
        errors: (21,) distance ÷ longer side of the box; NaN where a landmark is not labelled, all
            NaN if the hand was missed.
        labelled: (21,) bool.
        handedness_right: None if the hand was missed or its side is not known.
    """

    key: str
    box_share: float
    found: bool
    errors: Array
    labelled: NDArray[np.bool_]
    handedness_right: bool | None


@dataclass(frozen=True)
class PhotoScores:
    """Of a set of photographs.

    Attributes:
        hands: one record a hand with a box.
        photos: looked at.
        false_positives: results on no labelled hand.
        found_at: hands found at each of OTHER_IOUS.
        without_box: labelled hands without a box, left out.
        unlabelled: photographs on which nothing is known of hands, left out.
    """

    hands: tuple[PhotoScore, ...]
    photos: int
    false_positives: int
    found_at: dict[float, int]
    without_box: int
    unlabelled: int


@dataclass(frozen=True)
class LandmarkFigures:
    """Error of one landmark ÷ longer side of the box: of found hands, and with 1 for missed ones
    (and never more than 1)."""

    labelled: int
    found: int
    mean: float
    median: float
    capped: float


@dataclass(frozen=True)
class PhotoFigures:
    """Of a set of photographs. `recall` is at matching.BOX_IOU."""

    photos: int
    hands: int
    recall: float
    recall_at: dict[float, float]
    false_positives_an_image: float
    landmarks: dict[str, LandmarkFigures]
    handedness: float
    handedness_known: int
    without_box: int
    unlabelled: int


def score_photos(photos: Iterable[Photo], results_of: ResultsOf) -> PhotoScores:
    """Run a tracker over photographs and match its results with labelled boxes.

    A hand is found when the rectangle round a result's 21 landmarks, cut to the image, and its box
    have an IoU of BOX_IOU or more.

    Raises:
        UserError: if a photograph cannot be read.
    """
    hands: list[PhotoScore] = []
    found_at = dict.fromkeys(OTHER_IOUS, 0)
    count = false = without_box = unlabelled = 0
    for photo in photos:
        boxed = [(hand, hand.box) for hand in photo.hands if hand.box is not None]
        without_box += len(photo.hands) - len(boxed)
        if not boxed:
            unlabelled += 1
            continue
        results = list(results_of(photo.key, load_photo(photo)))
        boxes = [box for _, box in boxed]
        points, size = [result.landmarks for result in results], (photo.width, photo.height)
        matching = match_boxes(boxes, points, size)
        on = dict(matching.pairs)
        hands += [
            _score(photo, hand, box, results[on[i]] if i in on else None)
            for i, (hand, box) in enumerate(boxed)
        ]
        for least in OTHER_IOUS:
            found_at[least] += len(match_boxes(boxes, points, size, least).pairs)
        count += 1
        false += len(matching.false)
    return PhotoScores(tuple(hands), count, false, found_at, without_box, unlabelled)


def photo_figures(scores: PhotoScores) -> PhotoFigures:
    """Sum up a set."""
    hands = scores.hands
    sides = [hand.handedness_right for hand in hands if hand.handedness_right is not None]
    return PhotoFigures(
        photos=scores.photos,
        hands=len(hands),
        recall=_ratio(sum(hand.found for hand in hands), len(hands)),
        recall_at={
            least: _ratio(found, len(hands)) for least, found in sorted(scores.found_at.items())
        },
        false_positives_an_image=_ratio(scores.false_positives, scores.photos),
        landmarks=_landmark_figures(hands),
        handedness=_ratio(sum(sides), len(sides)),
        handedness_known=len(sides),
        without_box=scores.without_box,
        unlabelled=scores.unlabelled,
    )


def worst_photos(hands: Sequence[PhotoScore], count: int) -> list[PhotoScore]:
    """Missed hands, the largest first, then found ones by falling mean error of what is labelled:
    half and half where there are enough of both."""
    missed = sorted((hand for hand in hands if not hand.found), key=lambda hand: -hand.box_share)
    found = sorted(
        (hand for hand in hands if hand.found and np.isfinite(hand.errors).any()),
        key=lambda hand: -float(np.nanmean(hand.errors)),
    )
    first = missed[: max(count // 2, count - len(found))]
    return first + found[: count - len(first)]


def _score(photo: Photo, hand: PhotoHand, box: Array, result: HandResult | None) -> PhotoScore:
    side = float((box[2:] - box[:2]).max())
    errors = np.full(len(LANDMARKS), np.nan)
    right = None
    if result is not None:
        errors = np.linalg.norm(result.landmarks[:, :2] - hand.landmarks, axis=1) / side
        right = None if hand.side is None else result.handedness == hand.side
    return PhotoScore(
        key=photo.key,
        box_share=side / max(photo.width, photo.height),
        found=result is not None,
        errors=errors,
        labelled=np.isfinite(hand.landmarks).all(axis=1),
        handedness_right=right,
    )


def _landmark_figures(hands: Sequence[PhotoScore]) -> dict[str, LandmarkFigures]:
    """For each landmark that is labelled anywhere."""
    figures = {}
    for place, name in enumerate(LANDMARKS):
        labelled = [hand for hand in hands if hand.labelled[place]]
        if labelled:
            errors = [float(hand.errors[place]) for hand in labelled if hand.found]
            missed = len(labelled) - len(errors)
            of_found = metrics.summary(errors)
            capped = metrics.capped_mean(errors, missed)
            figures[name] = LandmarkFigures(
                len(labelled), of_found.count, of_found.mean, of_found.median, capped
            )
    return figures


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")
