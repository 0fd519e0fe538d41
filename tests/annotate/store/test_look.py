from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from annotate.store import look
from annotate.store.look import look_at
from annotate.store.opening import close, open_store
from annotate.store.store import Store, photograph, photographs, set_unsure


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    Image.new("RGB", (40, 30), "teal").save(tmp_path / "a.jpg")
    whole = (tmp_path / "a.jpg").read_bytes()
    (tmp_path / "cut.jpg").write_bytes(whole[: len(whole) - 60])
    store = open_store(tmp_path)
    yield store
    close(store)


def test_a_photograph_is_decoded_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    good, bad = photographs(store)
    looked = look_at(store, good.id)
    assert looked is not None
    assert looked.photograph == good._replace(width=40, height=30)
    assert looked.preview is not None
    looked = look_at(store, bad.id)
    assert looked is not None
    assert looked.photograph.state == "unreadable"
    assert "cut off" in (looked.photograph.problem or "")

    monkeypatch.setattr(look, "examine", None)  # would fail if it was called
    for known in photographs(store):
        looked = look_at(store, known.id)
        assert looked is not None
        assert looked.photograph == known
        assert looked.preview is None
    assert look_at(store, bad.id, preview=True) == look_at(store, bad.id)


def test_a_preview_is_made_again(store: Store) -> None:
    good = photographs(store)[0]
    for _ in range(2):
        looked = look_at(store, good.id, preview=True)
        assert looked is not None
        assert looked.preview is not None
        assert looked.preview.size == (40, 30)


def test_a_changed_file_is_looked_at_anew(store: Store) -> None:
    good, bad = photographs(store)
    look_at(store, good.id)
    look_at(store, bad.id)
    set_unsure(store, good.id, 0.5)
    Image.new("RGB", (20, 10)).save(store.folder / "a.jpg")
    Image.new("RGB", (50, 60)).save(store.folder / "cut.jpg")
    for photo, size in ((good, (20, 10)), (bad, (50, 60))):
        looked = look_at(store, photo.id)
        assert looked is not None
        assert (looked.photograph.width, looked.photograph.height) == size
        assert looked.photograph.problem is None
        assert looked.photograph.unsure is None
        assert looked.photograph.modified_ns == (store.folder / photo.path).stat().st_mtime_ns


def test_what_is_missing_is_told_but_not_kept(store: Store) -> None:
    good = photographs(store)[0]
    look_at(store, good.id)
    known = photograph(store, good.id)
    os.rename(store.folder / "a.jpg", store.folder / "away")
    looked = look_at(store, good.id)
    assert looked is not None
    assert (looked.photograph.state, looked.photograph.width) == ("unreadable", None)
    assert "cannot be read" in (looked.photograph.problem or "")
    os.rename(store.folder / "away", store.folder / "a.jpg")
    looked = look_at(store, good.id)
    assert looked is not None
    assert looked.photograph == known


def test_a_file_replaced_by_a_link_out_is_not_read(store: Store, tmp_path: Path) -> None:
    good = photographs(store)[0]
    secret = tmp_path.parent / "secret.jpg"
    os.rename(store.folder / "a.jpg", secret)
    (store.folder / "a.jpg").symlink_to(secret)
    looked = look_at(store, good.id, preview=True)
    assert looked is not None
    assert looked.preview is None
    assert "leads out" in (looked.photograph.problem or "")


def test_an_unknown_photograph(store: Store) -> None:
    assert look_at(store, 999) is None


def test_a_store_that_cannot_be_written_hides_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    for name in ("set_size", "set_problem", "set_file"):
        monkeypatch.setattr(look, name, full)
    good, bad = photographs(store)
    looked = look_at(store, good.id)
    assert looked is not None
    assert looked.photograph == good._replace(width=40, height=30)
    looked = look_at(store, bad.id)
    assert looked is not None
    assert looked.photograph.state == "unreadable"
    Image.new("RGB", (20, 10)).save(store.folder / "a.jpg")
    looked = look_at(store, good.id)
    assert looked is not None
    assert looked.photograph.width == 20
    assert looked.photograph.bytes == (store.folder / "a.jpg").stat().st_size
