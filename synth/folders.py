"""Files in a folder, in an order that does not hang on where the folder lies."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path


def files_below(folder: Path, suffixes: Collection[str]) -> tuple[str, ...]:
    """Paths of the files in a folder, at any depth, sorted by their path inside it.

    Args:
        suffixes: endings in lower case with their dot; a file's own may be in capitals.
    """
    inside = sorted(
        file.relative_to(folder).as_posix()
        for file in folder.rglob("*")
        if file.suffix.lower() in suffixes and file.is_file()
    )
    return tuple(str(folder / name) for name in inside)
