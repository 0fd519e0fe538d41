"""Metres on cloth: around and along trunk, arms and legs."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from synth.body.bones import sided
from synth.body.measures import Limbs
from synth.body.model import SIDES, BodyShape
from synth.body.patch import Patch
from synth.skin.noise import smoothstep

Array = NDArray[np.float64]

#: Metres that stand for the radius of trunk, arms and legs, whatever their real one.
_RADIUS: Final = (0.16, 0.16, 0.05, 0.05, 0.045, 0.045, 0.08, 0.08)
#: Share of a picture's repeat that is its margin, without the picture.
_MARGIN: Final = 0.04
#: Metres below the neck from which front and back are flat panels up to the shoulders.
_YOKE: Final = 0.13


def cloth_uv(limbs: Limbs, shape: BodyShape, patch: Patch, rest: Array) -> Array:
    """(C, 2) metres of every corner of the patch, u around a limb and v along it, upwards.

    Args:
        rest: (N, 3) the patch's vertices at rest.
    """
    charts = [_panel(rest, shape, 1.0), _panel(rest, shape, -1.0)]
    for low, high, radius in (
        ("lowerarm01", "upperarm01", _RADIUS[2]),
        (None, "lowerarm01", _RADIUS[4]),
        ("foot", "upperleg01", _RADIUS[6]),
    ):
        for side in SIDES:
            end = shape.wrist(side) if low is None else shape.head(sided(low, side))
            charts.append(_round(rest, end, shape.head(sided(high, side)), radius))
    leg = np.asarray(patch.rows @ limbs.leg) > 0.5
    upper = [np.asarray(patch.rows @ arm) > 0.5 for arm in limbs.arm]
    lower = [np.asarray(patch.rows @ hand.astype(float)) > 0.5 for hand in limbs.hand]
    back = patch.normals(rest)[:, 1] > 0
    of_vertex = np.select(
        [*lower, *upper, leg & (rest[:, 0] < 0), leg, back], [4, 5, 2, 3, 6, 7, 1], 0
    )
    # A polygon lies in one chart, that of its first corner, and does not reach around it.
    starts = np.cumsum(patch.sizes) - patch.sizes
    chart = np.repeat(of_vertex[patch.corners[starts]], patch.sizes)
    uv = np.stack(charts)[chart, patch.corners]
    around = 2 * np.pi * np.array(_RADIUS)[chart]
    first = np.repeat(uv[starts, 0], patch.sizes)
    uv[:, 0] -= around * np.rint((uv[:, 0] - first) / around)
    return uv


def on_chest(
    uv: Array, limbs: Limbs, patch: Patch, rest: Array, middle: float, scale: float
) -> Array:
    """The same UV with one repeat of a pattern on the chest, and its plain margin all about.

    Args:
        uv: (C, 2) of the patch's corners.
        middle: height of the picture's middle at rest, metres.
        scale: metres of the repeat.
    """
    arm = np.asarray(patch.rows @ limbs.arm.max(0))
    front = (patch.normals(rest)[:, 1] < 0.1) & (arm < 0.5)
    moved = uv - [0.0, middle] + 0.5 * scale
    margin = _MARGIN * scale
    moved = np.clip(moved, margin, scale - margin)
    # A polygon is in the picture with all its corners or with none.
    starts = np.cumsum(patch.sizes) - patch.sizes
    whole = np.minimum.reduceat(front[patch.corners].astype(int), starts) > 0
    return np.where(np.repeat(whole, patch.sizes)[:, None], moved, margin)


def _panel(points: Array, shape: BodyShape, front: float) -> Array:
    """A garment's front (1) or back (−1): round about the trunk, flat to the shoulders."""
    angle = np.arctan2(points[:, 0], -points[:, 1] - 0.01)
    flat = np.asarray(1.2 * points[:, 0])
    if front < 0:
        flat = np.asarray(np.sign(points[:, 0] + 1e-9) * np.pi * _RADIUS[0] - flat)
    yoke = shape.head("neck01")[2] - _YOKE
    share = smoothstep(yoke - 0.06, yoke + 0.04, points[:, 2])
    u = angle * _RADIUS[0]
    return np.stack([u + share * (flat - u), points[:, 2]], axis=1)


def _round(points: Array, low: Array, high: Array, radius: float) -> Array:
    along = (high - low) / np.linalg.norm(high - low)
    forward: Array = np.array([0.0, -1.0, 0.0])
    forward = forward - along * (forward @ along)
    forward = forward / np.linalg.norm(forward)
    side = np.cross(along, forward)
    about = points - low
    angle = np.arctan2(about @ side, about @ forward)
    return np.stack([angle * radius, about @ along], axis=1)
