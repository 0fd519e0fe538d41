"""The tables of a store, and opening its file so that what is committed stays committed."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from annotate.store.upgrade import FORMAT, format_of, new_id, read_as_upgraded, upgrade
from synth.errors import UserError

#: End of the names of stores.
SUFFIX: Final = ".sqlite"
#: Seconds that a write waits for another program that holds the file.
BUSY_SECONDS: Final = 5.0

#: "hand" in ASCII, so that `file` and this program know a store from other SQLite files.
_APPLICATION: Final = 0x68616E64

_SQLITE: Final = b"SQLite format 3\0"
_READ_ONLY: Final = sqlite3.SQLITE_READONLY

_TABLES: Final = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE photos (
    id INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE,
    bytes INTEGER NOT NULL,
    modified_ns INTEGER NOT NULL,
    width INTEGER,
    height INTEGER,
    problem TEXT,
    head INTEGER REFERENCES revisions (id),
    state TEXT NOT NULL DEFAULT 'new',
    unsure REAL,
    present INTEGER NOT NULL DEFAULT 1
);
CREATE TABLE revisions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    photo INTEGER NOT NULL REFERENCES photos (id),
    parent INTEGER REFERENCES revisions (id),
    label TEXT NOT NULL,
    action TEXT NOT NULL,
    author TEXT NOT NULL,
    at TEXT NOT NULL,
    width INTEGER,
    height INTEGER
);
CREATE INDEX revisions_by_photo ON revisions (photo, parent);
"""


def connect(file: Path) -> sqlite3.Connection:
    """A connection to a store that may be written; the file is made if there is none, and brought
    up to date if an older version made it.

    Transactions are begun and ended by the caller. Threads may share it under a lock.

    Raises:
        UserError: if the file cannot be written, is held by another program, is no store or is of
            a newer format.
    """
    new = not file.exists()
    # One that this program left when it was killed at once has its name.
    if file.is_file() and file.stat().st_size == 0 and file.suffix != SUFFIX:
        raise UserError(f"{file}: is empty and no store of labels, name another --labels")
    with errors_of_store(file):
        connection = sqlite3.connect(
            file, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            # Before anything is written: another program's file must be left as it is.
            _check(connection, file)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            if _is_empty(connection):
                _create(connection)
                if new:
                    _sync_folder(file.parent)
            upgrade(connection)
        except BaseException:
            connection.close()
            raise
    return connection


def connect_to_read(file: Path) -> sqlite3.Connection:
    """A connection to a store that cannot write it, also where nothing can be written.

    Raises:
        UserError: if there is no such file, or it is no store or of a newer format.
    """
    if not file.is_file():
        raise UserError(f"{file}: there is no such file of labels")
    with errors_of_store(file):
        try:
            return _connect_to_read(file, "mode=ro")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_CANTOPEN, _READ_ONLY):
                raise
        # SQLite wants to write beside the file even to read it, unless it is told that nobody
        # writes it; it then passes over edits that have not been brought into the file.
        edits = file.with_name(f"{file.name}-wal")
        if edits.exists() and edits.stat().st_size > 0:
            raise UserError(
                f"{file}: its newest edits are in {edits.name}, which cannot be read where nothing"
                " can be written: copy both to another place and name it with --labels"
            )
        return _connect_to_read(file, "immutable=1")


def _connect_to_read(file: Path, how: str) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{file.resolve().as_uri()}?{how}",
        uri=True,
        timeout=BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        _check(connection, file)
        if _is_empty(connection):
            raise UserError(f"{file}: holds no labels")
        connection.execute("PRAGMA temp_store = MEMORY")
        read_as_upgraded(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def shadow_photographs(connection: sqlite3.Connection) -> None:
    """Put a copy of the table of photographs before that of the file, which stays as it is: what
    is found out about them can then be noted without writing it."""
    ((table,),) = connection.execute("SELECT sql FROM main.sqlite_master WHERE name = 'photos'")
    connection.execute(table.replace("CREATE TABLE", "CREATE TEMP TABLE", 1))
    connection.execute("INSERT INTO temp.photos SELECT * FROM main.photos")


@contextlib.contextmanager
def errors_of_store(file: Path) -> Iterator[None]:
    """Turn what SQLite says of a store's file into a line for a person.

    Raises:
        UserError: in place of any sqlite3.DatabaseError.
    """
    try:
        yield
    except sqlite3.OperationalError as error:
        text = str(error)
        if "locked" in text or "busy" in text:
            line = "another program holds it, end that one first"
        elif "full" in text:
            line = "cannot be written, the disk is full: make room there"
        elif "readonly" in text or "unable to open" in text:
            line = "cannot be written, name a place that can with --labels"
        else:
            line = f"cannot be used as a store of labels: {text}"
        raise UserError(f"{file}: {line}") from None
    except sqlite3.DatabaseError as error:
        raise UserError(f"{file}: is no store of labels, or is damaged: {error}") from None


def _check(connection: sqlite3.Connection, file: Path) -> None:
    with open(file, "rb") as content:
        start = content.read(len(_SQLITE))
    if start and start != _SQLITE:  # SQLite itself takes a short file for an empty one
        raise UserError(f"{file}: is no store of labels, name another --labels")
    if _is_empty(connection):
        return
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    if application != _APPLICATION:
        raise UserError(f"{file}: is an SQLite file of another program, name another --labels")
    found = format_of(connection)
    if found > FORMAT:
        raise UserError(
            f"{file}: is of format {found}, this version reads up to {FORMAT}: update the program"
        )
    if found < 1:
        raise UserError(f"{file}: does not say of what format it is, so it is no store of labels")


def _is_empty(connection: sqlite3.Connection) -> bool:
    return connection.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)


def _create(connection: sqlite3.Connection) -> None:
    # In one transaction: a process killed in the middle leaves an empty file.
    connection.execute("BEGIN IMMEDIATE")
    try:
        if _is_empty(connection):  # not made by another process since
            connection.execute(f"PRAGMA application_id = {_APPLICATION}")
            for statement in _TABLES.split(";"):
                connection.execute(statement)
            connection.execute("INSERT INTO meta VALUES ('format', ?)", (str(FORMAT),))
            connection.execute("INSERT INTO meta VALUES ('id', ?)", (new_id(),))
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _sync_folder(folder: Path) -> None:
    """Have the new file's name on the disk, as SQLite has its content."""
    with contextlib.suppress(OSError):  # not every file system can
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
