"""Folders of tiny photographs, sound and unsound."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

from PIL import Image

HAND = {
    "id": 1,
    "side": "left",
    "points": [
        {"x": 3.5, "y": 4, "visibility": 2, "source": "person", "confirmed": True},
        *[None] * 20,
    ],
}
LABEL = {"hands": [HAND], "no_hand": False, "mirrored": False, "done": False}


def jpeg(width: int = 60, height: int = 40, orientation: int = 1) -> bytes:
    tags = Image.Exif()
    tags[0x0112] = orientation
    out = io.BytesIO()
    Image.effect_noise((width, height), 60).convert("RGB").save(out, "JPEG", exif=tags)
    return out.getvalue()


def bomb() -> bytes:
    """A PNG of a few bytes that says that it is of 3.6 gigapixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        content = kind + data
        return struct.pack(">I", len(data)) + content + struct.pack(">I", zlib.crc32(content))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(10_000))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")
    )


def put_photographs(folder: Path) -> Path:
    """a1.jpg, a2.jpg (turned) and a10.png are sound; cut.jpg, empty.jpg and huge.png are not."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "a1.jpg").write_bytes(jpeg())
    (folder / "a2.jpg").write_bytes(jpeg(orientation=6))
    Image.new("RGB", (8, 6), "teal").save(folder / "a10.png")
    (folder / "cut.jpg").write_bytes(jpeg(200, 200)[:2000])
    (folder / "empty.jpg").write_bytes(b"")
    (folder / "huge.png").write_bytes(bomb())
    return folder
