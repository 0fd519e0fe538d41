"""The arm behind the hand: the forearm's bones, and the line that a sleeve follows past the elbow.

Sampling needs it to keep cameras out of the arm and its end out of the pictures, the renderer to
draw it. Frames are those of `synth.scene`; the bone `forearm_distal` has its head at the wrist and
its +Y to the elbow.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from synth.hand.model import HandModel, HandShape
from synth.rotations import coordinate_rotation, rotation_matrix

Array = NDArray[np.float64]

#: Radius of the upper arm relative to the elbow's; arms get thicker towards the shoulder.
UPPER_ARM_GROWTH: Final = 1.25
#: The bend of the elbow is an arc of this length, metres.
_BEND_LENGTH: Final = 0.09
#: How much of the pronation each bone takes: the skin at the wrist goes with the hand.
_TWIST_SHARES: Final = {"forearm_distal": 0.3, "forearm_proximal": 0.7}


def forearm_twists(pronation: float) -> Mapping[str, float]:
    """Radians that each forearm bone turns about its own +Y, relative to its parent.

    The hand is the rig's root and stays, so the forearm turns back under it: pronation turns a
    right hand by the right-hand rule about the direction from wrist to elbow.
    """
    return {bone: -pronation * share for bone, share in _TWIST_SHARES.items()}


def forearm_frame(shape: HandShape, forearm: Array, pronation: float) -> Array:
    """(4, 4) posed `forearm_distal` in the wrist frame; the sleeve hangs from this bone.

    Args:
        forearm: (4,) `HandPose.forearm`.
    """
    turn = np.eye(4)
    twist = coordinate_rotation(1, forearm_twists(pronation)["forearm_distal"])
    turn[:3, :3] = rotation_matrix(forearm) @ twist
    return shape.arm_rest[1] @ turn


def posed_arm(shape: HandShape, forearm: Array, pronation: float) -> Array:
    """(3, 4, 4) wrist, forearm_distal and forearm_proximal in the wrist frame, as the rig poses
    them; see `forearm_frame`."""
    distal = forearm_frame(shape, forearm, pronation)
    turn = np.eye(4)
    turn[:3, :3] = coordinate_rotation(1, forearm_twists(pronation)["forearm_proximal"])
    proximal = distal @ np.linalg.inv(shape.arm_rest[1]) @ shape.arm_rest[2] @ turn
    return np.stack([shape.arm_rest[0], distal, proximal])


def elbow_distance(shape: HandShape) -> float:
    """Metres from wrist to elbow along the forearm's two bones."""
    wrist, middle, elbow = (shape.joints[name] for name in ("wrist", "forearm_middle", "elbow"))
    return float(np.linalg.norm(middle - wrist) + np.linalg.norm(elbow - middle))


def forearm_skin(model: HandModel, shape: HandShape, share: float = 0.25) -> Array:
    """(N, 3) vertices of the forearm at rest in the frame of `forearm_distal`.

    Args:
        share: of the skin weight that the forearm's bones must have in a vertex.
    """
    bone = shape.arm_rest[1]
    own = model.weights[:, -2:].sum(1) > share
    return (shape.vertices[own] - bone[:3, 3]) @ bone[:3, :3]


def sleeve_looseness(along: Array, elbow: float, looseness: float, flare: float) -> Array:
    """(N,) metres between skin and cloth at distances from the wrist: wider towards the elbow."""
    return looseness * (1 + 2.5 * np.clip(along / elbow, 0, 1.3) * flare)


def arm_line(along: Array, elbow: float, angle: float) -> tuple[Array, Array]:
    """The arm's centre line: straight, an arc about the elbow, straight.

    Args:
        along: (N,) metres from the wrist along the line; negative is towards the hand.
        elbow: metres from wrist to elbow.
        angle: radians of the bend, 0 a straight arm.

    Returns:
        (N, 2) positions and (N, 2) unit directions, sideways (to where the arm bends) and along
        the forearm.
    """
    start = elbow - _BEND_LENGTH / 2
    arc = np.clip(along - start, 0.0, _BEND_LENGTH)
    bend = arc * (angle / _BEND_LENGTH)
    direction = np.stack([np.sin(bend), np.cos(bend)], axis=-1)
    # A chord of an arc: its length is arc · sinc(bend / 2), its direction that of half the bend.
    chord = (arc * np.sinc(bend / (2 * np.pi)))[:, None]
    half = np.stack([np.sin(bend / 2), np.cos(bend / 2)], axis=-1)
    before = np.minimum(along, start)[:, None] * np.array([0.0, 1.0])
    beyond = np.maximum(along - start - _BEND_LENGTH, 0.0)[:, None]
    return before + chord * half + beyond * direction, direction


def arm_path(forearm: Array, along: Array, elbow: float, angle: float, azimuth: float) -> Array:
    """(N, 3) world points of the arm's centre line.

    Args:
        forearm: (4, 4) world matrix of `forearm_distal`; mirrored for a left hand.
        along, elbow, angle: see `arm_line`.
        azimuth: radians about the bone's +Y, from +X to +Z: where the arm bends to.
    """
    line, _ = arm_line(along, elbow, angle)
    aside = np.array([np.cos(azimuth), 0.0, np.sin(azimuth)])
    local = line[:, :1] * aside + line[:, 1:] * np.array([0.0, 1.0, 0.0])
    return local @ forearm[:3, :3].T + forearm[:3, 3]
