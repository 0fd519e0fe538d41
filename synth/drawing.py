"""Pictures for people: skeletons over images, and contact sheets."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from synth.landmarks import SKELETON_EDGES
from synth.sample import Sample

Pixel = tuple[int, int, int]

#: RGB of thumb, index, middle, ring, little.
FINGER_COLORS: Final[tuple[Pixel, ...]] = (
    (255, 70, 70),
    (255, 190, 40),
    (90, 220, 80),
    (70, 160, 255),
    (225, 100, 255),
)
WRIST_COLOR: Final[Pixel] = (245, 245, 245)

_OUTLINE: Final[Pixel] = (20, 20, 20)
_SHEET_GROUND: Final[Pixel] = (28, 28, 30)
_CAPTION_COLOR: Final[Pixel] = (225, 225, 225)
_CAPTION_HEIGHT: Final = 18
_GAP: Final = 4
_SHIFT: Final = 4  # fractional bits of OpenCV's drawing coordinates


def draw_hands(
    image: NDArray[np.uint8], label: dict[str, Any], scale: float = 1
) -> NDArray[np.uint8]:
    """The image, enlarged by `scale`, with the skeletons of all hands of its label on top.

    A visible landmark is a filled dot, a hidden one a hollow ring with thinner, dashed lines, one
    outside the image a tick on the border where it is nearest.

    Args:
        image: (H, W, 3) uint8 RGB; it is not changed.
        label: the label of one image, as in docs/format.md.
        scale: enlargement; small images are easier to read at 2 or 3.

    Returns:
        (round(H · scale), round(W · scale), 3) uint8 RGB.
    """
    height, width = round(image.shape[0] * scale), round(image.shape[1] * scale)
    if scale == 1:
        canvas = image.copy()
    else:
        method = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
        canvas = cv2.resize(image, (width, height), interpolation=method)
    factors = (width / image.shape[1], height / image.shape[0])
    for hand in label["hands"]:
        if hand["landmarks_image"] is not None:
            points = np.array(hand["landmarks_image"], np.float64)[:, :2] * factors
            visibility = hand["visibility"] or [2] * len(points)
            _draw_skeleton(canvas, points, visibility)
    return canvas


def contact_sheet(
    samples: Sequence[Sample], columns: int, cell: int = 256, skeleton: bool = True
) -> NDArray[np.uint8]:
    """Samples side by side, row by row, each with a line of its key, side, gesture and skin.

    Args:
        samples: at least one.
        columns: pictures in a row.
        cell: side of the square, in pixels, that each picture is fitted into.
        skeleton: draw the labelled hands over the pictures.

    Returns:
        (H, W, 3) uint8 RGB.
    """
    if not samples or columns < 1:
        raise ValueError("a contact sheet needs a sample and a column")
    rows = math.ceil(len(samples) / columns)
    step_x, step_y = cell + _GAP, cell + _CAPTION_HEIGHT + _GAP
    sheet = np.full((rows * step_y + _GAP, columns * step_x + _GAP, 3), _SHEET_GROUND, np.uint8)
    for index, sample in enumerate(samples):
        left, top = _GAP + index % columns * step_x, _GAP + index // columns * step_y
        picture = _fit(sample, cell, skeleton)
        y = top + (cell - picture.shape[0]) // 2
        x = left + (cell - picture.shape[1]) // 2
        sheet[y : y + picture.shape[0], x : x + picture.shape[1]] = picture
        caption = sheet[top + cell : top + cell + _CAPTION_HEIGHT, left : left + cell]
        _write_caption(caption, caption_of(sample))
    return sheet


def caption_of(sample: Sample) -> str:
    """Key, and for each hand side, gesture (if it has one) and skin."""
    words = [sample.key]
    for hand in sample.label["hands"]:
        words += [str(hand[name]) for name in ("side", "gesture", "skin") if hand[name]]
    return " ".join(words)


def _fit(sample: Sample, cell: int, skeleton: bool) -> NDArray[np.uint8]:
    image = sample.image()
    label = sample.label if skeleton else {"hands": []}
    return draw_hands(image, label, cell / max(image.shape[:2]))


def _write_caption(strip: NDArray[np.uint8], text: str) -> None:
    font, size, thickness = cv2.FONT_HERSHEY_SIMPLEX, 0.36, 1
    (width, _), _ = cv2.getTextSize(text, font, size, thickness)
    size *= min(1.0, (strip.shape[1] - 2) / max(width, 1))
    origin = (1, strip.shape[0] - 6)
    cv2.putText(strip, text, origin, font, size, _CAPTION_COLOR, thickness, cv2.LINE_AA)


def _color_of(landmark: int) -> Pixel:
    return WRIST_COLOR if landmark == 0 else FINGER_COLORS[(landmark - 1) // 4]


def _draw_skeleton(
    canvas: NDArray[np.uint8], points: NDArray[np.float64], visibility: Sequence[int]
) -> None:
    """Hidden parts first, so that what is seen lies on top of what is not."""
    # Finer for a small hand, whose joints would cover each other.
    inside = points[[state != 0 for state in visibility]]
    extent = float(np.ptp(inside, axis=0).max()) if len(inside) else 0.0
    side = max(canvas.shape[:2])
    unit = side / 256 * float(np.clip(extent / (0.4 * side), 0.5, 1.0))
    radius = max(2.0, 2.6 * unit)
    thick, thin = max(1, round(1.6 * unit)), max(1, round(0.8 * unit))
    seen = [state == 2 for state in visibility]
    for start, end in SKELETON_EDGES:
        if not (seen[start] and seen[end]):
            _dashed(canvas, points[start], points[end], _color_of(end), thin, radius)
    for index, state in enumerate(visibility):
        if state == 1:
            ring = radius + 0.8 * unit
            _circle(canvas, points[index], ring + thin, _OUTLINE, 1)
            _circle(canvas, points[index], ring, _color_of(index), thin)
    for start, end in SKELETON_EDGES:
        if seen[start] and seen[end]:
            _line(canvas, points[start], points[end], _OUTLINE, thick + 2)
            _line(canvas, points[start], points[end], _color_of(end), thick)
    for index, state in enumerate(visibility):
        if state == 2:
            _circle(canvas, points[index], radius + 1, _OUTLINE, cv2.FILLED)
            _circle(canvas, points[index], radius, _color_of(index), cv2.FILLED)
        elif state == 0:
            _border_tick(canvas, points[index], _color_of(index), max(3, round(3 * unit)))


def _fixed(point: NDArray[np.float64]) -> tuple[int, int]:
    """OpenCV's fixed-point coordinates, which are 0 at the centre of the first pixel."""
    x, y = np.round((point - 0.5) * (1 << _SHIFT)).astype(int)
    return int(x), int(y)


def _line(
    canvas: NDArray[np.uint8],
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    color: Pixel,
    thickness: int,
) -> None:
    cv2.line(canvas, _fixed(start), _fixed(end), color, thickness, cv2.LINE_AA, _SHIFT)


def _circle(
    canvas: NDArray[np.uint8],
    center: NDArray[np.float64],
    radius: float,
    color: Pixel,
    thickness: int,
) -> None:
    fixed_radius = round(radius * (1 << _SHIFT))
    cv2.circle(canvas, _fixed(center), fixed_radius, color, thickness, cv2.LINE_AA, _SHIFT)


def _dashed(
    canvas: NDArray[np.uint8],
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    color: Pixel,
    thickness: int,
    radius: float,
) -> None:
    """Dashes between two landmarks, clear of the rings around them."""
    length = float(np.hypot(*(end - start)))
    # A landmark far outside would cost thousands of dashes that nobody sees.
    reach = min(length, 4.0 * max(canvas.shape[:2]))
    if length <= 3 * radius:
        return
    direction = (end - start) / length
    dash = max(4.0, 1.6 * radius)
    position = 1.5 * radius
    while position < reach - 1.5 * radius:
        stop = min(position + dash, reach - 1.5 * radius)
        first, last = start + direction * position, start + direction * stop
        _line(canvas, first, last, _OUTLINE, thickness + 2)
        _line(canvas, first, last, color, thickness)
        position += 2 * dash


def _border_tick(
    canvas: NDArray[np.uint8], point: NDArray[np.float64], color: Pixel, size: int
) -> None:
    """A small square on the border, where the landmark outside is nearest."""
    if not np.all(np.isfinite(point)):
        return
    height, width = canvas.shape[:2]
    x = int(np.clip(point[0], size / 2, width - size / 2) - size / 2)
    y = int(np.clip(point[1], size / 2, height - size / 2) - size / 2)
    canvas[max(y - 1, 0) : y + size + 1, max(x - 1, 0) : x + size + 1] = _OUTLINE
    canvas[y : y + size, x : x + size] = color
