"""Opening a photograph so that nothing outside of its folder is ever read."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO, Final

#: Systems without these (Windows) have no links that a plain user can make.
_NO_FOLLOW: Final = getattr(os, "O_NOFOLLOW", 0)
_NO_WAIT: Final = getattr(os, "O_NONBLOCK", 0)
_BINARY: Final = getattr(os, "O_BINARY", 0)


def open_inside(folder: Path, path: str) -> BinaryIO:
    """A plain file in a folder, opened for reading.

    Links are resolved first and must end in the folder. The place that they lead to is then
    opened part by part without following any, so that a link put there meanwhile is refused too.

    Args:
        folder: resolved.
        path: relative to it, with `/`.

    Raises:
        OSError: if there is none, it is outside, or it is no plain file.
    """
    try:
        real = (folder / path).resolve(strict=True)
    except (RuntimeError, ValueError) as error:  # a link to itself; a name with a zero byte
        raise FileNotFoundError(2, "is not there", path) from error
    if not real.is_relative_to(folder):
        raise PermissionError(1, "leads out of the folder", path)
    descriptor = _open_parts(folder, real.relative_to(folder).parts)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise PermissionError(1, "is no plain file", path)
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def _open_parts(folder: Path, parts: tuple[str, ...]) -> int:
    flags = os.O_RDONLY | _NO_FOLLOW | _NO_WAIT | _BINARY
    if os.open not in os.supports_dir_fd:
        return os.open(folder.joinpath(*parts), flags)
    place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    for part in parts:
        try:
            inner = os.open(part, flags, dir_fd=place)
        finally:
            os.close(place)
        place = inner
    return place
