"""Small previews, kept in memory up to a number of bytes."""

from __future__ import annotations

import io
import threading
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Final

from PIL import Image

#: Pixels of the longer side.
THUMBNAIL_SIDE: Final = 160
THUMBNAIL_BYTES: Final = 8_000

_QUALITIES: Final = (80, 65, 50, 35, 20, 5)


def thumbnail(image: Image.Image) -> bytes:
    """A JPEG of at most THUMBNAIL_SIDE pixels a side, of THUMBNAIL_BYTES but for freak pictures.

    Args:
        image: upright, RGB, of any size; it is not changed.
    """
    small = image.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
    data = b""
    for quality in _QUALITIES:
        out = io.BytesIO()
        small.save(out, "JPEG", quality=quality, optimize=True)
        data = out.getvalue()
        if len(data) <= THUMBNAIL_BYTES:
            break
    return data


@dataclass
class Kept:
    """Byte strings that were used last, as many as fit.

    Attributes:
        limit: bytes of all together.
    """

    limit: int
    _held: OrderedDict[Hashable, bytes] = field(default_factory=OrderedDict)
    _bytes: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, key: Hashable) -> bytes | None:
        """What is kept under a key, which counts as a use."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)

    def put(self, key: Hashable, data: bytes) -> None:
        """Keep data; what was not used for longest goes."""
        with self._lock:
            self._bytes += len(data) - len(self._held.pop(key, b""))
            self._held[key] = data
            while self._bytes > self.limit:
                self._bytes -= len(self._held.popitem(last=False)[1])
