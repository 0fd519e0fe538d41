"""The tracker over a folder: what people have labelled is left alone."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from annotate.interpolate_folder import interpolate_folder
from annotate.labels import Hand, Label, Point, confirmed
from annotate.prelabel import Prelabel
from annotate.prelabel_folder import prelabel_folder
from annotate.store.opening import open_store
from annotate.store.store import commit, photographs, read_label, undo

SOURCE = "tracker made 1"


def proposed(x: float = 10.0) -> Hand:
    points = [Point(x=x + i % 4, y=20 + i, source=SOURCE, confirmed=False) for i in range(21)]
    return Hand(id=1, side="left", points=tuple(points))


def ask(image: NDArray[np.uint8], mirrored: bool) -> Prelabel:
    """A hand in the bright ones; a mirror image's is the other."""
    if image.mean() < 128:
        return Prelabel((), 0.5)
    hand = proposed().model_copy(update={"side": "right" if mirrored else "left"})
    return Prelabel((hand,), 0.25)


def folder_of(path: Path) -> Path:
    path.mkdir()
    for name, grey in (("bright.png", 250), ("dark.png", 5), ("mine.png", 250)):
        cv2.imwrite(str(path / name), np.full((60, 80, 3), grey, np.uint8))
    (path / "torn.jpg").write_bytes(b"\xff\xd8\xff\xe0 nothing more")
    return path


def test_it_labels_what_nobody_has_labelled(tmp_path: Path) -> None:
    store = open_store(folder_of(tmp_path / "photographs"))
    by_path = {found.path: found for found in photographs(store)}
    mine = Label(hands=(Hand(id=4, points=(Point(x=1, y=2), *[None] * 20)),))
    revision = commit(store, by_path["mine.png"].id, None, mine, "place", "ann")
    counts = prelabel_folder(store, ask, SOURCE)
    assert (counts.looked, counts.with_hands, counts.left, counts.unreadable) == (2, 1, 1, 1)
    assert (counts.hands, counts.unsure) == (1, 1)

    held = read_label(store, by_path["bright.png"].id)
    assert held is not None
    assert (held.label.hands, held.author) == ((proposed(),), SOURCE)
    assert held.label.done is False
    kept = read_label(store, by_path["mine.png"].id)
    assert kept is not None
    assert kept.id == revision
    after = {found.path: found for found in photographs(store)}
    assert {path: found.unsure for path, found in after.items()} == {
        "bright.png": 0.25,
        "dark.png": 0.5,
        "mine.png": None,
        "torn.jpg": None,
    }
    assert (after["bright.png"].width, after["bright.png"].height) == (80, 60)
    assert after["bright.png"].state == "begun"
    assert after["torn.jpg"].state == "unreadable"


def test_the_second_time_it_is_not_asked_unless_told(tmp_path: Path) -> None:
    store = open_store(folder_of(tmp_path / "photographs"))
    prelabel_folder(store, ask, SOURCE)
    assert prelabel_folder(store, ask, SOURCE).looked == 0
    bright = next(found for found in photographs(store) if found.path == "bright.png")
    moved = Label(hands=(proposed(x=30),))
    commit(store, bright.id, bright.head, moved, "ask the tracker", "tracker older")
    assert prelabel_folder(store, ask, SOURCE, again=True).looked == 3
    held = read_label(store, bright.id)
    assert held is not None
    assert held.label.hands == (proposed(),)
    undo(store, bright.id, held.id)
    before = read_label(store, bright.id)
    assert before is not None
    assert before.label == moved


def test_a_mirror_image_is_asked_as_one(tmp_path: Path) -> None:
    store = open_store(folder_of(tmp_path / "photographs"))
    bright = next(found for found in photographs(store) if found.path == "bright.png")
    commit(store, bright.id, None, Label(mirrored=True), "mirror", "ann")
    prelabel_folder(store, ask, SOURCE)
    held = read_label(store, bright.id)
    assert held is not None
    assert held.label.mirrored
    assert held.label.hands[0].side == "right"


@pytest.mark.parametrize("source", ["interpolated", "imported", "copied", "another tool"])
@pytest.mark.parametrize("again", [False, True])
def test_hands_that_are_not_the_trackers_stay(tmp_path: Path, source: str, again: bool) -> None:
    store = open_store(folder_of(tmp_path / "photographs"))
    bright = next(found for found in photographs(store) if found.path == "bright.png")
    points = [p and p.model_copy(update={"source": source}) for p in proposed(x=30).points]
    there = Label(hands=(proposed().model_copy(update={"points": tuple(points)}),))
    number = commit(store, bright.id, None, there, "x", "Ann")
    counts = prelabel_folder(store, ask, SOURCE, again)
    assert (counts.looked, counts.left) == (2, 1)
    held = read_label(store, bright.id)
    assert held is not None
    assert held.id == number


def test_what_is_interpolated_is_not_looked_at_afterwards(tmp_path: Path) -> None:
    folder = tmp_path / "photographs"
    folder.mkdir()
    for number in range(6):
        cv2.imwrite(str(folder / f"{number}.png"), np.full((60, 80, 3), 250, np.uint8))
    store = open_store(folder)
    for number, x in ((0, 10.0), (5, 20.0)):
        hands = tuple(confirmed(Label(hands=(proposed(x),))).hands)
        commit(store, number + 1, None, Label(hands=hands, done=True), "x", "Ann")
    assert interpolate_folder(store) == 4
    assert prelabel_folder(store, ask, SOURCE).looked == 0
    for photo in range(2, 6):
        held = read_label(store, photo)
        assert held is not None
        assert held.author == "interpolated"


def test_a_photograph_that_is_labelled_meanwhile_is_left(tmp_path: Path) -> None:
    store = open_store(folder_of(tmp_path / "photographs"))
    by_path = {found.path: found for found in photographs(store)}
    mine = Label(mirrored=True)
    seen = 0

    def ask_slowly(image: NDArray[np.uint8], mirrored: bool) -> Prelabel:
        nonlocal seen
        seen += 1
        if seen == 1:
            # One that is being looked at, and one of the list that is still to come.
            commit(store, by_path["bright.png"].id, None, Label(no_hand=True), "no hand", "Ann")
            commit(store, by_path["mine.png"].id, None, mine, "mirror", "Ann")
        return ask(image, mirrored)

    counts = prelabel_folder(store, ask_slowly, SOURCE)
    assert (counts.looked, counts.left, counts.unreadable) == (2, 1, 1)
    one, other = (read_label(store, by_path[name].id) for name in ("bright.png", "mine.png"))
    assert one is not None
    assert one.label == Label(no_hand=True)
    assert other is not None
    assert other.label.hands[0].side == "right"  # asked as the mirror image that it is by now
