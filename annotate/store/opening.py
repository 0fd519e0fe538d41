"""Opening a folder's store, to write it or to read it only, and closing it."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from annotate.labels import Label
from annotate.photographs.listing import Listing, list_photographs
from annotate.store.schema import (
    connect,
    connect_to_read,
    errors_of_store,
    shadow_photographs,
)
from annotate.store.store import inode_of, writing
from annotate.store.sync import sync
from annotate.store.types import Store
from synth.errors import UserError

#: Name of the store in the folder if no other is given.
STORE_NAME: Final = "annotations.sqlite"


def store_file(folder: Path, file: Path | None = None) -> Path:
    """Where a folder's labels are, if no other file is given."""
    return folder / STORE_NAME if file is None else file


def open_store(folder: Path, file: Path | None = None) -> Store:
    """Open a folder's store, or make it, and bring its list of photographs up to date.

    Args:
        folder: holds the photographs.
        file: the store; by default annotations.sqlite in the folder.

    Raises:
        UserError: if the folder is missing, or the file cannot be written, is held by another
            program, is no store or of a newer format.
    """
    listing = list_photographs(folder)
    file = store_file(folder, file)
    if not file.parent.is_dir():
        raise UserError(f"{file.parent}: is no folder, so no labels can be kept there")
    return _store_of(folder, file, listing, connect(file))


def read_store(folder: Path, file: Path | None = None) -> Store:
    """Open a folder's store to read what it says of the photographs that are there now.

    The file is not written, nor need it be possible to write it: what is found out about the
    photographs is forgotten with the store, and a commit fails.

    Args:
        folder, file: as of `open_store`.

    Raises:
        UserError: if the folder or the file is missing, or it is no store or of a newer format.
    """
    listing = list_photographs(folder)
    file = store_file(folder, file)
    return _store_of(folder, file, listing, connect_to_read(file), read_only=True)


def _store_of(
    folder: Path,
    file: Path,
    listing: Listing,
    connection: sqlite3.Connection,
    read_only: bool = False,
) -> Store:
    """The store, its list of photographs up to date."""
    try:
        with errors_of_store(file):
            if read_only:
                shadow_photographs(connection)
            row = connection.execute("SELECT value FROM meta WHERE key = 'id'").fetchone()
            store = Store(
                folder.resolve(),
                file,
                "" if row is None else row[0],
                inode_of(file),
                listing.left_out,
                connection,
                threading.RLock(),
                {found.path: place for place, found in enumerate(listing.files)},
            )
            with writing(store):
                sync(connection, listing.files)
    except BaseException:
        connection.close()
        raise
    return store


def close(store: Store) -> None:
    """Let go of the file."""
    with store.lock:
        store.connection.close()


@contextlib.contextmanager
def opened(store: Store) -> Iterator[Store]:
    """The store, closed at the end; what goes wrong with its file is told in one line.

    Raises:
        UserError: if the file cannot be read or written, or is damaged.
    """
    try:
        with errors_of_store(store.file):
            yield store
    finally:
        close(store)


def read_labels(file: Path) -> dict[str, tuple[int, Label]]:
    """What a store says, by path of the photograph: number of the revision, and the label.

    The file is not written, and the photographs need not be there.

    Raises:
        UserError: if there is no such file, or it is no store or of a newer format.
    """
    with errors_of_store(file), contextlib.closing(connect_to_read(file)) as connection:
        rows = connection.execute(
            "SELECT path, head, label FROM photos JOIN revisions ON revisions.id = head"
        )
        return {path: (head, Label.model_validate_json(label)) for path, head, label in rows}
