"""What stands about: +Z up, the origin in the middle of the foot; a table's, on its top."""

from __future__ import annotations

from typing import Final

import numpy as np

from synth.things.kind import Kind, Sizes
from synth.things.mesh import Mesh, joined, moved, of_part
from synth.things.outlines import filleted
from synth.things.shapes import (
    box,
    ellipsoid,
    plain_box,
    revolved,
)

#: Metres between the points of what nobody touches.
_COARSE = 0.06
_UP = np.array([[1.0, 0, 0], [0, 0, -1.0], [0, 1.0, 0]])


def _table(size: Sizes, rng: np.random.Generator) -> Mesh:
    """Legs are the second surface."""
    width, depth, thick = size["width"], size["depth"], size["thickness"]
    top = moved(box((width, depth, thick), 0.003, 0.1), (0, 0, -thick / 2))
    legs = [
        plain_box((0.05, 0.05, 0.72), (x * (width / 2 - 0.06), y * (depth / 2 - 0.06), -0.37), 1)
        for x in (-1, 1)
        for y in (-1, 1)
    ]
    return joined(top, *legs)


def _box(size: Sizes, rng: np.random.Generator) -> Mesh:
    width, depth, height = size["width"], size["depth"], size["height"]
    tape = plain_box((width + 0.001, 0.05, height + 0.001), (0, 0, height / 2), 1)
    return joined(plain_box((width, depth, height), (0, 0, height / 2)), tape)


def _frame(size: Sizes, rng: np.random.Generator) -> Mesh:
    """A picture (second surface) in its frame; it looks to −Y."""
    width, height, bar = size["width"], size["height"], size["bar"]
    sides = [
        plain_box((bar, 0.022, height), (x * (width - bar) / 2, 0, height / 2)) for x in (-1, 1)
    ]
    ends = [
        plain_box((width - 2 * bar, 0.022, bar), (0, 0, z)) for z in (bar / 2, height - bar / 2)
    ]
    picture = plain_box((width - 1.8 * bar, 0.008, height - 1.8 * bar), (0, 0, height / 2), 1)
    return joined(*sides, *ends, picture)


def _lamp(size: Sizes, rng: np.random.Generator) -> Mesh:
    """The shade is the second surface."""
    height, shade = size["height"], size["shade"]
    foot = revolved(
        filleted([(0.01, 0), (0.09, 0), (0.09, 0.012), (0.012, 0.025), (0.012, height)], 0.008),
        0.03,
    )
    low, high = height - 0.4 * shade, height + 0.9 * shade
    hood = revolved(
        np.array(
            [
                (0.02 * shade, high - 0.01),
                (0.6 * shade, high - 0.01),
                (0.98 * shade, low),
                (shade, low),
                (0.62 * shade, high),
                (0.02 * shade, high),
            ]
        ),
        0.03,
        (1, 1),
        1,
    )
    return moved(joined(foot, hood), turn=_UP)


def _chair(size: Sizes, rng: np.random.Generator) -> Mesh:
    """Its back is towards +Y; the seat is the second surface."""
    width, height, seat = size["width"], size["height"], 0.45
    half = width / 2 - 0.02
    legs = [plain_box((0.035, 0.035, seat), (x * half, -half, seat / 2)) for x in (-1, 1)]
    posts = [plain_box((0.035, 0.035, height), (x * half, half, height / 2)) for x in (-1, 1)]
    slats = [
        moved(box((width - 0.05, 0.02, 0.06), 0.006, _COARSE), (0, half, z))
        for z in np.arange(height - 0.05, seat + 0.12, -0.11)
    ]
    pad = moved(box((width, width, 0.04), 0.012, _COARSE), (0, 0, seat))
    return joined(*legs, *posts, *slats, of_part(pad, 1))


def _sofa(size: Sizes, rng: np.random.Generator) -> Mesh:
    """Its back is towards +Y; the cushions are the second surface."""
    width, depth = size["width"], 0.85
    seat = moved(box((width, depth, 0.4), 0.05, 0.12), (0, 0, 0.2))
    back = moved(box((width, 0.24, 0.5), 0.08, 0.12), (0, depth / 2 - 0.12, 0.6))
    arms = [
        moved(box((0.2, depth, 0.3), 0.07, 0.12), (x * (width / 2 - 0.1), 0, 0.48)) for x in (-1, 1)
    ]
    count = max(1, int(width / 0.7))
    inner = (width - 0.4) / count
    cushions = []
    for k in range(count):
        x = (k - (count - 1) / 2) * inner
        cushions.append(moved(box((0.98 * inner, 0.58, 0.16), 0.06, 0.08), (x, -0.1, 0.45)))
        pillow = moved(ellipsoid((0.49 * inner, 0.11, 0.24), 0.05, 3.4), (x, 0.17, 0.7))
        cushions.append(pillow)
    return joined(seat, back, *arms, *(of_part(cushion, 1) for cushion in cushions))


def _shelf(size: Sizes, rng: np.random.Generator) -> Mesh:
    """Boards with books and boxes (second surface); open to −Y."""
    width, height, depth = size["width"], size["height"], 0.3
    boards = max(2, int(height / 0.36))
    parts = [plain_box((width, 0.012, height), (0, depth / 2, height / 2))]
    parts += [plain_box((0.022, depth, height), (x * (width / 2), 0, height / 2)) for x in (-1, 1)]
    step = height / boards
    for row in range(boards + 1):
        z = row * step
        parts.append(plain_box((width, depth, 0.022), (0, 0, z)))
        at = -width / 2 + 0.03 + rng.uniform(0, 0.1)
        while row < boards and at < width / 2 - 0.08:
            thick = rng.uniform(0.015, 0.05) if rng.uniform() < 0.75 else rng.uniform(0.08, 0.2)
            thick = min(thick, width / 2 - 0.03 - at)
            tall, deep = step * rng.uniform(0.45, 0.85), rng.uniform(0.13, 0.24)
            centre = (at + thick / 2, -0.03, z + 0.011 + tall / 2)
            parts.append(plain_box((thick, deep, tall), centre, int(rng.uniform() < 0.75)))
            at += thick + (rng.uniform(0.03, 0.15) if rng.uniform() < 0.15 else 0.002)
    return joined(*parts)


FURNITURE: Final[dict[str, Kind]] = {
    "table": Kind(
        ("furniture",),
        {"width": (0.8, 1.8), "depth": (0.55, 0.9), "thickness": (0.018, 0.045)},
        _table,
        (("wood", "wood", "white", "plastic", "ceramic"), ("wood", "metal", "dark")),
    ),
    "box": Kind(
        ("clutter", "furniture", "occluder"),
        {"width": (0.08, 0.4), "depth": (0.08, 0.35), "height": (0.05, 0.3)},
        _box,
        (("cardboard", "cover", "label"), ("cardboard", "plastic")),
    ),
    "frame": Kind(
        ("clutter", "furniture"),
        {"width": (0.13, 0.6), "height": (0.13, 0.6), "bar": (0.012, 0.04)},
        _frame,
        (("wood", "dark", "white", "metal"), ("picture",)),
    ),
    "lamp": Kind(
        ("clutter", "furniture"),
        {"height": (0.25, 0.45), "shade": (0.09, 0.16)},
        _lamp,
        (("metal", "dark", "wood", "ceramic"), ("lit", "cloth")),
    ),
    "chair": Kind(
        ("furniture",),
        {"width": (0.4, 0.48), "height": (0.8, 1.05)},
        _chair,
        (("wood", "wood", "metal", "plastic"), ("wood", "cloth", "dark")),
    ),
    "sofa": Kind(
        ("furniture",),
        {"width": (0.9, 2.1)},
        _sofa,
        (("cloth", "dark", "plastic"), ("cloth", "dark")),
    ),
    "shelf": Kind(
        ("furniture",),
        {"width": (0.6, 1.4), "height": (0.9, 2.0)},
        _shelf,
        (("wood", "wood", "white"), ("cover", "cover", "cardboard")),
    ),
}
