"""Folders that are written whole or stay empty."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from synth.errors import UserError


@contextmanager
def new_folder(output: Path) -> Iterator[None]:
    """Make a folder, or take an empty one, to write into; empty it again if writing fails.

    Raises:
        UserError: if it holds something, or cannot be made.
    """
    try:
        output.mkdir(parents=True, exist_ok=True)
        if any(output.iterdir()):
            raise UserError(f"{output}: holds something already: name a new or an empty folder")
    except OSError as error:
        raise UserError(f"{output}: cannot be written to: {error.strerror}") from None
    try:
        yield
    except BaseException:
        for path in output.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
        raise
