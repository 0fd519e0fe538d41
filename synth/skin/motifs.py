"""What tattoos and henna are made of: shapes drawn on a canvas, millimetres.

Hands are mirrored for the left side, so that nothing here reads as writing in one direction only.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from synth.skin.ink import Canvas, circle, spline

Array = NDArray[np.float64]

#: Capitals that are their own mirror image, as strokes in a unit square.
_LETTERS: dict[str, list[list[tuple[float, float]]]] = {
    "A": [[(0, 0), (0.5, 1), (1, 0)], [(0.2, 0.4), (0.8, 0.4)]],
    "H": [[(0, 0), (0, 1)], [(1, 0), (1, 1)], [(0, 0.5), (1, 0.5)]],
    "I": [[(0.5, 0), (0.5, 1)], [(0.2, 0), (0.8, 0)], [(0.2, 1), (0.8, 1)]],
    "M": [[(0, 0), (0, 1), (0.5, 0.4), (1, 1), (1, 0)]],
    "O": [[(0.5 + 0.5 * np.cos(t), 0.5 + 0.5 * np.sin(t)) for t in np.linspace(0, 6.284, 24)]],
    "T": [[(0.5, 0), (0.5, 1)], [(0, 1), (1, 1)]],
    "V": [[(0, 1), (0.5, 0), (1, 1)]],
    "X": [[(0, 0), (1, 1)], [(0, 1), (1, 0)]],
    "Y": [[(0, 1), (0.5, 0.5), (1, 1)], [(0.5, 0.5), (0.5, 0)]],
}


def turned(points: ArrayLike, angle: float, centre: ArrayLike = (0.0, 0.0)) -> Array:
    """Points (n, 2) turned about the origin and moved to a centre."""
    c, s = np.cos(angle), np.sin(angle)
    return np.asarray(points) @ np.array([[c, s], [-s, c]]) + np.asarray(centre)


def letter(page: Canvas, centre: ArrayLike, size: float, name: str, width: float) -> None:
    """A mirror-symmetric capital with feet."""
    for stroke in _LETTERS[name]:
        page.line((np.array(stroke) - 0.5) * [0.75 * size, size] + np.asarray(centre), width)


def petal(length: float, width: float) -> Array:
    """(n, 2) outline of a pointed petal along +y from the origin."""
    t = np.linspace(0, 1, 14)
    side = 0.5 * width * np.sin(np.pi * t**0.85)
    right = np.stack([side, length * t], 1)
    return np.concatenate([right, (right * [-1, 1])[::-1]])


def leaf(
    page: Canvas, base: ArrayLike, angle: float, length: float, width: float, filled: bool
) -> None:
    outline = turned(petal(length, width), angle, base)
    if filled:
        page.fill(outline)
        page.line(turned([(0, 0.1 * length), (0, 0.85 * length)], angle, base), 0.35, 60)
    else:
        page.line(outline, 0.45, closed=True)
        page.line(turned([(0, 0), (0, 0.8 * length)], angle, base), 0.3)
        for share in (0.3, 0.45, 0.6):
            for side in (-1, 1):
                rib = [(0, share * length), (side * 0.3 * width, (share + 0.15) * length)]
                page.line(turned(rib, angle, base), 0.25)


def mandala(
    page: Canvas, centre: ArrayLike, radius: float, rng: np.random.Generator, width: float
) -> None:
    """Rings of petals, dots and scallops about a centre."""
    centre = np.asarray(centre, dtype=np.float64)
    page.dot(centre, 0.10 * radius)
    at, petals = 0.16 * radius, int(rng.choice([6, 8, 10]))
    page.line(centre + at * circle(), width, closed=True)
    while at < 0.93 * radius:
        step = min(rng.uniform(0.16, 0.3) * radius, radius - at)
        kind = rng.choice(["petals", "filled", "dots", "scallops"])
        across = 2 * np.pi * (at + step / 2) / petals
        for number in range(petals):
            turn = 2 * np.pi * (number + 0.5 * (kind == "dots")) / petals
            out = np.array([-np.sin(turn), np.cos(turn)])
            if kind in ("petals", "filled"):
                shape = turned(petal(step, 0.85 * across), turn, centre + at * out)
                page.line(shape, width, closed=True)
                inner = turned(petal(0.6 * step, 0.4 * across), turn, centre + at * out)
                (page.fill if kind == "filled" else page.line)(
                    inner, *(() if kind == "filled" else (width,))
                )
            elif kind == "dots":
                page.dot(centre + (at + step / 2) * out, min(0.3 * step, 0.3 * across))
            else:
                arc = np.stack([0.5 * across * circle(24)[:13, 0], step * circle(24)[:13, 1]], 1)
                page.line(turned(arc, turn, centre + at * out), width)
                page.dot(centre + (at + 0.4 * step) * out, 0.14 * step)
        at += step
        if kind in ("dots", "scallops"):
            page.line(centre + at * circle(64), width, closed=True)
        petals = petals if rng.uniform() < 0.6 else min(2 * petals, 20)


def rose(page: Canvas, centre: ArrayLike, radius: float, rng: np.random.Generator) -> None:
    """Shaded petals wound about a bud, with leaves."""
    centre = np.asarray(centre, dtype=np.float64)
    for angle in rng.uniform(0, 0.6) + np.array([0.3, 1.9, 3.3, 5.0]):
        base = centre + 0.75 * radius * np.array([-np.sin(angle), np.cos(angle)])
        leaf(page, base, angle, 0.95 * radius, 0.5 * radius, bool(rng.uniform() < 0.5))
    for ring, share in enumerate((1.0, 0.78, 0.56, 0.36, 0.18)):
        count = (6, 5, 4, 3, 1)[ring]
        for number in range(count):
            turn = 2 * np.pi * (number + 0.37 * ring) / count + rng.normal(0, 0.1)
            out = np.array([np.cos(turn), np.sin(turn)])
            blob = circle(20) * [0.42, 0.55 * 2.4 / max(count, 2)] * share * radius
            outline = turned(blob, turn, centre + 0.55 * share * radius * out)
            page.fill(outline, 0)
            for shade, value in ((0.92, 60), (0.75, 110), (0.5, 165)):
                inner = turned(
                    shade * blob, turn, centre + (1.1 * shade - 0.62) * share * radius * out
                )
                page.fill(inner, value)
            page.line(outline, 0.45, closed=True)


def blade(page: Canvas, points: ArrayLike, width: float, value: int = 255) -> None:
    """A curved spike through points (n, 2), thickest before the middle, pointed at both ends."""
    course = spline(points)
    t = np.linspace(0, 1, len(course))
    along = np.gradient(course, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True) + 1e-9
    side = np.stack([-along[:, 1], along[:, 0]], 1)
    half = 0.5 * width * (np.sin(np.pi * t**0.6))[:, None]
    page.fill(np.concatenate([course + half * side, (course - half * side)[::-1]]), value)


def tribal(
    page: Canvas, low: Sequence[float], high: Sequence[float], rng: np.random.Generator
) -> None:
    """Interlocking curved spikes in a box, the left half mirrored from the right with a drift."""
    low_, high_ = np.asarray(low, float), np.asarray(high, float)
    middle, half = (low_[0] + high_[0]) / 2, (high_[0] - low_[0]) / 2
    for _ in range(9):
        start = np.array([rng.uniform(0.0, 0.5) * half, rng.uniform(low_[1], high_[1])])
        lean = rng.choice([-1.0, 1.0])
        reach = rng.uniform(0.5, 1.0) * half
        drop = lean * rng.uniform(0.15, 0.4) * (high_[1] - low_[1])
        bend = np.array([start + [0.75 * reach, 0.25 * drop], start + [0.6 * reach, drop]])
        points = np.concatenate([[start], bend])
        for side in (1, -1):
            shape = points * [side, 1] + [middle, 0] + rng.normal(0, 0.4, 2)
            blade(page, shape, rng.uniform(3.0, 6.0))
    blade(
        page, [(middle, low_[1]), (middle + 1.5, low_[1] / 2 + high_[1] / 2), (middle, high_[1])], 5
    )


def star(page: Canvas, centre: ArrayLike, radius: float) -> None:
    """A nautical star: five points, each half dark."""
    for number in range(5):
        tip, left, right = (
            r * radius * np.array([-np.sin(t), np.cos(t)])
            for r, t in (
                (1.0, 2 * np.pi * number / 5),
                (0.42, 2 * np.pi * (number - 0.5) / 5),
                (0.42, 2 * np.pi * (number + 0.5) / 5),
            )
        )
        page.fill(np.array([(0, 0), tip, left]) + np.asarray(centre))
        page.line(np.array([(0, 0), tip, right]) + np.asarray(centre), 0.4, closed=True)


def script(
    page: Canvas, start: ArrayLike, end: ArrayLike, size: float, rng: np.random.Generator
) -> None:
    """A line of loops as of a pen that writes."""
    start, end = np.asarray(start, float), np.asarray(end, float)
    length = float(np.linalg.norm(end - start))
    along = (end - start) / length
    up = np.array([-along[1], along[0]])
    x = 0.0
    points = []
    while x < length:
        height = size * float(rng.choice([0.45, 0.5, 0.55, 1.0, -0.6]))
        for turn in np.linspace(0, 2 * np.pi, 9)[:-1]:
            loop = 0.28 * size * np.sin(turn)
            points.append(start + along * (x + loop) + up * height * (1 - np.cos(turn)) / 2)
            x += 0.07 * size
        if rng.uniform() < 0.12:  # between words
            page.curve(np.array(points), 0.45)
            points, x = [], x + 0.6 * size
    if len(points) > 3:
        page.curve(np.array(points), 0.45)


def vine(
    page: Canvas, course: ArrayLike, rng: np.random.Generator, size: float, width: float
) -> None:
    """A stem with leaves to both sides, tendrils, and flowers here and there."""
    stem = spline(course)
    page.line(stem, width)
    step = max(4, int(1.1 * size / 0.4))
    side = 1
    for at in range(step // 2, len(stem) - 2, step):
        direction = stem[at + 1] - stem[at - 1]
        heading = float(np.arctan2(-direction[0], direction[1]))
        kind = rng.uniform()
        if kind < 0.2:
            offset = turned([(side * 0.9 * size, 0)], heading, stem[at])[0]
            flower(page, offset, 0.8 * size, width)
        elif kind < 0.75:
            leaf(page, stem[at], heading - side * 0.9, 1.3 * size, 0.6 * size, bool(kind < 0.6))
        else:
            curl = np.linspace(0, 4.5, 16)
            radius = 0.55 * size * (1 - curl / 6.5)
            spiral = np.stack(
                [side * (0.6 * size - radius * np.cos(curl)), radius * np.sin(curl)], 1
            )
            page.line(turned(spiral, heading, stem[at]), width)
        side = -side


def flower(page: Canvas, centre: ArrayLike, radius: float, width: float) -> None:
    centre = np.asarray(centre, dtype=np.float64)
    for number in range(6):
        turn = 2 * np.pi * number / 6
        shape = turned(petal(radius, 0.75 * radius), turn, centre)
        page.line(shape, width, closed=True)
    page.dot(centre, 0.25 * radius)


def band(page: Canvas, at: float, half: float, kind: str, height: float) -> None:
    """A pattern across a whole canvas at y = `at`: lines, zigzag, dots, diamonds or solid."""
    xs = np.arange(-half, half + height / 2, height / 2)
    if kind == "solid":
        page.fill([(-half, at), (half, at), (half, at + height), (-half, at + height)])
        return
    for y in (at, at + height):
        page.line([(-half, y), (half, y)], 0.5)
    if kind == "zigzag":
        page.line(np.stack([xs, at + height * (np.arange(len(xs)) % 2)], 1), 0.5)
    for x in xs[::2]:
        if kind == "dots":
            page.dot((x, at + height / 2), 0.25 * height)
        if kind == "diamonds":
            shape = np.array([(0, -0.4), (0.4, 0), (0, 0.4), (-0.4, 0)]) * height
            page.fill(shape + [x, at + height / 2])
