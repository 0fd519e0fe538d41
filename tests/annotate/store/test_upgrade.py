"""Stores that an older version wrote: `format_1.sql` is the dump of one, made by its own code."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image

from annotate.documents import document_of
from annotate.store import upgrade
from annotate.store.opening import close, open_store, read_labels, read_store
from annotate.store.store import history, photographs, read_label, redo, state_counts

DUMP = Path(__file__).with_name("format_1.sql")
#: As they were when they were labelled. `gone.png` is no more, `c.png` had not been looked at.
SIZES = {"a.png": (40, 30), "b.png": (40, 30), "c.png": (20, 10), "new.png": (40, 30)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, size in SIZES.items():
        Image.new("RGB", size, "teal").save(tmp_path / name)
    with closing(sqlite3.connect(tmp_path / "annotations.sqlite")) as connection:
        connection.executescript(DUMP.read_text())
    return tmp_path


def revisions(file: Path) -> list[tuple[object, ...]]:
    query = "SELECT id, photo, parent, label, action, author, at FROM revisions ORDER BY id"
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute(query).fetchall()


def test_an_old_store_is_brought_up_to_date_without_loss(folder: Path) -> None:
    file = folder / "annotations.sqlite"
    before = revisions(file)
    store = open_store(folder)
    assert revisions(file) == before
    assert state_counts(store) == {"done": 1, "no hand": 1, "begun": 1, "new": 1}
    by_path = {photo.path: photo for photo in photographs(store)}
    assert [(p, by_path[p].id, by_path[p].head) for p in ("a.png", "b.png", "c.png")] == [
        ("a.png", 1, 3),
        ("b.png", 2, 5),
        ("c.png", 3, 6),
    ]
    assert [revision.size for revision in history(store, 1)] == [(40, 30)] * 4
    held = read_label(store, 3)
    assert held is not None
    assert held.size is None  # nobody knows
    assert redo(store, 1, 3) == 4
    own = store.id
    assert len(own) == 16
    close(store)
    store = open_store(folder)
    assert store.id == own
    assert store.connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    close(store)


def test_a_photograph_that_has_changed_since_is_noticed(folder: Path) -> None:
    Image.new("RGB", (20, 15)).save(folder / "a.png")
    store = open_store(folder)
    gathered = document_of(store)
    assert gathered.other_size == ("a.png",)
    assert gathered.gone == ("gone.png",)
    assert [photo.path for photo in gathered.document.photographs] == ["b.png", "c.png"]
    close(store)


def test_it_is_read_as_it_will_be_and_not_written(folder: Path) -> None:
    Image.new("RGB", (20, 15)).save(folder / "a.png")
    file = folder / "annotations.sqlite"
    before = file.read_bytes()
    store = read_store(folder)
    read = document_of(store)
    assert [revision.size for revision in history(store, 1)] == [(40, 30)] * 4
    close(store)
    assert set(read_labels(file)) == {"a.png", "b.png", "c.png", "gone.png"}
    assert file.read_bytes() == before
    store = open_store(folder)
    assert document_of(store) == read
    close(store)


def test_what_fails_half_way_leaves_the_old_format(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> str:
        raise MemoryError

    monkeypatch.setattr(upgrade, "new_id", fail)
    with pytest.raises(MemoryError):
        open_store(folder)
    monkeypatch.undo()
    with closing(sqlite3.connect(folder / "annotations.sqlite")) as connection:
        assert connection.execute("SELECT * FROM meta").fetchall() == [("format", "1")]
    close(open_store(folder))


def test_two_processes_bring_it_up_to_date_once(folder: Path) -> None:
    start = threading.Barrier(4)
    ids = []

    def open_it() -> None:
        start.wait()
        store = open_store(folder)
        ids.append(store.id)
        close(store)

    threads = [threading.Thread(target=open_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ids) == 4
    assert len(set(ids)) == 1
