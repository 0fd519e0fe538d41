"""Between two confirmed photographs of a sequence hands are interpolated, and only there."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotate.interpolate_folder import interpolate_folder
from annotate.labels import INTERPOLATED, Hand, Label
from annotate.store.store import open_store, photographs
from tests.annotate.folders import held, made_hand, put, write_photographs


def confirmed(x: float) -> Label:
    return Label(hands=(made_hand(x=x),), done=True)


def unconfirmed(hand: Hand) -> Hand:
    points = [point and point.model_copy(update={"confirmed": False}) for point in hand.points]
    return hand.model_copy(update={"points": tuple(points)})


def test_hands_move_evenly_between_two_frames(tmp_path: Path) -> None:
    names = [f"clip_{number:02d}.png" for number in range(6)]
    store = open_store(write_photographs(tmp_path, *names, "other.png"))
    put(store, names[1], confirmed(10))
    put(store, names[4], confirmed(40))
    # What the tracker said gives way, what a person has begun does not.
    put(store, names[2], Label(hands=(unconfirmed(made_hand(x=70)),)))
    begun = made_hand(x=33)
    mine = Label(hands=(begun.model_copy(update={"points": (begun.points[0], *[None] * 20)}),))
    put(store, names[3], mine)

    assert interpolate_folder(store) == 1
    between = held(store, names[2])
    assert between is not None
    (hand,) = between.hands
    for point, expected in zip(hand.points, made_hand(x=20).points, strict=True):
        assert point is not None
        assert expected is not None
        assert (point.x, point.y) == pytest.approx((expected.x, expected.y))
        assert (point.source, point.confirmed) == (INTERPOLATED, False)
    assert held(store, names[3]) == mine
    assert all(held(store, name) is None for name in (names[0], names[5], "other.png"))
    assert interpolate_folder(store) == 0
    states = {photo.path: photo.state for photo in photographs(store)}
    assert states[names[2]] == "begun"
