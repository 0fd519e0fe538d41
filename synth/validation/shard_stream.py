"""A shard in one reading: its members, its checksum and size, and whether the archive is whole."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tarfile import HeaderError, TarInfo
from typing import BinaryIO, Final

from synth.shards.archive import END

_BLOCK: Final = 512
#: Bytes read at once where nothing is kept.
_CHUNK: Final = 1 << 20
#: Type bytes of plain files in a header; the second is that of archives older than POSIX.
_PLAIN: Final = (b"0", b"\0")


@dataclass
class ShardStream:
    """A file that is read from its start to its end, once.

    Iterate over `members()`; when that is exhausted, the other attributes are of the whole file.

    Attributes:
        size: bytes read.
        broken: why the archive cannot be read to its end; None if it can.
    """

    file: BinaryIO
    size: int = 0
    broken: str | None = None
    _digest: hashlib._Hash = field(default_factory=hashlib.sha256)

    @property
    def sha256(self) -> str:
        """SHA-256 (hexadecimal) of what was read."""
        return self._digest.hexdigest()

    def members(self) -> Iterator[tuple[str, bytes]]:
        """Names and contents of the members, one in memory at a time.

        A member that is cut short is not given. Behind the archive's end, or behind what cannot be
        read as one, the file is read on to its end, for the checksum.

        Raises:
            OSError: if the file cannot be read.
        """
        yield from self._archive()
        while self._read(_CHUNK):
            pass

    def _archive(self) -> Iterator[tuple[str, bytes]]:
        while True:
            header = self._read(_BLOCK)
            if header == END[:_BLOCK]:
                if self._read(_BLOCK) != END[_BLOCK:]:
                    self.broken = "the archive's end is cut short"
                return
            if len(header) < _BLOCK:
                self.broken = "the archive is cut short: it has no end"
                return
            try:
                info = TarInfo.frombuf(header, "utf-8", "replace")
            except HeaderError as error:
                self.broken = f"at byte {self.size - _BLOCK} is no member: {error}"
                return
            if info.type not in _PLAIN:
                self.broken = f"{info.name} is no plain file (type {info.type!r})"
                return
            data = self._read(info.size)
            padding = -info.size % _BLOCK
            if len(data) < info.size or len(self._read(padding)) < padding:
                self.broken = f"the archive is cut short in {info.name}"
                return
            yield info.name, data

    def _read(self, size: int) -> bytes:
        data = self.file.read(size)
        self._digest.update(data)
        self.size += len(data)
        return data


def open_stream(path: Path) -> ShardStream:
    """A shard's file, opened; whoever opens it closes `file`.

    Raises:
        OSError: if it cannot be opened.
    """
    return ShardStream(path.open("rb", buffering=_CHUNK))
