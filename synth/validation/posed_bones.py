"""Angles and landmarks of many posed hands at once.

The same formulas as `synth.hand.joint_angles.rotations_to_angles` and
`synth.hand.model.forward_kinematics`, which take one hand at a time and would be half of the time
that a dataset takes; a test compares the two.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from synth.hand.joint_angles import (
    ANGLE_NAMES,
    THUMB_NEUTRAL_RADIAL,
    THUMB_NEUTRAL_SUPINATION,
    angle_index,
)
from synth.landmarks import BONE_HEAD_LANDMARK, BONE_PARENTS, BONES, LANDMARKS, LONG_FINGERS
from synth.rotations import rotation_matrix

Array = NDArray[np.float64]

_INDEX_METACARPAL: Final = BONES.index("index_metacarpal")


def angles_of(rest: Array, rotations: Array) -> Array:
    """(N, 29) joint angles in the order of ANGLE_NAMES, radians; those of the wrist are 0.

    Args:
        rest: (N, 24, 4, 4) `HandShape.rest_relative`.
        rotations: (N, 24, 4) quaternions.
    """
    turns = rotation_matrix(rotations)
    posed = rest[:, :, :3, :3] @ turns
    angles = np.zeros((len(rotations), len(ANGLE_NAMES)))

    def put(name: str, value: Array) -> None:
        angles[:, angle_index(name)] = value

    thumb = posed[:, BONES.index("thumb_metacarpal")]
    along = rest[:, _INDEX_METACARPAL, :3, 1]
    index_azimuth = np.arctan2(along[:, 0], along[:, 1])
    azimuth = np.arctan2(thumb[:, 0, 1], thumb[:, 1, 1])
    turn = np.arctan2(-thumb[:, 2, 0], thumb[:, 2, 2])
    proximal = BONES.index("thumb_proximal")
    put("thumb.cmc_flexion", index_azimuth + THUMB_NEUTRAL_RADIAL - azimuth)
    put("thumb.palmar_abduction", np.arcsin(np.clip(thumb[:, 2, 1], -1.0, 1.0)))
    put("thumb.opposition", -np.pi / 2 + THUMB_NEUTRAL_SUPINATION - turn)
    put("thumb.mcp_flexion", _flexion(posed[:, proximal]))
    side_at_rest = _abduction(rest[:, proximal])
    put("thumb.mcp_abduction", _abduction(posed[:, proximal]) - side_at_rest)
    put("thumb.ip", _flexion(posed[:, BONES.index("thumb_distal")]))
    for finger in LONG_FINGERS:
        put(f"{finger}.cmc_flexion", _flexion(turns[:, BONES.index(f"{finger}_metacarpal")]))
        put(f"{finger}.mcp_flexion", _flexion(posed[:, BONES.index(f"{finger}_proximal")]))
        put(f"{finger}.mcp_abduction", _abduction(posed[:, BONES.index(f"{finger}_proximal")]))
        put(f"{finger}.pip", _flexion(posed[:, BONES.index(f"{finger}_intermediate")]))
        put(f"{finger}.dip", _flexion(posed[:, BONES.index(f"{finger}_distal")]))
    return angles


def _flexion(turn: Array) -> Array:
    return np.asarray(np.arctan2(turn[:, 2, 1], turn[:, 1, 1]))


def _abduction(turn: Array) -> Array:
    return np.asarray(np.arcsin(np.clip(turn[:, 0, 1], -1.0, 1.0)))


def landmarks_of_bones(rest: Array, rotations: Array) -> Array:
    """(N, 21, 3) landmarks in the wrist frame of the right hand, metres; arguments as above."""
    local = np.zeros((*rotations.shape[:2], 4, 4))
    local[..., :3, :3] = rotation_matrix(rotations)
    local[..., 3, 3] = 1.0
    own = rest @ local
    landmarks = np.zeros((len(rotations), len(LANDMARKS), 3))
    world: list[Array] = []
    for bone, parent in enumerate(BONE_PARENTS):
        world.append(own[:, bone] if parent < 0 else world[parent] @ own[:, bone])
        if BONE_HEAD_LANDMARK[bone] >= 0:
            landmarks[:, BONE_HEAD_LANDMARK[bone]] = world[bone][:, :3, 3]
    return landmarks


def rigid_distances(points: Array, others: Array) -> Array:
    """(N,) greatest distance between points and others, (N, K, 3), after the best rigid movement.

    Kabsch, A solution for the best rotation to relate two sets of vectors, Acta Cryst. A32, 1976.
    """
    a, b = points - points.mean(1, keepdims=True), others - others.mean(1, keepdims=True)
    u, _, v = np.linalg.svd(np.swapaxes(a, 1, 2) @ b)
    flip = np.sign(np.linalg.det(u @ v))
    u[:, :, 2] *= flip[:, None]
    return np.asarray(np.linalg.norm(a @ (u @ v) - b, axis=2).max(1))
