"""The user's cache folder, where what is built once is kept."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synth.errors import UserError

#: Called with a line of progress.
Say = Callable[[str], None]


def cache_folder() -> Path:
    """Where built assets are kept: `$XDG_CACHE_HOME/handsynth` or `~/.cache/handsynth`."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "handsynth"


def say_on_stderr(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def write_asset(path: Path, arrays: dict[str, NDArray[Any]]) -> None:
    """Put an asset's arrays in place whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".npz", delete=False) as handle:
        np.savez_compressed(handle, **arrays)  # type: ignore[arg-type]
    os.replace(handle.name, path)


def ensure_painted(
    folder: Path, what: str, seconds: int, write: Callable[[Path, Say], object], say: Say | None
) -> None:
    """Have maps written into a folder of the cache, all of them or none.

    Args:
        folder: where they belong; nothing is done if it is there.
        what: names them, as in "painting the …".
        seconds: that it takes, about.
        write: called with an empty folder for the maps, and with what tells of progress.
        say: by default progress goes to stderr.

    Raises:
        UserError: the cache folder cannot be written.
    """
    if folder.is_dir():
        return
    say = say or say_on_stderr
    say(f"painting the {what}, once, about {seconds} seconds → {folder}")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
            ready = Path(scratch) / "maps"
            ready.mkdir()
            write(ready, say)
            try:
                os.rename(ready, folder)
            except OSError:
                # Another process was faster; the maps are the same.
                if not folder.is_dir():
                    raise
                shutil.rmtree(ready, ignore_errors=True)
    except OSError as error:
        raise UserError(
            f"cannot keep the {what} in {folder.parent} ({error.strerror or error}): "
            "free some space there (200 MB) or point XDG_CACHE_HOME elsewhere"
        ) from error
    say(f"the {what} are painted")
