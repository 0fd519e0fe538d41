"""A drawn posture at its place in the world."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synth.hand.arm import elbow_distance, forearm_frame
from synth.hand.model import HandModel, HandShape, forward_kinematics, skin_vertices
from synth.landmarks import BONES
from synth.sampling.camera import Subject
from synth.sampling.motion import Posture
from synth.scene import HandPose, Matrix4, Side

Array = NDArray[np.float64]

_MIRROR = np.diag([-1.0, 1.0, 1.0, 1.0])


def hand_to_world(wrist_to_world: Array, side: Side) -> Array:
    """(4, 4) from the right hand's wrist frame to the world, with the mirror of a left hand."""
    return wrist_to_world @ _MIRROR if side == "left" else wrist_to_world


def drifted(posture: Posture, placement: Array, side: Side) -> Array:
    """(4, 4) rigid wrist_to_world; the sway is mirrored with a left hand."""
    drift = _MIRROR @ posture.drift @ _MIRROR if side == "left" else posture.drift
    return np.asarray(placement @ drift)


def hand_pose(posture: Posture, wrist_to_world: Array) -> HandPose:
    return HandPose(
        bones={
            name: tuple(quaternion)
            for name, quaternion in zip(BONES, posture.rotations.tolist(), strict=True)
        },
        forearm=tuple(posture.forearm.tolist()),
        forearm_twist=float(posture.forearm_twist),
        wrist_to_world=matrix4(wrist_to_world),
    )


def subject_of(
    model: HandModel, shape: HandShape, posture: Posture, wrist_to_world: Array, side: Side
) -> Subject:
    """What a camera is to frame of a posed hand."""
    matrix = hand_to_world(wrist_to_world, side)
    bones = forward_kinematics(shape, posture.rotations)
    skin = skin_vertices(model, shape, bones, posture.forearm)[model.weights[:, -2:].sum(1) < 0.5]
    forearm = matrix @ forearm_frame(shape, posture.forearm, posture.forearm_twist)
    elbow = forearm[:3, 3] + elbow_distance(shape) * forearm[:3, 1]
    return Subject(
        moved_points(matrix, skin),
        np.stack([forearm[:3, 3], elbow])[None],
        palms=matrix[None, :3, 2],
    )


def moved_points(matrix: Array, points: Array) -> Array:
    """(N, 3) points (N, 3) taken by a (4, 4) matrix."""
    return np.asarray(points @ matrix[:3, :3].T + matrix[:3, 3])


def matrix4(matrix: Array) -> Matrix4:
    """A (4, 4) array as the scene description has it."""
    return tuple(tuple(row) for row in matrix.tolist())
