"""Contact sheet of cases, with what is true and what was found drawn over each other."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from synth.errors import UserError
from synth.landmarks import SKELETON_EDGES

Array = NDArray[np.float64]
Image = NDArray[np.uint8]

CELL: Final = 224
_CAPTION: Final = 18
_TRUE: Final = (255, 255, 255)
_FOUND: Final = (255, 60, 60)
_GROUND: Final = (28, 28, 30)


@dataclass(frozen=True)
class Case:
    """One picture of the sheet.

    Attributes:
        image: (H, W, 3) uint8 RGB.
        truth: hands' landmarks (21, 2 or 3) in pixels, NaN where not known.
        boxes: hands' boxes x0, y0, x1, y1.
        found: results' landmarks (21, 2 or 3).
        caption: one short line.
    """

    image: Image
    truth: tuple[Array, ...]
    boxes: tuple[Array, ...]
    found: tuple[Array, ...]
    caption: str


def write_cases(path: Path, cases: Sequence[Case], columns: int = 10) -> None:
    """Write cases as a PNG: truth white, results red.

    Raises:
        UserError: if the file cannot be written.
    """
    sheet = draw_cases(cases, columns)
    if not cv2.imwrite(str(path), cv2.cvtColor(sheet, cv2.COLOR_RGB2BGR)):
        raise UserError(f"{path}: cannot be written")


def draw_cases(cases: Sequence[Case], columns: int) -> Image:
    """(rows · (CELL + caption), columns · CELL, 3) uint8 RGB; at least one case."""
    columns = min(columns, len(cases))
    rows = math.ceil(len(cases) / columns)
    sheet = np.full((rows * (CELL + _CAPTION), columns * CELL, 3), _GROUND, np.uint8)
    for i, case in enumerate(cases):
        top, left = i // columns * (CELL + _CAPTION), i % columns * CELL
        picture = _drawn(case)
        sheet[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
        font, place = cv2.FONT_HERSHEY_SIMPLEX, (left + 2, top + CELL + 13)
        cv2.putText(sheet, case.caption, place, font, 0.36, _TRUE, 1, cv2.LINE_AA)
    return sheet


def _drawn(case: Case) -> Image:
    factor = CELL / max(case.image.shape[:2])
    size = (
        max(1, round(case.image.shape[1] * factor)),
        max(1, round(case.image.shape[0] * factor)),
    )
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    canvas = np.asarray(cv2.resize(case.image, size, interpolation=method), np.uint8)
    for box in case.boxes:
        corners = [(int(x * factor), int(y * factor)) for x, y in np.reshape(box, (2, 2))]
        cv2.rectangle(canvas, corners[0], corners[1], _TRUE, 1)
    for landmarks in case.truth:
        _skeleton(canvas, landmarks[:, :2] * factor, _TRUE)
    for landmarks in case.found:
        _skeleton(canvas, landmarks[:, :2] * factor, _FOUND)
    return canvas


def _skeleton(canvas: Image, points: Array, color: tuple[int, int, int]) -> None:
    # Far outside the picture OpenCV's whole numbers would overflow.
    points = np.clip(points, -10 * CELL, 10 * CELL)
    known = np.isfinite(points).all(axis=1)
    pixels = [
        (round(x), round(y)) if ok else (0, 0) for (x, y), ok in zip(points, known, strict=True)
    ]
    for start, end in SKELETON_EDGES:
        if known[start] and known[end]:
            cv2.line(canvas, pixels[start], pixels[end], color, 1, cv2.LINE_AA)
    for pixel, ok in zip(pixels, known, strict=True):
        if ok:
            cv2.circle(canvas, pixel, 2, color, -1, cv2.LINE_AA)
