"""A folder that is named by a path or by a URL (s3://, gs://, and whatever else fsspec knows).

Everything in a store is a whole file under a name: it is read, written or removed, never changed.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import fsspec

from synth.errors import UserError
from synth.storage.files import write_atomically
from synth.storage.retries import persistently

#: Ends the name of a file that is being fetched.
_FETCHED = ".fetched"


@dataclass(frozen=True)
class Place:
    """A folder, here or elsewhere.

    Attributes:
        url: as its user named it, without a slash at the end.
        filesystem: fsspec's, which knows how to get there.
        root: the folder's path in the file system.
    """

    url: str
    filesystem: Any
    root: str

    @property
    def folder(self) -> Path | None:
        """The folder on this machine; None for one elsewhere."""
        return Path(self.root) if _is_local(self.filesystem) else None

    def __str__(self) -> str:
        return self.url

    def __truediv__(self, name: str) -> str:
        """A file's name in full, for messages."""
        return f"{self.url}/{name}"


def is_url(where: str | Path) -> bool:
    """Whether a name is that of a store rather than a path."""
    return "://" in str(where)


def place_at(where: str | Path) -> Place:
    """The folder of that name, which need not exist.

    Raises:
        UserError: if no package that is installed knows the URL's kind.
    """
    name = str(where).rstrip("/") or "/"
    try:
        filesystem, root = fsspec.core.url_to_fs(name)
    except ImportError as error:
        raise UserError(
            f"{name}: {error}: pip install 'handsynth[cloud]', or the package that fsspec asks for"
        ) from None
    except (ValueError, OSError) as error:
        raise UserError(f"{name}: is no place for a dataset: {error}") from None
    return Place(name, filesystem, root.rstrip("/") or "/")


def names_in(place: Place) -> list[str]:
    """Names of the files in a folder, sorted; none if there is no such folder.

    Raises:
        UserError: if it cannot be listed.
    """
    return sorted(sizes_in(place))


def sizes_in(place: Place) -> dict[str, int]:
    """Bytes of each file in a folder by its name, from one listing.

    Raises:
        UserError: if it cannot be listed.
    """
    with _as_user_error(place.url, "cannot be listed"):
        try:
            # A listing that a store's client keeps may be older than what another run wrote.
            place.filesystem.invalidate_cache()
            found = persistently(lambda: place.filesystem.ls(place.root, detail=True))
        except (FileNotFoundError, NotADirectoryError):
            return {}
    return {
        str(entry["name"]).rstrip("/").rsplit("/", 1)[-1]: int(entry["size"])
        for entry in found
        if entry["type"] == "file"
    }


def size_of(place: Place, name: str) -> int | None:
    """Bytes of a file, None if there is none.

    Raises:
        UserError: if the store cannot be asked.
    """
    with _as_user_error(place / name, "cannot be looked at"):
        try:
            place.filesystem.invalidate_cache()
            return int(persistently(lambda: place.filesystem.size(_path(place, name))))
        except FileNotFoundError:
            return None


def read_bytes(place: Place, name: str) -> bytes:
    """A file's content.

    Raises:
        FileNotFoundError: if there is none.
        UserError: if it cannot be read.
    """
    with _as_user_error(place / name, "cannot be read"):
        return cast(bytes, persistently(lambda: place.filesystem.cat_file(_path(place, name))))


def write_bytes(place: Place, name: str, content: bytes) -> None:
    """Write a file, whole or not at all; one of that name is replaced.

    Raises:
        UserError: if it cannot be written to a store.
        OSError: if it cannot be written here.
    """
    folder = place.folder
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(folder / name, [content])
        return
    with _as_user_error(place / name, "cannot be written", missing=True):
        persistently(lambda: place.filesystem.pipe_file(_path(place, name), content))


def upload(place: Place, name: str, file: Path) -> None:
    """Copy a file of this machine into a store, whole or not at all, and see that it is there.

    Raises:
        UserError: if it cannot be written, or what arrived has another size.
    """
    with _as_user_error(place / name, "cannot be written", missing=True):
        persistently(lambda: place.filesystem.put_file(str(file), _path(place, name)))
    arrived, sent = size_of(place, name), file.stat().st_size
    if arrived != sent:
        raise UserError(f"{place / name}: {arrived} of {sent} bytes arrived; run it again")


def remove(place: Place, name: str) -> None:
    """Remove a file, if it is there.

    Raises:
        UserError: if it cannot be removed.
    """
    with _as_user_error(place / name, "cannot be removed"), contextlib.suppress(FileNotFoundError):
        persistently(lambda: place.filesystem.rm_file(_path(place, name)))


@contextlib.contextmanager
def local_copy(place: Place, name: str) -> Iterator[Path]:
    """A file of a folder as a file of this machine, for as long as the context lasts: itself where
    the folder is here, else a copy, fetched in one go so that a broken connection costs another
    try and not the reader.

    Raises:
        FileNotFoundError: if there is none.
        UserError: if it cannot be fetched.
    """
    folder = place.folder
    if folder is not None:
        yield folder / name
        return
    with tempfile.TemporaryDirectory(prefix="handsynth-") as temporary:
        copy = Path(temporary) / name
        with _as_user_error(place / name, "cannot be fetched"):
            persistently(lambda: _fetch(place, name, copy))
        yield copy


def _fetch(place: Place, name: str, copy: Path) -> None:
    partial = copy.with_name(copy.name + _FETCHED)
    place.filesystem.get_file(_path(place, name), str(partial))
    expected, size = place.filesystem.size(_path(place, name)), partial.stat().st_size
    if size != expected:
        raise TimeoutError(f"{size} of {expected} bytes arrived")
    partial.replace(copy)


def _path(place: Place, name: str) -> str:
    return f"{place.root}/{name}"


def _is_local(filesystem: Any) -> bool:
    protocol = filesystem.protocol
    return "file" in ((protocol,) if isinstance(protocol, str) else protocol)


@contextlib.contextmanager
def _as_user_error(what: str, failed: str, missing: bool = False) -> Iterator[None]:
    """Trouble with a store in one line; that a file is missing is the caller's to judge, unless it
    is trouble, too, as a missing bucket is for who writes."""
    try:
        yield
    except UserError:
        raise
    except Exception as error:
        if isinstance(error, FileNotFoundError | NotADirectoryError) and not missing:
            raise
        reason = " ".join(str(error).split()) or type(error).__name__
        raise UserError(f"{what}: {failed}: {reason}") from None
