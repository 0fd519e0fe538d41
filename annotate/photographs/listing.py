"""Which photographs a folder holds, in the order in which a person counts them."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from synth.errors import UserError

#: Ends of names of photographs, in any case.
SUFFIXES: Final = (".jpg", ".jpeg", ".png", ".webp", ".bmp")

#: Of photographs that browsers do not show, or not all of them.
OTHER_SUFFIXES: Final = (
    ".heic", ".heif", ".avif", ".tif", ".tiff", ".jp2", ".dng", ".cr2", ".cr3", ".nef", ".arw",
)  # fmt: skip

_DIGITS: Final = re.compile(r"([0-9]+)")


@dataclass(frozen=True, slots=True)
class PhotographFile:
    """One file.

    Attributes:
        path: relative to the folder, with `/`.
        bytes: its size.
        modified_ns: when it was last written, nanoseconds since 1970.
    """

    path: str
    bytes: int
    modified_ns: int


@dataclass(frozen=True)
class Listing:
    """What a folder holds.

    Attributes:
        files: in natural order of their paths.
        left_out: a line for each thing that looked like photographs and is not listed.
    """

    files: list[PhotographFile]
    left_out: list[str]


def list_photographs(folder: Path) -> Listing:
    """All photographs below a folder, by name; none is opened.

    Hidden files and folders are passed over. A link to a file counts if it leads to a place in the
    folder; a link to a folder never does: what it leads to is either outside or listed anyway.

    Raises:
        UserError: if the folder is missing or cannot be read.
    """
    root = folder.resolve()
    if not root.is_dir():
        raise UserError(f"{folder}: is no folder, name one that holds photographs")
    left_out: list[str] = []
    try:
        files = list(_below(root, left_out))
    except OSError as error:
        raise UserError(f"{folder}: cannot be read: {error.strerror}") from None
    return Listing(sorted(files, key=lambda file: natural_key(file.path)), left_out)


def natural_key(path: str) -> tuple[object, ...]:
    """Key that sorts img2 before img10, folder by folder; never equal for different paths."""
    parts = (_DIGITS.split(part.casefold()) for part in path.split("/"))
    # A split alternates between text and digits, so that like is compared with like.
    return (*(tuple(int(p) if i % 2 else p for i, p in enumerate(part)) for part in parts), (path,))


def _below(root: Path, left_out: list[str]) -> Iterator[PhotographFile]:
    waiting = [""]
    while waiting:
        prefix = waiting.pop()
        try:
            entries = list(os.scandir(root / prefix))
        except OSError as error:
            if not prefix:
                raise
            left_out.append(f"{prefix[:-1]}: cannot be read: {error.strerror}")
            continue
        for entry in entries:
            path = prefix + entry.name
            if entry.name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                waiting.append(path + "/")
            elif entry.name.lower().endswith(SUFFIXES):
                file = _file(root, entry, path, left_out)
                if file is not None:
                    yield file
            elif entry.name.lower().endswith(OTHER_SUFFIXES):
                left_out.append(f"{path}: is of a kind that is not shown: make a JPEG of it")
            elif entry.is_symlink() and entry.is_dir():
                left_out.append(f"{path}: is a link to a folder")


def _file(
    root: Path, entry: os.DirEntry[str], path: str, left_out: list[str]
) -> PhotographFile | None:
    try:
        path.encode()
        if entry.is_symlink() and not Path(entry.path).resolve(strict=True).is_relative_to(root):
            left_out.append(f"{path}: is a link that leads out of the folder")
            return None
        status = entry.stat()
    except UnicodeEncodeError:
        left_out.append(f"{path!a}: its name is not UTF-8, rename it")
        return None
    except (OSError, RuntimeError):  # a link to nowhere, or to itself
        left_out.append(f"{path}: cannot be read")
        return None
    if not stat.S_ISREG(status.st_mode):
        left_out.append(f"{path}: is no plain file")
        return None
    return PhotographFile(path, status.st_size, status.st_mtime_ns)
