from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from tests.tracker.evaluation.made_dataset import hand_label, sample
from tests.tracker.fake_models import ScriptedHand
from tracker.evaluation.groups import figures_by_group, interval, worn_group
from tracker.evaluation.scores import (
    Errors,
    FalsePositives,
    HandScore,
    figures_of,
    score_images,
    worst,
)
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


def photographed(hand: dict[str, Any], *unplaced: int, **keys: Any) -> dict[str, Any]:
    """The label of a hand that a person labelled without some landmarks."""
    points = [[*point[:2], None] for point in hand["landmarks_image"]]
    for landmark in unplaced:
        points[landmark] = [None, None, None]
    states = [None if i in unplaced else 2 for i in range(21)]
    return {**hand, "landmarks_image": points, "visibility": states, "skin": None, **keys}


def test_photographs_are_judged_by_what_is_known_of_them() -> None:
    near, far = ScriptedHand((60, 120), 40), ScriptedHand((120, 120), 40)
    hands = [
        photographed(hand_label(near), 8, 20, side=None),
        # Without a wrist there is no region: it may be found or not.
        photographed(hand_label(far), 0, palm_box=None),
    ]
    image = true_image(sample("a", *hands, kind="photograph"))
    assert (len(image.hands), len(image.hidden)) == (1, 1)
    off = near.landmarks + (3, 4, 0)
    off[[8, 20]] += 500  # nobody knows better
    scores = score_images([image], lambda *_: [result(off), result(far.landmarks)])
    (found,) = scores.hands
    assert scores.false_positives == 0
    assert found.errors is not None
    assert found.errors.palm_error == pytest.approx(5 / 40)
    assert (found.errors.pck, found.errors.handedness_right) == (1.0, None)
    assert (found.skin, found.kind) == ("photograph", "photograph")
    figures = figures_of(scores.hands)
    assert figures.palm_error_median == pytest.approx(5 / 40)
    assert math.isnan(figures.depth_error_median)
    assert math.isnan(figures.handedness)
    assert figures_by_group(scores.hands)["side"]["unknown"].hands == 1


def test_hidden_hands_are_not_asked_for_and_results_on_them_are_not_false() -> None:
    seen, hidden = ScriptedHand((40, 120), 30), ScriptedHand((120, 120), 30)
    image = true_image(
        sample("a", hand_label(hidden, visibility=[1] * 20 + [0]), hand_label(seen), kind="people")
    )
    empty = true_image(sample("b", kind="empty"))
    assert (len(image.hands), len(image.hidden), image.outside) == (1, 1, 0)
    on_both = [result(seen.landmarks), result(hidden.landmarks + (2, 0, 0))]

    scores = score_images([image, empty], lambda key, _: on_both if key == "a" else on_both[:1])
    assert [hand.errors is not None for hand in scores.hands] == [True]
    assert (scores.images, scores.hidden, scores.false_positives) == (2, 1, 1)
    assert scores.by_kind == {"people": FalsePositives(1, 0), "empty": FalsePositives(1, 1)}
    # A second result on the hidden hand is one too many.
    again = score_images([image], lambda key, _: [*on_both, result(hidden.landmarks)])
    assert again.false_positives == 1
    # A result that lies on both belongs to the hand that is seen.
    near = true_image(
        sample("c", hand_label(ScriptedHand((44, 120), 30), visibility=[1] * 21), hand_label(seen))
    )
    (found,) = score_images([near], lambda key, _: [result(seen.landmarks + (3, 0, 0))]).hands
    assert found.errors is not None


def test_hands_are_together_where_their_boxes_overlap() -> None:
    hands = [ScriptedHand((x, 120), 30) for x in (40, 60, 130)]
    labels = [
        hand_label(hand, box=[x - 20, 40, 40, 80])
        for hand, x in zip(hands, (40, 60, 130), strict=True)
    ]
    image = true_image(sample("a", *labels))
    # 20 of 60 columns are in both of the first two boxes.
    assert [hand.together for hand in image.hands] == [True, True, False]
    # 3 of 77 are too few; that the one is hidden makes no difference.
    labels[1]["box"][0] = 57
    assert not any(hand.together for hand in true_image(sample("b", *labels)).hands)
    labels[1]["box"][0], labels[1]["visibility"] = 40, [1] * 21
    first, last = true_image(sample("c", *labels)).hands
    assert (first.together, last.together) == (True, False)


def test_labels_of_lone_bare_hands_lack_keys() -> None:
    image = true_image(sample("a", hand_label(ScriptedHand((60, 120), 40))))
    (hand,) = image.hands
    assert (image.kind, image.hidden) == ("hand", ())
    assert (hand.worn, hand.holds, hand.together) == ((), None, False)


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


def test_circumstances_are_groups_where_they_differ() -> None:
    bare = [score(0.1), score(0.3)]
    assert not {"kind", "worn", "held", "together"} & set(figures_by_group(bare))
    hands = [
        *bare,
        score(0.5, kind="held", holds="ball"),
        score(None, kind="people", worn=("wool_glove", "watch"), together=True),
        score(0.2, kind="people", worn=("tattoo", "ring")),
    ]
    groups = figures_by_group(hands)
    assert {name: of.hands for name, of in groups["kind"].items()} == {
        "hand": 2,
        "held": 1,
        "people": 2,
    }
    assert {name: of.hands for name, of in groups["worn"].items()} == {
        "bare": 3,
        "ornaments": 1,
        "wool glove": 1,
    }
    assert groups["held"]["a thing"].palm_error_mean == pytest.approx(0.5)
    assert groups["held"]["nothing"].hands == 4
    assert groups["together"]["together"].found == 0
    assert groups["together"]["apart"].found == 1


def test_what_counts_of_several_things_worn() -> None:
    assert worn_group(()) == "bare"
    assert worn_group(("polish", "dirt")) == "on the skin"
    assert worn_group(("bracelet", "polish")) == "ornaments"
    assert worn_group(("latex_glove", "bracelet", "polish")) == "latex glove"


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
