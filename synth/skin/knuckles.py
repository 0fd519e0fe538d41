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
        near = np.flatnonzero(spot > 0.03)
        at = position[near]
        phase = (at[:, 1] + 0.0005 * fractal(at, 0.006, 8500 + variant, 2)) / 0.0019
        valley = np.exp(-np.square((phase - np.round(phase)) / 0.17))
        uneven = smoothstep(0.0, 1.4, noise(at, (0.0045, 0.0015, 0.01), 8600 + variant))
        folds[near] = np.maximum(folds[near], 0.4 * valley * uneven * spot[near])
    return Knuckles(folds.astype(np.float32), patch.astype(np.float32))


def _joint(
    part: FingerTexels, j: int, joint: str, position: Field, seed: int
) -> tuple[Field, Field]:
    reach, spacing, strength = _FOLDED[joint]
    near = np.flatnonzero((np.abs(part.past[:, j]) < 2.2 * reach) & (np.cos(part.angle) > 0))
    at = position[part.rows[near]]
    lateral = part.lateral[near]
    across = np.clip(lateral / part.half_width, -1.1, 1.1)
    past = part.past[near, j] + np.float32(0.0006)
    facing = np.cos(part.angle[near])
    # Folds close around the joint like the lids of an eye: further ones bend towards it aside.
    lid = past / (1 - 0.42 * across * across)
    warped = lid + 0.00024 * fractal(at, 0.0032, seed, 2) + 0.00012 * noise(at, 0.0011, seed + 5)
    valley = np.zeros(len(near), np.float32)
    # Two sets of folds; each fold is deep in some places and lost in others.
    for k, (step, width, depth, cell) in enumerate(
        ((spacing, 0.15, 1.0, 0.0030), (0.57 * spacing, 0.20, 0.55, 0.0016))
    ):
        phase = warped / np.float32(step)
        number = np.round(phase)
        fold = np.stack([lateral, number * 0.013, np.full_like(number, 0.013 * seed)], 1)
        strong = smoothstep(-1.0, 1.0, noise(fold, cell, seed + 7 + k))
        line = np.exp(-np.square((phase - number) / np.float32(width)))
        valley = np.maximum(valley, depth * strong * line)
    own = part.own[near]
    window = np.exp(-0.5 * np.square(lid / (0.62 * reach))) * smoothstep(0.05, 0.75, facing)
    spot = np.exp(-0.5 * np.square(past / (0.72 * reach))) * smoothstep(0.0, 0.95, facing)
    folds, patch = np.zeros((2, len(part.rows)), np.float32)
    folds[near] = strength * valley * window * own
    patch[near] = spot * own * (0.7 if joint == "dip" else 1.0)
    return folds, patch
