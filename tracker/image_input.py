"""What counts as an image: every frame passes here before a model sees it.

What can only mean one thing is taken as it is (grey is drawn with three equal channels, an array of
any memory layout is copied if it must be); everything else is refused with the line that mends it.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from synth.errors import UserError

_HOW: Final = "an image is a NumPy array of shape (height, width, 3), RGB, uint8"


def checked_image(image: Any) -> NDArray[np.uint8]:
    """The image as (H, W, 3) uint8 RGB, contiguous in memory.

    Args:
        image: (H, W, 3) RGB, or grey (H, W) or (H, W, 1); uint8.

    Raises:
        UserError: if it is something else, or empty.
    """
    if not isinstance(image, np.ndarray):
        raise UserError(f"the image is of type {type(image).__name__}; {_HOW}")
    shape = image.shape
    if image.dtype != np.uint8:
        raise UserError(f"the image is {image.dtype}; {_HOW}: {_to_uint8(image.dtype)}")
    if image.ndim == 2:
        image = image[:, :, None]
    if image.ndim != 3:
        raise UserError(f"the image has the shape {shape}; {_HOW}; give one image at a time")
    channels = image.shape[2]
    if channels not in (1, 3):
        raise UserError(f"the image has the shape {shape}; {_HOW}{_to_rgb(shape)}")
    if image.size == 0:
        raise UserError(f"the image is empty, its shape is {shape}; was the file or camera read?")
    if channels == 1:
        image = np.repeat(image, 3, axis=2)
    return np.ascontiguousarray(image)


def _to_uint8(dtype: np.dtype[Any]) -> str:
    if dtype == np.uint16:
        return "bring 16 bits to 8 with (image >> 8).astype(np.uint8)"
    if dtype.kind == "f":
        return "bring 0 … 1 to 0 … 255 with (image * 255).astype(np.uint8)"
    return "convert it, with values of 0 … 255"


def _to_rgb(shape: tuple[int, ...]) -> str:
    if shape[2] == 4:
        return ": drop the alpha channel with image[:, :, :3]"
    if shape[0] == 3:
        return ": put the channels last with image.transpose(1, 2, 0)"
    return ""
