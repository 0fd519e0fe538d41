"""Finding out whether a photograph of a store can be shown, and its size: once, then remembered."""

from __future__ import annotations

import os
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
    found of its content is kept in the store; that it is missing or may not be read is not, as
    this may mend itself.

    Args:
        store: where.
        photo_id: of the photograph.
        preview: whether one is wanted even if the file has been decoded before.

    Raises:
        sqlite3.OperationalError: if the store cannot be written.
    """
    found = photograph(store, photo_id)
    if found is None:
        return None
    try:
        with open_inside(store.folder, found.path) as file:
            status = os.fstat(file.fileno())
            if (status.st_size, status.st_mtime_ns) != (found.bytes, found.modified_ns):
                set_file(store, photo_id, status.st_size, status.st_mtime_ns)
                found = _again(store, found)
            known = found.width is not None or found.problem is not None
            if known and (not preview or found.problem is not None):
                return Looked(found, None)
            header, image = examine(file, THUMBNAIL_SIDE)
    except OSError as error:
        problem = f"cannot be read: {error.strerror or error}"
        return Looked(
            found._replace(problem=problem, state="unreadable", width=None, height=None), None
        )
    except UnreadableError as error:
        set_problem(store, photo_id, str(error))
        return Looked(_again(store, found), None)
    if (found.width, found.height) != (header.width, header.height):
        set_size(store, photo_id, header.width, header.height)
        found = _again(store, found)
    return Looked(found, image)


def _again(store: Store, before: Photograph) -> Photograph:
    return photograph(store, before.id) or before
