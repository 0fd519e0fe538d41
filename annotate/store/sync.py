"""Making a store's list of photographs agree with what is in the folder."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from annotate.photographs.listing import PhotographFile


def sync(connection: sqlite3.Connection, files: Sequence[PhotographFile]) -> None:
    """New files get rows; what is gone keeps its row and labels, marked as not present.

    Of a file that has changed, what was found out about its old content is forgotten; its labels
    stay, for a person to look at.

    Args:
        connection: of a store, in a transaction.
        files: all that the folder holds now.
    """
    known = {
        path: (photo, bytes_, modified, present)
        for photo, path, bytes_, modified, present in connection.execute(
            "SELECT id, path, bytes, modified_ns, present FROM photos"
        )
    }
    connection.executemany(
        "INSERT INTO photos (path, bytes, modified_ns) VALUES (?, ?, ?)",
        [(file.path, file.bytes, file.modified_ns) for file in files if file.path not in known],
    )
    connection.executemany(
        "UPDATE photos SET bytes = ?, modified_ns = ?, width = NULL, height = NULL,"
        " problem = NULL, unsure = NULL WHERE id = ?",
        [
            (file.bytes, file.modified_ns, known[file.path][0])
            for file in files
            if file.path in known and known[file.path][1:3] != (file.bytes, file.modified_ns)
        ],
    )
    there = {file.path for file in files}
    connection.executemany(
        "UPDATE photos SET present = ? WHERE id = ?",
        [
            (int(path in there), photo)
            for path, (photo, _, _, present) in known.items()
            if present != (path in there)
        ],
    )
