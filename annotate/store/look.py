"""Finding out whether a photograph of a store can be shown, and its size: once, then remembered."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from dataclasses import dataclass

from PIL import Image

from annotate.photographs.decode import UnreadableError, examine
from annotate.photographs.inside import open_inside
from annotate.photographs.thumbnail import THUMBNAIL_SIDE
from annotate.store.store import Photograph, Store, photograph, set_file, set_problem, set_size


@dataclass(frozen=True)
class Looked:
    """What a look at a file has shown.

    Attributes:
        photograph: with either a size or a problem.
        preview: upright, RGB, no smaller than a thumbnail unless the photograph is; None where the
            file was not decoded, as nothing new would have come of it.
    """

    photograph: Photograph
    preview: Image.Image | None


def look_at(store: Store, photo_id: int, preview: bool = False) -> Looked | None:
    """A photograph with its size or its problem; None if there is none with this id.

    The file is decoded if it never was, if it has changed, or if a preview is asked for. What is
    found of its content is kept in the store if that can be written. That it is missing or may not
    be read is not kept, as this may mend itself.

    Args:
        store: where.
        photo_id: of the photograph.
        preview: whether one is wanted even if the file has been decoded before.
    """
    found = photograph(store, photo_id)
    if found is None:
        return None
    try:
        with open_inside(store.folder, found.path) as file:
            status = os.fstat(file.fileno())
            if (status.st_size, status.st_mtime_ns) != (found.bytes, found.modified_ns):
                found = _changed(store, found, status)
            known = found.width is not None or found.problem is not None
            if known and (not preview or found.problem is not None):
                return Looked(found, None)
            header, image = examine(file, THUMBNAIL_SIDE)
    except OSError as error:
        return Looked(_with_problem(found, f"cannot be read: {error.strerror or error}"), None)
    except UnreadableError as error:
        with contextlib.suppress(sqlite3.OperationalError):
            set_problem(store, photo_id, str(error))
        return Looked(_with_problem(found, str(error)), None)
    if (found.width, found.height) != (header.width, header.height):
        with contextlib.suppress(sqlite3.OperationalError):
            set_size(store, photo_id, header.width, header.height)
        found = found._replace(width=header.width, height=header.height)
    return Looked(found, image)


def _changed(store: Store, found: Photograph, status: os.stat_result) -> Photograph:
    """The photograph with another content than the store knows of."""
    with contextlib.suppress(sqlite3.OperationalError):
        set_file(store, found.id, status.st_size, status.st_mtime_ns)
        found = photograph(store, found.id) or found
    return found._replace(
        bytes=status.st_size,
        modified_ns=status.st_mtime_ns,
        width=None,
        height=None,
        problem=None,
        unsure=None,
    )


def _with_problem(found: Photograph, problem: str) -> Photograph:
    return found._replace(problem=problem, state="unreadable", width=None, height=None)
