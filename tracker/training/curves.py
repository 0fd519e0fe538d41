"""History of a run, as JSON lines and as a picture."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

HISTORY_NAME = "history.jsonl"
CURVES_NAME = "curves.png"


def read_history(run: Path, until_step: int | None = None) -> list[dict[str, Any]]:
    """The rows written so far, up to a step; a last line cut short by a kill is left out."""
    path = run / HISTORY_NAME
    if not path.exists():
        return []
    rows = []
    for line in path.read_text().splitlines():
        try:
            rows.append(json.loads(line))
        except ValueError:
            break
    return [row for row in rows if until_step is None or row["step"] <= until_step]


def write_history(run: Path, rows: list[dict[str, Any]]) -> None:
    (run / HISTORY_NAME).write_text("".join(json.dumps(row) + "\n" for row in rows))


def draw_curves(run: Path, rows: list[dict[str, Any]]) -> None:
    """One panel for each loss and each metric, over the steps."""
    from matplotlib.figure import Figure

    series: dict[str, list[tuple[int, float]]] = {}
    for row in rows:
        for group in ("loss", "val"):
            for name, value in row.get(group, {}).items():
                series.setdefault(f"{group}: {name}", []).append((row["step"], value))
    if not series:
        return
    columns = 4
    lines = -(-len(series) // columns)
    figure = Figure(figsize=(4 * columns, 2.6 * lines), layout="constrained")
    panels = list(figure.subplots(lines, columns, squeeze=False).flat)
    for panel, (title, points) in zip(panels, series.items(), strict=False):
        steps, values = zip(*points, strict=True)
        panel.plot(steps, values, marker="." if title.startswith("val") else "", linewidth=1)
        panel.set_title(title, fontsize=9)
        panel.grid(alpha=0.3)
        if title.startswith("loss") and min(values) > 0:
            panel.set_yscale("log")
    for panel in panels[len(series) :]:
        panel.set_visible(False)
    figure.savefig(run / CURVES_NAME, dpi=80)
