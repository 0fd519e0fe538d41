"""The labels of a folder's photographs: every revision of each, with undo and redo.

A commit names the revision that it was made from. Undo and redo only move the photograph's head,
so that no revision is ever lost and both outlast a restart. Nothing returns before SQLite has what
was written on the disk.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, cast

from annotate.labels import Label, State, state_of
from annotate.photographs.listing import natural_key
from annotate.store.types import Conflict, Photograph, Revision, Store


def is_there(store: Store) -> bool:
    """Whether the store's file still is the one that was opened, so that what is written stays."""
    try:
        return inode_of(store.file) == store.inode
    except OSError:
        return False


def inode_of(file: Path) -> tuple[int, int]:
    """Device and number of a file.

    Raises:
        OSError: if there is none.
    """
    status = os.stat(file)
    return status.st_dev, status.st_ino


def photographs(store: Store) -> list[Photograph]:
    """All photographs that are in the folder, in natural order of their paths."""
    found = [Photograph._make(row) for row in _rows(store, f"{_SELECT} WHERE present")]
    # Another process may have found files since; they come last until this one is started anew.
    last = len(found)
    return sorted(found, key=lambda photo: (store.places.get(photo.path, last), photo.path))


def photograph(store: Store, photo_id: int) -> Photograph | None:
    """One photograph; None if there is none with this id, or it is no longer in the folder."""
    for row in _rows(store, f"{_SELECT} WHERE photos.id = ? AND present", photo_id):
        return Photograph._make(row)
    return None


def state_counts(store: Store) -> dict[State, int]:
    """How many of the folder's photographs are in each state; those in none are left out."""
    rows = _rows(store, f"SELECT {_STATE} AS shown, count(*) {_FROM} WHERE present GROUP BY 1")
    return cast("dict[State, int]", dict(cast("list[tuple[str, int]]", rows)))


def labelled(store: Store) -> Iterator[tuple[Photograph, Revision]]:
    """Photographs in the folder that have a label, in natural order, and the one that holds."""
    rows = _rows(store, f"{_REVISIONS} WHERE id IN (SELECT head FROM photos)")
    held = {row[0]: row for row in rows}
    for found in photographs(store):
        if found.head in held:
            yield found, _revision(held[found.head])


def labelled_and_gone(store: Store) -> list[str]:
    """Paths of photographs that say something of hands and are not in the folder any more."""
    query = "SELECT path FROM photos WHERE state <> 'new' AND NOT present"
    return sorted((path for (path,) in _rows(store, query)), key=natural_key)


def read_label(store: Store, photo_id: int) -> Revision | None:
    """The revision that holds for a photograph; None if it has no label."""
    rows = _rows(store, f"{_REVISIONS} WHERE id = (SELECT head FROM photos WHERE id = ?)", photo_id)
    return _revision(rows[0]) if rows else None


def label_at(store: Store, photo_id: int, base: int | None) -> Label:
    """The label that a change is made from; the empty one where `base` is None.

    Raises:
        Conflict: if another revision holds than `base`.
    """
    revision = read_label(store, photo_id)
    _check_head(None if revision is None else revision.id, base)
    return Label() if revision is None else revision.label


def history(store: Store, photo_id: int) -> list[Revision]:
    """All revisions of a photograph, the oldest first, undone ones too."""
    rows = _rows(store, f"{_REVISIONS} WHERE photo = ? ORDER BY id", photo_id)
    return [_revision(row) for row in rows]


def read_label_and_redo(store: Store, photo_id: int) -> tuple[Revision | None, bool]:
    """The revision that holds, and whether something that was undone could be done again."""
    with store.lock:
        revision = read_label(store, photo_id)
        head = None if revision is None else revision.id
        return revision, _newest_child(store, photo_id, head) is not None


def commit(
    store: Store, photo_id: int, base: int | None, label: Label, action: str, author: str
) -> int:
    """Write a new revision and make it the one that holds; its number.

    With it stands the size that is known of the photograph, see `look.look_at`.

    Args:
        store: where.
        photo_id: of the photograph.
        base: the revision that it was made from; None if there was none.
        label: all that is said of the photograph now.
        action: what was done, in a few words.
        author: who did it.

    Raises:
        Conflict: if another revision holds than `base`; nothing is written.
        KeyError: if there is no such photograph.
        sqlite3.OperationalError: if the file cannot be written; nothing is.
    """
    at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    with writing(store) as connection:
        _check_base(connection, photo_id, base)
        revision = connection.execute(
            "INSERT INTO revisions (photo, parent, label, action, author, at, width, height)"
            " SELECT id, ?, ?, ?, ?, ?, width, height FROM photos WHERE id = ?",
            (base, label.model_dump_json(), action, author, at, photo_id),
        ).lastrowid
        assert revision is not None
        _move_head(connection, photo_id, revision, label)
    return revision


def undo(store: Store, photo_id: int, base: int | None) -> int | None:
    """Go back to the revision before the one that holds; its number, None if that is no label.

    Raises:
        Conflict: if another revision holds than `base`, or there is nothing to undo.
        KeyError, sqlite3.OperationalError: as of `commit`.
    """
    with writing(store) as connection:
        _check_base(connection, photo_id, base)
        if base is None:
            raise Conflict("there is nothing to undo")
        (parent,) = connection.execute(
            "SELECT parent FROM revisions WHERE id = ?", (base,)
        ).fetchone()
        _move_head(connection, photo_id, parent, _label_of(connection, parent))
    return cast("int | None", parent)


def redo(store: Store, photo_id: int, base: int | None) -> int:
    """Go to the newest revision made from the one that holds; its number.

    Raises:
        Conflict: if another revision holds than `base`, or there is nothing to redo.
        KeyError, sqlite3.OperationalError: as of `commit`.
    """
    with writing(store) as connection:
        _check_base(connection, photo_id, base)
        child = _newest_child(store, photo_id, base)
        if child is None:
            raise Conflict("there is nothing to redo")
        _move_head(connection, photo_id, child, _label_of(connection, child))
    return child


def set_size(store: Store, photo_id: int, width: int, height: int) -> None:
    """Note that a photograph can be shown, and its upright size in pixels."""
    _set(store, photo_id, "width = ?, height = ?, problem = NULL", width, height)


def set_problem(store: Store, photo_id: int, problem: str) -> None:
    """Note why a photograph cannot be shown."""
    _set(store, photo_id, "width = NULL, height = NULL, problem = ?", problem)


def set_file(store: Store, photo_id: int, bytes_: int, modified_ns: int) -> None:
    """Note that a photograph's file has changed: what was known of the old content is forgotten."""
    _set(
        store,
        photo_id,
        "bytes = ?, modified_ns = ?, width = NULL, height = NULL, problem = NULL, unsure = NULL",
        bytes_,
        modified_ns,
    )


def set_unsure(store: Store, photo_id: int, unsure: float | None) -> None:
    """Note how unsure the tracker is of a photograph: 0 sure … 1 unsure, None if it has no say."""
    _set(store, photo_id, "unsure = ?", unsure)


_STATE: Final = (
    "CASE WHEN problem IS NOT NULL THEN 'unreadable' WHEN state <> 'new'"
    " AND (held.width <> photos.width OR held.height <> photos.height) THEN 'begun' ELSE state END"
)
_FROM: Final = "FROM photos LEFT JOIN revisions AS held ON held.id = head"
_SELECT: Final = (
    "SELECT photos.id, path, bytes, modified_ns, photos.width, photos.height, problem,"
    f" {_STATE}, unsure, head {_FROM}"
)
_REVISIONS: Final = (
    "SELECT id, photo, parent, label, action, author, at, width, height FROM revisions"
)


def _revision(row: tuple[Any, ...]) -> Revision:
    id_, photo, parent, label, action, author, at, width, height = row
    size = None if width is None or height is None else (width, height)
    return Revision(id_, photo, parent, Label.model_validate_json(label), action, author, at, size)


def _rows(store: Store, query: str, *values: Any) -> list[Any]:
    with store.lock:
        return store.connection.execute(query, values).fetchall()


@contextlib.contextmanager
def writing(store: Store) -> Iterator[sqlite3.Connection]:
    """A transaction that is on the disk at the end, or undone if anything was raised."""
    with store.lock:
        # A file without a name can be written as long as it is open, and is gone afterwards.
        if not is_there(store):
            raise sqlite3.OperationalError(f"{store.file} was removed or replaced: put it back")
        # Immediate, so that no other process writes between the check of a base and the commit.
        store.connection.execute("BEGIN IMMEDIATE")
        try:
            yield store.connection
            store.connection.execute("COMMIT")
        except BaseException:
            if store.connection.in_transaction:
                store.connection.execute("ROLLBACK")
            raise


def _set(store: Store, photo_id: int, what: str, *values: Any) -> None:
    with writing(store) as connection:
        connection.execute(f"UPDATE photos SET {what} WHERE id = ?", (*values, photo_id))


def _check_base(connection: sqlite3.Connection, photo_id: int, base: int | None) -> None:
    row = connection.execute("SELECT head FROM photos WHERE id = ?", (photo_id,)).fetchone()
    if row is None:
        raise KeyError(photo_id)
    _check_head(row[0], base)


def _check_head(head: int | None, base: int | None) -> None:
    if head != base:
        raise Conflict("the photograph was changed elsewhere meanwhile, in another tab perhaps")


def _newest_child(store: Store, photo_id: int, revision: int | None) -> int | None:
    query = "SELECT max(id) FROM revisions WHERE photo = ? AND parent IS ?"
    return cast("int | None", _rows(store, query, photo_id, revision)[0][0])


def _label_of(connection: sqlite3.Connection, revision: int | None) -> Label | None:
    if revision is None:
        return None
    row = connection.execute("SELECT label FROM revisions WHERE id = ?", (revision,)).fetchone()
    return Label.model_validate_json(row[0])


def _move_head(
    connection: sqlite3.Connection, photo_id: int, revision: int | None, label: Label | None
) -> None:
    connection.execute(
        "UPDATE photos SET head = ?, state = ? WHERE id = ?", (revision, state_of(label), photo_id)
    )
