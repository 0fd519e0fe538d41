"""Stores of older formats: brought up to date in place, or read as if they were.

Format 1 had no name of its own, and did not say of a revision at which size of the photograph it
was made. The size that was known of the photograph then stands in for that of all its revisions.
"""

from __future__ import annotations

import secrets
import sqlite3
from typing import Final

FORMAT: Final = 2

_OLD_COLUMNS: Final = "id, photo, parent, label, action, author, at"


def format_of(connection: sqlite3.Connection) -> int:
    """What a store says of its format; 0 if nothing that is a number."""
    row = connection.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()
    return int(row[0]) if row and str(row[0]).isdecimal() else 0


def new_id() -> str:
    """A name for a store that no other one has."""
    return secrets.token_hex(8)


def upgrade(connection: sqlite3.Connection) -> None:
    """Bring a store of format 1 to this one's, whole or not at all; labels stay as they are.

    Args:
        connection: that may write, outside of a transaction.
    """
    if format_of(connection) == FORMAT:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        if format_of(connection) == 1:  # not brought up to date by another process since
            connection.execute("ALTER TABLE revisions ADD COLUMN width INTEGER")
            connection.execute("ALTER TABLE revisions ADD COLUMN height INTEGER")
            connection.execute(
                "UPDATE revisions SET (width, height) ="
                " (SELECT width, height FROM photos WHERE photos.id = photo)"
            )
            connection.execute("INSERT INTO meta VALUES ('id', ?)", (new_id(),))
            connection.execute("UPDATE meta SET value = ? WHERE key = 'format'", (str(FORMAT),))
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def read_as_upgraded(connection: sqlite3.Connection) -> None:
    """The same for a connection that may not write: what it lacks is put before its tables."""
    if format_of(connection) == 1:
        # What is temporary is found before what is in the file.
        columns = ", ".join(f"made.{name}" for name in _OLD_COLUMNS.split(", "))
        connection.execute(
            f"CREATE TEMP VIEW revisions AS SELECT {columns}, seen.width, seen.height"
            " FROM main.revisions AS made JOIN main.photos AS seen ON seen.id = made.photo"
        )
