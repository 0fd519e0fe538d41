from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from tests.tracker.evaluation.made_dataset import hand_label, sample
from tests.tracker.fake_models import ScriptedHand
from tracker.evaluation.groups import figures_by_group, interval
from tracker.evaluation.scores import Errors, HandScore, figures_of, score_images, worst
from tracker.evaluation.truth import true_image
from tracker.results import HandResult
from tracker.roi import Roi


def result(landmarks: np.ndarray, side: Any = "right") -> HandResult:
    return HandResult(0, side, 0.9, 0.9, landmarks, landmarks, Roi((0, 0), 1, 0))


def score(error: float | None = 0.1, **keys: Any) -> HandScore:
    errors = None if error is None else Errors(error, error / 4, 3.0, 1.0, 0.9, 0.2, error < 0.5)
    known = {"key": "k", "side": "left", "skin": "tan", "gesture": None}
    shares = {"palm_share": 0.2, "box_share": 0.5, "visible_share": 1.0}
    return HandScore(**{**known, **shares, **keys}, errors=errors)


def test_results_are_held_against_the_labelled_hands() -> None:
    near, far = ScriptedHand((60, 120), 40), ScriptedHand((120, 120), 40)
    outside = hand_label(far, box=None)
    images = [
        true_image(sample("a", hand_label(near))),
        true_image(sample("b", hand_label(near, side="left"), outside)),
    ]
    off = near.landmarks + (3, 4, 0)

    def results_of(key: str, image: np.ndarray) -> Sequence[HandResult]:
        assert image.shape == (160, 160, 3)
        return [result(off), result(off + 500)] if key == "a" else []

    scores = score_images(images, results_of)
    assert (scores.images, scores.false_positives, scores.outside) == (2, 1, 1)
    found, missed = scores.hands
    assert found.errors is not None
    assert found.errors.palm_error == pytest.approx(5 / 40)
    assert found.errors.mean_distance == pytest.approx(5)
    assert found.errors.handedness_right
    assert found.palm_share == pytest.approx(40 / 160)
    assert missed.errors is None


def test_figures() -> None:
    hands = [score(0.1), score(0.3), score(0.8), score(None), score(None, palm_share=0.01)]
    figures = figures_of(hands)
    assert (figures.hands, figures.large_hands) == (5, 4)
    assert figures.found == pytest.approx(3 / 5)
    assert figures.large_found == pytest.approx(3 / 4)
    assert figures.palm_error_median == pytest.approx(0.3)
    assert figures.palm_error_mean == pytest.approx(0.4)
    assert figures.palm_error_capped == pytest.approx((0.1 + 0.3 + 0.8 + 1 + 1) / 5)
    assert figures.box_error_mean == pytest.approx(0.1)
    assert figures.handedness == pytest.approx(2 / 3)


def test_figures_of_nothing_are_not_numbers() -> None:
    figures = figures_of([])
    assert figures.hands == 0
    assert math.isnan(figures.found)
    assert math.isnan(figures.palm_error_median)


def test_groups_hold_every_hand_once() -> None:
    hands = [
        score(0.1, skin="dark", box_share=0.05, visible_share=0.4, gesture="fist"),
        score(0.2, side="right", box_share=1.0, visible_share=0.5),
        *[score(0.9, gesture="fist")] * 4,
        *[score(0.3, gesture="ok")] * 5,
        *[score(0.3, gesture="rare")] * 4,
    ]
    groups = figures_by_group(hands)
    for name in ("skin", "side", "scale", "visibility"):
        assert sum(figures.hands for figures in groups[name].values()) == len(hands)
    assert groups["all"]["half visible"].hands == len(hands) - 1
    assert list(groups["worst gestures"]) == ["fist", "ok"]


def test_intervals() -> None:
    edges = (0.0, 0.5, 1.0)
    assert interval(0.49, edges) == "0.00 to 0.50"
    assert interval(0.5, edges) == interval(1.0, edges) == "0.50 to 1.00"


def test_worst_has_missed_hands_and_large_errors() -> None:
    hands = [score(e, key=str(e)) for e in (0.1, 0.2, 0.3)]
    hands += [score(None, key=f"m{i}", palm_share=i / 10) for i in range(3)]
    assert [hand.key for hand in worst(hands, 4)] == ["m2", "m1", "0.3", "0.2"]
    assert [hand.key for hand in worst(hands[:3], 9)] == ["0.3", "0.2", "0.1"]
    assert len(worst(hands[3:], 9)) == 3
