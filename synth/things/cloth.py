"""Cloth and bags: what is soft is stiff here, in one of its shapes."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from synth.things.hold import Grip
from synth.things.kind import Kind, Sizes, about, grip
from synth.things.mesh import Mesh, boxed_uv, joined, moved, of_part, sheet
from synth.things.outlines import divided, filleted
from synth.things.shapes import (
    bent,
    box,
    ellipsoid,
    plain_box,
    tube,
)


def _rag(size: Sizes, rng: np.random.Generator) -> Mesh:
    """A cloth taken up in the middle: a bundle at the origin, its folds hanging to −Y."""
    length, neck = size["length"], size["bundle"]
    rows = np.concatenate([np.linspace(-0.035, 0.03, 12), np.linspace(0.036, length, 34)])
    columns = np.linspace(0, 2 * np.pi, 72)
    folds = int(rng.integers(5, 9))
    phase, second, third = rng.uniform(0, 2 * np.pi, 3)
    open_ = np.clip((rows - 0.03) / (length - 0.03), 0, 1)
    tuft = np.clip((-rows - 0.012) / 0.023, 0, 1)
    spread = neck * (1 + 0.9 * tuft - 0.25 * np.clip((-rows - 0.03) / 0.005, 0, 1))
    spread = spread + open_**0.8 * size["spread"]
    depth = 0.03 + 0.62 * np.clip(open_ * 2.5, 0, 1) + 0.25 * tuft
    # Folds of unequal depth, some of which run out on the way down.
    wave = np.sin(folds * columns + phase) + 0.5 * np.sin((folds + 3) * columns + second)
    wave = wave * (0.75 + 0.25 * np.sin(2 * columns + third + 2.0 * open_[:, None]))
    radius = spread[:, None] * (1 + depth[:, None] * wave / 1.5)
    swirl = columns + 0.4 * open_[:, None] * np.sin(columns + phase)
    # The corners of the cloth hang lowest.
    corners = np.abs(np.cos(2 * columns + second)) ** 3 - 0.5
    ragged = 0.3 * length * open_[:, None] ** 2 * corners
    fall = -rows[:, None] - ragged
    points = np.stack(
        [radius * np.sin(swirl), np.broadcast_to(fall, radius.shape), radius * np.cos(swirl)], -1
    )
    flat = points.reshape(-1, 3)
    soft = bent(flat, rng, 0.006, 0.12)
    # The bundle stays where the hand closes on it.
    share = np.clip(-flat[:, 1:2] / 0.06, 0, 1)
    points = (flat + share * (soft - flat)).reshape(points.shape)
    reach = rows[:, None] - rows[0]
    flat_uv = np.stack([reach * np.sin(columns), reach * np.cos(columns)], -1)
    cloth = sheet(points[::-1], 0.0022, flat=flat_uv[::-1])
    core = moved(ellipsoid((neck * 0.985, 0.033, neck * 0.985), 0.006, 5.0), (0, 0.002, 0))
    return joined(core, cloth)


def _rag_grips(size: Sizes) -> tuple[Grip, ...]:
    return about("wrap", size["bundle"] + 0.0011, 0.06)


def _towel(size: Sizes, rng: np.random.Generator) -> Mesh:
    """A cloth held flat at its upper edge, hanging to −Y in soft folds."""
    width, height = size["width"], size["height"]
    x = np.linspace(-width / 2, width / 2, 40)
    y = np.linspace(-height + 0.02, 0.02, 40)
    columns, rows = np.meshgrid(x, y)
    free = np.clip((-rows - 0.02) / 0.1, 0, 1) + np.clip((np.abs(columns) - 0.05) / 0.05, 0, 1)
    fold = np.clip(free, 0, 1) * size["fold"]
    phase = rng.uniform(0, 2 * np.pi, 3)
    z = fold * (
        np.sin(columns * 38 + phase[0] + 3 * rows)
        + 0.6 * np.sin(columns * 67 + phase[1] - 6 * rows)
    )
    drop = (np.hypot(columns, 0.06) - 0.06) * rng.uniform(0.2, 0.7)
    return sheet(np.stack([columns * 0.86, rows - drop, z], -1), 0.0024)


def _towel_grips(size: Sizes) -> tuple[Grip, ...]:
    return (
        grip("pinch", 0.0012, 0.03, axis=(1, 0, 0), out=(0, 1, 0)),
        grip("flat", 0.0012, 0.08, axis=(1, 0, 0), out=(0, 1, 0)),
    )


def _bag(size: Sizes, rng: np.random.Generator) -> Mesh:
    """Held by its handles along Y; the bag, second surface, hangs to −Z."""
    width, height, depth = size["width"], size["height"], size["depth"]
    drop = size["drop"]
    body = box((width, height, depth), 0.012, 0.03)
    soft = bent(body.vertices, rng, 0.006, 0.2)
    hang = np.array([[0.0, 0, 1.0], [1.0, 0, 0], [0, 1.0, 0]])
    body = moved(replace(body, vertices=soft), (0, 0, -drop - height / 2), hang)
    straps = []
    for sign in (-1.0, 1.0):
        foot = 0.3 * width
        path = filleted(
            [
                (-foot, -drop - 0.03),
                (-0.06, -0.012),
                (-0.045, 0),
                (0.045, 0),
                (0.06, -0.012),
                (foot, -drop - 0.03),
            ],
            0.02,
        )
        y, z = divided(path, 0.006).T
        lean = np.clip(-z / (drop + 0.03), 0, 1)
        x = sign * (0.5 * size["strap"] + lean * (depth - size["strap"]) / 2)
        straps.append(tube(np.stack([x, y, z], -1), size["strap"], 12, 0.9, side=(1.0, 0.0, 0.0)))
    return joined(of_part(body, 1), *straps)


def _bag_grips(size: Sizes) -> tuple[Grip, ...]:
    # The palm is above the two handles, which lie against each other.
    return (grip("hook", 0.83 * size["strap"], 0.09, out=(0, 0, 1)),)


def _cushion(size: Sizes, rng: np.random.Generator) -> Mesh:
    side, thick = size["side"], size["thickness"]
    pad = ellipsoid((side / 2, side / 2, thick / 2), 0.02, 4.0)
    x, y = pad.vertices[:, 0] / (side / 2), pad.vertices[:, 1] / (side / 2)
    full = np.clip((1 - np.abs(x) ** 3) * (1 - np.abs(y) ** 3), 0.05, 1) ** 0.6
    # The corners stand out, the middle is filled.
    corner = 1 + 0.1 * (np.abs(x * y)) ** 2
    scale = np.stack([corner, corner, full], -1)
    return boxed_uv(replace(pad, vertices=bent(pad.vertices * scale, rng, 0.006, 0.15)))


def _curtain(size: Sizes, rng: np.random.Generator) -> Mesh:
    """Hangs from its upper edge to the ground, along X."""
    width, height = size["width"], size["height"]
    columns = np.linspace(-width / 2, width / 2, int(np.clip(width / 0.014, 24, 140)))
    rows = np.linspace(0, height, 14)
    x, z = np.meshgrid(columns, rows)
    phase = rng.uniform(0, 2 * np.pi, 3)
    pitch = 2 * np.pi / size["fold"]
    y = (
        0.22
        * size["fold"]
        * (
            np.sin(pitch * x + phase[0] + 0.6 * np.sin(3 * x + phase[1]))
            + 0.3 * np.sin(2.3 * pitch * x + phase[2] + z)
        )
    )
    return sheet(np.stack([x, y, z], -1), 0.003)


def _curtain_rod(size: Sizes, rng: np.random.Generator) -> Mesh:
    return joined(
        _curtain(size, rng),
        plain_box((1.05 * size["width"], 0.025, 0.025), (0, 0, size["height"]), 1),
    )


CLOTH: Final[dict[str, Kind]] = {
    "rag": Kind(
        ("held",),
        {"length": (0.12, 0.28), "bundle": (0.014, 0.02), "spread": (0.012, 0.04)},
        _rag,
        (("cloth", "cloth", "knitted"), ("cloth",)),
        _rag_grips,
        "y",
    ),
    "towel": Kind(
        ("held", "occluder"),
        {"width": (0.25, 0.5), "height": (0.25, 0.6), "fold": (0.005, 0.012)},
        _towel,
        (("cloth", "knitted"), ("cloth",)),
        _towel_grips,
        "y",
    ),
    "bag": Kind(
        ("held", "clutter"),
        {
            "width": (0.2, 0.34),
            "height": (0.2, 0.38),
            "depth": (0.07, 0.13),
            "drop": (0.1, 0.18),
            "strap": (0.0035, 0.0075),
        },
        _bag,
        (("paper", "dark", "cloth"), ("cardboard", "cover", "cloth", "plastic")),
        _bag_grips,
    ),
    "cushion": Kind(
        ("occluder", "clutter"),
        {"side": (0.3, 0.48), "thickness": (0.1, 0.16)},
        _cushion,
        (("cloth", "knitted"), ("cloth",)),
    ),
    "curtain": Kind(
        ("furniture",),
        {"width": (0.6, 2.0), "height": (1.6, 2.4), "fold": (0.08, 0.16)},
        _curtain_rod,
        (("cloth", "white"), ("wood", "metal")),
    ),
}
