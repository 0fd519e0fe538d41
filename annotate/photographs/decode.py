"""Reading photographs that nobody has checked: damaged, cut off, huge, or no photographs at all."""

from __future__ import annotations

import math
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

#: More pixels than this are not decoded.
MOST_PIXELS: Final = 100_000_000

_ORIENTATION: Final = 0x0112
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
#: So many photographs are decoded at once: each may take some hundred megabytes.
_decoding: Final = threading.BoundedSemaphore(2)


class UnreadableError(Exception):
    """The file is no photograph that can be shown; the text says why, in one line."""


@dataclass(frozen=True)
class Header:
    """What the first bytes say.

    Attributes:
        content_type: such as image/jpeg, by what the file is and not by its name.
        width, height: pixels, upright.
        orientation: the EXIF tag, 1 … 8; 1 where nothing has to be turned.
    """

    content_type: str
    width: int
    height: int
    orientation: int


def read_header(file: BinaryIO) -> Header:
    """Type and upright size; no pixel is decoded.

    Raises:
        UnreadableError: if it is no photograph or too large.
        OSError: if the file cannot be read.
    """
    with _opened(file) as (_image, header):
        return header


def examine(file: BinaryIO, side: int) -> tuple[Header, Image.Image]:
    """Decode all of a photograph once, so that it is known whether it can be shown.

    A JPEG is decoded at the smallest scale that serves: all of its data are read, and few pixels
    made.

    Args:
        file: the photograph.
        side: pixels that the longer side of the preview shall have at least, if there are as many.

    Returns:
        The header, and the upright photograph, RGB, perhaps scaled down.

    Raises:
        UnreadableError: if it is damaged, cut off, too large or no photograph.
        OSError: if the file cannot be read.
    """
    with _decoding, _opened(file) as (image, header):
        if isinstance(image, JpegImageFile):
            share = side / max(image.size)
            image.draft(None, (math.ceil(image.width * share), math.ceil(image.height * share)))
        image.load()
        return header, _upright(_rgb(image), header.orientation)


def load_upright(file: BinaryIO) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 RGB of the upright photograph.

    Raises:
        UnreadableError: if it is damaged, cut off, too large or no photograph.
        OSError: if the file cannot be read.
    """
    with _decoding, _opened(file) as (image, header):
        image.load()
        return np.array(_upright(_rgb(image), header.orientation))


@contextmanager
def _opened(file: BinaryIO) -> Iterator[tuple[ImageFile.ImageFile, Header]]:
    """The image before its pixels are decoded. What goes wrong inside is told as one line."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd but harmless tags
            yield _open(file)
    except UnreadableError:
        raise
    except OSError as error:
        if error.errno is not None:  # of the disk, not of the image
            raise
        raise UnreadableError(_reason(error)) from None
    except Exception as error:  # decoders raise nearly anything on what is damaged
        raise UnreadableError(_reason(error)) from None


def _open(file: BinaryIO) -> tuple[ImageFile.ImageFile, Header]:
    file.seek(0)
    start = file.read(16)
    file.seek(0)
    if not start:
        raise UnreadableError("the file is empty")
    kind = _kind(start)
    if kind is None:
        raise UnreadableError("is no JPEG, PNG, WebP or BMP photograph")
    image = kind(file)
    width, height = image.size
    if width < 1 or height < 1:
        raise UnreadableError(f"has no pixels: {width}×{height}")
    if width * height > MOST_PIXELS:
        most = MOST_PIXELS // 1_000_000
        raise UnreadableError(f"too large: {width}×{height}, more than {most} megapixels")
    orientation = _orientation(image)
    if orientation >= 5:
        width, height = height, width
    return image, Header(_CONTENT_TYPES[kind], width, height, orientation)


_CONTENT_TYPES: Final[dict[type[ImageFile.ImageFile], str]] = {
    JpegImageFile: "image/jpeg",
    PngImageFile: "image/png",
    WebPImageFile: "image/webp",
    BmpImageFile: "image/bmp",
}


def _kind(start: bytes) -> type[ImageFile.ImageFile] | None:
    # The classes are named here because Image.open would refuse what is too large without saying
    # how large it is, and would try decoders of formats that browsers do not show.
    if start.startswith(b"\xff\xd8\xff"):
        return JpegImageFile
    if start.startswith(b"\x89PNG\r\n\x1a\n"):
        return PngImageFile
    if start.startswith(b"RIFF") and start[8:12] == b"WEBP":
        return WebPImageFile
    return BmpImageFile if start.startswith(b"BM") else None


def _orientation(image: ImageFile.ImageFile) -> int:
    # Not image.getexif(), which believes XMP too: browsers do not.
    data = image.info.get("exif")
    if not data:
        return 1
    tags = Image.Exif()
    try:
        tags.load(data)
        value: Any = tags.get(_ORIENTATION, 1)
    except Exception:  # damaged tags; the picture may be sound
        return 1
    return value if isinstance(value, int) and value in _TURNS else 1


def _upright(image: Image.Image, orientation: int) -> Image.Image:
    turn = _TURNS.get(orientation)
    return image if turn is None else image.transpose(turn)


def _rgb(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):  # 16 bits of grey, which convert() would cut off and not scale
        image = Image.fromarray((np.asarray(image).clip(0, 65_535) // 256).astype(np.uint8))
    return image if image.mode == "RGB" else image.convert("RGB")


def _reason(error: Exception) -> str:
    text = " ".join(str(error).split())[:200]
    if "truncated" in text.lower() or isinstance(error, EOFError):
        return "cut off: the file ends before the photograph does"
    # Of other errors the text is about the decoder's inside.
    return f"damaged: {text}" if text and isinstance(error, OSError | SyntaxError) else "damaged"
