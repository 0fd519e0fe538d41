"""Things to eat that are made."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from synth.things.hold import Grip
from synth.things.kind import Kind, Sizes, about, grip
from synth.things.mesh import Mesh, joined, moved, of_part
from synth.things.outlines import filleted, rounded_rectangle
from synth.things.shapes import (
    around_count,
    bent,
    ellipsoid,
    revolved,
    slab,
    tube,
)


def _bread(width: float, height: float, thick: float, rng: np.random.Generator) -> Mesh:
    outline, side = rounded_rectangle(width, height, 0.2 * width, 0.008)
    piece = slab(outline, side, thick, 0.3 * thick)
    return replace(piece, vertices=bent(piece.vertices, rng, 0.001, 0.05))


def _sandwich(size: Sizes, rng: np.random.Generator) -> Mesh:
    """Two slices in the plane X, Y with a filling (second surface)."""
    width, height, slice_ = size["width"], size["height"], size["slice"]
    layers, z = [], -size["filling"] / 2
    for k in range(3):
        thick = size["filling"] / 3
        grown = rng.uniform(-0.004, 0.007)
        filling = _bread(width + grown, height + grown, thick * 1.1, rng)
        wavy = filling.vertices + np.array([0, 0, 1]) * 0.0015 * np.sin(
            filling.vertices[:, :1] * 150 + k
        )
        layers.append(moved(replace(filling, vertices=wavy), (0, 0, z + thick / 2)))
        z += thick
    half = (size["filling"] + slice_) / 2
    return joined(
        moved(_bread(width, height, slice_, rng), (0, 0, half)),
        moved(_bread(width, height, slice_, rng), (0, 0, -half)),
        *(of_part(layer, 1) for layer in layers),
    )


def _sandwich_grips(size: Sizes) -> tuple[Grip, ...]:
    half = size["filling"] / 2 + size["slice"]
    x, y = size["width"] / 2 - 0.03, size["height"] / 2 - 0.03
    return (
        grip("flat", half, 0.08, (x, 0, 0), (0, 1, 0), (1, 0, 0)),
        grip("flat", half, 0.08, (-x, 0, 0), (0, 1, 0), (-1, 0, 0)),
        grip("flat", half, 0.08, (0, -y, 0), (1, 0, 0), (0, -1, 0)),
    )


def _burger(size: Sizes, rng: np.random.Generator) -> Mesh:
    """About +Y; patty, leaf and slices are the second surface."""
    radius = size["radius"]
    top = revolved(
        filleted(
            [
                (0.05 * radius, 0.012),
                (0.96 * radius, 0.012),
                (radius, 0.02),
                (0.75 * radius, 0.045),
                (0.05 * radius, 0.054),
            ],
            [0.004, 0.012, 0.03],
        )
    )
    bottom = revolved(
        filleted(
            [
                (0.05 * radius, -0.03),
                (0.9 * radius, -0.03),
                (0.97 * radius, -0.012),
                (0.05 * radius, -0.012),
            ],
            [0.009, 0.003],
        )
    )
    parts = [
        replace(piece, vertices=bent(piece.vertices, rng, 0.0012, 0.07)) for piece in (top, bottom)
    ]
    for low, high, wide in ((-0.012, 0.003, 0.97), (0.002, 0.006, 1.05), (0.005, 0.013, 0.94)):
        disc = revolved(
            filleted(
                [
                    (0.05 * radius, low),
                    (wide * radius, low),
                    (wide * radius, high),
                    (0.05 * radius, high),
                ],
                0.4 * (high - low),
            ),
            caps=(1, 1),
            part=1,
        )
        angle = np.arctan2(disc.vertices[:, 2], disc.vertices[:, 0])
        outer = np.clip(np.hypot(disc.vertices[:, 2], disc.vertices[:, 0]) / radius - 0.6, 0, 1)
        wave = 0.006 * outer * np.sin(7 * angle + 20 * low) * (wide > 1)
        parts.append(replace(disc, vertices=disc.vertices + wave[:, None] * [0, 1, 0]))
    return joined(*parts)


def _burger_grips(size: Sizes) -> tuple[Grip, ...]:
    radius = size["radius"]
    return (
        *about("sphere", 0.97 * radius, 0.07),
        grip("sphere", 0.03, 2 * radius, axis=(1, 0, 0), out=(0, -1, 0)),
    )


def _cone(size: Sizes, rng: np.random.Generator) -> Mesh:
    """An ice cream: the scoop, at +Y, is the second surface."""
    top, length = size["radius"], size["length"]
    low = -0.55 * length
    wafer = revolved(
        filleted(
            [
                (0.003, low),
                (0.006, low),
                (top, low + length),
                (top - 0.003, low + length),
                (0.1 * top, low + length - 0.006),
            ],
            0.001,
        )
    )
    scoop = ellipsoid((1.08 * top, 1.0 * top, 1.08 * top))
    scoop = replace(scoop, vertices=bent(scoop.vertices, rng, 0.002, 0.03))
    return joined(wafer, of_part(moved(scoop, (0, low + length + 0.5 * top, 0)), 1))


def _cone_grips(size: Sizes) -> tuple[Grip, ...]:
    return about("wrap", 0.006 + 0.55 * (size["radius"] - 0.006), 0.07)


def _doughnut(size: Sizes, rng: np.random.Generator) -> Mesh:
    """In the plane X, Y; the icing is the second surface."""
    radius, thick = size["radius"], size["thickness"]
    turn = 2 * np.pi * np.arange(around_count(radius)) / around_count(radius)
    path = (radius - thick) * np.stack([np.cos(turn), np.sin(turn), 0 * turn], -1)
    ring = tube(path, thick, 16, 0.8, looped=True)
    middle = ring.vertices[ring.quads].mean(1)
    wavy = 0.12 * thick * np.sin(5 * np.arctan2(middle[:, 1], middle[:, 0]))
    return replace(ring, part=(middle[:, 2] > 0.1 * thick + wavy).astype(np.int8))


def _doughnut_grips(size: Sizes) -> tuple[Grip, ...]:
    at = size["radius"] - size["thickness"]
    return tuple(
        grip("flat", 0.8 * size["thickness"], 0.05, (at * x, at * y, 0), (-y, x, 0), (x, y, 0))
        for x, y in ((0, -1), (1, 0), (0, 1), (-1, 0))
    )


MEALS: Final[dict[str, Kind]] = {
    "sandwich": Kind(
        ("held",),
        {
            "width": (0.075, 0.11),
            "height": (0.09, 0.13),
            "slice": (0.009, 0.015),
            "filling": (0.008, 0.02),
        },
        _sandwich,
        (("bread",), ("filling",)),
        _sandwich_grips,
    ),
    "burger": Kind(
        ("held",),
        {"radius": (0.045, 0.056)},
        _burger,
        (("bread",), ("filling",)),
        _burger_grips,
        "y",
    ),
    "cone": Kind(
        ("held",),
        {"radius": (0.021, 0.03), "length": (0.1, 0.14)},
        _cone,
        (("wafer",), ("white", "apple", "shell", "filling")),
        _cone_grips,
        "y",
    ),
    "doughnut": Kind(
        ("held", "clutter"),
        {"radius": (0.036, 0.047), "thickness": (0.013, 0.017)},
        _doughnut,
        (("bread",), ("apple", "white", "filling", "plastic")),
        _doughnut_grips,
    ),
}
