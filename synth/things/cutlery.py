"""Spoons, forks and knives."""

from __future__ import annotations

from typing import Final

import numpy as np

from synth.things.hold import Grip
from synth.things.kind import Kind, Sizes, about, grip
from synth.things.mesh import Mesh, joined, sheet
from synth.things.outlines import STEP
from synth.things.shapes import (
    tube,
)


def _handle(length: float, width: float, thick: float, start: float, wide_end: float) -> Mesh:
    """A flat tapered handle along +Y from `start` downwards (metres); its end is wider."""
    at = np.linspace(0, 1, max(10, int(length / STEP)))
    path = np.stack([np.zeros_like(at), start - length * at, np.zeros_like(at)], -1)
    half = 0.5 * width * (1 + (wide_end - 1) * at**1.5)
    half = half * np.sqrt(np.clip(1.02 - np.clip((at - 0.93) / 0.07, 0, 1) ** 2, 0, 1))
    return tube(path, half, 12, 0.5 * thick / half, power=3.0)


def _spoon(size: Sizes, rng: np.random.Generator) -> Mesh:
    """Gripped a third up the handle; the bowl at +Y."""
    length, width = size["length"], size["width"]
    bowl_length = 1.45 * width
    neck = 0.6 * (length - bowl_length)
    handle = _handle(length - bowl_length + 0.004, 0.007, 0.0028, neck + 0.004, 2.0)
    rows, columns = np.linspace(0, 1, 14), np.linspace(-1, 1, 9)
    shape = np.sqrt(np.clip(1 - (2 * rows - 1) ** 2, 0.02, 1)) * (1.1 - 0.25 * (2 * rows - 1))
    x = 0.5 * width * shape[:, None] * columns
    depth = 0.17 * width * (shape / shape.max())[:, None] ** 1.5 * (1 - columns**2)
    y = np.broadcast_to((neck + bowl_length * rows)[:, None], x.shape)
    return joined(handle, sheet(np.stack([x, y, -depth], -1), 0.0016))


def _fork(size: Sizes, rng: np.random.Generator) -> Mesh:
    length, width = size["length"], size["width"]
    head = 0.36 * length
    neck = 0.6 * (length - head)
    handle = _handle(length - head + 0.004, 0.007, 0.0028, neck + 0.004, 2.0)
    at = np.linspace(0, 1, 8)
    palm = np.stack([np.zeros(8), neck + 0.42 * head * at, -0.006 * np.sin(np.pi * at * 0.8)], -1)
    wide = 0.5 * width * np.clip(0.3 + 1.2 * at, 0, 1)
    blade = tube(palm, wide, 16, 0.0011 / wide, power=3.0)
    tines = []
    for x in (np.arange(4) - 1.5) * width / 4.2:
        t = np.linspace(0, 1, 9)
        z = palm[-1, 2] - 0.004 * np.sin(np.pi * t) + 0.003 * t
        path = np.stack([np.full(9, x), palm[-1, 1] - 0.003 + 0.6 * head * t, z], -1)
        tines.append(tube(path, width * 0.075 * (1 - 0.6 * t**3), 12, 0.8))
    return joined(handle, blade, *tines)


def _cutlery_grips(size: Sizes) -> tuple[Grip, ...]:
    # As a pen: the head is the tip, the palm on either face.
    tip = (0, -1, 0)
    return (
        grip("tripod", 0.0014, 0.05, axis=tip, out=(0, 0, -1)),
        grip("tripod", 0.0014, 0.05, axis=tip, out=(0, 0, 1)),
        grip("lateral", 0.0014, 0.05, axis=tip, out=(1, 0, 0)),
        grip("pinch", 0.0014, 0.05, axis=tip, out=(-1, 0, 0)),
    )


def _knife(size: Sizes, rng: np.random.Generator) -> Mesh:
    """Gripped at the middle of the handle; the blade, at +Y, is the second surface."""
    handle, blade, width = size["handle"], size["blade"], size["width"]
    at = np.linspace(-0.5, 0.5, max(10, int(handle / STEP)))
    path = np.stack([np.zeros_like(at), handle * at, np.zeros_like(at)], -1)
    half = size["grip"] * (1 - 0.1 * np.cos(2 * np.pi * at))
    half = half * np.where(np.abs(at) > 0.49, 0.8, 1.0)
    body = tube(path, half, 16, 0.68, power=2.6)
    t = np.linspace(0, 1, 22)
    half_width = 0.5 * width * np.sqrt(np.clip(1 - np.clip((t - 0.55) / 0.46, 0, 1) ** 2, 0.003, 1))
    # The back is straight, the edge curves up to the point.
    spine = 0.5 * width - half_width
    edge = np.stack([spine, 0.5 * handle - 0.01 + (blade + 0.01) * t, np.zeros_like(t)], -1)
    metal = tube(edge, half_width, 12, 0.0012 / half_width, caps=(1, 1), part=1)
    return joined(body, metal)


def _knife_grips(size: Sizes) -> tuple[Grip, ...]:
    # The edge looks to −X: the palm is behind the back or beside the handle.
    radius = size["grip"] * 0.9
    return (
        *about("wrap", radius, size["handle"], ((1, 0, 0),)),
        *about("wrap", 0.68 * radius, size["handle"], ((0, 0, 1), (0, 0, -1))),
    )


def _wooden_spoon(size: Sizes, rng: np.random.Generator) -> Mesh:
    """A third of the handle is below the grip."""
    length, radius, width = size["length"], size["radius"], size["width"]
    at = np.linspace(0, 1, 44)
    y = length * (at - 0.3)
    bulge = np.exp(-(((at - 0.87) / 0.085) ** 4))
    wide = radius * (1 - 0.15 * at) * (1 - bulge) + 0.5 * width * bulge
    wide *= np.sqrt(np.clip(1.0 - np.clip((np.abs(at - 0.5) - 0.47) / 0.031, 0, 1) ** 2, 0.01, 1))
    thick = np.minimum(wide, radius)
    hollow = -0.3 * radius * bulge
    return tube(np.stack([np.zeros(44), y, hollow], -1), wide, 16, thick / wide)


def _wooden_spoon_grips(size: Sizes) -> tuple[Grip, ...]:
    return (
        *about("wrap", size["radius"] * 0.95, 0.5 * size["length"]),
        grip("tripod", size["radius"] * 0.95, 0.06, axis=(0, -1, 0), out=(1, 0, 0)),
    )


CUTLERY: Final[dict[str, Kind]] = {
    "spoon": Kind(
        ("held", "clutter"),
        {"length": (0.15, 0.21), "width": (0.03, 0.042)},
        _spoon,
        (("chrome", "metal", "plastic"), ("chrome",)),
        _cutlery_grips,
    ),
    "fork": Kind(
        ("held", "clutter"),
        {"length": (0.16, 0.21), "width": (0.02, 0.026)},
        _fork,
        (("chrome", "metal", "plastic"), ("chrome",)),
        _cutlery_grips,
    ),
    "knife": Kind(
        ("held", "clutter"),
        {
            "handle": (0.095, 0.12),
            "blade": (0.09, 0.2),
            "width": (0.018, 0.045),
            "grip": (0.009, 0.014),
        },
        _knife,
        (("wood", "dark", "plastic"), ("chrome", "metal")),
        _knife_grips,
    ),
    "wooden_spoon": Kind(
        ("held", "occluder", "clutter"),
        {"length": (0.24, 0.33), "radius": (0.005, 0.0075), "width": (0.045, 0.065)},
        _wooden_spoon,
        (("wood",), ("wood",)),
        _wooden_spoon_grips,
    ),
}
