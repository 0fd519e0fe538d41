"""Figures on photographs of a hand that shows a digit, of which nothing but the digit is known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from tracker.evaluation.finger_states import read_digit
from tracker.evaluation.truth import ResultsOf
from tracker.photos import Photo, load_photo
from tracker.results import HandResult


@dataclass(frozen=True)
class DigitFigures:
    """Of a set of photographs.

    Attributes:
        photos: looked at.
        found: photographs with a result.
        read: photographs whose digit was read from the largest result.
        by_digit: for each digit that is shown, (photographs, read).
    """

    photos: int
    found: int
    read: int
    by_digit: dict[str, tuple[int, int]]


def shows_digit(photo: Photo) -> bool:
    """Whether its label is a digit."""
    return isinstance(photo.label, str) and len(photo.label) == 1 and photo.label.isdecimal()


def digit_figures(photos: Iterable[Photo], results_of: ResultsOf) -> DigitFigures:
    """Run a tracker over photographs of which `shows_digit` is true, and read their digits.

    Raises:
        UserError: if a photograph cannot be read.
    """
    found = 0
    counts: dict[str, tuple[int, int]] = {}
    for photo in photos:
        results = results_of(photo.key, load_photo(photo))
        found += bool(results)
        right = bool(results) and read_digit(max(results, key=_extent).landmarks) == int(
            photo.label
        )
        shown, read = counts.get(photo.label, (0, 0))
        counts[photo.label] = (shown + 1, read + right)
    return DigitFigures(
        photos=sum(shown for shown, _ in counts.values()),
        found=found,
        read=sum(read for _, read in counts.values()),
        by_digit=dict(sorted(counts.items())),
    )


def _extent(result: HandResult) -> float:
    return float(np.ptp(result.landmarks[:, :2], axis=0).max())
