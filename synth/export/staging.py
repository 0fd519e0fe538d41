"""A folder that appears under its name when it is whole."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from synth.errors import UserError
from synth.storage.lock import locked
from synth.storage.place import is_url

#: Added to the name of the folder while it is written.
PARTIAL: Final = ".partial"
#: In every folder that is being written. What has no such file is nobody's to remove.
MARKER: Final = "unfinished-export"


@contextmanager
def staged(where: str | Path) -> Iterator[Path]:
    """A new folder beside `where` to write into, which takes its name in the end.

    What a killed process left there is removed first; whatever else ends the context early leaves
    nothing behind.

    Args:
        where: path of a folder that is empty or absent.

    Raises:
        UserError: if it holds something or lies in a store, if another export is writing it, or if
            the folder beside it is no export's.
    """
    if is_url(where):
        raise UserError(f"{where}: exports are written to this machine: name a folder")
    output = Path(where).resolve()
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise UserError(f"{output}: holds something already: name a new or an empty folder")
    partial = output.with_name(output.name + PARTIAL)
    with locked(partial):
        _empty(partial)
        try:
            (partial / MARKER).touch()
            yield partial
            (partial / MARKER).unlink()
            partial.replace(output)
        except BaseException:
            shutil.rmtree(partial, ignore_errors=True)
            raise


def _empty(partial: Path) -> None:
    found = list(partial.iterdir())
    if found and not (partial / MARKER).exists():
        raise UserError(f"{partial}: is in the way and is no unfinished export: move it elsewhere")
    for path in found:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name != MARKER:  # last, so that a half-emptied folder is known too
            path.unlink()
