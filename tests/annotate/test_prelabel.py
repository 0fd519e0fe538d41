"""Hands that the tracker proposes, and how unsure it says it is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from annotate.labels import MOST_HANDS, OUTSIDE, VISIBLE, Hand, Label
from annotate.prelabel import (
    APART,
    NOTHING,
    load_prelabeller,
    prelabel_of,
    unsureness,
    with_prelabel,
)
from tracker.results import HandResult
from tracker.roi import Roi

WIDTH, HEIGHT = 200, 120


def result(**changes: Any) -> HandResult:
    """A right hand on a 4 × 6 grid of points, 60 pixels wide and 100 high."""
    points = np.zeros((21, 3))
    points[:, 0] = 40 + 20.0 * (np.arange(21) % 4)
    points[:, 1] = 10 + 20.0 * (np.arange(21) // 4)
    hand = HandResult(0, "right", 0.9, 0.9, points, points, Roi((70, 60), 120, 0.0))
    return replace(hand, **changes)


def seen_in_the_mirror(hand: HandResult, off: float = 0.0) -> HandResult:
    """What a perfect tracker says of the photograph's mirror image, or one that is `off` pixels."""
    points = hand.landmarks.copy()
    points[:, 0] = WIDTH - points[:, 0]
    points[:, 1] += off
    side = "left" if hand.handedness == "right" else "right"
    return replace(hand, landmarks=points, handedness=side)  # type: ignore[arg-type]


def test_two_answers_that_agree_are_sure() -> None:
    assert unsureness([result()], [seen_in_the_mirror(result())], WIDTH) == pytest.approx(0)
    both = [result(), result(handedness="left", landmarks=result().landmarks + (90, 0, 0))]
    turned = [seen_in_the_mirror(hand) for hand in reversed(both)]
    assert unsureness(both, turned, WIDTH) == pytest.approx(0)


def test_unsureness_is_the_distance_of_the_answers() -> None:
    # The rectangle's longer side is 100 pixels.
    turned = seen_in_the_mirror(result(), off=10.0)
    assert unsureness([result()], [turned], WIDTH) == pytest.approx(0.10 / APART)
    far = seen_in_the_mirror(result(), off=300.0)
    assert unsureness([result()], [far], WIDTH) == 1.0


def test_a_hand_found_once_or_named_otherwise_is_unsure() -> None:
    assert unsureness([result()], [], WIDTH) == 1.0
    assert unsureness([], [result()], WIDTH) == 1.0
    swapped = replace(seen_in_the_mirror(result()), handedness="right")
    assert unsureness([result()], [swapped], WIDTH) == 1.0
    assert unsureness([], [], WIDTH) == NOTHING


def test_hands_have_unconfirmed_points_of_the_tracker() -> None:
    points = result().landmarks.copy()
    points[4] = (205.123, 60, 0)
    found = [result(landmarks=points), result(handedness="left")]
    prelabel = prelabel_of(found, [], (WIDTH, HEIGHT), mirrored=False, source="tracker x")
    assert [hand.id for hand in prelabel.hands] == [1, 2]
    assert [hand.side for hand in prelabel.hands] == ["right", "left"]
    for landmark, point in enumerate(prelabel.hands[0].points):
        assert point is not None
        assert (point.x, point.y) == pytest.approx(points[landmark, :2], abs=0.005)
        assert (point.source, point.confirmed) == ("tracker x", False)
        assert point.visibility == (OUTSIDE if landmark == 4 else VISIBLE)


def test_sides_are_the_persons_in_a_mirror_image() -> None:
    prelabel = prelabel_of([result()], [], (WIDTH, HEIGHT), mirrored=True, source="t")
    assert prelabel.hands[0].side == "left"


def test_the_packaged_tracker_finds_nothing_on_a_plain_wall() -> None:
    prelabel, source = load_prelabeller()
    answer = prelabel(np.full((90, 120, 3), 128, np.uint8), False)
    assert (answer.hands, answer.unsure) == ((), NOTHING)
    assert source.startswith("tracker full ")


def moved(hand: Hand, x: float, confirmed: bool) -> Hand:
    points = [
        point and point.model_copy(update={"x": point.x + x, "confirmed": confirmed})
        for point in hand.points
    ]
    return hand.model_copy(update={"points": tuple(points)})


def test_a_persons_hands_stay_and_the_trackers_are_replaced() -> None:
    found = [result(), result(landmarks=result().landmarks + (110, 0, 0))]
    new = prelabel_of(found, [], (400, 120), mirrored=False, source="new")
    first, second = new.hands
    mine = moved(first, 5.0, confirmed=True).model_copy(update={"id": 2})
    stale = moved(first, 60.0, confirmed=False).model_copy(update={"id": 7})
    label = with_prelabel(Label(hands=(mine, stale), done=True), new)
    # The first lies on the person's hand, so that the second alone is new.
    assert label.hands == (mine, second.model_copy(update={"id": 1}))
    assert not label.done


def test_hands_are_not_added_beyond_the_most() -> None:
    (one,) = prelabel_of([result()], [], (400, 120), mirrored=False, source="t").hands
    far = [moved(one, 200.0 * i, confirmed=True) for i in range(MOST_HANDS)]
    mine = tuple(hand.model_copy(update={"id": i + 1}) for i, hand in enumerate(far))
    below = result(landmarks=result().landmarks + (0, 900, 0))
    new = prelabel_of([below], [], (400, 120), mirrored=False, source="t")
    assert with_prelabel(Label(hands=mine), new).hands == mine
