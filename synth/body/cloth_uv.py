"""Metres on cloth: around and along trunk, arms and legs."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from synth.body.bones import sided
from synth.body.measures import Limbs
from synth.body.model import SIDES, BodyShape
from synth.body.patch import Patch

Array = NDArray[np.float64]

#: Metres that stand for the radius of trunk, arms and legs, whatever their real one.
_RADIUS: Final = (0.16, 0.05, 0.05, 0.08, 0.08)


def cloth_uv(limbs: Limbs, shape: BodyShape, patch: Patch, rest: Array) -> Array:
    """(C, 2) metres of every corner of the patch, u around a limb and v along it, upwards.

    Args:
        rest: (N, 3) the patch's vertices at rest.
    """
    charts = [_round_trunk(rest)]
    for side in SIDES:
        shoulder = shape.head(sided("upperarm01", side))
        charts.append(_round(rest, shape.wrist(side), shoulder, _RADIUS[1]))
    for side in SIDES:
        hip, ankle = (shape.head(sided(b, side)) for b in ("upperleg01", "foot"))
        charts.append(_round(rest, ankle, hip, _RADIUS[3]))
    leg = np.asarray(patch.rows @ limbs.leg) > 0.5
    shares = [np.asarray(patch.rows @ arm) for arm in limbs.arm]
    of_vertex = np.select(
        [shares[0] > 0.5, shares[1] > 0.5, leg & (rest[:, 0] < 0), leg], [1, 2, 3, 4], 0
    )
    # A polygon lies in one chart, that of its first corner, and does not reach around it.
    starts = np.cumsum(patch.sizes) - patch.sizes
    chart = np.repeat(of_vertex[patch.corners[starts]], patch.sizes)
    uv = np.stack(charts)[chart, patch.corners]
    around = 2 * np.pi * np.array(_RADIUS)[chart]
    first = np.repeat(uv[starts, 0], patch.sizes)
    uv[:, 0] -= around * np.rint((uv[:, 0] - first) / around)
    return uv


def _round_trunk(points: Array) -> Array:
    """The seam is at the back, (0, 0) in front at the hips."""
    angle = np.arctan2(points[:, 0], -points[:, 1] - 0.01)
    return np.stack([angle * _RADIUS[0], points[:, 2]], axis=1)


def _round(points: Array, low: Array, high: Array, radius: float) -> Array:
    along = (high - low) / np.linalg.norm(high - low)
    forward = np.array([0.0, -1.0, 0.0])
    forward = forward - along * (forward @ along)
    forward /= np.linalg.norm(forward)
    side = np.cross(along, forward)
    about = points - low
    angle = np.arctan2(about @ side, about @ forward)
    return np.stack([angle * radius, about @ along], axis=1)
