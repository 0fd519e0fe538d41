"""Tar archives whose bytes depend on their content alone (POSIX ustar, no times, no owners)."""

from __future__ import annotations

import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path

_BLOCK = 512
#: Two empty blocks end an archive.
END = bytes(2 * _BLOCK)


def pack(members: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    """Headers and contents of members as bytes, without the archive's end.

    What this gives for some members and then for others is, joined, what it gives for all.
    """
    for name, data in members:
        info = tarfile.TarInfo(name)
        info.size = len(data)
        info.mode = 0o644
        yield info.tobuf(tarfile.USTAR_FORMAT, "ascii", "strict")
        yield data
        yield bytes(-len(data) % _BLOCK)


def unpack(path: Path) -> Iterator[tuple[str, bytes]]:
    """Names and contents of the members.

    Raises:
        ValueError: if the file is no archive or is cut short.
        OSError: if it cannot be read.
    """
    try:
        with tarfile.open(path, "r:") as archive:
            for info in archive:
                file = archive.extractfile(info)
                data = file.read() if file else b""
                if len(data) != info.size:
                    raise ValueError(f"{path} is cut short in {info.name}")
                yield info.name, data
    except tarfile.TarError as error:
        raise ValueError(f"{path} is no whole tar archive: {error}") from None


def member_names(path: Path) -> list[str]:
    """Names of the members, read from the headers alone.

    Raises:
        ValueError: if the file is no archive or is cut short.
        OSError: if it cannot be read.
    """
    try:
        with tarfile.open(path, "r:") as archive:
            infos = archive.getmembers()
    except tarfile.TarError as error:
        raise ValueError(f"{path} is no whole tar archive: {error}") from None
    end = max((info.offset_data + info.size for info in infos), default=0)
    if path.stat().st_size < end + len(END):
        raise ValueError(f"{path} is cut short")
    return [info.name for info in infos]
