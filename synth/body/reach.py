"""Where an arm's elbow and hand are when its wrist is somewhere: two bones, a swivel, a wrist.

All in the body frame. The left arm is worked out as a right one in the mirror.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from synth.body.bones import sided
from synth.body.model import MIRROR, BodyShape
from synth.body.pose import arm_frame, shoulder_of
from synth.hand.arm import posed_arm
from synth.hand.model import HandShape
from synth.rotations import turn_between
from synth.scene import Side

Array = NDArray[np.float64]

#: Radians of elbow flexion between which an arm can be held.
_ELBOW: Final = (np.radians(3.0), np.radians(148.0))
#: Steps in which shoulder and elbow, which move each other, settle.
_SETTLING: Final = 3


@dataclass(frozen=True)
class Arm:
    """One way to hold an arm.

    Attributes:
        forearm: (4, 4) of the hand's own bone `forearm_proximal`, mirrored for a left arm.
        shoulder, elbow, wrist: (3,).
        twist: radians that the upper arm is turned about itself away from the plain swing of its
            rest pose; positive is inwards.
    """

    forearm: Array
    shoulder: Array
    elbow: Array
    wrist: Array
    twist: float


def hold_arm(
    shape: BodyShape,
    hand: HandShape,
    moved: Mapping[str, Array],
    side: Side,
    wrist: Array,
    swivel: float,
) -> Arm:
    """The arm with its wrist at a place, or as near to it as the arm reaches.

    Args:
        moved: of `synth.body.pose.moved_bones`.
        wrist: (3,) wanted.
        swivel: radians that the elbow is raised outwards about the line from shoulder to wrist; 0
            hangs down.
    """
    mirror = MIRROR if side == "left" else np.eye(4)
    shoulder0, elbow0 = (shape.head(sided(b, side)) for b in ("upperarm01", "lowerarm01"))
    wrist0 = shape.wrist(side)
    upper, lower = np.linalg.norm(elbow0 - shoulder0), np.linalg.norm(wrist0 - elbow0)
    trunk = moved["spine01"]
    shoulder = trunk[:3, :3] @ shoulder0 + trunk[:3, 3]
    # Chosen once: overhead it would turn about as the shoulder gives way.
    aside, wanted = _aside(wrist - shoulder, swivel, side), wrist
    elbow = (shoulder + wanted) / 2 + [0.0, 0.0, -0.1]
    for _ in range(_SETTLING):
        shoulder = shoulder_of(shape, moved, side, elbow)
        wrist = _within_reach(shoulder, wanted, float(upper), float(lower))
        elbow = _elbow(shoulder, wrist, float(upper), float(lower), aside)
    # Along the forearm, and about the hinge between it and the upper arm.
    now = arm_frame(wrist - elbow, np.cross(elbow - shoulder, wrist - elbow))
    rest = arm_frame(wrist0 - elbow0, np.cross(elbow0 - shoulder0, wrist0 - elbow0))
    moved_forearm = np.eye(4)
    moved_forearm[:3, :3] = now @ rest.T
    moved_forearm[:3, 3] = elbow - moved_forearm[:3, :3] @ elbow0
    return Arm(
        moved_forearm @ mirror @ shape.hand_to_body @ hand.arm_rest[2],
        shoulder,
        elbow,
        wrist,
        _twist(shape, moved, side, shoulder, elbow, moved_forearm[:3, :3]),
    )


def wrist_to_body(arm: Arm, hand: HandShape, side: Side, forearm: Array, pronation: float) -> Array:
    """(4, 4) rigid; after the body's own place in the world it is `HandPose.wrist_to_world`.

    Args:
        forearm: (4,) `HandPose.forearm`.
        pronation: radians, `HandPose.forearm_twist`.
    """
    hand_to_body = arm.forearm @ np.linalg.inv(posed_arm(hand, forearm, pronation)[2])
    return np.asarray(hand_to_body @ MIRROR if side == "left" else hand_to_body)


def elbow_flexion(arm: Arm) -> float:
    """Radians, 0 a straight arm."""
    upper, lower = arm.elbow - arm.shoulder, arm.wrist - arm.elbow
    cosine = upper @ lower / (np.linalg.norm(upper) * np.linalg.norm(lower))
    return float(np.arccos(np.clip(cosine, -1.0, 1.0)))


def _within_reach(shoulder: Array, wrist: Array, upper: float, lower: float) -> Array:
    """The wanted wrist, drawn to or away from the shoulder until the elbow can do it."""
    apart = wrist - shoulder
    distance = float(np.linalg.norm(apart))
    far, near = (
        np.sqrt(upper**2 + lower**2 + 2 * upper * lower * np.cos(flexion)) for flexion in _ELBOW
    )
    return np.asarray(shoulder + apart * (np.clip(distance, near, far) / max(distance, 1e-6)))


def _aside(apart: Array, swivel: float, side: Side) -> Array:
    """(3,) where the elbow is to go, away from the line from the shoulder to the wrist."""
    axis = apart / np.linalg.norm(apart)
    # Down, made normal to the line; backwards where the arm itself hangs or points straight up.
    down = np.array([0.0, 0.0, -1.0]) + 0.15 * np.array([0.0, 1.0, 0.0])
    down = down - axis * (down @ axis)
    down /= np.linalg.norm(down)
    outwards = np.cross(axis, down)
    outwards *= np.sign(outwards[0] or 1.0) * (-1.0 if side == "right" else 1.0)
    return np.asarray(np.cos(swivel) * down + np.sin(swivel) * outwards)


def _elbow(shoulder: Array, wrist: Array, upper: float, lower: float, aside: Array) -> Array:
    apart = wrist - shoulder
    distance = float(np.linalg.norm(apart))
    axis = apart / distance
    along = (upper**2 - lower**2 + distance**2) / (2 * distance)
    out = aside - axis * (aside @ axis)
    height = np.sqrt(max(upper**2 - along**2, 0.0)) / np.linalg.norm(out)
    return np.asarray(shoulder + along * axis + height * out)


def _twist(
    shape: BodyShape,
    moved: Mapping[str, Array],
    side: Side,
    shoulder: Array,
    elbow: Array,
    forearm: Array,
) -> float:
    """Angle of the hinge about the upper arm, against where a plain swing would bring it."""
    rest_shoulder, rest_elbow = (shape.head(sided(b, side)) for b in ("upperarm01", "lowerarm01"))
    rest = rest_elbow - rest_shoulder
    rest_hinge = np.cross(rest, shape.wrist(side) - rest_elbow)
    trunk = moved["spine01"][:3, :3]
    now = elbow - shoulder
    swung = _swing(trunk @ rest, now) @ trunk @ rest_hinge
    along = now / np.linalg.norm(now)
    hinge = forearm @ rest_hinge
    angle = np.arctan2(np.cross(swung, hinge) @ along, swung @ hinge)
    return float(angle if side == "left" else -angle)


def _swing(a: Array, b: Array) -> Array:
    return turn_between(a / np.linalg.norm(a), b / np.linalg.norm(b))
