"""The figures of two passes as a table and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from annotate.agreement import Agreement

_STATES = ("outside", "hidden", "visible")


def to_json(figures: Agreement) -> dict[str, Any]:
    """JSON-ready; shares as they are, 0.06 for 6 %, null for what could not be computed."""
    return {
        **asdict(figures),
        "worst": [{"path": path, "disagreement": value} for path, value in figures.worst],
    }


def to_text(figures: Agreement, a: str = "a", b: str = "b") -> str:
    """Tables to print.

    Args:
        a, b: names of the passes.
    """
    lines = [
        f"photographs compared      {figures.photographs}",
        f"not finished in both      {figures.unfinished}",
        f"hands in both             {figures.hands}",
        f"hands only in {a}: {figures.only_a}, only in {b}: {figures.only_b}",
        f"MNAE                      {_percent(figures.mnae)} of the palm"
        f" (median hand {_percent(figures.median)}; {figures.without_palm} hands without a palm)",
        f"same visibility           {_percent(figures.visibility)} of {figures.points} points"
        f" ({figures.placed_by_one} more placed by one only)",
        f"same side                 {_percent(figures.same_side)} of {figures.sides} hands",
        f"hand or none, the same    {_percent(figures.presence)}",
        f"mirrored, the same        {_percent(figures.mirrored)}",
        "",
        *_table(
            ["landmark", "points", "mean", "median"],
            [
                [one.name, str(one.count), _percent(one.mean), _percent(one.median)]
                for one in figures.landmarks
            ],
        ),
        "",
        *_table(
            [f"{a} \\ {b}", *_STATES],
            [
                [state, *map(str, row)]
                for state, row in zip(_STATES, figures.visibility_counts, strict=True)
            ],
        ),
    ]
    if figures.worst:
        rows = [[path, _percent(value)] for path, value in figures.worst]
        lines += ["", *_table(["photograph", "disagreement"], rows)]
    return "\n".join(lines) + "\n"


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.1f} %"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
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
