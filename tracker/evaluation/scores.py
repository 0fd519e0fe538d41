"""From results on labelled images to one record a hand, and from those to figures."""

from __future__ import annotations

from collections import Counter
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
    """Of a result on a hand, over the landmarks that are known. Ratios, 0.1 is 10 %;
    `mean_distance` in pixels. The depth's is NaN and `handedness_right` None where not known."""

    palm_error: float
    box_error: float
    mean_distance: float
    pck: float
    auc: float
    depth_error: float
    handedness_right: bool | None


@dataclass(frozen=True)
class HandScore:
    """One labelled hand and how well it was found.

    Attributes:
        key: of the image.
        palm_share: palm size ÷ the image's longer side.
        box_share: longer side of the box ÷ the image's longer side.
        visible_share: of the 21 landmarks.
        errors: None if the hand was missed.
        kind: of the scene.
        worn, holds, together: as in truth.TrueHand.
    """

    key: str
    side: str | None
    skin: str
    gesture: str | None
    palm_share: float
    box_share: float
    visible_share: float
    errors: Errors | None
    kind: str = "hand"
    worn: tuple[str, ...] = ()
    holds: str | None = None
    together: bool = False


@dataclass(frozen=True)
class FalsePositives:
    """Images, and results in them that lie on no hand."""

    images: int
    results: int

    @property
    def an_image(self) -> float:
        return self.results / self.images if self.images else float("nan")


@dataclass(frozen=True)
class Scores:
    """Of a whole split.

    Attributes:
        hands: one record a hand to be found.
        by_kind: images and results on no hand, by the scene's kind.
        outside: labelled hands without any skin in the image, left out.
        hidden: labelled hands without a visible landmark, left out with the results on them.
    """

    hands: tuple[HandScore, ...]
    by_kind: dict[str, FalsePositives]
    outside: int
    hidden: int

    @property
    def images(self) -> int:
        return sum(of.images for of in self.by_kind.values())

    @property
    def false_positives(self) -> int:
        return sum(of.results for of in self.by_kind.values())


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
    images_of: Counter[str] = Counter()
    false_of: Counter[str] = Counter()
    outside = hidden = 0
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
        images_of[image.kind] += 1
        false_of[image.kind] += _false_results(image, [results[i] for i in matching.false])
        outside += image.outside
        hidden += len(image.hidden)
    by_kind = {kind: FalsePositives(images_of[kind], false_of[kind]) for kind in sorted(images_of)}
    return Scores(tuple(hands), by_kind, outside, hidden)


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
        kind=image.kind,
        worn=hand.worn,
        holds=hand.holds,
        together=hand.together,
    )


def errors_of(hand: TrueHand, result: HandResult) -> Errors:
    """All errors of a result on a hand."""
    distance = metrics.distances(result.landmarks, hand.landmarks)
    return Errors(
        palm_error=metrics.palm_normalised_error(result.landmarks, hand.landmarks),
        box_error=metrics.box_normalised_error(result.landmarks, hand.landmarks, hand.box),
        mean_distance=metrics.mean_known(distance),
        pck=metrics.pck(distance, hand.box_side),
        auc=metrics.auc(distance),
        depth_error=metrics.depth_error(result.landmarks, hand.landmarks),
        handedness_right=None if hand.side is None else result.handedness == hand.side,
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
        handedness=_share([e.handedness_right for e in found if e.handedness_right is not None]),
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


def _false_results(image: TrueImage, left: Sequence[HandResult]) -> int:
    """Of the results that lie on no hand to be found, those that lie on no hidden one either."""
    hidden = [hand.landmarks for hand in image.hidden]
    return len(match_landmarks(hidden, [result.landmarks for result in left]).false)


def _share(values: Sequence[float] | Sequence[bool]) -> float:
    return float(np.mean(values)) if len(values) else float("nan")
