"""Opening a store to read it only, and noticing that its file has gone."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from annotate.documents import document_of
from annotate.labels import Label
from annotate.server.compare import close_comparison, compare_with, other_label
from annotate.store.look import look_at
from annotate.store.opening import close, open_store, read_labels, read_store
from annotate.store.store import commit, photographs, read_label
from synth.errors import UserError

NO_HAND = Label(no_hand=True)
NOBODY = 65534


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "photographs"
    folder.mkdir()
    for name in ("a.png", "b.png"):
        Image.new("RGB", (40, 30)).save(folder / name)
    store = open_store(folder)
    commit(store, photographs(store)[1].id, None, NO_HAND, "x", "Ann")
    close(store)
    return folder


def all_read(folder: Path) -> list[object]:
    """What the commands that only read find in the store: once from each."""
    file = folder / "annotations.sqlite"
    try:
        store = read_store(folder)
        found: list[object] = [photo.path for photo in document_of(store).document.photographs]
        close(store)
        comparison = compare_with(file)
        other = other_label(comparison, "b.png")
        close_comparison(comparison)
        return [*found, *read_labels(file), other is not None and other.no_hand]
    except UserError as error:
        return [str(error)]


@pytest.fixture
def open_folder(folder: Path) -> Iterator[Path]:
    """The same where other users get to it."""
    with tempfile.TemporaryDirectory() as above:
        Path(above).chmod(0o755)
        yield Path(shutil.copytree(folder, Path(above) / "photographs"))


def read_without_writing(folder: Path) -> list[Any]:
    """Read as somebody who may not write there, even where the tests run as root."""
    for path in (*folder.iterdir(), folder):
        path.chmod(0o555 if path.is_dir() else 0o444)
    receiving, sending = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            if os.geteuid() == 0:
                os.setuid(NOBODY)
            os.write(sending, json.dumps(all_read(folder)).encode())
        finally:
            os._exit(0)
    os.close(sending)
    os.waitpid(child, 0)
    with open(receiving, "rb") as file:
        said = file.read()
    folder.chmod(0o755)
    found: list[Any] = json.loads(said)
    return found


def test_it_is_read_where_nothing_can_be_written(open_folder: Path) -> None:
    assert read_without_writing(open_folder) == ["b.png", "b.png", True]
    assert sorted(path.name for path in open_folder.iterdir()) == [
        "a.png",
        "annotations.sqlite",
        "b.png",
    ]


def test_edits_that_cannot_be_read_there_are_told(folder: Path, open_folder: Path) -> None:
    # As a server leaves it that was killed, or that still runs elsewhere.
    store = open_store(folder)
    commit(store, photographs(store)[0].id, None, NO_HAND, "x", "Ann")
    copies = {path.name: path.read_bytes() for path in folder.glob("annotations.sqlite*")}
    close(store)
    del copies["annotations.sqlite-shm"]
    for name, content in copies.items():
        (open_folder / name).write_bytes(content)
    (said,) = read_without_writing(open_folder)
    assert "newest edits are in annotations.sqlite-wal" in said


def test_what_is_found_out_is_not_kept(folder: Path) -> None:
    file = folder / "annotations.sqlite"
    os.rename(folder / "b.png", folder / "c.png")
    Image.new("RGB", (8, 6)).save(folder / "new.png")
    before = file.read_bytes()
    store = read_store(folder)
    assert [photo.path for photo in photographs(store)] == ["a.png", "c.png", "new.png"]
    assert document_of(store).gone == ("b.png",)
    assert store.places == {"a.png": 0, "c.png": 1, "new.png": 2}
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        commit(store, photographs(store)[0].id, None, NO_HAND, "x", "Ann")
    assert read_label(store, photographs(store)[0].id) is None
    close(store)
    assert file.read_bytes() == before


def test_a_store_that_is_not_there_is_not_made(folder: Path) -> None:
    with pytest.raises(UserError, match="no such file"):
        read_store(folder, folder / "mistyped.sqlite")
    assert not (folder / "mistyped.sqlite").exists()


@pytest.mark.parametrize("replaced", [False, True])
def test_nothing_is_written_into_a_file_that_was_removed(folder: Path, replaced: bool) -> None:
    store = open_store(folder)
    photo = photographs(store)[0].id
    file = folder / "annotations.sqlite"
    away = folder / "away.sqlite"
    os.rename(file, away)
    if replaced:
        file.write_bytes(b"")
    with pytest.raises(sqlite3.OperationalError, match="removed or replaced"):
        commit(store, photo, None, NO_HAND, "x", "Ann")
    os.rename(away, file)  # and goes on when it is there again
    commit(store, photo, None, NO_HAND, "x", "Ann")
    close(store)
    store = open_store(folder)
    assert read_label(store, photo) is not None
    close(store)


def test_an_empty_file_of_another_name_is_left_as_it_is(folder: Path) -> None:
    other = folder / "notes.txt"
    other.touch()
    with pytest.raises(UserError, match="is empty"):
        open_store(folder, other)
    assert other.read_bytes() == b""
    half = folder / "second.sqlite"  # as one killed at once leaves it
    half.touch()
    close(open_store(folder, half))


def test_the_size_of_the_photograph_belongs_to_the_revision(folder: Path) -> None:
    store = open_store(folder)
    photo = photographs(store)[0].id
    look_at(store, photo)
    one = commit(store, photo, None, Label(no_hand=True, done=True), "x", "Ann")
    Image.new("RGB", (20, 15)).save(folder / "a.png")
    looked = look_at(store, photo)
    held = read_label(store, photo)
    assert looked is not None
    assert held is not None
    assert held.size == (40, 30)
    assert held.is_of_another_size(looked.photograph)
    assert [p.state for p in photographs(store)] == ["begun", "no hand"]
    commit(store, photo, one, held.label, "x", "Ann")
    held = read_label(store, photo)
    assert held is not None
    assert held.size == (20, 15)
    assert [p.state for p in photographs(store)] == ["no hand", "no hand"]
    close(store)
