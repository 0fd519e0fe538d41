"""Things that stand behind people, drawn with a few strokes; they are meant to be out of focus.

A `Stage` holds the colour of what is drawn, what it shines with and what stands before what. Each
`draw_…` function puts one thing into a box, (x, y, width, height) in pixels.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from synth.photo.textures import paint, skin_tone

Box = tuple[float, float, float, float]


@dataclass
class Stage:
    """The picture being drawn.

    Attributes:
        color: (H, W, 3) uint8, display values.
        light: (H, W, 2) float32. First what a surface gives off by itself, as a multiple of its
            colour, 0 for what only reflects; then its height before the ground, in strokes: each
            lies one above all before it.
        strokes: how many there are.
    """

    color: NDArray[np.uint8]
    light: NDArray[np.float32]
    strokes: int = 0

    def next_light(self, shine: float) -> tuple[float, float]:
        """What the next stroke puts into `light`."""
        self.strokes += 1
        return shine, float(self.strokes)


def draw_shelf(stage: Stage, rng: np.random.Generator, box: Box) -> None:
    """Boards with books and boxes."""
    x, y, width, height = box
    fill(stage, box, paint(rng, (0.08, 0.5), (0.1, 0.5)))
    board = paint(rng, (0.2, 0.85), (0.1, 0.5), 0.08)
    rows = int(rng.integers(2, 6))
    step = height / rows
    for row in range(rows):
        floor = y + (row + 1) * step
        at = x + rng.uniform(0, 0.1) * width
        while at < x + width:
            thing = step * rng.uniform(0.1, 0.55) * (0.4 if rng.random() < 0.6 else 1.0)
            tall = step * rng.uniform(0.35, 0.85)
            if rng.random() < 0.85:
                thing = min(thing, x + width - at)
                fill(stage, (at, floor - tall, thing, tall), paint(rng, (0.1, 0.9), (0, 0.8)))
                label = (at + 0.2 * thing, floor - 0.7 * tall, 0.6 * thing, 0.2 * tall)
                fill(stage, label, paint(rng, (0.5, 0.95), (0, 0.3)))
            at += thing * rng.uniform(1.0, 1.4)
        fill(stage, (x, floor - 0.06 * step, width, 0.06 * step), board)
    for side in (x, x + width - 0.03 * width):
        fill(stage, (side, y, 0.03 * width, height), board)


def draw_window(stage: Stage, rng: np.random.Generator, box: Box) -> None:
    """Panes of bright sky over something darker, with a frame."""
    x, y, width, height = box
    light = rng.uniform(1.5, 8.0)
    sky = np.array([0.80, 0.88, 0.98]) if rng.random() < 0.6 else np.array([0.97, 0.96, 0.94])
    fill(stage, box, sky, light)
    horizon = y + height * rng.uniform(0.45, 1.0)
    for _ in range(int(rng.integers(3, 9))):
        top = horizon - rng.uniform(0, 0.3) * height
        block = (x + rng.uniform(-0.1, 0.9) * width, top, rng.uniform(0.1, 0.4) * width, height)
        green = rng.random() < 0.5
        color = paint(rng, (0.2, 0.6), (0.2, 0.6), 0.3) if green else paint(rng, (0.4, 0.8))
        fill(stage, clip_box(block, box), color, light * 0.35)
    frame = paint(rng, (0.2, 0.95), (0, 0.25))
    bar = max(1.0, 0.035 * min(width, height))
    for part in np.linspace(0, 1, int(rng.integers(2, 5))):
        fill(stage, (x + part * (width - bar), y, bar, height), frame)
    for part in np.linspace(0, 1, int(rng.integers(2, 4))):
        fill(stage, (x, y + part * (height - bar), width, bar), frame)


def draw_curtain(stage: Stage, rng: np.random.Generator, box: Box) -> None:
    """Folds of cloth, as strips of changing shade."""
    x, y, width, height = box
    color = paint(rng, (0.3, 0.95), (0, 0.5))
    strips = int(rng.integers(10, 24))
    phase = rng.uniform(0, 6)
    for strip in range(strips):
        shade = 0.78 + 0.2 * np.sin(phase + strip * 1.7 + rng.normal(0, 0.4))
        fill(stage, (x + strip * width / strips, y, width / strips + 1, height), color * shade)


def draw_frame(stage: Stage, rng: np.random.Generator, box: Box) -> None:
    """A framed picture or a poster."""
    x, y, width, height = box
    fill(stage, box, paint(rng, (0.05, 0.9), (0, 0.5)))
    edge = rng.uniform(0.02, 0.1) * min(width, height)
    inner = (x + edge, y + edge, width - 2 * edge, height - 2 * edge)
    fill(stage, inner, paint(rng, (0.3, 0.98), (0, 0.4)))
    for _ in range(int(rng.integers(2, 7))):
        center = (x + rng.uniform(0.2, 0.8) * width, y + rng.uniform(0.2, 0.8) * height)
        axes = (rng.uniform(0.05, 0.3) * width, rng.uniform(0.05, 0.3) * height)
        blob(stage, center, axes, rng.uniform(0, 180), paint(rng, (0.1, 0.9), (0.1, 0.8)))


def draw_screen(stage: Stage, rng: np.random.Generator, box: Box) -> None:
    """A monitor with windows and rows of text."""
    x, y, width, height = box
    fill(stage, box, paint(rng, (0.02, 0.15), (0, 0.2)))
    edge = 0.025 * width
    inner = (x + edge, y + edge, width - 2 * edge, height - 2.6 * edge)
    light = rng.uniform(0.5, 2.0)
    is_dark = rng.random() < 0.4
    ground = paint(rng, (0.08, 0.2) if is_dark else (0.75, 1.0), (0, 0.3), 0.6)
    fill(stage, inner, ground, light)
    left, top, wide, high = inner
    fill(stage, (left, top, wide, 0.06 * high), paint(rng, (0.2, 0.8), (0, 0.6)), light)
    if rng.random() < 0.6:
        fill(stage, (left, top, rng.uniform(0.1, 0.3) * wide, high), ground * 0.85, light)
    rows = int(rng.integers(8, 22))
    ink = np.clip(1.0 - ground, 0.15, 0.8)
    margin = rng.uniform(0.05, 0.35) * wide
    for row in range(1, rows):
        if rng.random() < 0.2:
            continue
        indent = margin + 0.04 * int(rng.integers(3)) * wide
        length = rng.uniform(0.1, 0.95) * (wide - indent)
        at = top + (0.08 + 0.9 * row / rows) * high
        fill(stage, (left + indent, at, length, 0.35 * high / rows), ink, light * 0.8)


def draw_plant(stage: Stage, rng: np.random.Generator, box: Box) -> None:
    """Leaves around stalks that rise from a pot."""
    x, y, width, height = box
    pot = (x + 0.3 * width, y + 0.75 * height, 0.4 * width, 0.25 * height)
    fill(stage, pot, paint(rng, (0.2, 0.9), (0.1, 0.7)))
    draw_leaves(stage, rng, (x, y, width, 0.8 * height), int(rng.integers(25, 60)), 0.13)


def draw_leaves(
    stage: Stage, rng: np.random.Generator, box: Box, count: int, size: float = 0.16
) -> None:
    """Leaves scattered over a box, the darker ones behind."""
    x, y, width, height = box
    hue = rng.uniform(0.17, 0.3)
    place = np.clip(rng.normal(0.5, 0.24, (count, 2)), 0, 1) * (width, height) + (x, y)
    long = size * min(width, height) * rng.uniform(0.5, 1.3, count)
    narrow = long * rng.uniform(0.2, 0.5, count)
    degrees = rng.uniform(0, 180, count)
    shades = [paint(rng, (0.5, 0.7), (0.25, 0.7), hue, 0.02) for _ in range(4)]
    for index in range(count):
        color = shades[index % 4] * (0.2 + 0.8 * index / count)
        center = (float(place[index, 0]), float(place[index, 1]))
        axes = (float(long[index]), float(narrow[index]))
        blob(stage, center, axes, float(degrees[index]), color)


def draw_person(stage: Stage, rng: np.random.Generator, box: Box) -> None:
    """Head, hair, neck, shoulders and a piece of arm."""
    x, y, width, height = box
    skin = skin_tone(rng)
    hair = paint(rng, (0.05, 0.5), (0.2, 0.7), 0.07, 0.02)
    shirt = paint(rng, (0.05, 0.95), (0, 0.8))
    middle = x + 0.5 * width
    head = 0.19 * width
    blob(stage, (middle, y + 1.15 * head), (1.15 * head, 1.4 * head), 0, hair)
    blob(stage, (middle, y + 1.05 * height), (0.5 * width, height - 2.9 * head), 0, shirt)
    fill(stage, (middle - 0.45 * head, y + 2 * head, 0.9 * head, 1.2 * head), skin * 0.85)
    blob(stage, (middle, y + 1.5 * head), (0.85 * head, 1.15 * head), 0, skin)
    for side in (-1, 1):
        eye = (middle + side * 0.32 * head, y + 1.4 * head)
        blob(stage, eye, (0.15 * head, 0.08 * head), 0, skin * 0.45)
    blob(stage, (middle, y + 2.05 * head), (0.25 * head, 0.07 * head), 0, skin * (0.8, 0.6, 0.6))
    if rng.random() < 0.6:
        side = rng.choice((-1, 1))
        shoulder = (middle + side * 0.42 * width, y + 0.65 * height)
        end = (middle + side * rng.uniform(0.1, 0.6) * width, y + rng.uniform(0.8, 1.1) * height)
        limb(stage, shoulder, end, 0.13 * width, skin)


def draw_seat(stage: Stage, rng: np.random.Generator, box: Box) -> None:
    """A sofa or a chair: a back, a seat and arms with lighter upper edges."""
    x, y, width, height = box
    color = paint(rng, (0.1, 0.8), (0, 0.7))
    fill(stage, (x, y, width, height), color)
    cushions = int(rng.integers(1, 4))
    for cushion in range(cushions):
        at = x + (cushion + 0.04) * width / cushions
        part = 0.92 * width / cushions
        fill(stage, (at, y + 0.08 * height, part, 0.4 * height), color * 1.12)
        fill(stage, (at, y + 0.52 * height, part, 0.2 * height), color * 1.2)
    for at in (x - 0.06 * width, x + 0.96 * width):
        fill(stage, (at, y + 0.3 * height, 0.1 * width, 0.7 * height), color * 0.9)


def draw_clutter(stage: Stage, rng: np.random.Generator, box: Box) -> None:
    """A box, a cup, a bottle or a ball, with a lit and a shaded side."""
    x, y, width, height = box
    color = paint(rng, (0.1, 0.95), (0, 0.85))
    shadow = (x - 0.1 * width, y + 0.92 * height, 1.3 * width, 0.12 * height)
    fill(stage, shadow, np.full(3, 0.12))
    if rng.random() < 0.3:
        axes = (0.5 * width, 0.5 * width)
        blob(stage, (x + 0.5 * width, y + height - 0.5 * width), axes, 0, color)
        blob(stage, (x + 0.4 * width, y + height - 0.6 * width), (0.3 * width,) * 2, 0, color * 1.2)
        return
    for strip, shade in enumerate((0.75, 1.0, 1.15, 1.0, 0.7)):
        fill(stage, (x + 0.2 * strip * width, y, 0.2 * width + 1, height), color * shade)
    if rng.random() < 0.5:
        band = (x, y + 0.3 * height, width, 0.35 * height)
        fill(stage, band, paint(rng, (0.3, 0.95), (0, 0.8)))


def draw_lamp(stage: Stage, rng: np.random.Generator, box: Box) -> None:
    """A shade that glows."""
    x, y, width, height = box
    center = (x + 0.5 * width, y + 0.3 * height)
    fill(stage, (center[0] - 0.02 * width, center[1], 0.04 * width, 0.7 * height), np.full(3, 0.15))
    warm = np.array([1.0, 0.86, 0.62])
    blob(stage, center, (0.3 * width, 0.25 * height), 0, warm, rng.uniform(2.0, 12.0))


def draw_facade(stage: Stage, rng: np.random.Generator, box: Box) -> None:
    """The front of a house with rows of windows."""
    x, y, width, height = box
    wall = paint(rng, (0.3, 0.85), (0, 0.45))
    fill(stage, box, wall)
    rows, columns = int(rng.integers(2, 8)), int(rng.integers(2, 6))
    glass = paint(rng, (0.1, 0.6), (0.05, 0.3), 0.58)
    wide, high = width / columns, height / rows
    for row in range(rows):
        for column in range(columns):
            pane = (x + (column + 0.25) * wide, y + (row + 0.25) * high, 0.5 * wide, 0.55 * high)
            fill(stage, pane, glass * rng.uniform(0.6, 1.5))


def fill(stage: Stage, box: Box, color: NDArray[np.floating], shine: float = 0.0) -> None:
    """A box of one colour."""
    x, y, width, height = box
    corners = (round(x), round(y)), (round(x + width) - 1, round(y + height) - 1)
    if corners[1][0] < corners[0][0] or corners[1][1] < corners[0][1]:
        return
    cv2.rectangle(stage.color, *corners, levels(color), cv2.FILLED)
    cv2.rectangle(stage.light, *corners, stage.next_light(shine), cv2.FILLED)


def blob(
    stage: Stage,
    center: tuple[float, float],
    axes: tuple[float, float],
    degrees: float,
    color: NDArray[np.floating],
    shine: float = 0.0,
) -> None:
    """An ellipse of one colour; `axes` are its half widths."""
    middle = (round(center[0] * 16), round(center[1] * 16))
    size = (max(8, round(axes[0] * 16)), max(8, round(axes[1] * 16)))
    shape = (middle, size, degrees, 0, 360)
    cv2.ellipse(stage.color, *shape, levels(color), cv2.FILLED, cv2.LINE_AA, 4)
    cv2.ellipse(stage.light, *shape, stage.next_light(shine), cv2.FILLED, cv2.LINE_8, 4)


def limb(
    stage: Stage,
    start: tuple[float, float],
    end: tuple[float, float],
    thickness: float,
    color: NDArray[np.floating],
) -> None:
    """A thick line with round ends, such as an arm, lighter along its middle."""
    first, last = (round(start[0]), round(start[1])), (round(end[0]), round(end[1]))
    for part, shade in ((1.0, 0.85), (0.6, 1.0)):
        wide = max(1, round(thickness * part))
        cv2.line(stage.color, first, last, levels(color * shade), wide, cv2.LINE_AA)
        cv2.line(stage.light, first, last, stage.next_light(0.0), wide)


def levels(color: NDArray[np.floating]) -> tuple[int, int, int]:
    """8-bit levels of a display colour."""
    red, green, blue = color.tolist()
    return (
        int(min(max(red, 0.0), 1.0) * 255),
        int(min(max(green, 0.0), 1.0) * 255),
        int(min(max(blue, 0.0), 1.0) * 255),
    )


def clip_box(box: Box, inside: Box) -> Box:
    """The part of a box that lies inside another."""
    left, top = max(box[0], inside[0]), max(box[1], inside[1])
    right = min(box[0] + box[2], inside[0] + inside[2])
    bottom = min(box[1] + box[3], inside[1] + inside[3])
    return left, top, max(0.0, right - left), max(0.0, bottom - top)
