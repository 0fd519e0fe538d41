"""JSON files of any length, written element by element."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def json_array(path: Path) -> Iterator[Callable[[Any], None]]:
    """A file with one array, an element a line; gives the function that adds one.

    Raises:
        OSError: if it cannot be written.
    """
    # Not as UTF-8: tools open the file in their machine's own encoding.
    with path.open("w", encoding="ascii", newline="\n") as file:
        before = "[\n"

        def add(element: Any) -> None:
            nonlocal before
            file.write(before + _dump(element))
            before = ",\n"

        yield add
        file.write("\n]\n" if before.startswith(",") else "[]\n")


def join_arrays(path: Path, head: Mapping[str, Any], arrays: Mapping[str, Path]) -> None:
    """A file with one object: the keys of `head`, then the arrays of other files.

    The other files are removed.

    Raises:
        OSError: if it cannot be written.
    """
    with path.open("wb") as file:
        before = "{"
        for key, value in head.items():
            file.write(f"{before}{_dump(key)}:{_dump(value)}".encode("ascii"))
            before = ",\n"
        for key, source in arrays.items():
            file.write(f"{before}{_dump(key)}:".encode("ascii"))
            with source.open("rb") as array:
                shutil.copyfileobj(array, file)
            source.unlink()
            before = ","
        file.write(b"}\n")


def _dump(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), allow_nan=False)
