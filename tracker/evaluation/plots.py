"""Figures as pictures."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from tracker.evaluation.groups import Groups
from tracker.evaluation.scores import HandScore

#: Groupings that are not there in a dataset are left out.
_PLOTTED: Final = ("skin", "side", "scale", "visibility", "kind", "worn", "held", "together")
_MEASURES: Final = (
    ("found", "hands found, %"),
    ("palm_error_median", "median error ÷ palm, %"),
    ("handedness", "handedness, %"),
)


def plot_groups(path: Path, trackers: dict[str, Groups]) -> None:
    """Bars of each group, one panel for each measure and way of grouping.

    Args:
        path: of the PNG.
        trackers: groups by the tracker's name.
    """
    from matplotlib.figure import Figure

    plotted = [grouping for grouping in _PLOTTED if grouping in next(iter(trackers.values()))]
    figure = Figure(figsize=(4 * len(plotted), 3 * len(_MEASURES)), layout="constrained")
    panels = figure.subplots(len(_MEASURES), len(plotted), squeeze=False)
    width = 0.8 / len(trackers)
    for row, (measure, title) in enumerate(_MEASURES):
        for column, grouping in enumerate(plotted):
            axes = panels[row][column]
            names = list(next(iter(trackers.values()))[grouping])
            places = np.arange(len(names))
            for i, (tracker, groups) in enumerate(trackers.items()):
                values = [100 * getattr(groups[grouping][name], measure) for name in names]
                axes.bar(places + (i + 0.5) * width - 0.4, values, width, label=tracker)
            counts = [next(iter(trackers.values()))[grouping][name].hands for name in names]
            labels = [f"{name}\n{count}" for name, count in zip(names, counts, strict=True)]
            axes.set_xticks(places, labels, fontsize=6)
            axes.set_xlim(-0.5, len(names) - 0.5)
            axes.set_title(f"{title}, by {grouping}", fontsize=8)
            axes.tick_params(axis="y", labelsize=7)
            axes.grid(axis="y", alpha=0.3)
    panels[0][0].legend(fontsize=7)
    figure.savefig(path, dpi=120)


def plot_errors(path: Path, trackers: dict[str, Sequence[HandScore]]) -> None:
    """Share of all hands whose error is below what stands on the axis; missed hands never are."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(10, 4), layout="constrained")
    panels = figure.subplots(1, 2)
    for axes, measure, title, most in (
        (panels[0], "palm_error", "mean error of the 21 landmarks ÷ palm, %", 50),
        (panels[1], "box_error", "mean error of the 21 landmarks ÷ box side, %", 25),
    ):
        for name, hands in trackers.items():
            errors = [getattr(h.errors, measure) for h in hands if h.errors is not None]
            percent = np.sort(100 * np.array(errors))
            axes.plot(percent, np.arange(1, len(percent) + 1) / len(hands) * 100, label=name)
        axes.set(xlim=(0, most), ylim=(0, 100), xlabel=title, ylabel="% of hands")
        axes.grid(alpha=0.3)
        axes.legend(fontsize=8)
    figure.savefig(path, dpi=120)
