from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from tests.tracker.evaluation.test_finger_states import seen
from tests.tracker.evaluation.test_scores import result
from tracker.evaluation.on_digits import digit_figures, shows_digit
from tracker.photos import Photo
from tracker.results import HandResult


def photo(folder: Path, key: str, label: Any) -> Photo:
    path = folder / key
    cv2.imwrite(str(path), np.zeros((300, 320, 3), np.uint8))
    return Photo(path, key, "digits", 320, 300, (), label)


def hand(gesture: str, size: float = 1.0) -> HandResult:
    return result(np.column_stack([size * seen(gesture, False, 0.0), np.zeros(21)]))


def test_the_largest_hand_is_read_and_a_missed_one_is_not(tmp_path: Path) -> None:
    answers = {
        "a.png": [hand("fist", 0.3), hand("tid_8")],
        "b.png": [hand("point")],
        "c.png": [],
        "d.png": [hand("fist")],
    }
    labels = {"a.png": "8", "b.png": "8", "c.png": "0", "d.png": "0"}
    photos = [photo(tmp_path, key, label) for key, label in labels.items()]

    def results_of(key: str, image: np.ndarray) -> Sequence[HandResult]:
        assert image.shape == (300, 320, 3)
        return answers[key]

    figures = digit_figures(photos, results_of)
    assert (figures.photos, figures.found, figures.read) == (4, 3, 2)
    assert figures.by_digit == {"0": (2, 1), "8": (2, 1)}


@pytest.mark.parametrize("label", [None, 5, "12", "a", ["5"], ["5-hand"], "", "²"])
def test_other_labels_are_no_digits(tmp_path: Path, label: Any) -> None:
    assert not shows_digit(photo(tmp_path, "a.png", label))
    assert shows_digit(photo(tmp_path, "b.png", "7"))
