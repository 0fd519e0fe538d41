"""Cups, bottles, bowls and plates."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from synth.things.hold import Grip
from synth.things.kind import Kind, Sizes, about, grip
from synth.things.mesh import Mesh, joined, moved
from synth.things.outlines import filleted
from synth.things.shapes import (
    revolved,
    rod,
    tube,
)


def _hollow(mesh: Mesh, radius_at: float, floor: float) -> Mesh:
    """Give what lies within a radius and above a height (metres) to the second surface."""
    middle = mesh.vertices[mesh.quads].mean(1)
    inside = (np.hypot(middle[:, 0], middle[:, 2]) < radius_at) & (middle[:, 1] > floor)
    return replace(mesh, part=np.where(inside, 1, mesh.part).astype(np.int8))


def _cup(bottom: float, top: float, height: float, wall: float, round_bottom: float) -> Mesh:
    """An open cup about +Y, centred; its inside is the second surface."""
    low, high = -height / 2, height / 2
    outer = [(0.1 * bottom, low), (bottom, low), (top, high)]
    inner = [
        (top - wall, high),
        (bottom - wall, low + 1.5 * wall),
        (0.1 * bottom, low + 1.5 * wall),
    ]
    rim = 0.45 * wall
    profile = filleted([*outer, *inner], [round_bottom, rim, rim, max(0, round_bottom - wall)])
    mesh = revolved(profile)
    middle = mesh.vertices[mesh.quads].mean(1)
    share = (middle[:, 1] - low) / height
    reach = bottom + (top - bottom) * share - 0.6 * wall
    inside = (np.hypot(middle[:, 0], middle[:, 2]) < reach) & (middle[:, 1] > low + 0.7 * wall)
    return replace(mesh, part=inside.astype(np.int8))


def _mug(size: Sizes, rng: np.random.Generator) -> Mesh:
    radius, height, handle = size["radius"], size["height"], size["handle"]
    body = _cup(size["bottom"], radius, height, 0.0035, 0.008)
    # The handle starts and ends within the wall.
    reach = radius + handle
    inner = min(size["bottom"], radius) - 0.002
    path = filleted(
        [
            (inner, 0.32 * height),
            (reach - 0.004, 0.33 * height),
            (reach, 0.05 * height),
            (reach - 0.008, -0.25 * height),
            (inner, -0.3 * height),
        ],
        [0.014, 0.03, 0.014],
    )
    path = _even(np.column_stack([path, np.zeros(len(path))]))
    return joined(body, tube(path, 0.0045, 12, 1.5))


def _even(path: np.ndarray, step: float = 0.005) -> np.ndarray:
    """(Q, 3) the same path with points about `step` metres apart."""
    length = np.append(0.0, np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1)))
    at = np.linspace(0, length[-1], max(4, int(length[-1] / step)))
    return np.stack([np.interp(at, length, path[:, k]) for k in range(path.shape[1])], axis=-1)


def _mug_grips(size: Sizes) -> tuple[Grip, ...]:
    middle = (size["radius"] + size["bottom"]) / 2
    sides = ((-1, 0, 0), (0, 0, 1), (0, 0, -1))
    body = about("wrap", middle, size["height"], sides)
    at = (size["radius"] + size["handle"], 0.05 * size["height"], 0)
    return (*body, grip("hook", 0.0045, 0.6 * size["height"], at, out=(1, 0, 0)))


def _glass(size: Sizes, rng: np.random.Generator) -> Mesh:
    return _cup(size["bottom"], size["top"], size["height"], 0.0022, 0.004)


def _paper_cup(size: Sizes, rng: np.random.Generator) -> Mesh:
    """A cup with its lid on: the lid is the second surface."""
    bottom, top, height = size["bottom"], size["top"], size["height"]
    low, high = -height / 2, height / 2
    body = revolved(
        filleted([(0.1 * bottom, low), (bottom, low), (top, high), (0.5 * top, high)], 0.0015)
    )
    lid = revolved(
        filleted(
            [
                (0.2 * top, high - 0.004),
                (top + 0.002, high - 0.004),
                (top + 0.002, high + 0.003),
                (top - 0.004, high + 0.004),
                (top - 0.006, high + 0.014),
                (top - 0.01, high + 0.014),
                (top - 0.012, high + 0.009),
                (0.1 * top, high + 0.009),
            ],
            0.0015,
        ),
        caps=(1, 1),
        part=1,
    )
    return joined(body, lid)


def _tapered_grips(size: Sizes) -> tuple[Grip, ...]:
    return about("wrap", (size["bottom"] + size["top"]) / 2, size["height"])


def _bottle(size: Sizes, rng: np.random.Generator) -> Mesh:
    """The gripped place is the middle of the body; the cap is the second surface."""
    radius, body, neck = size["radius"], size["body"], size["neck"]
    shoulder, top = body / 2 + size["shoulder"], body / 2 + size["shoulder"] + 0.02
    waist = radius - rng.uniform(0, 0.0012)
    profile = filleted(
        [
            (0.1 * radius, -body / 2 + 0.003),
            (0.75 * radius, -body / 2 + 0.001),
            (radius, -body / 2),
            (waist, 0.0),
            (radius, body / 2),
            (neck + 0.35 * (radius - neck), body / 2 + 0.7 * size["shoulder"]),
            (neck, shoulder),
            (neck, top),
            (0.3 * neck, top),
        ],
        [0.004, 0.006, 0.05, 0.02, 0.02, 0.012, 0.001],
    )
    cap = rod(0.018, neck + 0.0025, 0.0015, part=1)
    cap = replace(cap, part=np.ones(len(cap.quads), np.int8))
    return joined(revolved(profile), moved(cap, (0, top + 0.001, 0)))


def _bottle_grips(size: Sizes) -> tuple[Grip, ...]:
    return about("wrap", size["radius"] - 0.0006, size["body"])


def _can(size: Sizes, rng: np.random.Generator) -> Mesh:
    """A drink can; its metal ends are the second surface."""
    radius, half = size["radius"], size["height"] / 2
    tapered = radius - 0.006
    profile = filleted(
        [
            (0.2 * radius, -half + 0.006),
            (tapered - 0.004, -half + 0.004),
            (tapered, -half),
            (tapered + 0.001, -half + 0.003),
            (radius, -half + 0.01),
            (radius, half - 0.012),
            (tapered, half - 0.003),
            (tapered, half),
            (tapered - 0.002, half),
            (tapered - 0.003, half - 0.004),
            (0.2 * radius, half - 0.004),
        ],
        [0.002, 0.001, 0.001, 0.004, 0.005, 0.002, 0.0006, 0.0006, 0.001],
    )
    mesh = revolved(profile, caps=(1, 1))
    height = mesh.vertices[mesh.quads].mean(1)[:, 1]
    ends = (height > half - 0.0045) | (height < -half + 0.0045)
    tab = moved(tube(np.array([[0, 0, -0.004], [0, 0, 0.012]]), 0.007, 12, 0.15, side=(0, 1, 0)))
    tab = replace(moved(tab, (0, half - 0.0025, 0)), part=np.ones(len(tab.quads), np.int8))
    return joined(replace(mesh, part=ends.astype(np.int8)), tab)


def _can_grips(size: Sizes) -> tuple[Grip, ...]:
    return about("wrap", size["radius"], size["height"])


def _bowl(size: Sizes, rng: np.random.Generator) -> Mesh:
    radius, height = size["radius"], size["height"]
    outer = filleted([(0.45 * radius, 0.0), (0.8 * radius, 0.35 * height), (radius, height)], 0.08)
    inner = outer[::-1] * [1.0, 1.0] - [0.004, -0.002]
    points = np.concatenate([[(0.05 * radius, 0.0)], outer, inner, [(0.05 * radius, 0.004)]])
    points[len(outer) + 1 : -1, 1] = np.maximum(points[len(outer) + 1 : -1, 1], 0.004)
    bowl = _hollow(revolved(points, 0.012), radius, 0.003)
    return _upright(bowl)


def _plate(size: Sizes, rng: np.random.Generator) -> Mesh:
    """A plate with a level rim, which is where it is held."""
    radius, height = size["radius"], size["height"]
    floor, rim, thick = 0.62 * radius, 0.78 * radius, 0.004
    points = [
        (0.05 * radius, 0.0),
        (floor, 0.0),
        (rim, height),
        (radius, height + 0.001),
        (radius, height + thick),
        (rim, height + thick),
        (floor, thick),
        (0.05 * radius, thick),
    ]
    mesh = revolved(filleted(points, [0.01, 0.01, 0.0015, 0.0015, 0.01, 0.01]), 0.008)
    return _upright(mesh)


def _upright(mesh: Mesh) -> Mesh:
    """From +Y up to +Z up."""
    return moved(mesh, turn=np.array([[1.0, 0, 0], [0, 0, -1.0], [0, 1.0, 0]]))


def _plate_grips(size: Sizes) -> tuple[Grip, ...]:
    height = size["height"] + 0.0022
    at = size["radius"] - 0.018
    return tuple(
        grip("flat", 0.002, 0.08, (at * x, at * y, height), (-y, x, 0), (x, y, 0))
        for x, y in ((1, 0), (0, 1), (-1, 0), (0, -1))
    )


DISHES: Final[dict[str, Kind]] = {
    "mug": Kind(
        ("held", "clutter", "occluder"),
        {
            "radius": (0.036, 0.045),
            "bottom": (0.033, 0.043),
            "height": (0.08, 0.11),
            "handle": (0.026, 0.034),
        },
        _mug,
        (("ceramic", "ceramic", "plastic", "metal"), ("white", "ceramic")),
        _mug_grips,
        "y",
    ),
    "glass": Kind(
        ("held", "clutter"),
        {"bottom": (0.025, 0.033), "top": (0.031, 0.041), "height": (0.09, 0.15)},
        _glass,
        (("plastic", "metal", "ceramic"), ("plastic", "dark", "white")),
        _tapered_grips,
        "y",
    ),
    "paper_cup": Kind(
        ("held", "clutter", "occluder"),
        {"bottom": (0.026, 0.03), "top": (0.038, 0.044), "height": (0.09, 0.14)},
        _paper_cup,
        (("paper", "label", "cardboard"), ("white", "dark", "plastic")),
        _tapered_grips,
        "y",
    ),
    "bottle": Kind(
        ("held", "clutter", "occluder"),
        {
            "radius": (0.029, 0.039),
            "body": (0.11, 0.16),
            "shoulder": (0.035, 0.07),
            "neck": (0.011, 0.014),
        },
        _bottle,
        (("label", "plastic", "metal"), ("plastic", "white", "metal")),
        _bottle_grips,
        "y",
    ),
    "can": Kind(
        ("held", "clutter"),
        {"radius": (0.0265, 0.0335), "height": (0.115, 0.168)},
        _can,
        (("label", "label", "metal"), ("chrome",)),
        _can_grips,
        "y",
    ),
    "bowl": Kind(
        ("clutter",),
        {"radius": (0.06, 0.09), "height": (0.05, 0.075)},
        _bowl,
        (("ceramic", "wood", "plastic", "metal"), ("white", "ceramic")),
    ),
    "plate": Kind(
        ("held", "clutter"),
        {"radius": (0.09, 0.135), "height": (0.01, 0.018)},
        _plate,
        (("ceramic", "white", "plastic"), ("white",)),
        _plate_grips,
    ),
}
