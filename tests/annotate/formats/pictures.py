"""Photographs that tests write."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

ORIENTATION = 0x0112


def quarters(width: int = 64, height: int = 48) -> NDArray[np.uint8]:
    """(height, width, 3) RGB: red, green, blue and white quarters, left to right, top to bottom."""
    picture = np.zeros((height, width, 3), np.uint8)
    picture[: height // 2, : width // 2] = (255, 0, 0)
    picture[: height // 2, width // 2 :] = (0, 255, 0)
    picture[height // 2 :, : width // 2] = (0, 0, 255)
    picture[height // 2 :, width // 2 :] = (255, 255, 255)
    return picture


def write_picture(path: Path, picture: NDArray[np.uint8], orientation: int | None = None) -> None:
    """Write a photograph whose kind is the path's ending; with an EXIF turn if there is one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    exif = Image.Exif()
    if orientation is not None:
        exif[ORIENTATION] = orientation
    Image.fromarray(picture).save(path, quality=90, exif=exif)


def names_of_quarters(picture: NDArray[np.uint8]) -> str:
    """One letter for each quarter's colour: r, g, b, w, left to right, top to bottom."""
    height, width = picture.shape[:2]
    names = {"100": "r", "010": "g", "001": "b", "111": "w"}
    middles = [(y, x) for y in (height // 4, 3 * height // 4) for x in (width // 4, 3 * width // 4)]
    colors = ("".join("01"[int(value > 127)] for value in picture[place]) for place in middles)
    return "".join(names.get(color, "?") for color in colors)
