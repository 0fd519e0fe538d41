"""Balls, bricks and fruit."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from synth.things.hold import Grip
from synth.things.kind import Kind, Sizes, about, grip
from synth.things.mesh import Mesh, joined, loft
from synth.things.outlines import filleted, rounded_rectangle
from synth.things.shapes import (
    bent,
    ellipsoid,
    revolved,
    slab,
    tube,
)

#: Sides from which the palm may come to a ball.
_SIDES = ((0, 0, -1), (0, 0, 1), (1, 0, 0), (-1, 0, 0), (0, -1, 0), (0, 1, 0))


def _ball_grips(radius: float) -> tuple[Grip, ...]:
    """The palm on any side of a ball."""
    return tuple(
        grip("sphere", radius, 2 * radius, axis=(0, 1, 0) if side[1] == 0 else (1, 0, 0), out=side)
        for side in _SIDES
    )


def _ball(size: Sizes, rng: np.random.Generator) -> Mesh:
    return ellipsoid([size["radius"]] * 3)


def _radius_grips(size: Sizes) -> tuple[Grip, ...]:
    return _ball_grips(size["radius"])


def _side_grips(size: Sizes) -> tuple[Grip, ...]:
    """Of what is no ball above and below."""
    return about("sphere", size["radius"], 2 * size["radius"])


def _cube(size: Sizes, rng: np.random.Generator) -> Mesh:
    """A toy brick or dice."""
    side = size["side"]
    outline, first = rounded_rectangle(side, side, 0.08 * side)
    return slab(outline, first, side, 0.08 * side)


def _cube_grips(size: Sizes) -> tuple[Grip, ...]:
    return _ball_grips(size["side"] / 2)


def _apple(size: Sizes, rng: np.random.Generator) -> Mesh:
    """Stem (second surface) at +Y."""
    radius = size["radius"]
    outer = np.array(
        [
            (0.03, -0.72),
            (0.18, -0.78),
            (0.42, -0.86),
            (0.68, -0.74),
            (0.88, -0.42),
            (1.0, 0.0),
            (0.99, 0.34),
            (0.84, 0.68),
            (0.55, 0.86),
            (0.28, 0.82),
            (0.1, 0.68),
            (0.03, 0.58),
        ]
    )
    fruit = revolved(filleted(outer * radius, 0.25 * radius))
    vertices = bent(fruit.vertices, rng, 0.0012, 0.09)
    t = np.linspace(0, 1, 8)[:, None]
    stem = np.array([[0, 0.58 * radius, 0]]) + t * np.array([[0.004, 0.021, 0.0]])
    return joined(replace(fruit, vertices=vertices), tube(stem, 0.0013, 8, caps=(1, 1), part=1))


def _citrus(size: Sizes, rng: np.random.Generator) -> Mesh:
    """An orange, or a lemon where it is longer than wide."""
    fruit = ellipsoid((size["radius"], size["radius"] * rng.uniform(0.94, 1.25), size["radius"]))
    return replace(fruit, vertices=bent(fruit.vertices, rng, 0.0008, 0.08))


def _egg(size: Sizes, rng: np.random.Generator) -> Mesh:
    radius = size["radius"]
    egg = ellipsoid((radius, 1.3 * radius, radius), 0.005)
    taper = 1 - 0.13 * egg.vertices[:, 1:2] / (1.3 * radius)
    return replace(egg, vertices=egg.vertices * np.concatenate([taper, taper**0, taper], 1))


def _banana(size: Sizes, rng: np.random.Generator) -> Mesh:
    """Bent towards −X, its convex side to +X; both ends are the second surface."""
    length, radius = size["length"], size["radius"]
    bend = length / size["curve"]
    t = np.linspace(0, 1, int(length / 0.006))
    angle = (t - 0.5) * bend
    turn = size["curve"]
    path = np.stack([turn * (np.cos(angle) - 1), turn * np.sin(angle), np.zeros_like(t)], -1)
    wide = radius * np.interp(
        t,
        [0, 0.015, 0.05, 0.2, 0.5, 0.8, 0.88, 0.95, 1],
        [0.2, 0.32, 0.5, 0.9, 1, 0.8, 0.42, 0.27, 0.3],
    )
    body = tube(path, wide, 20)
    # Five soft edges.
    count = 20
    rings = body.vertices[: len(t) * count].reshape(len(t), count, 3)
    edges = 1 + 0.045 * np.cos(5 * (2 * np.pi * np.arange(count) / count))
    rings = path[:, None] + (rings - path[:, None]) * edges[None, :, None]
    mesh = loft(rings)
    at = mesh.vertices[mesh.quads].mean(1)[:, 1]
    ends = (at > np.sin(bend * 0.455) * turn) | (at < -np.sin(bend * 0.488) * turn)
    return replace(mesh, part=ends.astype(np.int8))


def _banana_grips(size: Sizes) -> tuple[Grip, ...]:
    return about("wrap", size["radius"], 0.6 * size["length"])


FRUIT: Final[dict[str, Kind]] = {
    "ball": Kind(
        ("held", "clutter", "occluder"),
        {"radius": (0.02, 0.05)},
        _ball,
        (("plastic", "rubber", "cloth", "picture", "foliage"), ("plastic",)),
        _radius_grips,
    ),
    "cube": Kind(
        ("held", "clutter"),
        {"side": (0.03, 0.062)},
        _cube,
        (("plastic", "picture", "wood"), ("plastic",)),
        _cube_grips,
    ),
    "apple": Kind(
        ("held", "clutter"),
        {"radius": (0.033, 0.043)},
        _apple,
        (("apple",), ("wood",)),
        _side_grips,
        "y",
    ),
    "citrus": Kind(
        ("held", "clutter"),
        {"radius": (0.026, 0.04)},
        _citrus,
        (("orange",), ("orange",)),
        _side_grips,
    ),
    "egg": Kind(
        ("held",),
        {"radius": (0.0205, 0.0235)},
        _egg,
        (("shell",), ("shell",)),
        _side_grips,
    ),
    "banana": Kind(
        ("held", "clutter", "occluder"),
        {"length": (0.15, 0.2), "radius": (0.0155, 0.02), "curve": (0.09, 0.18)},
        _banana,
        (("banana",), ("bread", "wood")),
        _banana_grips,
    ),
}
