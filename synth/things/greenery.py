"""Leaves, twigs and potted plants."""

from __future__ import annotations

from typing import Final

import numpy as np

from synth.things.hold import Grip
from synth.things.kind import Kind, Sizes, about
from synth.things.mesh import Mesh, joined, loft, moved, of_part, sheet
from synth.things.outlines import filleted
from synth.things.shapes import (
    tube,
)


def _blade(length: float, width: float, arch: float, roll: float, rows: int = 12) -> Mesh:
    """A leaf from the origin along +Y, its face to +Z, bending down."""
    t = np.linspace(0, 1, rows)
    half = 0.5 * width * np.clip(np.sin(np.pi * np.clip(t, 0, 1) ** 0.75), 0.03, 1)
    across = np.linspace(-1, 1, 5)
    x = half[:, None] * across
    z = -arch * length * t[:, None] ** 2 + roll * np.abs(x)
    y = np.broadcast_to((length * t * (1 - 0.3 * abs(arch) * t))[:, None], x.shape)
    return sheet(np.stack([x, y, z], -1), 0.0006)


def _leaf(size: Sizes, rng: np.random.Generator) -> Mesh:
    """A leaf on its stalk (second surface), gripped there."""
    blade = _blade(size["length"], size["width"], rng.uniform(-0.3, 0.5), rng.uniform(0, 0.5))
    stalk = np.linspace(-0.05, 0.03, 14)[:, None] * np.array([[0.0, 1.0, 0.0]])
    return joined(moved(blade, (0, 0.02, 0)), tube(stalk, 0.0016, 8, caps=(1, 1), part=1))


def _leaf_grips(size: Sizes) -> tuple[Grip, ...]:
    return about("pinch", 0.0016, 0.03)


def _branch(size: Sizes, rng: np.random.Generator) -> Mesh:
    """A twig along +Y (second surface) with leaves on both sides."""
    length = size["length"]
    t = np.linspace(0, 1, 20)
    sway = 0.06 * length * np.sin(2.5 * t + rng.uniform(0, 6))
    path = np.stack([sway - sway[10], length * (t - 0.5), 0.3 * sway - 0.3 * sway[10]], -1)
    parts = [tube(path, 0.0035 - 0.002 * t, 8, caps=(1, 1), part=1)]
    for k in range(int(rng.integers(7, 14))):
        at = path[int(rng.integers(3, 20))]
        leaf = _blade(
            size["leaf"] * rng.uniform(0.7, 1.2),
            0.45 * size["leaf"],
            rng.uniform(-0.2, 0.4),
            0.3,
            8,
        )
        parts.append(moved(leaf, at, _leaf_turn(rng, 1.0 if k % 2 else -1.0)))
    return joined(*parts)


def _leaf_turn(rng: np.random.Generator, sign: float) -> np.ndarray:
    along = np.array([sign, rng.uniform(0.2, 1.2), rng.normal(0, 0.5)])
    along /= np.linalg.norm(along)
    face = rng.normal(0, 0.4, 3) + [0, 0, 1]
    face -= (face @ along) * along
    face /= np.linalg.norm(face)
    return np.stack([np.cross(along, face), along, face], axis=1)


def _plant(size: Sizes, rng: np.random.Generator) -> Mesh:
    """A pot with leaves (second surface)."""
    pot, height = size["pot"], size["height"]
    sides = 24
    turn = 2 * np.pi * np.arange(sides) / sides
    profile = filleted(
        [
            (0.7 * pot, 0),
            (pot, 1.7 * pot),
            (1.08 * pot, 1.7 * pot),
            (1.08 * pot, 2 * pot),
            (0.95 * pot, 2 * pot),
            (0.93 * pot, 1.8 * pot),
        ],
        0.004,
    )
    rings = np.stack(
        [
            profile[:, :1] * np.cos(turn),
            profile[:, :1] * np.sin(turn),
            np.broadcast_to(profile[:, 1:], (len(profile), sides)),
        ],
        -1,
    )
    parts = [loft(rings)]
    for _ in range(int(rng.integers(9, 18))):
        angle, lean = rng.uniform(0, 2 * np.pi), rng.uniform(0.1, 0.9)
        length = height * rng.uniform(0.6, 1.0)
        leaf = _blade(length, size["leaf"] * rng.uniform(0.7, 1.2), rng.uniform(0.1, 0.6), 0.25, 10)
        along = np.array([np.cos(angle) * lean, np.sin(angle) * lean, 1.0])
        along /= np.linalg.norm(along)
        across = np.array([-np.sin(angle), np.cos(angle), 0.0])
        frame = np.stack([-across, along, np.cross(-across, along)], axis=1)
        start = (0.3 * pot * np.cos(angle), 0.3 * pot * np.sin(angle), 1.75 * pot)
        parts.append(of_part(moved(leaf, start, frame), 1))
    return joined(*parts)


GREENERY: Final[dict[str, Kind]] = {
    "leaf": Kind(
        ("held", "occluder"),
        {"length": (0.07, 0.2), "width": (0.04, 0.11)},
        _leaf,
        (("foliage",), ("foliage", "wood")),
        _leaf_grips,
    ),
    "branch": Kind(
        ("occluder", "clutter"),
        {"length": (0.2, 0.45), "leaf": (0.04, 0.09)},
        _branch,
        (("foliage",), ("wood",)),
    ),
    "plant": Kind(
        ("clutter", "furniture"),
        {"pot": (0.05, 0.13), "height": (0.18, 0.6), "leaf": (0.03, 0.1)},
        _plant,
        (("ceramic", "plastic", "wood"), ("foliage",)),
    ),
}
