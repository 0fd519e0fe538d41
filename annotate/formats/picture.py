"""Pixels of labelled photographs: upright, and as the scene was where they are mirror images."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

from annotate.formats.document import LabelledPhotograph
from annotate.photographs.decode import UnreadableError, examine, load_upright
from annotate.photographs.inside import open_inside
from synth.errors import UserError

_QUALITY: Final = 95


def load_unmirrored(folder: Path, photograph: LabelledPhotograph) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 RGB, upright, flipped if the photograph is marked as mirrored.

    Args:
        folder: of the photographs, resolved.

    Raises:
        UserError: if it cannot be read, or its size is not the one that was labelled.
    """
    return _decoded(_read(folder, photograph), photograph)


def unmirrored_jpeg(folder: Path, photograph: LabelledPhotograph) -> bytes:
    """The same as a JPEG. A file that already is one keeps its bytes, with all that cameras write
    into them; others, and those that have to be turned or flipped, are encoded anew.

    Raises:
        UserError: as `load_unmirrored`.
    """
    data = _read(folder, photograph)
    try:
        header, _ = examine(io.BytesIO(data), 1)  # reads all of it, so that damage is found
    except UnreadableError as error:
        raise UserError(f"{photograph.path}: {error}: leave it out or mend it") from None
    _check_size(photograph, header.width, header.height)
    plain = header.content_type == "image/jpeg" and header.orientation == 1
    if plain and not photograph.label.mirrored and _has_colors(data):
        return data
    return encode_jpeg(_decoded(data, photograph))


def encode_jpeg(image: NDArray[np.uint8]) -> bytes:
    """Baseline JPEG of an (H, W, 3) RGB image, colours at full size; the same bytes again."""
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "JPEG", quality=_QUALITY, subsampling=0)
    return buffer.getvalue()


def _has_colors(data: bytes) -> bool:
    with JpegImageFile(io.BytesIO(data)) as image:
        return image.mode == "RGB"


def _read(folder: Path, photograph: LabelledPhotograph) -> bytes:
    try:
        with open_inside(folder, photograph.path) as file:
            return file.read()
    except OSError as error:
        raise UserError(f"{photograph.path}: cannot be read: {error.strerror or error}") from None


def _decoded(data: bytes, photograph: LabelledPhotograph) -> NDArray[np.uint8]:
    try:
        image = load_upright(io.BytesIO(data))
    except UnreadableError as error:
        raise UserError(f"{photograph.path}: {error}: leave it out or mend it") from None
    _check_size(photograph, image.shape[1], image.shape[0])
    return np.ascontiguousarray(image[:, ::-1]) if photograph.label.mirrored else image


def _check_size(photograph: LabelledPhotograph, width: int, height: int) -> None:
    if (width, height) != (photograph.width, photograph.height):
        raise UserError(
            f"{photograph.path}: is {width}×{height}, was {photograph.width}×{photograph.height}"
            " when it was labelled: put the old file back or label it anew"
        )
