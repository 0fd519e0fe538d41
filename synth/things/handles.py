"""Sticks, brushes and other things with a handle."""

from __future__ import annotations

from typing import Final

import numpy as np

from synth.rotations import coordinate_rotation
from synth.things.hold import Grip
from synth.things.kind import Kind, Sizes, about, grip
from synth.things.mesh import Mesh, boxed_uv, joined, moved, of_part
from synth.things.outlines import STEP, filleted, rounded_rectangle
from synth.things.shapes import (
    box,
    ellipsoid,
    plain_box,
    revolved,
    rod,
    slab,
    straight,
    tube,
)


def _stick(size: Sizes, rng: np.random.Generator) -> Mesh:
    """A drumstick: a third below the grip, the tip at +Y."""
    length, radius = size["length"], size["radius"]
    at = np.concatenate([[0, 0.004], np.linspace(0.012, 0.988, int(length / STEP)), [0.996, 1.0]])
    wide = radius * (1 - 0.5 * np.clip((at - 0.7) / 0.25, 0, 1)) * np.where(at > 0.965, 1.25, 1.0)
    wide = wide * np.interp(at, [0, 0.004, 0.012, 0.988, 0.996, 1], [0.5, 0.85, 1, 1, 0.8, 0.3])
    path = np.stack([np.zeros_like(at), length * (at - 0.27), np.zeros_like(at)], -1)
    return tube(path, wide, 12, caps=(0, 0))


def _stick_grips(size: Sizes) -> tuple[Grip, ...]:
    radius = size["radius"]
    return (
        *about("wrap", radius, 0.4 * size["length"]),
        grip("tripod", radius, 0.06, axis=(0, -1, 0)),
        grip("pinch", radius, 0.06),
    )


def _cigarette(size: Sizes, rng: np.random.Generator) -> Mesh:
    """The filter, gripped, is the second surface."""
    radius, length = size["radius"], size["length"]
    white = moved(rod(length - 0.02, radius, 0.0002), (0, length / 2 + 0.005, 0))
    tip = of_part(moved(rod(0.03, radius * 1.01, 0.0002), (0, -0.005, 0)), 1)
    return joined(white, tip)


def _cigarette_grips(size: Sizes) -> tuple[Grip, ...]:
    return about("pinch", size["radius"], 0.02)


def _toothbrush(size: Sizes, rng: np.random.Generator) -> Mesh:
    """The head at +Y, its bristles (second surface) to +Z."""
    length = size["length"]
    at = np.linspace(0, 1, int(length / 0.006))
    wide = np.interp(
        at, [0, 0.02, 0.2, 0.5, 0.7, 0.84, 0.88, 0.97, 1], [2, 5, 6, 6.5, 3.4, 2.6, 5.5, 5.5, 3]
    )
    thick = np.interp(at, [0, 0.02, 0.2, 0.5, 0.7, 0.84, 1], [2, 4, 5, 6, 3.2, 2.4, 2.2])
    bend = 0.006 * np.sin(np.pi * np.clip(at / 0.7, 0, 1))
    path = np.stack([np.zeros_like(at), length * (at - 0.4), bend - bend[int(0.4 * len(at))]], -1)
    handle = tube(path, wide * 0.001, 12, thick / wide)
    top = path[-1]
    bristles = [
        plain_box((0.0017, 0.0022, 0.011), (x, top[1] - y, top[2] + 0.006), 1)
        for x in (-0.0033, -0.0011, 0.0011, 0.0033)
        for y in np.arange(0.003, 0.026, 0.0029)
    ]
    return joined(handle, *bristles)


def _toothbrush_grips(size: Sizes) -> tuple[Grip, ...]:
    return (
        *about("wrap", 0.0063, 0.5 * size["length"], ((1, 0, 0), (-1, 0, 0))),
        *about("wrap", 0.0055, 0.5 * size["length"], ((0, 0, -1),)),
        grip("tripod", 0.0055, 0.05, axis=(0, -1, 0)),
    )


def _paintbrush(size: Sizes, rng: np.random.Generator) -> Mesh:
    """Bristles at −Y; they and the ferrule are the second surface."""
    length, radius = size["length"], size["radius"]
    at = np.linspace(0, 1, int(length / STEP))
    wide = radius * np.interp(at, [0, 0.15, 0.35, 1], [0.8, 1.0, 0.75, 0.35])
    handle = tube(straight(-0.03, length - 0.03, len(at)), wide, 12)
    t = np.linspace(0, 1, 14)
    head = size["head"]
    broad = np.interp(t, [0, 0.45, 0.5, 0.8, 1], [0.1, 0.9, 1, 1, 0.9 * radius / head + 0.1]) * head
    flat = np.interp(t, [0, 0.5, 1], [0.35, 0.45, 1.0])
    bristles = tube(straight(-0.03 - 3.2 * head, -0.02, 14), broad, 16, flat, caps=(1, 1), part=1)
    return joined(handle, bristles)


def _paintbrush_grips(size: Sizes) -> tuple[Grip, ...]:
    # The origin is 30 mm up the handle.
    share = 0.03 / size["length"]
    radius = float(size["radius"] * np.interp(share, [0, 0.15, 0.35], [0.8, 1.0, 0.75]))
    return (*about("tripod", radius, 0.05), grip("wrap", radius, 0.08, (0, 0.02, 0)))


def _hairbrush(size: Sizes, rng: np.random.Generator) -> Mesh:
    """Paddle at +Y, bristles (second surface) to +Z."""
    radius, handle, paddle = size["radius"], size["handle"], size["paddle"]
    at = np.linspace(0, 1, int(handle / STEP) + 3)
    wide = radius * (1 + 0.15 * np.cos(2 * np.pi * at)) * np.where((at < 0.01), 0.7, 1.0)
    grip_part = tube(straight(-handle / 2, handle / 2 + 0.02, len(at)), wide, 16, 0.75)
    head = moved(ellipsoid((0.42 * paddle, 0.5 * paddle, 0.009)), (0, handle / 2 + 0.5 * paddle, 0))
    pins = []
    for x in np.arange(-0.3, 0.31, 0.12) * paddle:
        for y in np.arange(-0.36, 0.37, 0.12) * paddle:
            if (x / 0.36) ** 2 + (y / 0.42) ** 2 < paddle**2:
                at_pin = (x, handle / 2 + 0.5 * paddle + y, 0.014)
                pins.append(plain_box((0.0016, 0.0016, 0.02), at_pin, 1))
    return joined(grip_part, head, *pins)


def _hairbrush_grips(size: Sizes) -> tuple[Grip, ...]:
    radius = 0.86 * size["radius"]
    return (
        *about("wrap", radius, size["handle"], ((1, 0, 0), (-1, 0, 0))),
        *about("wrap", 0.75 * radius, size["handle"], ((0, 0, -1), (0, 0, 1))),
    )


def _flashlight(size: Sizes, rng: np.random.Generator) -> Mesh:
    """The head at +Y; its front is the second surface."""
    radius, length, head = size["radius"], size["length"], size["head"]
    profile = filleted(
        [
            (0.3 * radius, -length / 2),
            (radius, -length / 2),
            (radius, length / 2),
            (head, length / 2 + 0.02),
            (head, length / 2 + 0.045),
            (0.85 * head, length / 2 + 0.046),
            (0.8 * head, length / 2 + 0.041),
            (0.1 * head, length / 2 + 0.04),
        ],
        [0.003, 0.008, 0.005, 0.001, 0.001, 0.001],
    )
    mesh = revolved(profile, caps=(0, 1))
    switch = of_part(box((0.007, 0.014, 0.006), 0.002), 1)
    return joined(mesh, moved(switch, (0, 0.3 * length, radius)))


def _microphone(size: Sizes, rng: np.random.Generator) -> Mesh:
    """The grille at +Y is the second surface."""
    radius, length, ball = size["radius"], size["length"], size["ball"]
    handle = revolved(
        filleted(
            [
                (0.3 * radius, -length / 2),
                (0.8 * radius, -length / 2),
                (radius, 0.0),
                (1.2 * radius, 0.4 * length),
                (0.75 * ball, length / 2 + 0.004),
                (0.4 * ball, length / 2 + 0.006),
            ],
            [0.003, 0.05, 0.02, 0.002],
        )
    )
    grille = moved(ellipsoid((ball, 1.1 * ball, ball)), (0, length / 2 + 0.95 * ball, 0))
    return joined(handle, of_part(grille, 1))


def _handle_grips(size: Sizes) -> tuple[Grip, ...]:
    return about("wrap", size["radius"], size["length"])


def _cream(size: Sizes, rng: np.random.Generator) -> Mesh:
    """A tube of cream or toothpaste: crimped at −Y, its cap (second surface) at +Y."""
    radius, length = size["radius"], size["length"]
    at = np.linspace(0, 1, int(length / STEP))
    share = np.clip(at / 0.9, 0, 1)
    wide = radius * (1.45 - 0.45 * share)
    thick = np.maximum(radius * np.sqrt(share), 0.0011)
    body = tube(straight(-length / 2, length / 2, len(at)), wide, 28, thick / wide)
    cap = of_part(moved(rod(0.02, 0.62 * radius, 0.001), (0, length / 2 + 0.009, 0)), 1)
    return joined(body, cap)


def _cream_grips(size: Sizes) -> tuple[Grip, ...]:
    share = 0.5 / 0.9
    wide, thick = size["radius"] * (1.45 - 0.45 * share), size["radius"] * np.sqrt(share)
    return (
        *about("wrap", wide, size["length"], ((1, 0, 0), (-1, 0, 0))),
        *about("wrap", float(thick), size["length"], ((0, 0, 1), (0, 0, -1))),
    )


def _lighter(size: Sizes, rng: np.random.Generator) -> Mesh:
    """The metal top, at +Y, is the second surface."""
    width, thick = size["width"], size["thickness"]
    outline, side = rounded_rectangle(width, 0.062, 0.004)
    body = boxed_uv(slab(outline, side, thick, 0.35 * thick))
    top = box((0.95 * width, 0.017, 0.9 * thick), 0.0012)
    wheel = moved(rod(0.005, 0.0045, 0.0006), turn=coordinate_rotation(0, np.pi / 2))
    return joined(
        body,
        of_part(moved(top, (0, 0.036, 0)), 1),
        of_part(moved(wheel, (0.2 * width, 0.045, 0)), 1),
    )


def _lighter_grips(size: Sizes) -> tuple[Grip, ...]:
    return (
        *about("wrap", size["width"] / 2, 0.06, ((1, 0, 0), (-1, 0, 0))),
        *about("wrap", size["thickness"] / 2, 0.06, ((0, 0, 1),)),
        grip("pinch", size["thickness"] / 2, 0.05, (0, -0.01, 0), out=(1, 0, 0)),
    )


HANDLES: Final[dict[str, Kind]] = {
    "stick": Kind(
        ("held", "occluder", "clutter"),
        {"length": (0.3, 0.42), "radius": (0.0055, 0.008)},
        _stick,
        (("wood", "wood", "plastic"), ("wood",)),
        _stick_grips,
    ),
    "cigarette": Kind(
        ("held",),
        {"radius": (0.0035, 0.0042), "length": (0.08, 0.1)},
        _cigarette,
        (("white",), ("orange", "white", "bread")),
        _cigarette_grips,
    ),
    "toothbrush": Kind(
        ("held", "clutter"),
        {"length": (0.17, 0.2)},
        _toothbrush,
        (("plastic", "white", "wood"), ("bristle",)),
        _toothbrush_grips,
    ),
    "paintbrush": Kind(
        ("held", "clutter"),
        {"length": (0.15, 0.22), "radius": (0.004, 0.008), "head": (0.006, 0.014)},
        _paintbrush,
        (("wood", "plastic"), ("bristle",)),
        _paintbrush_grips,
    ),
    "hairbrush": Kind(
        ("held", "clutter"),
        {"radius": (0.01, 0.014), "handle": (0.1, 0.125), "paddle": (0.08, 0.11)},
        _hairbrush,
        (("wood", "dark", "plastic"), ("dark", "bristle")),
        _hairbrush_grips,
    ),
    "flashlight": Kind(
        ("held", "clutter"),
        {"radius": (0.0115, 0.018), "length": (0.085, 0.14), "head": (0.019, 0.028)},
        _flashlight,
        (("plastic", "dark", "metal"), ("lit", "chrome")),
        _handle_grips,
    ),
    "microphone": Kind(
        ("held", "clutter"),
        {"radius": (0.0125, 0.016), "length": (0.13, 0.17), "ball": (0.022, 0.027)},
        _microphone,
        (("dark", "metal"), ("metal", "dark", "chrome")),
        _handle_grips,
    ),
    "cream": Kind(
        ("held", "clutter"),
        {"radius": (0.014, 0.021), "length": (0.1, 0.15)},
        _cream,
        (("label", "white", "label"), ("white", "plastic")),
        _cream_grips,
    ),
    "lighter": Kind(
        ("held",),
        {"width": (0.021, 0.026), "thickness": (0.01, 0.013)},
        _lighter,
        (("plastic",), ("chrome",)),
        _lighter_grips,
    ),
}
