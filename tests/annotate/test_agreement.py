from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings

from annotate.agreement import compare, disagreement, table
from annotate.labels import Hand, Label, Point
from annotate.matching import match_hands
from synth.landmarks import LANDMARKS
from tests.annotate.drawn import full_hand, labels

PALM = 40.0


def moved(hand: Hand, dx: float = 0, dy: float = 0, **changes: Any) -> Hand:
    points = tuple(p and p.model_copy(update={"x": p.x + dx, "y": p.y + dy}) for p in hand.points)
    return hand.model_copy(update={"points": points, **changes})


def with_point(hand: Hand, landmark: int, point: Point | None) -> Hand:
    points = list(hand.points)
    points[landmark] = point
    return hand.model_copy(update={"points": tuple(points)})


def done(*hands: Hand, **states: bool) -> Label:
    return Label(hands=hands, done=True, **states)


ONE = full_hand(100, 100, PALM)
NONE = Label(no_hand=True)


def test_the_palm_is_what_the_test_says() -> None:
    wrist, middle = ONE.points[0], ONE.points[9]
    assert wrist is not None
    assert middle is not None
    assert (middle.x - wrist.x, middle.y - wrist.y) == (0, -PALM)


def test_the_mean_is_over_hands_and_in_palms() -> None:
    small = full_hand(400, 400, 20)
    a = {"1": done(ONE), "2": done(small)}
    b = {"1": done(moved(ONE, 3, 4)), "2": done(moved(small, dx=3))}
    found = compare(a, b)
    assert found.mnae == pytest.approx((5 / 40 + 3 / 20) / 2)
    assert found.median == pytest.approx((5 / 40 + 3 / 20) / 2)
    assert (found.photographs, found.hands, found.without_palm) == (2, 2, 0)
    assert [one.name for one in found.landmarks] == list(LANDMARKS)
    assert all(one.count == 2 for one in found.landmarks)
    assert found.landmarks[7].mean == pytest.approx((5 / 40 + 3 / 20) / 2)


def test_a_landmark_has_a_mean_and_a_median_of_its_own() -> None:
    tip = ONE.points[8]
    assert tip is not None
    a, b = {}, {}
    for number, off in enumerate((2.0, 4.0, 12.0)):
        a[str(number)] = done(ONE)
        point = tip.model_copy(update={"x": tip.x + off})
        b[str(number)] = done(with_point(ONE, 8, point))
    found = compare(a, b)
    assert found.landmarks[8].mean == pytest.approx(6 / PALM)
    assert found.landmarks[8].median == pytest.approx(4 / PALM)
    assert found.landmarks[9].mean == 0
    assert found.mnae == pytest.approx(6 / PALM / 21)
    assert [path for path, _ in found.worst] == ["2", "1", "0"]


def test_only_points_that_both_placed_count() -> None:
    b = moved(with_point(with_point(ONE, 3, None), 5, None), dx=4)
    found = compare({"1": done(ONE)}, {"1": done(b)})
    assert found.mnae == pytest.approx(4 / PALM)
    assert (found.points, found.placed_by_one, found.landmarks[3].count) == (19, 2, 0)
    assert found.landmarks[3].mean is None


def test_the_palm_is_of_a_else_of_b_else_none() -> None:
    twice = moved(full_hand(100, 100, 2 * PALM), dx=2)
    a, b = done(ONE), done(twice)
    error = compare({"1": a}, {"1": b}).mnae
    reverse = compare({"1": b}, {"1": a}).mnae
    assert error == pytest.approx(2 * (reverse or 0))
    no_wrist = with_point(ONE, 0, None)
    found = compare({"1": done(no_wrist)}, {"1": done(moved(ONE, dx=4))})
    assert found.mnae == pytest.approx(4 / PALM)
    found = compare({"1": done(no_wrist)}, {"1": done(moved(with_point(ONE, 9, None), dx=4))})
    assert (found.mnae, found.hands, found.without_palm) == (None, 1, 1)
    assert found.landmarks[5].count == 0
    assert disagreement(done(no_wrist), done(moved(no_wrist, dx=4))) == pytest.approx(2 * 4 / 40)


def test_hands_are_matched_by_place_and_not_by_order_id_or_side() -> None:
    left, right = full_hand(100, id_=1, side="left"), full_hand(160, id_=2, side="right")
    other = moved(right, dx=5, id=1, side="left"), moved(left, dx=5, id=2, side="right")
    matched = match_hands((left, right), other)
    assert [(pair.a.id, pair.b.id) for pair in matched.pairs] == [(1, 2), (2, 1)]
    found = compare({"1": done(left, right)}, {"1": done(*other)})
    assert (found.sides, found.same_side) == (2, 0)
    assert found.mnae == pytest.approx(5 / PALM)


def test_the_sum_of_distances_is_smallest() -> None:
    # The nearest pair alone, 0 with 20, would leave 30 with −25.
    a = tuple(full_hand(x, 100, 100, id_=i + 1) for i, x in enumerate((0, 30)))
    b = tuple(full_hand(x, 100, 100, id_=i + 1) for i, x in enumerate((20, -25)))
    pairs = match_hands(a, b).pairs
    assert [(pair.a.id, pair.b.id) for pair in pairs] == [(1, 2), (2, 1)]


def test_hands_far_apart_are_not_the_same() -> None:
    found = compare({"1": done(ONE)}, {"1": done(moved(ONE, dx=300))})
    assert (found.hands, found.only_a, found.only_b, found.mnae) == (0, 1, 1, None)
    assert found.worst == (("1", 1.0),)


def test_sides_that_one_does_not_know_are_not_counted() -> None:
    b = moved(ONE, side=None)
    found = compare({"1": done(ONE)}, {"1": done(b)})
    assert (found.sides, found.same_side) == (0, None)
    assert found.worst == ()


def test_visibility() -> None:
    b = ONE
    for landmark, state in ((4, 1), (8, 0), (12, 0)):
        point = b.points[landmark]
        assert point is not None
        b = with_point(b, landmark, point.model_copy(update={"visibility": state}))
    found = compare({"1": done(ONE)}, {"1": done(b)})
    assert found.visibility == pytest.approx(18 / 21)
    assert found.visibility_counts == ((0, 0, 0), (0, 0, 0), (2, 1, 18))


def test_presence_and_mirrored() -> None:
    a = {"1": done(ONE), "2": NONE, "3": NONE, "4": done(ONE, mirrored=True)}
    b = {"1": done(ONE), "2": NONE, "3": done(ONE), "4": done(ONE)}
    found = compare(a, b)
    assert (found.presence, found.mirrored) == (0.75, 0.75)
    assert (found.only_a, found.only_b) == (0, 1)
    assert found.worst == (("3", 1.0),)


def test_what_is_not_finished_in_both_is_left_out_and_counted() -> None:
    begun = Label(hands=(ONE,))
    found = compare(
        {"1": done(ONE), "2": begun, "3": done(ONE), "4": Label()},
        {"1": done(ONE), "2": done(ONE), "5": done(ONE), "4": Label()},
    )
    assert (found.photographs, found.unfinished, found.hands) == (1, 4, 1)


def test_nothing_in_common() -> None:
    found = compare({}, {"1": NONE})
    assert (found.photographs, found.unfinished, found.presence, found.mnae) == (0, 1, None, None)
    assert "–" in table(found)


@pytest.mark.parametrize(
    ("a", "b", "value"),
    [
        (None, NONE, None),
        (NONE, Label(), None),
        (Label(mirrored=True), done(ONE), None),
        (NONE, NONE, 0.0),
        (NONE, done(ONE), 1.0),
        (done(ONE), done(ONE), 0.0),
        (Label(hands=(ONE,)), done(moved(ONE, dx=10)), 0.25),
        (done(ONE), done(moved(ONE, side="right")), 1.0),
        (done(ONE, full_hand(400, id_=2)), done(moved(ONE, dx=10)), 0.625),
        (done(Hand(id=1)), done(Hand(id=2)), 0.0),
        (done(Hand(id=1)), done(ONE), 1.0),
    ],
)
def test_disagreement(a: Label | None, b: Label | None, value: float | None) -> None:
    assert disagreement(a, b) == (value if value is None else pytest.approx(value))
    assert disagreement(b, a) == (value if value is None else pytest.approx(value))


@settings(deadline=None)
@given(labels(), labels())
def test_disagreement_is_within_bounds_and_json_holds_all(a: Label, b: Label) -> None:
    value = disagreement(a, b)
    assert value is None or 0 <= value <= 1
    assert disagreement(a, a) in (None, 0)
    found = compare({"1": a}, {"1": b})
    assert found.hands + found.only_a == (len(a.hands) if found.photographs else 0)
    assert found.hands + found.only_b == (len(b.hands) if found.photographs else 0)
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False))["hands"] == found.hands
    assert table(found)


def test_the_table_and_the_json_say_the_same() -> None:
    a = {"x/1.jpg": done(ONE), "2.jpg": NONE}
    b = {"x/1.jpg": done(moved(ONE, dx=10)), "2.jpg": NONE}
    found = compare(a, b)
    text = table(found)
    assert "25.0 %" in text
    assert "x/1.jpg" in text
    assert "x/1.jpg" not in table(found, worst=0)
    assert max(len(line) for line in text.splitlines()) <= 100
    content = found.to_dict()
    assert content["mnae"] == pytest.approx(0.25)
    assert content["worst"] == [{"path": "x/1.jpg", "disagreement": pytest.approx(0.25)}]
    assert content["landmarks"][0]["name"] == "wrist"
