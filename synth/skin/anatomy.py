"""Where a texel is on the hand, in the terms of anatomy.

Along a finger: signed distances from the planes through its joints (metres, positive towards the
tip). Around it: offsets across the finger and towards its back. On palm and back: the wrist
frame's own x and y.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synth.hand.model import HandModel
from synth.hand.recipe import SKINNED_BONES
from synth.landmarks import FINGERS
from synth.skin.noise import Field, fractal, smoothstep
from synth.skin.position_maps import Texels


@dataclass(frozen=True)
class FingerTexels:
    """The texels of one finger, out to where its metacarpal takes over.

    Attributes:
        name: of FINGERS.
        rows: (n,) numbers of the texels.
        own: (n,) how far a texel is this finger's and not its neighbour's, 0 … 1.
        joints: their names: MCP, PIP, DIP or, at the thumb, MCP, IP.
        past: (n, J) metres beyond the plane through each joint, which halves the angle there.
        share: (n,) position along the finger: 0 at the MCP, 1 at the next joint, … , J at the
            skin's end.
        lateral: (n,) metres across the finger from its axis.
        dorsal: (n,) metres from the axis towards the back.
        angle: (n,) radians around the axis, 0 at the back, ±π at the pad.
        half_width: metres, at the PIP (IP).
        lengths: (J,) metres from each joint to the next (the last: to the skin's end).
    """

    name: str
    rows: NDArray[np.int64]
    own: Field
    joints: tuple[str, ...]
    past: Field
    share: Field
    lateral: Field
    dorsal: Field
    angle: Field
    half_width: float
    lengths: NDArray[np.float64]


@dataclass(frozen=True)
class Anatomy:
    """Attributes, all (N,) unless said otherwise:

    palmar: −1 at the very back … 1 at the very palm side of whatever part it is.
    glabrous: 1 where the skin is that of the palm and the pads, 0 on the back and the forearm.
    finger: (N, 5) weight of each finger's phalanges.
    forearm: 0 on the hand … 1 above the wrist's crease.
    fingers: one FingerTexels per finger.
    """

    palmar: Field
    glabrous: Field
    finger: Field
    forearm: Field
    fingers: tuple[FingerTexels, ...]


#: The forearm takes over from the hand over these metres (wrist frame's y).
_WRIST_BLEND = (0.010, -0.020)


def anatomy(model: HandModel, texels: Texels) -> Anatomy:
    joints = dict(zip(model.joint_names, model.joint_regressor @ model.average, strict=True))
    position, normal = texels.position, texels.normal
    finger = np.stack(
        [
            texels.weights[:, _columns(name, ("proximal", "intermediate", "distal", "tip"))].sum(1)
            for name in FINGERS
        ],
        1,
    )
    palm_side = -model.nail_axes[:, :, 2]
    thumb_base = palm_side[0] + np.array([0.0, 0.0, 1.2])
    thumb_base /= np.linalg.norm(thumb_base)
    thumb_weight = texels.weights[:, _columns("thumb", ("metacarpal",))].sum(1)
    rest = 1 - finger.sum(1) - thumb_weight
    direction = finger @ palm_side + thumb_weight[:, None] * thumb_base
    direction[:, 2] += rest
    palmar = np.einsum("ij,ij->i", normal, direction).astype(np.float32)
    forearm = smoothstep(*_WRIST_BLEND, position[:, 1] + 0.002 * fractal(position, 0.02, 41, 2))
    fingers = tuple(
        _finger(name, joints, model.nail_axes[i], position, finger, i)
        for i, name in enumerate(FINGERS)
    )
    # Around the fingers the angle is steadier than the normal, which follows every bump.
    for i, part in enumerate(fingers):
        weight = finger[part.rows, i] * smoothstep(0.0, 0.008, -past_end(part))
        palmar[part.rows] += weight * 0.5 * (-np.cos(part.angle) - palmar[part.rows])
    border = palmar + 0.06 * fractal(position, 0.012, 42, 3)
    glabrous = smoothstep(-0.18, 0.30, border) * (1 - forearm)
    return Anatomy(palmar, glabrous, finger.astype(np.float32), forearm, fingers)


def past_end(part: FingerTexels) -> Field:
    """(n,) metres beyond the skin's end, along the last bone: negative on the finger."""
    return part.past[:, -1] - np.float32(part.lengths[-1])


def _columns(finger: str, segments: tuple[str, ...]) -> list[int]:
    return [
        SKINNED_BONES.index(f"{finger}_{segment}")
        for segment in segments
        if f"{finger}_{segment}" in SKINNED_BONES
    ]


def _finger(
    name: str,
    joints: dict[str, NDArray[np.float64]],
    nail_axes: NDArray[np.float64],
    position: Field,
    weights: Field,
    number: int,
) -> FingerTexels:
    names = ("mcp", "ip") if name == "thumb" else ("mcp", "pip", "dip")
    chain = np.stack([joints[f"{name}_{joint}"] for joint in (*names, "end")])
    bones = np.diff(chain, axis=0)
    lengths = np.linalg.norm(bones, axis=1)
    bones = bones / lengths[:, None]
    planes = np.concatenate([bones[:1], bones[1:] + bones[:-1]])
    planes /= np.linalg.norm(planes, axis=1, keepdims=True)
    rows = np.flatnonzero(weights[:, number] > 0.004)
    rival = np.delete(weights[rows], number, 1).sum(1)
    own = weights[rows, number] / (weights[rows, number] + rival)
    at = position[rows].astype(np.float64)
    past = np.einsum("nji,ji->nj", at[:, None] - chain[None, :-1], planes)
    end = (at - chain[-1]) @ bones[-1]
    # Between two planes the share runs from 0 to 1.
    gates = np.concatenate([past, end[:, None]], 1)
    share = np.zeros(len(rows))
    for j in range(len(names)):
        inside = np.clip(gates[:, j] / (gates[:, j] - gates[:, j + 1] + 1e-9), 0, 1)
        share += np.where(gates[:, j] <= 0, 0, np.where(gates[:, j + 1] >= 0, 1, inside))
    share = np.where(gates[:, 0] < 0, gates[:, 0] / lengths[0], share)
    segment = np.clip(np.floor(share), 0, len(names) - 1).astype(int)
    axis = chain[segment] + (share - segment)[:, None] * (lengths[:, None] * bones)[segment]
    offset = at - axis
    lateral = offset @ nail_axes[:, 0]
    dorsal = offset @ nail_axes[:, 2]
    middle = np.abs(past[:, 1]) < 0.002
    half_width = float(np.abs(lateral[middle]).max()) if middle.any() else 0.008
    # The palm beside a finger's base carries a little of its weight, too.
    own = smoothstep(0.35, 0.65, own) * smoothstep(1.7, 1.3, np.abs(lateral) / half_width)
    return FingerTexels(
        name,
        rows,
        own,
        names,
        past.astype(np.float32),
        share.astype(np.float32),
        lateral.astype(np.float32),
        dorsal.astype(np.float32),
        np.arctan2(lateral, dorsal).astype(np.float32),
        half_width,
        lengths,
    )
