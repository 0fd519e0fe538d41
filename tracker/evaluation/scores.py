"""From results on labelled images to one record a hand, and from those to figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from tracker.evaluation import metrics
from tracker.evaluation.matching import match_landmarks
from tracker.evaluation.truth import ResultsOf, TrueHand, TrueImage
from tracker.results import HandResult

#: Hands of which a tracker may be expected to find every one: palm size ÷ the image's longer side.
LARGE_PALM: Final = 0.04
#: Share of landmarks to be seen from which a hand counts as in view.
HALF_VISIBLE: Final = 0.5


@dataclass(frozen=True)
class Errors:
    """Of a result on a hand. Ratios, 0.1 is 10 %; `mean_distance` in pixels."""

    palm_error: float
    box_error: float
    mean_distance: float
    pck: float
    auc: float
    depth_error: float
    handedness_right: bool


@dataclass(frozen=True)
class HandScore:
    """One labelled hand and how well it was found.

    Attributes:
        key: of the image.
        palm_share: palm size ÷ the image's longer side.
        box_share: longer side of the box ÷ the image's longer side.
        visible_share: of the 21 landmarks.
        errors: None if the hand was missed.
    """

    key: str
    side: str
    skin: str
    gesture: str | None
    palm_share: float
    box_share: float
    visible_share: float
    errors: Errors | None


@dataclass(frozen=True)
class Scores:
    """Of a whole split.

    Attributes:
        hands: one record a labelled hand.
        images: looked at.
        false_positives: results on no hand.
        outside: labelled hands without any skin in the image, left out.
    """

    hands: tuple[HandScore, ...]
    images: int
    false_positives: int
    outside: int


@dataclass(frozen=True)
class Figures:
    """Of a group of hands. Errors are of the hands found, but for the capped mean, in which a
    missed hand counts 100 %. Ratios; `epe` is in pixels. NaN where there is nothing to count.

    Attributes:
        hands: in the group.
        found: share of them with a result.
        large_hands: those whose palm is larger than LARGE_PALM.
        large_found: share of these with a result.
        palm_error_median, palm_error_mean, palm_error_capped: MNAE in three ways.
        box_error_median, box_error_mean: ÷ longer side of the hand's box.
        pck: share of landmarks off by less than 0.2 of the box.
        auc: area under the share of landmarks within 0 … 30 pixels.
        epe: mean distance in pixels.
        depth_error_median, depth_error_mean: |z error| ÷ palm size.
        handedness: share of right answers.
    """

    hands: int
    found: float
    large_hands: int
    large_found: float
    palm_error_median: float
    palm_error_mean: float
    palm_error_capped: float
    box_error_median: float
    box_error_mean: float
    pck: float
    auc: float
    epe: float
    depth_error_median: float
    depth_error_mean: float
    handedness: float


def score_images(images: Iterable[TrueImage], results_of: ResultsOf) -> Scores:
    """Run a tracker over images and hold each result against the hand that it lies on."""
    hands: list[HandScore] = []
    count = false = outside = 0
    for image in images:
        results = list(results_of(image.key, image.image))
        matching = match_landmarks(
            [hand.landmarks for hand in image.hands], [result.landmarks for result in results]
        )
        on = dict(matching.pairs)
        hands += [
            score_hand(image, hand, results[on[i]] if i in on else None)
            for i, hand in enumerate(image.hands)
        ]
        count += 1
        false += len(matching.false)
        outside += image.outside
    return Scores(tuple(hands), count, false, outside)


def score_hand(image: TrueImage, hand: TrueHand, result: HandResult | None) -> HandScore:
    """Hold one result, or none, against one hand."""
    return HandScore(
        key=image.key,
        side=hand.side,
        skin=hand.skin,
        gesture=hand.gesture,
        palm_share=hand.palm_size / image.side,
        box_share=hand.box_side / image.side,
        visible_share=hand.visible_share,
        errors=None if result is None else errors_of(hand, result),
    )


def errors_of(hand: TrueHand, result: HandResult) -> Errors:
    """All errors of a result on a hand."""
    distance = metrics.distances(result.landmarks, hand.landmarks)
    return Errors(
        palm_error=metrics.palm_normalised_error(result.landmarks, hand.landmarks),
        box_error=metrics.box_normalised_error(result.landmarks, hand.landmarks, hand.box),
        mean_distance=float(distance.mean()),
        pck=metrics.pck(distance, hand.box_side),
        auc=metrics.auc(distance),
        depth_error=metrics.depth_error(result.landmarks, hand.landmarks),
        handedness_right=result.handedness == hand.side,
    )


def figures_of(hands: Sequence[HandScore]) -> Figures:
    """Of any number of hands."""
    found = [hand.errors for hand in hands if hand.errors is not None]
    large = [hand for hand in hands if hand.palm_share > LARGE_PALM]
    palm = metrics.summary([errors.palm_error for errors in found])
    box = metrics.summary([errors.box_error for errors in found])
    depth = metrics.summary([errors.depth_error for errors in found])
    return Figures(
        hands=len(hands),
        found=_share([hand.errors is not None for hand in hands]),
        large_hands=len(large),
        large_found=_share([hand.errors is not None for hand in large]),
        palm_error_median=palm.median,
        palm_error_mean=palm.mean,
        palm_error_capped=metrics.capped_mean(
            [errors.palm_error for errors in found], len(hands) - len(found)
        ),
        box_error_median=box.median,
        box_error_mean=box.mean,
        pck=_share([errors.pck for errors in found]),
        auc=_share([errors.auc for errors in found]),
        epe=_share([errors.mean_distance for errors in found]),
        depth_error_median=depth.median,
        depth_error_mean=depth.mean,
        handedness=_share([errors.handedness_right for errors in found]),
    )


def worst(hands: Sequence[HandScore], count: int) -> list[HandScore]:
    """Missed hands, the largest first, then found ones by falling error of the box: half and half
    where there are enough of both."""
    missed = sorted(
        (hand for hand in hands if hand.errors is None), key=lambda hand: -hand.palm_share
    )
    found = sorted(
        (hand for hand in hands if hand.errors is not None),
        key=lambda hand: -hand.errors.box_error if hand.errors else 0.0,
    )
    of_missed = max(count // 2, count - len(found))
    first = missed[:of_missed]
    return first + found[: count - len(first)]


def _share(values: Sequence[float] | Sequence[bool]) -> float:
    return float(np.mean(values)) if len(values) else float("nan")
