"""Whether a file is a whole OpenEXR or Radiance picture, told from its structure alone.

The pixels are not decoded: the tables and lengths inside the file say where its last byte must be,
which finds truncated and renamed files in milliseconds. Layouts: "OpenEXR File Layout"
(openexr.com) and G. Ward, "Real Pixels" (Graphics Gems II).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import Final

EXR_MAGIC: Final = b"\x76\x2f\x31\x01"
RADIANCE_MAGIC: Final = b"#?"

_TILED, _DEEP, _MULTI_PART = 0x200, 0x800, 0x1000
#: Scan lines in one chunk for each compression: none, RLE, ZIPS, ZIP, PIZ, PXR24, B44, B44A,
#: DWAA, DWAB.
_LINES_PER_CHUNK: Final = (1, 1, 1, 16, 32, 16, 32, 32, 32, 256)


def find_exr_fault(data: bytes) -> str | None:
    """What is wrong with the bytes of an OpenEXR file, as half a sentence, or None."""
    if not data.startswith(EXR_MAGIC):
        return "it is not an OpenEXR file"
    try:
        return _walk_exr(data)
    except (struct.error, IndexError, KeyError, ValueError):
        return "its header is damaged or cut off"


def find_radiance_fault(data: bytes) -> str | None:
    """What is wrong with the bytes of a Radiance file (.hdr), as half a sentence, or None."""
    if not data.startswith(RADIANCE_MAGIC):
        return "it is not a Radiance file"
    header, blank, pixels = data.partition(b"\n\n")
    size = re.match(rb"[-+]Y (\d+) [-+]X (\d+)\n", pixels)
    if not blank or size is None or b"FORMAT=32-bit_rle_" not in header:
        return "its header is damaged or cut off"
    height, width = int(size[1]), int(size[2])
    if height == 0 or width == 0:
        return "it has no pixels"
    position = size.end()
    marker = struct.pack(">HH", 0x0202, width) if 8 <= width < 32768 else None
    if marker is None or pixels[position : position + 4] != marker:
        # Plain pixels, or the old run lengths, whose runs start with 1, 1, 1.
        whole = len(pixels) - position >= 4 * width * height or b"\1\1\1" in pixels[position:]
        return None if whole else "it is cut off"
    for _ in range(height):
        if pixels[position : position + 4] != marker:
            return "it is cut off" if position + 4 > len(pixels) else "its scan lines are damaged"
        position += 4
        for _ in range(4):
            column = 0
            while column < width:
                if position >= len(pixels):
                    return "it is cut off"
                count = pixels[position]
                if count > 128:
                    column, position = column + count - 128, position + 2
                else:
                    column, position = column + count, position + 1 + count
                if count == 0 or column > width:
                    return "its scan lines are damaged"
    return None if position <= len(pixels) else "it is cut off"


def _walk_exr(data: bytes) -> str | None:
    flags = struct.unpack_from("<I", data, 4)[0]
    if flags & _DEEP:
        return "it holds deep data, not a picture"
    position = 8
    chunks = 0
    while True:
        header: dict[str, bytes] = {}
        for name, value, end in _attributes(data, position):
            header[name] = value
            position = end
        position += 1  # the zero that ends a header
        chunks += _chunk_count(header, bool(flags & _TILED))
        if not flags & _MULTI_PART:
            break
        if data[position] == 0:  # an empty header ends the list of parts
            position += 1
            break
    if chunks == 0:
        return "it has no pixels"
    offsets = struct.unpack_from(f"<{chunks}Q", data, position)
    if min(offsets) < position + 8 * chunks:
        return "it is incomplete: some of its chunks were never written"
    coordinates = (16 if "tiles" in header else 4) + (4 if flags & _MULTI_PART else 0)
    last = max(offsets)
    if last + coordinates + 4 > len(data):
        return "it is cut off"
    size = struct.unpack_from("<i", data, last + coordinates)[0]
    return "it is cut off" if last + coordinates + 4 + size > len(data) else None


def _attributes(data: bytes, position: int) -> Iterator[tuple[str, bytes, int]]:
    """Name, value and end of each attribute of the header that starts at `position`."""
    while data[position] != 0:
        name_end = data.index(0, position)
        type_end = data.index(0, name_end + 1)
        size = struct.unpack_from("<i", data, type_end + 1)[0]
        start = type_end + 5
        if size < 0 or start + size > len(data):
            raise ValueError(size)
        yield data[position:name_end].decode("latin-1"), data[start : start + size], start + size
        position = start + size


def _chunk_count(header: dict[str, bytes], tiled: bool) -> int:
    if "chunkCount" in header:
        return struct.unpack("<i", header["chunkCount"])[0]
    left, top, right, bottom = struct.unpack("<4i", header["dataWindow"])
    width, height = right - left + 1, bottom - top + 1
    if not (0 < width <= 1 << 20 and 0 < height <= 1 << 20):
        raise ValueError(width, height)
    if not tiled:
        return -(-height // _LINES_PER_CHUNK[header["compression"][0]])
    tile_width, tile_height, mode = struct.unpack("<IIB", header["tiles"])
    columns = _tiles_per_level(width, tile_width, mode)
    rows = _tiles_per_level(height, tile_height, mode)
    if mode & 0xF == 0:  # one level
        return columns[0] * rows[0]
    if mode & 0xF == 2:  # every width with every height
        return sum(columns) * sum(rows)
    levels = max(len(columns), len(rows))
    columns += [1] * (levels - len(columns))
    rows += [1] * (levels - len(rows))
    return sum(across * down for across, down in zip(columns, rows, strict=True))


def _tiles_per_level(pixels: int, tile: int, mode: int) -> list[int]:
    counts = []
    while True:
        counts.append(-(-pixels // tile))
        if pixels == 1:
            return counts
        pixels = -(-pixels // 2) if mode >> 4 else pixels // 2
