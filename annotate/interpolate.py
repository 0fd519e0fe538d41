"""Points of a photograph between two others of its sequence that are labelled."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from annotate.labels import HIDDEN, INTERPOLATED, OUTSIDE, VISIBLE, Hand, Label, Point
from annotate.sequences import number_of


@dataclass(frozen=True)
class Surrounding:
    """The labelled photographs around one.

    Attributes:
        before, after: paths.
        share: where between them it is by the numbers in the names, 0 before … 1 after.
    """

    before: str
    after: str
    share: float


def surrounding(
    labels: Mapping[str, Label], sequence: Sequence[str], path: str
) -> Surrounding | None:
    """The nearest confirmed photographs before and after one, or None if either is missing.

    A photograph is confirmed if it is done or has no hand, or if all points of its hands are placed
    and confirmed.

    Args:
        labels: by path; those of photographs that nobody has begun may be missing.
        sequence: paths in order, as `sequences.sequence_of` gives them.
        path: one of them.

    Raises:
        ValueError: if it is not one of them.
    """
    place = sequence.index(path)
    earlier, later = range(place - 1, -1, -1), range(place + 1, len(sequence))
    before, after = (
        next((sequence[i] for i in places if _is_confirmed(labels.get(sequence[i]))), None)
        for places in (earlier, later)
    )
    if before is None or after is None:
        return None
    return Surrounding(before, after, _share(sequence, before, path, after))


def interpolated(
    before: Label, after: Label, share: float, width: int, height: int
) -> tuple[Hand, ...]:
    """Hands between two labels, their points on the straight lines between the confirmed ones.

    Hands belong together that have the same id, unless their sides differ; of the others those of
    the same side, the nearest first. A point is visible if it is so in both labels, else hidden;
    outside if it falls outside of the photograph. Its source is "interpolated", and it is not
    confirmed. Nothing is found between a mirrored and an unmirrored photograph.

    Args:
        before, after: of photographs of the same size.
        share: 0 at before … 1 at after.
        width, height: of the photograph between them, pixels.

    Returns:
        Hands with at least one point, in the order and with the ids of `before`.

    Raises:
        ValueError: if the share is not within 0 … 1.
    """
    if not 0 <= share <= 1:
        raise ValueError(f"a share must be within 0 … 1, is {share}")
    if before.mirrored != after.mirrored:
        return ()
    hands = []
    for old, new in _pairs(before.hands, after.hands):
        points = tuple(
            _point(a, b, share, width, height) for a, b in zip(old.points, new.points, strict=True)
        )
        if any(points):
            hands.append(Hand(id=old.id, side=old.side or new.side, points=points))
    return tuple(hands)


def _is_confirmed(label: Label | None) -> bool:
    if label is None:
        return False
    points = [point for hand in label.hands for point in hand.points]
    sure = bool(points) and all(point is not None and point.confirmed for point in points)
    return label.no_hand or bool(label.hands and label.done) or sure


def _share(sequence: Sequence[str], before: str, path: str, after: str) -> float:
    numbers = [number_of(one) for one in (before, path, after)]
    first, own, last = (0 if number is None else number for number in numbers)
    if last == first:  # the same number, written in several ways
        first, own, last = (sequence.index(one) for one in (before, path, after))
    return (own - first) / (last - first)


def _pairs(before: Sequence[Hand], after: Sequence[Hand]) -> list[tuple[Hand, Hand]]:
    by_id = {hand.id: hand for hand in after}
    partner: dict[int, Hand] = {}
    for hand in before:
        other = by_id.get(hand.id)
        if other is not None and (hand.side == other.side or None in (hand.side, other.side)):
            partner[hand.id] = by_id.pop(hand.id)
    near = sorted(
        (distance, old.id, new.id)
        for old in before
        for new in by_id.values()
        if old.id not in partner and old.side == new.side
        if (distance := _distance(old, new)) is not None
    )
    for _, old_id, new_id in near:
        if old_id not in partner and new_id in by_id:
            partner[old_id] = by_id.pop(new_id)
    return [(hand, partner[hand.id]) for hand in before if hand.id in partner]


def _distance(old: Hand, new: Hand) -> float | None:
    """Mean pixels between the points that are confirmed in both; None without any."""
    distances = [
        math.hypot(a.x - b.x, a.y - b.y)
        for a, b in zip(old.points, new.points, strict=True)
        if a is not None and b is not None and a.confirmed and b.confirmed
    ]
    return sum(distances) / len(distances) if distances else None


def _point(a: Point | None, b: Point | None, share: float, width: int, height: int) -> Point | None:
    if a is None or b is None or not (a.confirmed and b.confirmed):
        return None
    x, y = (1 - share) * a.x + share * b.x, (1 - share) * a.y + share * b.y
    visible = a.visibility == VISIBLE and b.visibility == VISIBLE
    inside = 0 <= x <= width and 0 <= y <= height
    visibility = (VISIBLE if visible else HIDDEN) if inside else OUTSIDE
    return Point(x=x, y=y, visibility=visibility, source=INTERPOLATED, confirmed=False)
