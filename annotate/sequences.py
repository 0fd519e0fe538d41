"""Which photographs follow each other, by their names alone.

A sequence is made of photographs of one folder whose names differ in the last run of digits only,
as the frames of a video or a burst do: `clip_0001.jpg`, `clip_0002.jpg`, … Where numbers are
missing for longer than `MOST_GAP`, another sequence begins. All other photographs are alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

from annotate.photographs.listing import natural_key

#: Largest difference between the numbers of two photographs that follow each other.
MOST_GAP: Final = 10

#: What comes before the last run of digits of a name, the run, what comes after it.
_NUMBERED: Final = re.compile(r"(.*?)([0-9]+)([^0-9]*)", re.DOTALL)

#: Folder with the name around its number, ending, number.
_Parts = tuple[str, str, str, int]


def number_of(path: str) -> int | None:
    """The last number in a photograph's name, its ending left out; None if there is none."""
    parts = _parts(path)
    return None if parts is None else parts[3]


def sequences(paths: Iterable[str]) -> list[list[str]]:
    """All photographs, those that follow each other together, by number.

    Args:
        paths: relative, with `/`, each once, in any order.

    Returns:
        Sequences of one or more paths, in natural order of their first ones.
    """
    alone: list[list[str]] = []
    series: dict[tuple[str, str, str], list[tuple[int, str]]] = {}
    for path in paths:
        parts = _parts(path)
        if parts is None:
            alone.append([path])
        else:
            series.setdefault(parts[:3], []).append((parts[3], path))
    found = [run for numbered in series.values() for run in _runs(numbered)]
    return sorted(alone + found, key=lambda run: natural_key(run[0]))


def sequence_of(paths: Iterable[str], path: str) -> list[str]:
    """The sequence that one photograph is in, itself included.

    Args:
        paths: relative, with `/`, each once, in any order.
        path: one of them.

    Raises:
        ValueError: if it is not one of them.
    """
    own = _parts(path)
    if own is None:
        if path not in paths:
            raise ValueError(f"{path} is not among the photographs")
        return [path]
    before, _, ending, _ = own
    numbered = [
        (parts[3], other)
        for other in paths
        if other.startswith(before) and other.endswith(ending)
        if (parts := _parts(other)) is not None and parts[:3] == own[:3]
    ]
    for run in _runs(numbered):
        if path in run:
            return run
    raise ValueError(f"{path} is not among the photographs")


def _parts(path: str) -> _Parts | None:
    folder, slash, name = path.rpartition("/")
    stem, dot, ending = name.rpartition(".")
    match = _NUMBERED.fullmatch(stem if dot else name)
    if match is None:
        return None
    return folder + slash + match[1], match[3], dot + ending if dot else "", int(match[2])


def _runs(numbered: Sequence[tuple[int, str]]) -> list[list[str]]:
    """Paths by number, parted where numbers are missing for too long."""
    ordered = sorted(numbered)
    last, group = ordered[0][0] if ordered else 0, 0
    groups = []
    for number, path in ordered:
        group += number - last > MOST_GAP
        last = number
        groups.append((group, path))
    return [[path for _, path in run] for _, run in groupby(groups, key=lambda item: item[0])]
