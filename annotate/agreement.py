"""Two passes over the same photographs, compared: how far two people, or one twice, agree."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from annotate.labels import Hand, Label, Point, state_of
from synth.landmarks import LANDMARKS, MIDDLE_MCP, WRIST

#: Two hands may be the same if their points are apart by less than this share of the longer side
#: of the larger one's rectangle, in the mean.
REACH: Final = 0.5
#: What a hand that only one pass has, or whose side differs, counts in `disagreement`, as does a
#: hand whose points are a whole palm apart, or more.
MOST: Final = 1.0


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


@dataclass(frozen=True)
class LandmarkAgreement:
    """Distances of one landmark ÷ palm size; None without any."""

    name: str
    count: int
    mean: float | None
    median: float | None


@dataclass(frozen=True)
class Agreement:
    """Figures over the photographs that are done or without a hand in both passes.

    Ratios are shares: 0.06 is 6 %. None means that there was nothing to compute them of.

    Attributes:
        photographs: that were compared.
        unfinished: that are not, because one pass or both have not finished them.
        hands: that both passes have.
        only_a, only_b: hands that one pass has.
        without_palm: of `hands`, those without a palm size, which `mnae`, `median` and
            `landmarks` leave out.
        mnae: mean over hands of the mean distance ÷ palm size.
        median: median over hands of the same.
        points: that both passes placed.
        placed_by_one: points of matched hands that one pass placed.
        landmarks: one entry a landmark, in the project's order.
        visibility: share of `points` of which both say the same.
        visibility_counts: 3×3, how many points are 0, 1, 2 in a (row) and in b (column).
        sides: matched hands of which both passes know the side.
        same_side: share of them of which both say the same.
        presence: share of the photographs of which both say the same: a hand or none.
        mirrored: share of the photographs of which both say the same: mirrored or not.
        worst: paths with their disagreement, largest first, those without any left out.
    """

    photographs: int
    unfinished: int
    hands: int
    only_a: int
    only_b: int
    without_palm: int
    mnae: float | None
    median: float | None
    points: int
    placed_by_one: int
    landmarks: tuple[LandmarkAgreement, ...]
    visibility: float | None
    visibility_counts: tuple[tuple[int, int, int], ...]
    sides: int
    same_side: float | None
    presence: float | None
    mirrored: float | None
    worst: tuple[tuple[str, float], ...]


@dataclass
class _Counts:
    """What is gathered over photographs."""

    errors: list[float] = field(default_factory=list)
    by_landmark: dict[int, list[float]] = field(default_factory=dict)
    visibility: list[list[int]] = field(default_factory=lambda: [[0] * 3 for _ in range(3)])
    hands: int = 0
    only_a: int = 0
    only_b: int = 0
    placed_by_one: int = 0
    sides: int = 0
    same_side: int = 0

    def add(self, matched: Matched) -> None:
        self.only_a += len(matched.only_a)
        self.only_b += len(matched.only_b)
        for pair in matched.pairs:
            self.hands += 1
            if pair.palm is not None and pair.error is not None:
                self.errors.append(pair.error)
                for landmark, distance in pair.distances.items():
                    self.by_landmark.setdefault(landmark, []).append(distance / pair.palm)
            for a, b in zip(pair.a.points, pair.b.points, strict=True):
                if a is not None and b is not None:
                    self.visibility[a.visibility][b.visibility] += 1
                self.placed_by_one += (a is None) != (b is None)
            if pair.a.side is not None and pair.b.side is not None:
                self.sides += 1
                self.same_side += pair.a.side == pair.b.side


def agreement(a: Mapping[str, Label], b: Mapping[str, Label], worst: int = 20) -> Agreement:
    """Compare two passes.

    Args:
        a, b: labels by path. Palm sizes are those of a where it has them.
        worst: photographs to list at most.
    """
    paths = [path for path in a if path in b and _is_finished(a[path]) and _is_finished(b[path])]
    counts = _Counts()
    apart = []
    for path in paths:
        matched = match_hands(a[path].hands, b[path].hands)
        counts.add(matched)
        if value := _disagreement(matched):
            apart.append((path, value))
    same = sum(counts.visibility[state][state] for state in range(3))
    points = sum(map(sum, counts.visibility))
    return Agreement(
        photographs=len(paths),
        unfinished=len({*a, *b}) - len(paths),
        hands=counts.hands,
        only_a=counts.only_a,
        only_b=counts.only_b,
        without_palm=counts.hands - len(counts.errors),
        mnae=_mean(counts.errors),
        median=_median(counts.errors),
        points=points,
        placed_by_one=counts.placed_by_one,
        landmarks=tuple(
            LandmarkAgreement(name, len(found), _mean(found), _median(found))
            for number, name in enumerate(LANDMARKS)
            for found in [counts.by_landmark.get(number, [])]
        ),
        visibility=_share(same, points),
        visibility_counts=tuple((row[0], row[1], row[2]) for row in counts.visibility),
        sides=counts.sides,
        same_side=_share(counts.same_side, counts.sides),
        presence=_share(sum(a[p].no_hand == b[p].no_hand for p in paths), len(paths)),
        mirrored=_share(sum(a[p].mirrored == b[p].mirrored for p in paths), len(paths)),
        worst=tuple(sorted(apart, key=lambda item: (-item[1], item[0]))[:worst]),
    )


def disagreement(a: Label | None, b: Label | None) -> float | None:
    """How far two labels of one photograph are apart: 0 the same … 1 nothing in common.

    The mean over hands of the mean distance ÷ palm size, at most 1; a hand that only one label has,
    or whose side differs, counts 1. None if one of them says nothing of the photograph.
    """
    if a is None or b is None or "new" in (state_of(a), state_of(b)):
        return None
    return _disagreement(match_hands(a.hands, b.hands))


def match_hands(a: Sequence[Hand], b: Sequence[Hand]) -> Matched:
    """Which hands are the same, by their points alone: as many as can be within `REACH`, with the
    smallest sum of mean distances. Sides and ids are not looked at."""
    pairs = []
    if a and b:
        from scipy.optimize import linear_sum_assignment  # slow to import

        cost = np.array([[_cost(one, other) for other in b] for one in a])
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


def _is_finished(label: Label) -> bool:
    return state_of(label) in ("done", "no hand")


def _disagreement(matched: Matched) -> float:
    hands = [MOST] * (len(matched.only_a) + len(matched.only_b))
    for pair in matched.pairs:
        differ = None not in (pair.a.side, pair.b.side) and pair.a.side != pair.b.side
        # Without a palm the hand's rectangle has to do, which is about twice as long.
        error = 2 * _cost(pair.a, pair.b) if pair.error is None else pair.error
        hands.append(MOST if differ else min(error, MOST))
    return sum(hands) / len(hands) if hands else 0.0


def _cost(a: Hand, b: Hand) -> float:
    """Mean distance ÷ longer side of the larger rectangle; inf if they cannot be the same."""
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


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if values else None


def _median(values: Sequence[float]) -> float | None:
    return float(np.median(values)) if values else None


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
