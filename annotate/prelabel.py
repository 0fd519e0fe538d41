"""What the tracker says of a photograph, as hands for a person to correct.

How unsure it is comes from asking twice: of the photograph and of its mirror image. Where it has
learned what it sees, the two answers agree.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from annotate.labels import (
    MOST_HANDS,
    OUTSIDE,
    TRACKER,
    VISIBLE,
    Hand,
    Label,
    Point,
    is_touched,
)
from tracker.results import HandResult

#: (H, W, 3) RGB uint8 of the upright photograph, and whether it is a mirror image.
Prelabeller = Callable[[NDArray[np.uint8], bool], "Prelabel"]

#: Mean distance ÷ longer side of the hand's rectangle at which two answers have nothing to do with
#: each other: the unsurest there is.
APART: Final = 0.5
#: Nearer than this, in the same measure, a hand that the tracker finds is one that a person labels.
_SAME: Final = 0.25
#: How unsure it is of a photograph in which it finds nothing both times.
NOTHING: Final = 0.5
#: Hands that are fainter than what the tracker reports by itself are better shown than missed: a
#: person removes one with a key.
_LEAST_CONFIDENCE: Final = 0.35


@dataclass(frozen=True)
class Prelabel:
    """Hands with unconfirmed points, and how unsure the tracker is of them: 0 sure … 1."""

    hands: tuple[Hand, ...]
    unsure: float


def load_prelabeller(model: str = "full", num_hands: int = 2) -> tuple[Prelabeller, str]:
    """The packaged tracker, and its name with its weights' checksum, which is the points' source.

    Raises:
        UserError: there is no such model, or it cannot be loaded.
    """
    from tracker.hand_tracker import HandTracker  # loads onnxruntime
    from tracker.model_file import packaged_model
    from tracker.sidecar import Sidecar

    tracker = HandTracker(
        num_hands=num_hands,
        model=model,  # type: ignore[arg-type]  # checked there
        min_detection_confidence=_LEAST_CONFIDENCE,
        min_presence_confidence=_LEAST_CONFIDENCE,
    )
    described = packaged_model(f"landmark_{model}").with_suffix(".json").read_bytes()
    source = f"{TRACKER} {model} {Sidecar.model_validate_json(described).sha256[:8]}"

    def prelabel(image: NDArray[np.uint8], mirrored: bool) -> Prelabel:
        # Turned back in place: a mirror image of the photograph, whose columns run backwards.
        turned = tracker.detect(np.ascontiguousarray(image[:, ::-1]))
        return prelabel_of(
            tracker.detect(image), turned, (image.shape[1], image.shape[0]), mirrored, source
        )

    return prelabel, source


def prelabel_of(
    results: Sequence[HandResult],
    turned: Sequence[HandResult],
    size: tuple[int, int],
    mirrored: bool,
    source: str,
) -> Prelabel:
    """Hands of the tracker's results.

    Args:
        results: of the photograph.
        turned: of its mirror image, with landmarks in that image's pixels.
        size: width and height in pixels.
        mirrored: the photograph is a mirror image itself: the names of the sides are swapped.
        source: of the points.
    """
    hands = tuple(
        _hand(number, result, size, mirrored, source) for number, result in enumerate(results, 1)
    )
    return Prelabel(hands, unsureness(results, turned, size[0]))


def with_prelabel(label: Label, prelabel: Prelabel) -> Label:
    """A label with the tracker's hands beside those that a person has touched.

    Hands without any confirmed point are replaced; a hand that lies on one that stays is left out.
    """
    kept = [hand for hand in label.hands if is_touched(hand)]
    free = iter(set(range(1, 2 * MOST_HANDS + 1)) - {hand.id for hand in kept})
    added = [
        hand.model_copy(update={"id": next(free)})
        for hand in prelabel.hands
        if not any(_lies_on(hand, other) for other in kept)
    ]
    hands = (*kept, *added)[:MOST_HANDS]
    return label.model_copy(update={"hands": hands, "no_hand": False, "done": False})


def _lies_on(hand: Hand, other: Hand) -> bool:
    pairs = [(a, b) for a, b in zip(hand.points, other.points, strict=True) if a and b]
    if not pairs:
        return False
    placed = np.array([(point.x, point.y) for point in hand.points if point])
    off = np.array([(a.x - b.x, a.y - b.y) for a, b in pairs])
    return _apart(off, placed) < _SAME


def _apart(off: NDArray[np.float64], points: NDArray[np.float64]) -> float:
    """Mean length of differences (N, 2) ÷ longer side of the rectangle of points (M, 2)."""
    side = float(np.ptp(points, axis=0).max())
    return float(np.linalg.norm(off, axis=1).mean()) / max(side, 1e-6)


def unsureness(results: Sequence[HandResult], turned: Sequence[HandResult], width: int) -> float:
    """0 … 1: the largest difference between the two answers, of any hand.

    A hand found only once, or named left and right, or right and left, in a mirror image of which
    the other is true, counts 1.

    Args:
        results: of the photograph.
        turned: of its mirror image.
        width: of the photograph in pixels.
    """
    from scipy.optimize import linear_sum_assignment  # takes half a second to load

    if not results and not turned:
        return NOTHING
    if len(results) != len(turned):
        return 1.0
    apart = np.array([[_distance(a, b, width) for b in turned] for a in results])
    rows, columns = linear_sum_assignment(apart)
    # The mirror image of a right hand is a left one.
    if any(
        results[i].handedness == turned[j].handedness for i, j in zip(rows, columns, strict=True)
    ):
        return 1.0
    return float(np.clip(apart[rows, columns].max() / APART, 0, 1))


def _distance(result: HandResult, turned: HandResult, width: int) -> float:
    there, back = result.landmarks[:, :2], turned.landmarks[:, :2] * (-1, 1) + (width, 0)
    return _apart(there - back, there)


def _hand(
    number: int, result: HandResult, size: tuple[int, int], mirrored: bool, source: str
) -> Hand:
    other = {"left": "right", "right": "left"}
    side = other[result.handedness] if mirrored else result.handedness
    points = []
    for x, y in np.round(result.landmarks[:, :2], 2).tolist():
        inside = 0 <= x < size[0] and 0 <= y < size[1]
        points.append(
            Point(
                x=x,
                y=y,
                visibility=VISIBLE if inside else OUTSIDE,
                source=source,
                confirmed=False,
            )
        )
    return Hand(id=number, side=side, points=tuple(points))  # type: ignore[arg-type]
