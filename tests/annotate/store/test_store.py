from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotate.labels import Hand, Label, Point
from annotate.store import schema
from annotate.store import store as store_module
from annotate.store.opening import close, open_store, read_labels
from annotate.store.store import (
    Conflict,
    Store,
    commit,
    history,
    labelled,
    photograph,
    photographs,
    read_label,
    read_label_and_redo,
    redo,
    set_problem,
    set_size,
    set_unsure,
    undo,
)
from synth.errors import UserError

NO_HAND = Label(no_hand=True)
POINTS = (Point(x=1.5, y=-2, visibility=0, source="tracker full", confirmed=False), *[None] * 20)
BEGUN = Label(hands=(Hand(id=3, side="left", points=POINTS),), mirrored=True)
DONE = BEGUN.model_copy(update={"done": True})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    (folder / "sub").mkdir(parents=True)
    for name in ("b10.jpg", "b2.jpg", "sub/a.png"):
        (folder / name).write_bytes(b"x")
    return folder


@pytest.fixture
def store(folder: Path) -> Iterator[Store]:
    store = open_store(folder)
    yield store
    close(store)


def first(store: Store) -> int:
    return photographs(store)[0].id


def test_photographs_are_listed_in_natural_order(store: Store) -> None:
    found = photographs(store)
    assert [p.path for p in found] == ["b2.jpg", "b10.jpg", "sub/a.png"]
    assert [p.state for p in found] == ["new"] * 3
    assert found[0][1:] == ("b2.jpg", 1, found[0].modified_ns, None, None, None, "new", None, None)
    assert photograph(store, found[1].id) == found[1]
    assert photograph(store, 999) is None


def test_a_label_comes_back_as_it_was(store: Store) -> None:
    number = commit(store, first(store), None, BEGUN, "begin a hand", "Ann")
    revision = read_label(store, first(store))
    assert revision is not None
    assert (revision.id, revision.label) == (number, BEGUN)
    assert (revision.action, revision.author, revision.parent) == ("begin a hand", "Ann", None)
    assert revision.at.endswith("Z")
    assert [(p.path, held) for p, held in labelled(store)] == [("b2.jpg", revision)]


@pytest.mark.parametrize(
    ("label", "state"),
    [(Label(), "new"), (NO_HAND, "no hand"), (BEGUN, "begun"), (DONE, "done")],
)
def test_the_state_follows_the_label(store: Store, label: Label, state: str) -> None:
    number = commit(store, first(store), None, label, "x", "Ann")
    assert photographs(store)[0].state == state
    undo(store, first(store), number)
    assert photographs(store)[0].state == "new"
    redo(store, first(store), None)
    assert photographs(store)[0].state == state


def test_a_stale_base_is_a_conflict_and_changes_nothing(store: Store) -> None:
    photo = first(store)
    one = commit(store, photo, None, BEGUN, "x", "Ann")
    two = commit(store, photo, one, DONE, "x", "Ann")
    before = history(store, photo)
    for base in (None, one, two + 1, 10**15):
        for change in (
            lambda base: commit(store, photo, base, NO_HAND, "x", "Ann"),
            lambda base: undo(store, photo, base),
            lambda base: redo(store, photo, base),
        ):
            with pytest.raises(Conflict):
                change(base)
    assert history(store, photo) == before
    assert photographs(store)[0].head == two


def test_a_base_of_another_photograph_is_a_conflict(store: Store) -> None:
    a, b, _ = (p.id for p in photographs(store))
    one = commit(store, a, None, BEGUN, "x", "Ann")
    with pytest.raises(Conflict):
        commit(store, b, one, DONE, "x", "Ann")


def test_nothing_to_undo_or_redo(store: Store) -> None:
    with pytest.raises(Conflict, match="nothing to undo"):
        undo(store, first(store), None)
    with pytest.raises(Conflict, match="nothing to redo"):
        redo(store, first(store), None)


def test_an_unknown_photograph(store: Store) -> None:
    with pytest.raises(KeyError):
        commit(store, 999, None, BEGUN, "x", "Ann")
    assert read_label_and_redo(store, 999) == (None, False)


def test_undo_and_redo_outlast_a_restart(folder: Path) -> None:
    store = open_store(folder)
    photo = first(store)
    one = commit(store, photo, None, BEGUN, "x", "Ann")
    two = commit(store, photo, one, DONE, "x", "Ann")
    assert undo(store, photo, two) == one
    close(store)
    store = open_store(folder)
    assert photographs(store)[0].state == "begun"
    assert redo(store, photo, one) == two
    close(store)
    store = open_store(folder)
    assert undo(store, photo, two) == one
    assert undo(store, photo, one) is None
    close(store)
    store = open_store(folder)
    assert read_label(store, photo) is None
    assert redo(store, photo, None) == one
    assert len(history(store, photo)) == 2
    close(store)


def test_redo_takes_the_newest_branch(store: Store) -> None:
    photo = first(store)
    one = commit(store, photo, None, BEGUN, "x", "Ann")
    undo(store, photo, commit(store, photo, one, DONE, "x", "Ann"))
    newer = commit(store, photo, one, NO_HAND, "x", "Ann")
    undo(store, photo, newer)
    assert redo(store, photo, one) == newer
    assert len(history(store, photo)) == 3  # the older one is not lost


def test_what_fails_half_way_leaves_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(store_module, "_move_head", fail)
    with pytest.raises(sqlite3.OperationalError):
        commit(store, first(store), None, BEGUN, "x", "Ann")
    monkeypatch.undo()
    assert history(store, first(store)) == []
    commit(store, first(store), None, BEGUN, "x", "Ann")


Step = tuple[str, int, int]


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([*["commit", "undo", "redo"] * 4, "stale", "open again"]),
            st.sampled_from([0, 0, 0, 1]),
            st.integers(0, 5),
        ),
        min_size=25,
        max_size=60,
    )
)
def test_any_sequence_agrees_with_lists(
    tmp_path_factory: pytest.TempPathFactory, steps: list[Step]
) -> None:
    folder = tmp_path_factory.mktemp("model")
    for name in ("a.jpg", "b.jpg"):
        (folder / name).write_bytes(b"x")
    store = open_store(folder)
    ids = [p.id for p in photographs(store)]
    # The model: of each photograph the states undone and to be undone, as an editor's two stacks.
    back: list[list[int]] = [[], []]
    forth: list[list[int]] = [[], []]
    heads: dict[tuple[int, tuple[int, ...]], int | None] = {(0, ()): None, (1, ()): None}
    made = 0
    for what, which, value in steps:
        photo, done, undone = ids[which], back[which], forth[which]
        head = heads[which, tuple(done)]
        if what == "open again":
            close(store)
            store = open_store(folder)
        elif what == "stale":
            with pytest.raises(Conflict):
                commit(store, photo, 10**6 + value, Label(), "x", "Ann")
        elif what == "commit":
            made += 1
            label = Label(hands=(Hand(id=made),))
            done.append(made)
            heads[which, tuple(done)] = commit(store, photo, head, label, "x", "Ann")
            undone.clear()
        elif what == "undo" and done:
            undone.append(done.pop())
            assert undo(store, photo, head) == heads[which, tuple(done)]
        elif what == "redo" and undone:
            done.append(undone.pop())
            assert redo(store, photo, head) == heads[which, tuple(done)]
        elif what in ("undo", "redo"):
            with pytest.raises(Conflict):
                (undo if what == "undo" else redo)(store, photo, head)
        for one, photo in enumerate(ids):
            revision, redoable = read_label_and_redo(store, photo)
            top = None if revision is None else revision.label.hands[0].id
            assert top == (back[one][-1] if back[one] else None)
            assert redoable == bool(forth[one])
    assert sum(len(history(store, photo)) for photo in ids) == made
    close(store)


def test_changes_in_the_folder_are_seen(folder: Path) -> None:
    store = open_store(folder)
    b2, b10, a = photographs(store)
    one = commit(store, b2.id, None, BEGUN, "x", "Ann")
    set_size(store, b2.id, 40, 30)
    set_problem(store, b10.id, "damaged")
    set_size(store, a.id, 8, 9)
    set_unsure(store, a.id, 0.25)
    close(store)
    (folder / "b2.jpg").rename(folder / "moved.jpg")
    (folder / "b10.jpg").write_bytes(b"longer")
    (folder / "b1.jpg").write_bytes(b"x")
    store = open_store(folder)
    assert [p.path for p in photographs(store)] == ["b1.jpg", "b10.jpg", "moved.jpg", "sub/a.png"]
    assert photograph(store, b2.id) is None  # gone
    assert photograph(store, b10.id) == b10._replace(
        bytes=6, modified_ns=(folder / "b10.jpg").stat().st_mtime_ns
    )
    assert photograph(store, a.id) == a._replace(width=8, height=9, unsure=0.25)
    assert list(labelled(store)) == []
    close(store)
    (folder / "moved.jpg").rename(folder / "b2.jpg")
    store = open_store(folder)
    assert photograph(store, b2.id) == b2._replace(width=40, height=30, state="begun", head=one)
    close(store)


def test_a_file_of_the_same_size_but_another_time_has_changed(folder: Path) -> None:
    store = open_store(folder)
    set_problem(store, first(store), "damaged")
    assert photographs(store)[0].state == "unreadable"
    close(store)
    os.utime(folder / "b2.jpg", ns=(1, 1))
    store = open_store(folder)
    assert (photographs(store)[0].problem, photographs(store)[0].state) == (None, "new")
    close(store)


def test_passes_do_not_see_each_other(folder: Path, tmp_path: Path) -> None:
    own, other = open_store(folder), open_store(folder, tmp_path / "second.sqlite")
    one = commit(own, first(own), None, BEGUN, "x", "Ann")
    assert read_label(other, first(other)) is None
    assert read_labels(folder / "annotations.sqlite") == {"b2.jpg": (one, BEGUN)}
    assert read_labels(tmp_path / "second.sqlite") == {}
    close(own)
    close(other)


def test_reading_a_pass_leaves_no_trace(folder: Path) -> None:
    close(open_store(folder))
    file = folder / "annotations.sqlite"
    before = file.read_bytes()
    read_labels(file)
    assert file.read_bytes() == before
    with pytest.raises(UserError, match="no such file"):
        read_labels(folder / "gone.sqlite")
    assert not (folder / "gone.sqlite").exists()


def test_two_processes_and_threads_never_overwrite_each_other(folder: Path) -> None:
    stores = [open_store(folder), open_store(folder)]
    photo = first(stores[0])
    won: list[int] = []

    def edit(store: Store) -> None:
        while len(won) < 60:
            revision = read_label(store, photo)
            base = None if revision is None else revision.id
            with contextlib.suppress(Conflict):
                won.append(commit(store, photo, base, BEGUN, "x", "Ann"))

    threads = [threading.Thread(target=edit, args=(stores[i % 2],)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    made = history(stores[0], photo)
    assert sorted(won) == [revision.id for revision in made]
    # One chain: every one was made from the one before.
    assert [r.parent for r in made] == [None, *(r.id for r in made[:-1])]
    for store in stores:
        close(store)


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is no folder"):
        open_store(tmp_path / "gone")
    with pytest.raises(UserError, match="is no folder"):
        open_store(tmp_path, tmp_path / "gone" / "x.sqlite")


@pytest.mark.parametrize("content", [b"junk" * 1000, b"x", b"SQLite format 3\0" + b"\1" * 500])
def test_what_is_no_store_is_refused_and_left_as_it_is(folder: Path, content: bytes) -> None:
    file = folder / "annotations.sqlite"
    file.write_bytes(content)
    for attempt in (lambda: open_store(folder), lambda: read_labels(file)):
        with pytest.raises(UserError, match=r"annotations\.sqlite: ") as caught:
            attempt()
        assert "\n" not in str(caught.value)
    assert file.read_bytes() == content


def test_another_programs_file_is_left_as_it_is(folder: Path) -> None:
    file = folder / "annotations.sqlite"
    other = sqlite3.connect(file)
    other.execute("CREATE TABLE photos (id)")
    other.commit()
    other.close()
    before = file.read_bytes()
    with pytest.raises(UserError, match="of another program"):
        open_store(folder)
    assert file.read_bytes() == before


def test_a_newer_format_is_refused(folder: Path) -> None:
    close(open_store(folder))
    with sqlite3.connect(folder / "annotations.sqlite") as connection:
        connection.execute("UPDATE meta SET value = '3' WHERE key = 'format'")
    connection.close()
    with pytest.raises(UserError, match="format 3.*update the program"):
        open_store(folder)


def test_a_file_that_is_held_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "BUSY_SECONDS", 0.05)
    close(open_store(folder))
    other = sqlite3.connect(folder / "annotations.sqlite", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(UserError, match="another program holds it"):
        open_store(folder)
    other.close()


def test_a_place_that_cannot_be_written_is_told(folder: Path) -> None:
    (folder / "annotations.sqlite").mkdir()
    with pytest.raises(UserError, match="cannot be written"):
        open_store(folder)


def test_what_is_committed_is_synced(store: Store) -> None:
    pragmas = {
        name: store.connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "foreign_keys")
    }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_a_failed_commit_leaves_nothing(store: Store) -> None:
    photo = first(store)
    one = commit(store, photo, None, BEGUN, "x", "Ann")
    pages = store.connection.execute("PRAGMA page_count").fetchone()[0]
    store.connection.execute(f"PRAGMA max_page_count = {pages}")  # as on a full disk

    def fill() -> None:
        nonlocal one
        for _ in range(1000):
            one = commit(store, photo, one, BEGUN, "x", "Ann")

    with pytest.raises(sqlite3.OperationalError, match="full"):
        fill()
    revision = read_label(store, photo)
    assert revision is not None
    assert revision.id == one == history(store, photo)[-1].id
    store.connection.execute("PRAGMA max_page_count = 1000000")
    commit(store, photo, one, DONE, "x", "Ann")
