"""Screens, keyboards and mice. +Z up, the user at −Y."""

from __future__ import annotations

from typing import Final

import numpy as np

from synth.rotations import coordinate_rotation
from synth.things.kind import Kind, Sizes
from synth.things.mesh import Mesh, boxed_uv, joined, moved, of_part
from synth.things.shapes import (
    box,
    ellipsoid,
    panel,
    plain_box,
    rod,
)


def _mouse(size: Sizes, rng: np.random.Generator) -> Mesh:
    hull = moved(ellipsoid((0.5 * size["width"], 0.5 * size["length"], 0.032), 0.01, 2.4))
    vertices = hull.vertices.copy()
    vertices[:, 2] = np.maximum(vertices[:, 2], 0.0)
    wheel = moved(rod(0.007, 0.009, 0.002), turn=coordinate_rotation(2, np.pi / 2))
    shell = Mesh(vertices, hull.quads, hull.uv, hull.part, hull.smooth)
    return joined(boxed_uv(shell), of_part(moved(wheel, (0, 0.27 * size["length"], 0.023)), 1))


def _keys(width: float, depth: float, rows: int, height: float, part: int) -> list[Mesh]:
    """Keys in rows about the origin, `height` above it; the nearest row has a space bar."""
    pitch_y = depth / rows
    count = int(width / pitch_y)
    pitch = width / count
    keys = []
    for row in range(rows):
        y = (row - (rows - 1) / 2) * pitch_y
        column = 0
        while column < count:
            wide = 5 if row == 0 and column == count // 4 else 1
            wide = min(wide, count - column)
            x = (column + wide / 2 - count / 2) * pitch
            size = (wide * pitch - 0.0025, pitch_y - 0.0025, 0.004)
            keys.append(plain_box(size, (x, y, height), part))
            column += wide
    return keys


def _keyboard(size: Sizes, rng: np.random.Generator) -> Mesh:
    width, depth = size["width"], size["depth"]
    base = moved(box((width, depth, 0.014), 0.004, 0.03), (0, 0, 0.007))
    return joined(base, *_keys(width - 0.016, depth - 0.016, 6, 0.0155, 1))


def _laptop(size: Sizes, rng: np.random.Generator) -> Mesh:
    """Open; the screen is the second surface. The lid's upper edge is `lean` behind its hinge."""
    width, depth = size["width"], size["depth"]
    base = moved(box((width, depth, 0.015), 0.004, 0.03), (0, 0, 0.0075))
    keys = [
        moved(key, (0, 0.12 * depth, 0.0))
        for key in _keys(width * 0.86, depth * 0.45, 5, 0.0145, 0)
    ]
    pad = plain_box((0.36 * width, 0.27 * depth, 0.001), (0, -0.3 * depth, 0.0152))
    lid = moved(panel(width, depth, 0.007, 0.008, 0.002, 0.006, 0.03), (0, depth / 2, 0))
    tilt = coordinate_rotation(0, np.pi / 2 - np.arcsin(size["lean"] / depth))
    return joined(base, *keys, pad, moved(lid, (0, depth / 2 - 0.004, 0.016), tilt))


def _monitor(size: Sizes, rng: np.random.Generator) -> Mesh:
    width, height = size["width"], size["height"]
    front = panel(width, height, 0.03, 0.006, 0.004, 0.006, 0.05)
    upright = coordinate_rotation(0, np.pi / 2)
    stem = plain_box((0.06, 0.02, 0.2 + height / 2), (0, 0.03, 0.1 + height / 4))
    foot = moved(box((0.26, 0.2, 0.012), 0.004, 0.04), (0, 0.02, 0.006))
    return joined(moved(front, (0, 0, 0.14 + height / 2), upright), stem, foot)


COMPUTERS: Final[dict[str, Kind]] = {
    "mouse": Kind(
        ("clutter",),
        {"width": (0.056, 0.07), "length": (0.095, 0.125)},
        _mouse,
        (("dark", "white", "plastic"), ("dark", "rubber")),
    ),
    "keyboard": Kind(
        ("clutter", "furniture"),
        {"width": (0.28, 0.44), "depth": (0.11, 0.14)},
        _keyboard,
        (("dark", "white", "metal"), ("dark", "white", "plastic")),
    ),
    "laptop": Kind(
        ("clutter", "furniture"),
        # The lean is how far the lid's upper edge is behind the hinge.
        {"width": (0.29, 0.36), "depth": (0.2, 0.25), "lean": (-0.01, 0.13)},
        _laptop,
        (("metal", "dark", "white"), ("screen",)),
    ),
    "monitor": Kind(
        ("furniture", "clutter"),
        {"width": (0.45, 0.7), "height": (0.28, 0.4)},
        _monitor,
        (("dark", "white"), ("screen",)),
    ),
}
