"""The back of the joints: folds across the knuckles, and where blood and pigment gather there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synth.hand.model import HandModel
from synth.skin.anatomy import Anatomy, FingerTexels
from synth.skin.noise import Field, fractal, noise, smoothstep
from synth.skin.position_maps import Texels


@dataclass(frozen=True)
class Knuckles:
    """(N,): `folds` valleys between the folds, 0 … 1; `patch` 1 over a joint's back, soft."""

    folds: Field
    patch: Field


#: Per joint: half length of the folded patch and distance between folds, metres; strength.
_FOLDED = {
    "pip": (0.0062, 0.00175, 1.0),
    "ip": (0.0058, 0.0017, 0.9),
    "dip": (0.0033, 0.00125, 0.62),
}


def knuckles(model: HandModel, texels: Texels, parts: Anatomy, variant: int) -> Knuckles:
    count = len(texels.index)
    folds, patch = np.zeros(count, np.float32), np.zeros(count, np.float32)
    for i, part in enumerate(parts.fingers):
        for j, joint in enumerate(part.joints):
            if joint == "mcp":
                continue
            lines, spot = _joint(part, j, joint, texels.position, 8000 + 97 * variant + 10 * i + j)
            folds[part.rows] = np.maximum(folds[part.rows], lines)
            patch[part.rows] = np.maximum(patch[part.rows], spot)
    joints = dict(zip(model.joint_names, model.joint_regressor @ model.average, strict=True))
    back = smoothstep(0.1, -0.45, parts.palmar)
    position = texels.position
    for finger in ("index", "middle", "ring", "little"):
        mcp = joints[f"{finger}_mcp"]
        dx = (position[:, 0] - mcp[0]) / 0.0078
        dy = (position[:, 1] - mcp[1] - 0.001) / 0.0088
        spot = np.exp(-0.5 * (dx * dx + dy * dy)).astype(np.float32) * back
        patch = np.maximum(patch, 0.62 * spot)
        # Knuckle skin at the MCP folds only faintly while the finger is straight.
        warp = 0.0006 * fractal(position, 0.006, 8500 + variant, 2)
        phase = (position[:, 1] + warp) / 0.0021
        valley = np.exp(-np.square((phase - np.round(phase)) / 0.17))
        uneven = smoothstep(-0.2, 1.4, noise(position, (0.006, 0.0017, 0.01), 8600 + variant))
        folds = np.maximum(folds, (0.5 * valley * uneven * spot).astype(np.float32))
    return Knuckles(folds.astype(np.float32), patch.astype(np.float32))


def _joint(
    part: FingerTexels, j: int, joint: str, position: Field, seed: int
) -> tuple[Field, Field]:
    reach, spacing, strength = _FOLDED[joint]
    at = position[part.rows]
    across = np.clip(part.lateral / part.half_width, -1.1, 1.1)
    past = part.past[:, j] + np.float32(0.0006)
    facing = np.cos(part.angle)
    # Folds close around the joint like the lids of an eye: further ones bend towards it aside.
    lid = past / (1 - 0.42 * across * across)
    warped = lid + 0.00042 * fractal(at, 0.0036, seed, 2) + 0.0002 * noise(at, 0.0015, seed + 5)
    phase = warped / spacing
    cell = np.round(phase)
    valley = np.exp(-np.square((phase - cell) / 0.155))
    own = np.stack([part.lateral * 0.45, cell * 0.01, np.full_like(cell, seed * 0.013)], 1)
    depth = 0.62 + 0.38 * np.tanh(1.3 * noise(own, 0.0035, seed + 7))
    window = np.exp(-0.5 * np.square(lid / (0.55 * reach))) * smoothstep(0.05, 0.75, facing)
    window = window * part.own
    spot = np.exp(-0.5 * np.square(past / (0.72 * reach))) * smoothstep(0.0, 0.95, facing)
    spot = spot * part.own
    return (
        (strength * valley * depth * window).astype(np.float32),
        (spot * (0.7 if joint == "dip" else 1.0)).astype(np.float32),
    )
