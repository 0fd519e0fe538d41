"""Tools and keys."""

from __future__ import annotations

from typing import Final

import numpy as np

from synth.rotations import coordinate_rotation
from synth.things.hold import Grip
from synth.things.kind import Kind, Sizes, about, grip
from synth.things.mesh import Mesh, boxed_uv, joined, loft, moved, of_part
from synth.things.outlines import STEP, divided, filleted, rounded_rectangle
from synth.things.shapes import (
    plain_box,
    revolved,
    rod,
    slab,
    straight,
    tube,
)


def _screwdriver(size: Sizes, rng: np.random.Generator) -> Mesh:
    """A fluted handle about the origin, the shaft (second surface) at +Y."""
    radius, handle, shaft = size["radius"], size["handle"], size["shaft"]
    profile = divided(
        filleted(
            [
                (0.3 * radius, -handle / 2),
                (0.9 * radius, -handle / 2),
                (radius, 0.1 * handle),
                (0.62 * radius, 0.36 * handle),
                (0.75 * radius, handle / 2),
                (0.3 * radius, handle / 2),
            ],
            [0.006, 0.04, 0.012, 0.002],
        ),
        STEP,
    )
    count = 24
    angles = 2 * np.pi * np.arange(count) / count
    fluted = 1 - 0.045 * (1 + np.cos(6 * angles)) / 2
    deep = np.exp(-((profile[:, 1] / (0.33 * handle)) ** 4))
    ring = np.stack([np.sin(angles), np.zeros(count), np.cos(angles)], -1)
    shape = 1 + deep[:, None] * (fluted - 1)
    rings = (profile[:, :1] * shape)[..., None] * ring
    rings[..., 1] = profile[:, 1:]
    thin = size["thin"]
    length = shaft + 0.01
    blade = np.linspace(0, 1, 24)
    wide = thin * (1 + 0.25 * np.clip((blade - 0.9) / 0.06, 0, 1))
    flat = 1 - 0.8 * np.clip((blade - 0.88) / 0.1, 0, 1)
    steel = tube(
        straight(handle / 2 - 0.01, handle / 2 - 0.01 + length, 24),
        wide,
        12,
        flat,
        caps=(1, 1),
        part=1,
    )
    return joined(loft(rings), steel)


def _screwdriver_grips(size: Sizes) -> tuple[Grip, ...]:
    # The sides about the origin are the deepest of the six grooves or between two of them.
    return about("wrap", size["radius"] * 0.96, size["handle"])


def _hammer(size: Sizes, rng: np.random.Generator) -> Mesh:
    """The head, at +Y, is the second surface; it strikes to +X."""
    length, radius, head = size["length"], size["radius"], size["head"]
    low = -0.3 * length
    at = np.linspace(0, 1, int(length / STEP))
    swell = 1 + 0.12 * np.cos(2 * np.pi * (at - 0.3) * 1.4) * (at < 0.7)
    wide = radius * swell * (1 - 0.35 * np.clip((at - 0.35) / 0.4, 0, 1))
    wide[0] *= 0.8
    path = np.stack([np.zeros_like(at), low + length * at, np.zeros_like(at)], -1)
    handle = tube(path, wide, 16, 0.74)
    top = low + length - 0.014
    face = moved(
        revolved(
            filleted(
                [
                    (0.2 * head, -0.038),
                    (0.85 * head, -0.03),
                    (0.7 * head, 0.0),
                    (head, 0.03),
                    (head, 0.042),
                    (0.2 * head, 0.043),
                ],
                [0.003, 0.01, 0.004, 0.002],
            ),
            caps=(1, 1),
            part=1,
        ),
        (0.01, top, 0),
        coordinate_rotation(2, -np.pi / 2),
    )
    t = np.linspace(0, 1, 12)
    claws = []
    for sign in (-1.0, 1.0):
        path = np.stack(
            [-0.02 - 0.055 * t, top + 0.004 - 0.024 * t**2, sign * (0.003 + 0.007 * t)], -1
        )
        claws.append(
            tube(path, 0.009 * (1 - 0.75 * t), 12, 0.6, side=(0.0, 0.0, 1.0), caps=(1, 1), part=1)
        )
    return joined(handle, face, *claws)


def _hammer_grips(size: Sizes) -> tuple[Grip, ...]:
    # At 30 % of the length the handle has its full swell.
    radius, length = 1.12 * size["radius"], 0.36 * size["length"]
    return (
        *about("wrap", radius, length, ((1, 0, 0), (-1, 0, 0))),
        *about("wrap", 0.74 * radius, length, ((0, 0, 1), (0, 0, -1))),
    )


def _wrench(size: Sizes, rng: np.random.Generator) -> Mesh:
    """A ring at the lower end, an open jaw at +Y."""
    length, width, jaw = size["length"], size["width"], size["jaw"]
    half = length / 2
    bar = tube(
        straight(-half + 0.8 * jaw, half - 0.9 * jaw, int(length / STEP)), width, 16, 0.42, power=3
    )
    turn = np.linspace(np.radians(145), np.radians(395), 22) + np.pi
    # The jaw is open by 110 degrees, a little aside as real ones are.
    arc = np.stack([np.cos(turn + 0.25), np.sin(turn + 0.25), np.zeros_like(turn)], -1)
    open_end = tube(jaw * arc + [0, half, 0], 0.42 * jaw, 12, 0.38, power=3)
    ring_turn = 2 * np.pi * np.arange(24) / 24
    circle = np.stack([np.cos(ring_turn), np.sin(ring_turn), np.zeros(24)], -1)
    ring = tube(0.85 * jaw * circle - [0, half, 0], 0.3 * jaw, 12, 0.6, looped=True, power=3)
    return joined(bar, open_end, ring)


def _wrench_grips(size: Sizes) -> tuple[Grip, ...]:
    length = size["length"] - 3 * size["jaw"]
    return (
        *about("wrap", size["width"], length, ((1, 0, 0), (-1, 0, 0))),
        *about("wrap", 0.42 * size["width"], length, ((0, 0, 1), (0, 0, -1))),
    )


def _scissors(size: Sizes, rng: np.random.Generator) -> Mesh:
    """A little open, gripped at the pivot; the blades, at +Y, are the second surface."""
    blade, ring = size["blade"], size["ring"]
    opening = rng.uniform(0.0, 0.35)
    halves = []
    turn = 2 * np.pi * np.arange(24) / 24
    for sign in (-1.0, 1.0):
        t = np.linspace(0, 1, 16)
        edge = np.stack([np.zeros(16), -0.02 + (blade + 0.02) * t, np.full(16, 0.0012 * sign)], -1)
        half = 0.0075 * np.clip(1.15 - t, 0.06, 1)
        edge[:, 0] = sign * (0.0075 - half)
        steel = tube(edge, half, 12, 0.0011 / half, caps=(1, 1), part=1)
        loop = np.stack([0.75 * ring * np.cos(turn), 1.25 * ring * np.sin(turn), 0 * turn], -1)
        loop = loop + np.array([-sign * ring * 0.95, -0.055 - 0.3 * ring, 0.0012 * sign])
        arm = np.array([(0, -0.012, 0), (-0.004 * sign, -0.03, 0), (-0.5 * ring * sign, -0.05, 0)])
        piece = joined(
            steel,
            tube(loop, 0.0042, 12, 0.75, looped=True),
            tube(divided(arm, 0.006), 0.0062, 12, 0.6),
        )
        halves.append(moved(piece, turn=coordinate_rotation(2, -sign * opening / 2)))
    screw = moved(rod(0.006, 0.0035, 0.0006), turn=coordinate_rotation(0, np.pi / 2))
    return joined(*halves, of_part(screw, 1))


def _scissors_grips(size: Sizes) -> tuple[Grip, ...]:
    return (
        grip("pinch", 0.003, 0.05, out=(1, 0, 0)),
        grip("pinch", 0.003, 0.05, out=(-1, 0, 0)),
        grip("lateral", 0.003, 0.05, out=(1, 0, 0)),
    )


def _key(size: Sizes, rng: np.random.Generator) -> Mesh:
    """A door key, gripped at the bow; the bit at +Y."""
    length, bow = size["length"], size["bow"]
    outline, side = rounded_rectangle(bow, 0.85 * bow, 0.35 * bow, 0.004)
    head = boxed_uv(slab(outline, side, 0.0024, 0.0006, 0.004))
    shaft = plain_box((0.007, length, 0.002), (0, 0.4 * bow + length / 2, 0))
    teeth = [
        plain_box(
            (0.003 * rng.uniform(0.4, 1.0), 0.0028, 0.0018), (0.0045, 0.7 * bow + 0.0045 * k, 0)
        )
        for k in range(int((length - 0.012) / 0.0045))
    ]
    return joined(head, shaft, *teeth)


def _key_grips(size: Sizes) -> tuple[Grip, ...]:
    return (
        grip("lateral", 0.0012, 0.02, axis=(1, 0, 0), out=(0, -1, 0)),
        grip("pinch", 0.0012, 0.02, axis=(1, 0, 0), out=(0, -1, 0)),
    )


TOOLS: Final[dict[str, Kind]] = {
    "screwdriver": Kind(
        ("held", "clutter"),
        {
            "radius": (0.012, 0.018),
            "handle": (0.09, 0.12),
            "shaft": (0.07, 0.16),
            "thin": (0.0025, 0.004),
        },
        _screwdriver,
        (("plastic", "rubber", "plastic"), ("chrome", "metal")),
        _screwdriver_grips,
    ),
    "hammer": Kind(
        ("held", "clutter"),
        {"length": (0.26, 0.33), "radius": (0.0135, 0.017), "head": (0.012, 0.016)},
        _hammer,
        (("wood", "wood", "rubber", "plastic"), ("metal", "chrome", "dark")),
        _hammer_grips,
    ),
    "wrench": Kind(
        ("held", "clutter"),
        {"length": (0.16, 0.24), "width": (0.0075, 0.0105), "jaw": (0.012, 0.017)},
        _wrench,
        (("chrome", "metal"), ("chrome",)),
        _wrench_grips,
    ),
    "scissors": Kind(
        ("held", "clutter"),
        {"blade": (0.06, 0.1), "ring": (0.015, 0.02)},
        _scissors,
        (("plastic", "dark"), ("chrome", "metal")),
        _scissors_grips,
    ),
    "key": Kind(
        ("held",),
        {"length": (0.028, 0.036), "bow": (0.022, 0.028)},
        _key,
        (("metal", "chrome"), ("metal",)),
        _key_grips,
    ),
}
