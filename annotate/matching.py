"""Which hands of two labels of one photograph are the same, and how far apart they are."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from annotate.labels import Hand, Point
from synth.landmarks import MIDDLE_MCP, WRIST

#: Two hands may be the same if their points are apart by less than this share of the longer side
#: of the larger one's rectangle, in the mean.
REACH: Final = 0.5


@dataclass(frozen=True)
class Pair:
    """A hand that both passes have.

    Attributes:
        a, b: what the passes say of it.
        distances: pixels between the points that both placed, by landmark.
        palm: |wrist − middle MCP| of a in pixels, of b where a lacks one of them; None where both
            do, or it is 0.
    """

    a: Hand
    b: Hand
    distances: Mapping[int, float]
    palm: float | None

    @property
    def error(self) -> float | None:
        """Mean distance ÷ palm size; None without a palm size or points."""
        if self.palm is None or not self.distances:
            return None
        return sum(self.distances.values()) / len(self.distances) / self.palm


@dataclass(frozen=True)
class Matched:
    """The hands of one photograph."""

    pairs: tuple[Pair, ...]
    only_a: tuple[Hand, ...]
    only_b: tuple[Hand, ...]


def match_hands(a: Sequence[Hand], b: Sequence[Hand]) -> Matched:
    """Which hands are the same, by their points alone: as many as can be within `REACH`, with the
    smallest sum of mean distances. Sides and ids are not looked at."""
    pairs = []
    if a and b:
        from scipy.optimize import linear_sum_assignment  # slow to import

        cost = np.array([[box_error(one, other) for other in b] for one in a])
        # Any finite cost is at most 1: a pair that may not be costs more than all others together.
        forbidden = 2.0 * (len(a) + len(b) + 1)
        rows, columns = linear_sum_assignment(np.where(np.isfinite(cost), cost, forbidden))
        pairs = [
            (int(i), int(j)) for i, j in zip(rows, columns, strict=True) if np.isfinite(cost[i, j])
        ]
    with_a, with_b = {i for i, _ in pairs}, {j for _, j in pairs}
    return Matched(
        tuple(
            Pair(a[i], b[j], _distances(a[i], b[j]), _palm(a[i]) or _palm(b[j])) for i, j in pairs
        ),
        tuple(hand for i, hand in enumerate(a) if i not in with_a),
        tuple(hand for j, hand in enumerate(b) if j not in with_b),
    )


def box_error(a: Hand, b: Hand) -> float:
    """Mean distance ÷ longer side of the larger rectangle around the points of a hand.

    inf if that is more than `REACH` or the hands have no landmark in common, so that they cannot be
    the same; 0 of two hands without any point.
    """
    distances = _distances(a, b)
    if not distances:
        return math.inf if any(a.points) or any(b.points) else 0.0
    mean = sum(distances.values()) / len(distances)
    side = max(_longer_side(a), _longer_side(b))
    if side == 0:
        return 0.0 if mean == 0 else math.inf
    return mean / side if mean <= REACH * side else math.inf


def _distances(a: Hand, b: Hand) -> dict[int, float]:
    return {
        number: math.hypot(one.x - other.x, one.y - other.y)
        for number, (one, other) in enumerate(zip(a.points, b.points, strict=True))
        if one is not None and other is not None
    }


def _longer_side(hand: Hand) -> float:
    points: list[Point] = [point for point in hand.points if point is not None]
    xs, ys = [p.x for p in points], [p.y for p in points]
    return max(max(xs) - min(xs), max(ys) - min(ys))


def _palm(hand: Hand) -> float | None:
    """Palm size in pixels, None if it is not known or 0."""
    wrist, middle = hand.points[WRIST], hand.points[MIDDLE_MCP]
    if wrist is None or middle is None:
        return None
    return math.hypot(wrist.x - middle.x, wrist.y - middle.y) or None
