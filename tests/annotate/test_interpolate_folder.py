"""Between two confirmed photographs of a sequence hands are interpolated, and only there."""

from __future__ import annotations

from pathlib import Path

import pytest

from annotate import interpolate_folder as interpolate_folder_module
from annotate.interpolate_folder import interpolate_folder
from annotate.labels import INTERPOLATED, Label
from annotate.store.look import Looked, look_at
from annotate.store.opening import open_store
from annotate.store.store import photographs
from annotate.store.types import Store
from tests.annotate.folders import held, made_hand, put, write_photographs


def confirmed(x: float) -> Label:
    return Label(hands=(made_hand(x=x),), done=True)


def test_hands_move_evenly_between_two_frames(tmp_path: Path) -> None:
    names = [f"clip_{number:02d}.png" for number in range(6)]
    store = open_store(write_photographs(tmp_path, *names, "other.png"))
    put(store, names[1], confirmed(10))
    put(store, names[4], confirmed(40))
    # What the tracker said gives way, what a person has begun does not.
    put(store, names[2], Label(hands=(made_hand(x=70, source="tracker full 1", confirmed=False),)))
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


@pytest.mark.parametrize("source", ["imported", "copied", "another tool"])
def test_hands_that_somebody_put_there_stay(tmp_path: Path, source: str) -> None:
    store = open_store(write_photographs(tmp_path, "1.png", "2.png", "3.png"))
    put(store, "1.png", confirmed(10))
    put(store, "3.png", confirmed(30))
    there = Label(hands=(made_hand(x=60, source=source, confirmed=False),))
    put(store, "2.png", there)
    assert interpolate_folder(store) == 0
    assert held(store, "2.png") == there


def test_a_label_made_meanwhile_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(write_photographs(tmp_path, "1.png", "2.png", "3.png", "4.png"))
    put(store, "1.png", confirmed(10))
    put(store, "4.png", confirmed(40))
    mine = confirmed(70)

    def looked(store_: Store, photo: int) -> Looked | None:
        if held(store, "2.png") is None:  # after the list was read
            put(store, "2.png", mine)
        return look_at(store_, photo)

    monkeypatch.setattr(interpolate_folder_module, "look_at", looked)
    assert interpolate_folder(store) == 1
    assert held(store, "2.png") == mine
