"""What a store is made of, and what it tells."""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from annotate.labels import Label, State


class Conflict(Exception):  # noqa: N818 - a state that callers expect, not a failure
    """The photograph's label is not the one that the change was made from; says so in one line."""


@dataclass(frozen=True)
class Store:
    """An open store. Functions of this module may be called from several threads.

    Attributes:
        folder: of the photographs, resolved.
        file: the SQLite file.
        id: its own, which no other store has; "" of one of an old format that is only read.
        inode: device and number of the file, by which it is known if another takes its place.
        left_out: a line for each thing in the folder that is not listed, and why.
        connection: to the file; used under the lock.
        lock: held through each transaction.
        places: where each path stands in the natural order, when the store was opened.
    """

    folder: Path
    file: Path
    id: str
    inode: tuple[int, int]
    left_out: list[str]
    connection: sqlite3.Connection
    lock: threading.RLock
    places: dict[str, int]


class Photograph(NamedTuple):
    """What the store knows of one photograph.

    Attributes:
        id: stays the same for ever.
        path: relative to the folder, with `/`.
        bytes, modified_ns: of the file when it was last seen.
        width, height: pixels, upright; None until it has been looked at.
        problem: why it cannot be shown; None if it can, or has not been looked at.
        state: what is known of it; "begun", whatever was, if it has another size than when it was
            labelled.
        unsure: 0 sure … 1 unsure, of the tracker; None where it has not looked.
        head: number of the revision that holds, None without any.
    """

    id: int
    path: str
    bytes: int
    modified_ns: int
    width: int | None
    height: int | None
    problem: str | None
    state: State
    unsure: float | None
    head: int | None


@dataclass(frozen=True)
class Revision:
    """One state of a photograph's label.

    Attributes:
        id: number, larger than those of all that were made before.
        photo: id of the photograph.
        parent: the revision that it was made from, None for the first.
        label: all that it says.
        action: what was done, as in "move a point".
        author: who did it.
        at: when, UTC, ISO 8601.
        size: width and height of the photograph that it was made of, pixels, upright; None if that
            was not known.
    """

    id: int
    photo: int
    parent: int | None
    label: Label
    action: str
    author: str
    at: str
    size: tuple[int, int] | None

    def is_of_another_size(self, photograph: Photograph) -> bool:
        """Whether the photograph has another size than when this was made, as far as is known: its
        points then lie elsewhere."""
        now = photograph.width, photograph.height
        return self.size is not None and None not in now and self.size != now
