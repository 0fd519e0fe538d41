from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotate.interpolate import Surrounding, interpolated, surrounding
from annotate.labels import HIDDEN, OUTSIDE, VISIBLE, Hand, Label, Point
from tests.annotate.drawn import full_hand, labels


def hand(*points: Point | None, id_: int = 1, side: Any = "left") -> Hand:
    return Hand(id=id_, side=side, points=(*points, *[None] * (21 - len(points))))


def one(a: Point | None, b: Point | None, share: float = 0.5) -> Point | None:
    """What becomes of a single point; another one is always there."""
    there = Point(x=1, y=1)
    (found,) = interpolated(
        Label(hands=(hand(there, a),)), Label(hands=(hand(there, b),)), share, 100, 80
    )
    return found.points[1]


def test_points_are_on_the_line() -> None:
    assert one(Point(x=10, y=20), Point(x=20, y=60), 0.25) == Point(
        x=12.5, y=30, source="interpolated", confirmed=False
    )


@pytest.mark.parametrize(
    ("a", "b", "visibility"),
    [
        (VISIBLE, VISIBLE, VISIBLE),
        (VISIBLE, HIDDEN, HIDDEN),
        (HIDDEN, HIDDEN, HIDDEN),
        (OUTSIDE, VISIBLE, HIDDEN),
    ],
)
def test_visible_only_if_visible_in_both(a: Any, b: Any, visibility: int) -> None:
    found = one(Point(x=10, y=10, visibility=a), Point(x=20, y=20, visibility=b))
    assert found is not None
    assert found.visibility == visibility


def test_what_falls_outside_is_outside() -> None:
    found = one(Point(x=90, y=10), Point(x=150, y=10, visibility=0))
    assert found is not None
    assert (found.x, found.visibility) == (120, OUTSIDE)


def test_only_confirmed_points_of_both_count() -> None:
    sure, guess = Point(x=10, y=10), Point(x=10, y=10, confirmed=False)
    assert one(sure, guess) is None
    assert one(guess, sure) is None
    assert one(sure, None) is None
    guesses = Label(hands=(hand(guess),))
    assert interpolated(guesses, guesses, 0.5, 100, 100) == ()


def test_hands_are_matched_by_id_first() -> None:
    before = Label(hands=(full_hand(100, id_=1), full_hand(200, id_=2)))
    after = Label(hands=(full_hand(180, id_=2), full_hand(220, id_=1)))  # they cross
    found = interpolated(before, after, 0.5, 640, 480)
    assert [h.id for h in found] == [1, 2]
    assert [h.points[0] and h.points[0].x for h in found] == [160, 190]


def test_else_by_side_and_nearest() -> None:
    before = Label(hands=(full_hand(100, id_=1, side="left"), full_hand(200, id_=2, side="right")))
    after = Label(
        hands=(
            full_hand(100, id_=2, side="left"),  # the same id, but the other side
            full_hand(210, id_=7, side="right"),
            full_hand(900, id_=8, side="right"),
        )
    )
    found = interpolated(before, after, 0.5, 640, 480)
    assert [(h.id, h.side, h.points[0] and h.points[0].x) for h in found] == [
        (1, "left", 100),
        (2, "right", 205),
    ]


def test_a_side_that_one_does_not_know_comes_from_the_other() -> None:
    before, after = (Label(hands=(full_hand(side=side),)) for side in (None, "right"))
    assert interpolated(before, after, 0.5, 640, 480)[0].side == "right"


def test_hands_that_only_one_has_are_left_out() -> None:
    both = Label(hands=(full_hand(side="left"), full_hand(id_=2, side="right")))
    found = interpolated(both, Label(hands=(full_hand(id_=9, side="right"),)), 0.5, 640, 480)
    assert [h.id for h in found] == [2]
    assert interpolated(both, Label(no_hand=True), 0.5, 640, 480) == ()


def test_nothing_between_a_photograph_and_a_mirror_image() -> None:
    label = Label(hands=(full_hand(),))
    assert interpolated(label, label.model_copy(update={"mirrored": True}), 0.5, 640, 480) == ()


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_shares_are_within_0_and_1(share: float) -> None:
    with pytest.raises(ValueError, match="share"):
        interpolated(Label(), Label(), share, 1, 1)


@settings(deadline=None)
@given(labels(), labels(), st.floats(0, 1))
def test_what_comes_out_is_a_label_of_what_went_in(a: Label, b: Label, share: float) -> None:
    found = Label(hands=interpolated(a, b, share, 640, 480)).hands  # ids are unique
    ids = [h.id for h in a.hands]
    assert [h.id for h in found] == [i for i in ids if i in {h.id for h in found}]
    for h in found:
        (old,) = [o for o in a.hands if o.id == h.id]
        assert any(h.points)
        for point, before in zip(h.points, old.points, strict=True):
            assert point is None or (before is not None and before.confirmed)
            assert point is None or (point.source, point.confirmed) == ("interpolated", False)


SURE = Label(hands=(hand(*[Point(x=1, y=1)] * 21),))
BEGUN = Label(hands=(hand(Point(x=1, y=1)),))
DONE = Label(hands=(hand(Point(x=1, y=1, confirmed=False)),), done=True)
UNSURE = Label(hands=(hand(*[Point(x=1, y=1)] * 20, Point(x=1, y=1, confirmed=False)),))
EMPTY = Label(hands=(hand(),))
NONE = Label(no_hand=True)
FRAMES = [f"f{n:02d}.jpg" for n in (0, 1, 2, 4, 8, 9)]


@pytest.mark.parametrize("sure", [SURE, DONE, NONE])
def test_the_nearest_confirmed_ones_are_found(sure: Label) -> None:
    known = {FRAMES[0]: SURE, FRAMES[1]: sure, FRAMES[4]: sure, FRAMES[5]: SURE, FRAMES[3]: UNSURE}
    assert surrounding(known, FRAMES, FRAMES[2]) == Surrounding(FRAMES[1], FRAMES[4], 1 / 7)


@pytest.mark.parametrize("label", [UNSURE, BEGUN, EMPTY, Label(), Label(done=True)])
def test_others_are_no_ends(label: Label) -> None:
    assert surrounding({FRAMES[0]: SURE, FRAMES[5]: label}, FRAMES, FRAMES[2]) is None
    assert surrounding({FRAMES[0]: label, FRAMES[5]: SURE}, FRAMES, FRAMES[2]) is None


def test_a_photograph_is_not_its_own_neighbour() -> None:
    assert surrounding(dict.fromkeys(FRAMES, SURE), FRAMES, FRAMES[0]) is None
    assert surrounding(dict.fromkeys(FRAMES, SURE), FRAMES, FRAMES[5]) is None


def test_one_number_written_in_several_ways() -> None:
    paths = ["f01.jpg", "f001.jpg", "f1.jpg"]
    found = surrounding(dict.fromkeys(paths, SURE), paths, paths[1])
    assert found == Surrounding(paths[0], paths[2], 0.5)


def test_a_photograph_outside_of_the_sequence() -> None:
    with pytest.raises(ValueError, match=r"f7\.jpg"):
        surrounding({}, FRAMES, "f7.jpg")
