"""Two passes over the same photographs, compared: how far two people, or one twice, agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

import numpy as np

from annotate.labels import Label, is_finished, state_of
from annotate.matching import Matched, box_error, match_hands
from synth.landmarks import LANDMARKS

_STATES: Final = ("outside", "hidden", "visible")

#: What a hand that only one pass has, or whose side differs, counts in `disagreement`, as does a
#: hand whose points are a whole palm apart, or more.
MOST: Final = 1.0


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

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; null for what could not be computed."""
        worst = [{"path": path, "disagreement": value} for path, value in self.worst]
        return {**asdict(self), "worst": worst}


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


def compare(a: Mapping[str, Label], b: Mapping[str, Label]) -> Agreement:
    """Compare two passes.

    Args:
        a, b: labels by path. Palm sizes are those of a where it has them.
    """
    paths = [path for path in a if path in b and is_finished(a[path]) and is_finished(b[path])]
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
        worst=tuple(sorted(apart, key=lambda item: (-item[1], item[0]))),
    )


def disagreement(a: Label | None, b: Label | None) -> float | None:
    """How far two labels of one photograph are apart: 0 the same … 1 nothing in common.

    The mean over hands of the mean distance ÷ palm size, at most 1; a hand that only one label has,
    or whose side differs, counts 1. None if one of them says nothing of the photograph.
    """
    if a is None or b is None or "new" in (state_of(a), state_of(b)):
        return None
    return _disagreement(match_hands(a.hands, b.hands))


def table(figures: Agreement, worst: int = 10) -> str:
    """Figures and tables to print.

    Args:
        worst: photographs to list at most.
    """
    lines = [
        f"photographs compared      {figures.photographs}",
        f"not finished in both      {figures.unfinished}",
        f"hands in both             {figures.hands}",
        f"hands only in A, in B      {figures.only_a}, {figures.only_b}",
        f"MNAE                      {_percent(figures.mnae)} of the palm"
        f" (median hand {_percent(figures.median)}; {figures.without_palm} hands without a palm)",
        f"same visibility           {_percent(figures.visibility)} of {figures.points} points"
        f" ({figures.placed_by_one} more placed by one only)",
        f"same side                 {_percent(figures.same_side)} of {figures.sides} hands",
        f"hand or none, the same    {_percent(figures.presence)}",
        f"mirrored, the same        {_percent(figures.mirrored)}",
        "",
        *_columns(
            ["landmark", "points", "mean", "median"],
            [
                [one.name, str(one.count), _percent(one.mean), _percent(one.median)]
                for one in figures.landmarks
            ],
        ),
        "",
        *_columns(
            ["A \\ B", *_STATES],
            [
                [state, *map(str, row)]
                for state, row in zip(_STATES, figures.visibility_counts, strict=True)
            ],
        ),
    ]
    if listed := figures.worst[:worst]:
        rows = [[path, _percent(value)] for path, value in listed]
        lines += ["", *_columns(["photograph", "disagreement"], rows)]
    return "\n".join(lines)


def _disagreement(matched: Matched) -> float:
    hands = [MOST] * (len(matched.only_a) + len(matched.only_b))
    for pair in matched.pairs:
        differ = None not in (pair.a.side, pair.b.side) and pair.a.side != pair.b.side
        # Without a palm the hand's rectangle has to do, which is about twice as long.
        error = 2 * box_error(pair.a, pair.b) if pair.error is None else pair.error
        hands.append(MOST if differ else min(error, MOST))
    return sum(hands) / len(hands) if hands else 0.0


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if values else None


def _median(values: Sequence[float]) -> float | None:
    return float(np.median(values)) if values else None


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f} %"


def _columns(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns as wide as they must be: the first to the left, the others to the right."""
    table = [head, *rows]
    widths = [max(len(row[column]) for row in table) for column in range(len(head))]
    return [
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in table
    ]
