"""Telephones, remote controls and cameras."""

from __future__ import annotations

from typing import Final

import numpy as np

from synth.rotations import coordinate_rotation
from synth.things.hold import Grip
from synth.things.kind import Kind, Sizes, grip
from synth.things.mesh import Mesh, boxed_uv, joined, moved, of_part
from synth.things.outlines import STEP, filleted, rounded_rectangle
from synth.things.shapes import (
    box,
    ellipsoid,
    panel,
    plain_box,
    revolved,
    rod,
    slab,
    tube,
)


def _phone(size: Sizes, rng: np.random.Generator) -> Mesh:
    width, height, thick = size["width"], size["height"], size["thickness"]
    body = panel(width, height, thick, 0.0095, size["edge"], size["frame"], STEP)
    bump = box((0.021, 0.03 + 0.008 * rng.uniform(), 0.003), 0.001, 0.01)
    at = (width / 2 - 0.016, height / 2 - 0.024, -thick / 2 - 0.0005)
    lenses = [
        moved(
            rod(0.0015, 0.0052, 0.0003),
            (at[0], at[1] + y, at[2] - 0.0016),
            coordinate_rotation(0, np.pi / 2),
        )
        for y in (-0.008, 0.008)
    ]
    key = box((0.0016, 0.016, 0.002), 0.0004)
    keys = moved(key, (width / 2, 0.15 * height, 0))
    return joined(body, moved(bump, at), *lenses, keys)


def _phone_grips(size: Sizes) -> tuple[Grip, ...]:
    x, half = size["width"] / 2 - 0.022, size["thickness"] / 2
    low = -size["height"] / 2
    return (
        grip("flat", half, 0.1, (x, -0.01, 0), (0, 1, 0), (1, 0, 0)),
        grip("flat", half, 0.1, (-x, -0.01, 0), (0, 1, 0), (-1, 0, 0)),
        grip("flat", half, 0.06, (0, low + 0.025, 0), (1, 0, 0), (0, -1, 0)),
        grip("wrap", half, 0.1, (0, -0.01, 0)),
    )


def _tablet(size: Sizes, rng: np.random.Generator) -> Mesh:
    return panel(size["width"], size["height"], size["thickness"], 0.012, 0.0022, 0.007, 0.0085)


def _tablet_grips(size: Sizes) -> tuple[Grip, ...]:
    x, half = size["width"] / 2 - 0.03, size["thickness"] / 2
    y = size["height"] / 2 - 0.03
    return (
        grip("flat", half, 0.1, (x, 0, 0), (0, 1, 0), (1, 0, 0)),
        grip("flat", half, 0.1, (-x, 0, 0), (0, 1, 0), (-1, 0, 0)),
        grip("flat", half, 0.1, (0, -y, 0), (1, 0, 0), (0, -1, 0)),
    )


def _remote(size: Sizes, rng: np.random.Generator) -> Mesh:
    """Gripped below the middle; the buttons are the second surface."""
    width, height, thick = size["width"], size["height"], size["thickness"]
    outline, side = rounded_rectangle(width, height, 0.008)
    body = boxed_uv(slab(outline, side, thick, 0.4 * thick))
    pitch = width / 3.6
    buttons = []
    for row in range(int((height - 0.04) / (0.8 * pitch))):
        for column in (-1, 0, 1):
            if rng.uniform() < 0.15:
                continue
            at = (column * pitch, height / 2 - 0.022 - 0.8 * pitch * row, thick / 2)
            buttons.append(plain_box((0.55 * pitch, 0.35 * pitch, 0.0022), at, 1))
    whole = joined(body, *buttons)
    return moved(whole, (0, 0.12 * height, 0))


def _remote_grips(size: Sizes) -> tuple[Grip, ...]:
    half, x = size["thickness"] / 2, size["width"] / 2
    length = 0.6 * size["height"]
    return (
        grip("wrap", half, length),
        grip("wrap", x, length, out=(1, 0, 0)),
        grip("wrap", x, length, out=(-1, 0, 0)),
        grip("flat", half, 0.05, (x - 0.012, 0.012, 0), out=(1, 0, 0)),
    )


def _controller(size: Sizes, rng: np.random.Generator) -> Mesh:
    """Of a games console: two horns, sticks and buttons (second surface)."""
    width, horn = size["width"], size["horn"]
    body = moved(ellipsoid((0.46 * width, 0.036, 0.018), power=3.0), (0, 0.012, 0))
    parts = [body]
    for sign in (-1.0, 1.0):
        path = np.array(
            [
                (sign * t * (0.40 + 0.08 * t) * width, 0.02 - 0.085 * t**1.4, -0.012 * t**2)
                for t in np.linspace(0.3, 1.08, 17)
            ]
        )
        end = np.clip(np.linspace(-0.98, 0.98, 17), -0.93, 1)
        taper = np.sqrt(1 - np.abs(end) ** 5) * np.interp(end, [-1, 0.5, 1], [1.7, 1.0, 0.95])
        parts.append(tube(path, horn * taper, 20, np.interp(end, [-1, 0.3], [0.55, 1.05])))
        stick = moved(rod(0.012, 0.0075, 0.002), turn=coordinate_rotation(0, np.pi / 2))
        parts.append(of_part(moved(stick, (sign * 0.17 * width, -0.004, 0.021)), 1))
    for x, y in ((0, 1), (1, 0), (0, -1), (-1, 0)):
        disc = moved(rod(0.006, 0.0045, 0.001), turn=coordinate_rotation(0, np.pi / 2))
        at = (0.32 * width + 0.0095 * x, 0.02 + 0.0095 * y, 0.0155)
        parts.append(of_part(moved(disc, at), 1))
        cross = plain_box(
            (0.008, 0.008, 0.006), (0.009 * x - 0.32 * width, 0.02 + 0.009 * y, 0.0155)
        )
        parts.append(of_part(cross, 1))
    return joined(*parts)


def _controller_grips(size: Sizes) -> tuple[Grip, ...]:
    t = 0.88
    x, y, z = t * (0.40 + 0.08 * t) * size["width"], 0.02 - 0.085 * t**1.4, -0.012 * t**2
    slope = (0.40 + 0.16 * t) * size["width"], -0.119 * t**0.4, -0.024 * t
    return tuple(
        grip(
            "wrap",
            size["horn"],
            0.06,
            (sign * x, y, z),
            (-sign * slope[0], -slope[1], -slope[2]),
            np.cross((-sign * slope[0], -slope[1], -slope[2]), (0, 0, -sign)),
        )
        for sign in (-1.0, 1.0)
    )


def _camera(size: Sizes, rng: np.random.Generator) -> Mesh:
    """The lens looks along +Z; lens, dial and finder are the second surface."""
    width, height, depth = size["width"], size["height"], size["depth"]
    body = box((width, height, depth), 0.007)
    lens = filleted(
        [
            (0.3 * size["lens"], 0.0),
            (size["lens"], 0.0),
            (size["lens"], 0.6 * size["reach"]),
            (0.92 * size["lens"], size["reach"]),
            (0.75 * size["lens"], size["reach"]),
            (0.65 * size["lens"], size["reach"] - 0.006),
            (0.1 * size["lens"], size["reach"] - 0.003),
        ],
        0.001,
    )
    barrel = moved(revolved(lens, caps=(1, 1), part=1), turn=coordinate_rotation(0, np.pi / 2))
    barrel = moved(barrel, (-0.05 * width, -0.003, depth / 2 - 0.001))
    finder = moved(box((0.035, 0.016, 0.8 * depth), 0.004), (-0.05 * width, height / 2 + 0.004, 0))
    dial = moved(rod(0.01, 0.009, 0.001), (0.36 * width, height / 2 + 0.003, 0))
    bulge = moved(ellipsoid((0.012, 0.42 * height, 0.012)), (0.40 * width, -0.002, 0.45 * depth))
    return joined(body, barrel, finder, of_part(dial, 1), bulge)


def _camera_grips(size: Sizes) -> tuple[Grip, ...]:
    deep = 0.022
    x = size["width"] / 2 - deep
    return (
        grip("wrap", deep, size["height"], (x, 0, 0), out=(1, 0, 0)),
        grip("wrap", deep, size["height"], (-x, 0, 0), out=(-1, 0, 0)),
    )


HANDHELD: Final[dict[str, Kind]] = {
    "phone": Kind(
        ("held", "clutter", "occluder"),
        {
            "width": (0.066, 0.078),
            "height": (0.138, 0.163),
            "thickness": (0.0074, 0.009),
            "edge": (0.001, 0.0035),
            "frame": (0.001, 0.003),
        },
        _phone,
        (("dark", "plastic", "metal"), ("screen",)),
        _phone_grips,
    ),
    "cased_phone": Kind(
        ("held", "clutter", "occluder"),
        {
            "width": (0.07, 0.083),
            "height": (0.143, 0.169),
            "thickness": (0.0105, 0.0135),
            "edge": (0.003, 0.005),
            "frame": (0.002, 0.004),
        },
        _phone,
        (("cover", "plastic", "rubber"), ("screen",)),
        _phone_grips,
    ),
    "tablet": Kind(
        ("held", "clutter", "occluder"),
        {"width": (0.135, 0.18), "height": (0.2, 0.25), "thickness": (0.006, 0.0095)},
        _tablet,
        (("dark", "metal", "plastic"), ("screen",)),
        _tablet_grips,
    ),
    "remote": Kind(
        ("held", "clutter"),
        {"width": (0.036, 0.05), "height": (0.14, 0.2), "thickness": (0.014, 0.022)},
        _remote,
        (("dark", "dark", "plastic"), ("rubber", "white", "plastic")),
        _remote_grips,
    ),
    "controller": Kind(
        ("held",),
        {"width": (0.13, 0.155), "horn": (0.016, 0.02)},
        _controller,
        (("plastic", "dark", "white"), ("dark", "plastic")),
        _controller_grips,
    ),
    "camera": Kind(
        ("held", "clutter", "occluder"),
        {
            "width": (0.105, 0.135),
            "height": (0.065, 0.085),
            "depth": (0.032, 0.042),
            "lens": (0.024, 0.031),
            "reach": (0.03, 0.055),
        },
        _camera,
        (("dark", "dark", "plastic"), ("dark", "metal")),
        _camera_grips,
        "y",
    ),
}
