"""What must not be taken for a hand: skin-coloured tubes, lumps and feet; and plain bars."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from synth.things.hold import Grip
from synth.things.kind import Kind, Sizes, about
from synth.things.mesh import Mesh, joined, moved, of_part
from synth.things.outlines import rounded_rectangle
from synth.things.shapes import (
    bent,
    box,
    ellipsoid,
    rod,
    slab,
    tube,
)


def _bar(size: Sizes, rng: np.random.Generator) -> Mesh:
    """Round or square."""
    length, radius = size["length"], size["radius"]
    if rng.uniform() < 0.5:
        return rod(length, radius, 0.1 * radius, 0.02)
    return box((2 * radius, length, 2 * radius * rng.uniform(0.3, 1.0)), 0.05 * radius, 0.03)


def _board(size: Sizes, rng: np.random.Generator) -> Mesh:
    """A flat piece of any outline between a square and a disc."""
    width, height = size["width"], size["height"]
    corner = rng.uniform(0.0, 0.49) * min(width, height)
    outline, side = rounded_rectangle(width, height, max(corner, 0.002), 0.02)
    return slab(outline, side, 0.006, 0.001, 0.02)


def _sausage_at(
    rng: np.random.Generator, length: float, radius: float, bend: float, ends: float = 0.5
) -> Mesh:
    """A tube from the origin along +Y with round ends, pinched here and there."""
    count = max(24, int(length / 0.008))
    t = np.linspace(0, 1, count)
    # Denser at the ends, where it is round.
    t = 0.5 - 0.5 * np.cos(np.pi * t)
    rest = np.minimum(t, 1 - t) * length / (radius * 2 * ends)
    round_end = np.sqrt(np.clip(1 - np.clip(1 - rest, 0, 0.995) ** 2, 0.002, 1))
    phase = rng.uniform(0, 2 * np.pi, 2)
    pinched = 1 + 0.06 * np.sin(2 * np.pi * 2.1 * t + phase[0]) + 0.03 * np.sin(17 * t + phase[1])
    path = np.stack([bend * length * (t**2), length * t, np.zeros(count)], -1)
    return tube(path, radius * round_end * pinched, 20, rng.uniform(0.8, 1.0))


def _sausage(size: Sizes, rng: np.random.Generator) -> Mesh:
    bend = rng.uniform(-0.4, 0.4)
    piece = _sausage_at(rng, size["length"], size["radius"], bend)
    return moved(piece, (-bend * size["length"] / 4, -size["length"] / 2, 0))


def _sausage_grips(size: Sizes) -> tuple[Grip, ...]:
    return about("wrap", size["radius"], 0.5 * size["length"])


def _sausages(size: Sizes, rng: np.random.Generator) -> Mesh:
    """Several beside each other, like fingers that belong to no hand."""
    radius = size["radius"]
    count, fan = int(rng.integers(2, 7)), rng.uniform(0.0, 0.3)
    parts = []
    for k in range(count):
        angle = rng.normal(0, 0.12) + (k - (count - 1) / 2) * fan
        turn = np.array(
            [[np.cos(angle), np.sin(angle), 0], [-np.sin(angle), np.cos(angle), 0], [0, 0, 1]]
        )
        piece = _sausage_at(
            rng, size["length"] * rng.uniform(0.6, 1.1), radius * rng.uniform(0.8, 1.1), 0.0
        )
        x = (k - (count - 1) / 2) * 2.05 * radius
        parts.append(moved(piece, (x, 0, rng.normal(0, 0.4 * radius)), turn))
    return joined(*parts)


def _blob(size: Sizes, rng: np.random.Generator) -> Mesh:
    """A few soft lumps grown into one, as of a doll or of dough."""
    radius = size["radius"]
    parts = []
    at = np.zeros(3)
    for _ in range(int(rng.integers(1, 5))):
        radii = radius * rng.uniform(0.5, 1.2, 3)
        lump = ellipsoid(radii.tolist(), radius / 6, rng.uniform(1.8, 3.0))
        turn, _r = np.linalg.qr(rng.normal(size=(3, 3)))
        turn = turn * np.sign(np.linalg.det(turn))
        lump = replace(lump, vertices=bent(lump.vertices, rng, 0.06 * radius, 1.5 * radius))
        parts.append(moved(lump, at.tolist(), turn))
        direction = rng.normal(size=3)
        at = at + direction / np.linalg.norm(direction) * radius * rng.uniform(0.6, 1.1)
    return joined(*parts)


def _foot(size: Sizes, rng: np.random.Generator) -> Mesh:
    """A bare foot on the ground, toes to +Y: the ankle goes up."""
    length, width = size["length"], size["width"]
    t = np.linspace(0, 1, 30)
    y = length * (0.84 * t - 0.4)
    half = width * np.interp(
        t, [0, 0.04, 0.15, 0.45, 0.8, 0.95, 1], [0.1, 0.24, 0.34, 0.36, 0.5, 0.47, 0.3]
    )
    thick = length * np.interp(
        t, [0, 0.04, 0.12, 0.3, 0.55, 0.85, 0.96, 1], [0.02, 0.07, 0.1, 0.13, 0.1, 0.05, 0.04, 0.02]
    )
    sole = np.stack([0.1 * width * np.sin(2.6 * t), y, thick], -1)
    body = tube(sole, half, 24, thick / half, power=2.3)
    parts = [replace(body, vertices=bent(body.vertices, rng, 0.002, 0.1))]
    for k in range(5):
        x = (0.40 - 0.2 * k) * width * 0.95
        radius = 0.145 * width * (1.0 if k == 0 else 0.62 - 0.03 * k)
        tip = length * (0.56 - 0.02 * k - 0.012 * k**1.6)
        start = length * 0.38
        toe = _sausage_at(rng, tip - start + radius, radius, 0.05)
        parts.append(moved(toe, (x, start - radius, radius * 0.95)))
    rise = np.linspace(0, 1, 20)
    calf = length * np.interp(rise, [0, 0.12, 0.3, 0.75, 1.0], [0.1, 0.13, 0.135, 0.19, 0.18])
    bone = np.zeros((20, 3))
    bone[:, 1] = rng.uniform(0.1, 0.3) * rise
    shin = tube(bone, calf, 24, 1.1)
    upright = np.array([[1.0, 0, 0], [0, 0, -1.0], [0, 1.0, 0]])
    parts.append(moved(shin, (0, -0.25 * length, 0.11 * length), upright))
    return joined(*parts)


def _mannequin(size: Sizes, rng: np.random.Generator) -> Mesh:
    """A smooth head on its neck and shoulders (second surface), as in a shop."""
    height = size["height"]
    head = moved(
        ellipsoid((0.33 * height, 0.42 * height, 0.5 * height), 0.02),
        (0, -0.06 * height, 1.6 * height),
    )
    neck = moved(
        rod(0.7 * height, 0.2 * height, 0.02, 0.03),
        (0, 0, 1.0 * height),
        np.array([[1.0, 0, 0], [0, 0, -1.0], [0, 1.0, 0]]),
    )
    rise = np.linspace(0, 1, 24)
    half = height * np.interp(
        rise, [0, 0.35, 0.7, 0.86, 0.93, 0.97, 1.0], [0.62, 0.75, 0.84, 0.78, 0.55, 0.3, 0.16]
    )
    half = np.convolve(np.pad(half, 1, "edge"), [0.25, 0.5, 0.25], "valid")
    spine = np.zeros((24, 3))
    spine[:, 2] = height * rise
    flat = np.interp(rise, [0, 0.6, 1.0], [0.58, 0.52, 0.8])
    chest = tube(spine, half, 32, flat, side=(0.0, 1.0, 0.0), power=2.4)
    return joined(head, neck, of_part(chest, 1))


DECOYS: Final[dict[str, Kind]] = {
    "bar": Kind(
        ("occluder", "clutter"),
        {"length": (0.15, 0.9), "radius": (0.004, 0.03)},
        _bar,
        (("plastic", "metal", "wood", "dark"), ("plastic",)),
    ),
    "board": Kind(
        ("occluder", "clutter"),
        {"width": (0.05, 0.35), "height": (0.05, 0.35)},
        _board,
        (("plastic", "wood", "cover", "cardboard", "cloth"), ("plastic",)),
    ),
    "sausage": Kind(
        ("held", "occluder", "clutter"),
        {"length": (0.09, 0.22), "radius": (0.009, 0.02)},
        _sausage,
        (("skin", "skin", "skin", "bread"), ("skin",)),
        _sausage_grips,
    ),
    "sausages": Kind(
        ("occluder", "clutter"),
        {"length": (0.06, 0.16), "radius": (0.007, 0.016)},
        _sausages,
        (("skin", "skin", "skin", "bread"), ("skin",)),
    ),
    "blob": Kind(
        ("occluder", "clutter"),
        {"radius": (0.025, 0.09)},
        _blob,
        (("skin", "skin", "skin", "bread"), ("skin",)),
    ),
    "foot": Kind(
        ("clutter",),
        {"length": (0.2, 0.28), "width": (0.08, 0.105)},
        _foot,
        (("skin",), ("skin",)),
    ),
    "mannequin": Kind(
        ("clutter", "furniture"),
        {"height": (0.22, 0.27)},
        _mannequin,
        (("skin", "white", "skin"), ("skin", "cloth", "white")),
    ),
}
