"""The folds of cloth: hanging ones, cross ones where the body bends, rings around the sleeves."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from synth.body.bones import sided
from synth.body.measures import Limbs, Measures
from synth.body.model import SIDES, BodyShape
from synth.body.patch import Patch
from synth.scene import Garment
from synth.skin.noise import noise, smoothstep

Array = NDArray[np.float64]

#: Cells of the noise, metres: across (twice) and along hanging folds, cross ones, and on sleeves.
_HANGING: Final = (0.024, 0.024, 0.11)
_CROSSING: Final = (0.075, 0.075, 0.020)
_ON_SLEEVE: Final = (0.045, 0.045, 0.017)


def folds(
    limbs: Limbs,
    measures: Measures,
    shape: BodyShape,
    garment: Garment,
    patch: Patch,
    rest: Array,
) -> Array:
    """(N,) metres: long hanging folds, and cross ones where the body bends."""
    seed = garment.seed
    if garment.kind == "shoes":
        return np.zeros(patch.count)
    hanging = _ridged(rest, _HANGING, seed)
    crossing = _ridged(rest + 0.3 * rest[:, [2, 0, 1]], _CROSSING, seed + 1)
    if garment.kind in ("trousers", "skirt"):
        # Least at the waistband, most at the knees and above the shoes.
        down = (measures.hip[2] - rest[:, 2]) / (measures.hip[2] - measures.ankle[2])
        knee = np.exp(-(((down - 0.5) / 0.12) ** 2)) + smoothstep(0.75, 1.0, down)
        amount = smoothstep(-0.15, 0.1, down)
        return np.asarray(
            garment.wrinkles * amount * (0.5 * hanging + (0.35 + 0.7 * knee) * crossing)
        )
    arm = np.asarray(patch.rows @ limbs.arm.max(0))
    height = (rest[:, 2] - measures.hip[2]) / measures.trunk
    waist = np.exp(-(((height - 0.28) / 0.2) ** 2))
    trunk = (0.35 + 0.5 * smoothstep(0.75, 0.2, height)) * hanging + (0.25 + waist) * crossing
    sleeve = np.zeros(patch.count)
    for index, side in enumerate(SIDES):
        shoulder, elbow = (shape.head(sided(b, side)) for b in ("upperarm01", "lowerarm01"))
        wrist = shape.wrist(side)
        upper = _ridged(_in_arm(rest, shoulder, elbow), _ON_SLEEVE, seed + 2 + index)
        lower = _ridged(_in_arm(rest, elbow, wrist), _ON_SLEEVE, seed + 4 + index)
        along = np.asarray(patch.rows @ measures.along_arm[index]) / measures.upper_arm
        is_lower = smoothstep(0.85, 1.05, along)
        own = np.asarray(patch.rows @ limbs.arm[index]) > 0.3
        bend = 0.6 + 0.7 * np.exp(-(((along - 1.0) / 0.25) ** 2))
        sleeve += own * bend * (upper + is_lower * (lower - upper))
    share = smoothstep(0.2, 0.6, arm)
    return garment.wrinkles * (trunk + share * (sleeve - trunk))


def _in_arm(points: Array, start: Array, end: Array) -> Array:
    """Points in axes whose third goes along the arm."""
    along = (end - start) / np.linalg.norm(end - start)
    side = np.cross(along, [0.0, 1.0, 0.0])
    side /= np.linalg.norm(side)
    return np.asarray((points - start) @ np.stack([side, np.cross(along, side), along]).T)


def _ridged(points: Array, cell: tuple[float, float, float], seed: int) -> Array:
    """(N,) about −1 … 1: rounded ridges with sharper valleys."""
    value = noise(points, cell, seed)
    return np.asarray(1.2 - 2.0 * np.abs(np.tanh(value)), dtype=np.float64)
