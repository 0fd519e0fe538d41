"""Arms of people whose hands are in contact: the hands are given, shoulders and elbows follow.

Two hands in contact are one rigid piece. Where that piece is before a person, and how far each
forearm is turned, is solved for: upper arms must have their length, elbows bend as hinges, and
nothing may stand in the trunk.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from synth.body.model import MIRROR
from synth.body.pose import shoulder_of
from synth.body.reach import Arm
from synth.hand.arm import posed_arm
from synth.hand.joint_angles import HandAngles, WristAngles, wrist_to_forearm
from synth.hand.limits import RANGE_OF_MOTION
from synth.interaction.sample import Interaction
from synth.rotations import coordinate_rotation, quaternion_about, rotation_matrix
from synth.sampling.people.arms import CLOTH, HeldArm
from synth.sampling.people.person import Figure, own_landmarks
from synth.scene import Side

Array = NDArray[np.float64]

#: Metres by which an upper arm may be too long or too short: cloth and the shoulder's own play.
_PLAY: Final = 0.025
#: Metres that a hand may stand in clothes.
_IN_CLOTHES: Final = 0.02
#: What one unit of each residual is: metres of length, of a hinge's direction, of depth, of the
#: pair's place, radians of its turn and of pronation.
_LENGTH, _HINGE, _DEPTH, _PLACE, _TURN, _PRONATION = 0.01, 0.3, 0.01, 0.12, 0.4, 0.5
_STEPS: Final = 14
_PRONATION_LIMITS: Final = RANGE_OF_MOTION["wrist.pronation"]
#: Radians that a lone arm's hand is held inwards of straight ahead.
_INWARDS: Final = np.radians(15.0)


@dataclass(frozen=True)
class Joined:
    """One hand of an interaction, for the person whose it is.

    Attributes:
        place: (4, 4) its wrist frame in the pair's frame.
        own: (21, 3) landmarks in the frame that `place` takes.
        elbow, hinge: (3,) in the frame of forearm_proximal.
    """

    figure: Figure
    side: Side
    angles: HandAngles
    forearm: Array
    place: Array
    own: Array
    elbow: Array
    hinge: Array

    def held(self, pair_to_body: Array, pronation: float) -> HeldArm:
        """The arm, wherever the pair is put; `depth` is how far it stands in the trunk."""
        wrist_to_body = pair_to_body @ self.place
        mirrored = self.side == "left"
        hand_to_body = wrist_to_body @ MIRROR if mirrored else wrist_to_body
        proximal = hand_to_body @ posed_arm(self.figure.hand, self.forearm, pronation)[2]
        elbow = proximal[:3, :3] @ self.elbow + proximal[:3, 3]
        shoulder = shoulder_of(self.figure.shape, self.figure.moved, self.side, elbow)
        wrist = WristAngles(self.angles.wrist.flexion, self.angles.wrist.deviation, pronation)
        arm = Arm(proximal, shoulder, elbow, wrist_to_body[:3, 3], 0.0)
        held = HeldArm(arm, wrist_to_body, wrist, self.forearm, 0.0)
        gaps = self.figure.trunk.distance(held.points(self.own), CLOTH)
        return HeldArm(arm, wrist_to_body, wrist, self.forearm, float(max(-gaps.min(), 0.0)))

    def residuals(self, held: HeldArm) -> Array:
        arm = held.arm
        upper = float(np.linalg.norm(arm.elbow - arm.shoulder)) - self.upper_arm
        natural = np.cross(arm.elbow - arm.shoulder, arm.wrist - arm.elbow)
        natural /= np.linalg.norm(natural) + 1e-9
        hinge = arm.forearm[:3, :3] @ self.hinge
        # A hinge's axis is a turn, which a mirror reverses.
        hinge *= -1.0 if self.side == "left" else 1.0
        low, high = _PRONATION_LIMITS
        beyond = max(low - held.wrist.pronation, held.wrist.pronation - high, 0.0)
        return np.array(
            [
                upper / _LENGTH,
                *((hinge - natural) / _HINGE),
                held.depth / _DEPTH,
                beyond / 0.02,
                (held.wrist.pronation - self.angles.wrist.pronation) / _PRONATION,
            ]
        )

    def comes_off(self, held: HeldArm) -> bool:
        length = float(np.linalg.norm(held.arm.elbow - held.arm.shoulder))
        low, high = _PRONATION_LIMITS
        return (
            abs(length - self.upper_arm) < _PLAY
            and held.depth < _IN_CLOTHES
            and low - 0.01 <= held.wrist.pronation <= high + 0.01
        )

    @property
    def upper_arm(self) -> float:
        """Metres."""
        shape = self.figure.shape
        return float(np.linalg.norm(shape.head("lowerarm01.R") - shape.head("upperarm01.R")))


def joined(figure: Figure, interaction: Interaction, number: int) -> Joined:
    """Hand `number` (0 or 1) of an interaction as that of a person."""
    side, angles = interaction.sides[number], interaction.angles[number]
    _, own = own_landmarks(figure, angles, side)
    rest = figure.shape.hand_to_body @ figure.hand.arm_rest[2]
    shoulder, elbow = (figure.shape.head(f"{b}.R") for b in ("upperarm01", "lowerarm01"))
    hinge = np.cross(elbow - shoulder, figure.shape.wrist("right") - elbow)
    return Joined(
        figure=figure,
        side=side,
        angles=angles,
        forearm=wrist_to_forearm(figure.hand, angles.wrist),
        place=np.eye(4) if number == 0 else interaction.second_to_first,
        own=own,
        elbow=rest[:3, :3].T @ (elbow - rest[:3, 3]),
        hinge=rest[:3, :3].T @ (hinge / np.linalg.norm(hinge)),
    )


def join_own_hands(
    figure: Figure, interaction: Interaction
) -> tuple[tuple[HeldArm, HeldArm], Array] | None:
    """Both arms of one person, in the order of the interaction, and the (4, 4) pair → body.

    Returns:
        None where no way of holding the arms was found.
    """
    hands = [joined(figure, interaction, number) for number in range(2)]
    start = _onto_shoulders(figure, interaction)
    solved = _solve(hands, start)
    if solved is None:
        return None
    held, pair_to_body = solved
    return (held[0], held[1]), pair_to_body


def join_one_hand(
    figure: Figure, interaction: Interaction, number: int, up: Array | None = None
) -> tuple[HeldArm, Array] | None:
    """One arm of a person whose hand another person's meets, and the (4, 4) pair → body.

    Args:
        up: (3,) what is upwards in the pair's frame, where the other person's arm has settled it.
    """
    hand = joined(figure, interaction, number)
    start = _before_shoulder(figure, interaction, number, up)
    solved = _solve([hand], start, upright=up is not None)
    if solved is None:
        return None
    held, pair_to_body = solved
    return held[0], pair_to_body


def _solve(
    hands: Sequence[Joined], start: Array, upright: bool = False
) -> tuple[list[HeldArm], Array] | None:
    """Moves the pair away from its start as little as will do.

    Args:
        upright: whether it may turn about the vertical only.
    """

    def put(parameters: Array) -> tuple[list[HeldArm], Array]:
        if upright:
            pair_to_body = _rigid(parameters[:6] * [1, 1, 1, 0, 0, 1]) @ start
        else:
            pair_to_body = start @ _rigid(parameters[:6])
        return [
            hand.held(pair_to_body, float(pronation))
            for hand, pronation in zip(hands, parameters[6:], strict=True)
        ], pair_to_body

    def residuals(parameters: Array) -> Array:
        held, _ = put(parameters)
        parts = [hand.residuals(arm) for hand, arm in zip(hands, held, strict=True)]
        return np.concatenate([*parts, parameters[:3] / _PLACE, parameters[3:6] / _TURN])

    first = np.concatenate([np.zeros(6), [hand.angles.wrist.pronation for hand in hands]])
    found = least_squares(residuals, first, max_nfev=_STEPS, diff_step=1e-4, x_scale=0.1)
    held, pair_to_body = put(found.x)
    if all(hand.comes_off(arm) for hand, arm in zip(hands, held, strict=True)):
        return held, pair_to_body
    return None


def _onto_shoulders(figure: Figure, interaction: Interaction) -> Array:
    """(4, 4) that brings the interaction's shoulders to the person's, upright."""
    order = [interaction.sides.index(side) for side in ("right", "left")]
    right, left = interaction.arms.shoulders[order]
    theirs = _upright(left - right, interaction.arms.up)
    own_right, own_left = figure.shoulder("right"), figure.shoulder("left")
    ours = _upright(own_left - own_right, np.array([0.0, 0.0, 1.0]))
    matrix = np.eye(4)
    matrix[:3, :3] = ours @ theirs.T
    matrix[:3, 3] = (own_right + own_left) / 2 - matrix[:3, :3] @ ((right + left) / 2)
    return matrix


def _before_shoulder(
    figure: Figure, interaction: Interaction, number: int, up: Array | None
) -> Array:
    """(4, 4) that brings the interaction's shoulder to the person's, the hands before the body."""
    side = interaction.sides[number]
    shoulder = interaction.arms.shoulders[number]
    up = interaction.arms.up if up is None else up
    place = np.eye(4) if number == 0 else interaction.second_to_first
    theirs = _upright(np.cross(place[:3, 3] - shoulder, up), up)
    inwards = -_INWARDS if side == "left" else _INWARDS
    # Left of the way from the shoulder to the hand is the body's left, give or take.
    ours = coordinate_rotation(2, inwards) @ _upright(
        np.array([-1.0, 0.0, 0.0]), np.array([0.0, 0.0, 1.0])
    )
    matrix = np.eye(4)
    matrix[:3, :3] = ours @ theirs.T
    matrix[:3, 3] = figure.shoulder(side) - matrix[:3, :3] @ shoulder
    return matrix


def _upright(left: Array, up: Array) -> Array:
    """(3, 3) columns: left made horizontal, the third, up."""
    z = up / np.linalg.norm(up)
    x = left - z * (left @ z)
    x = x / (np.linalg.norm(x) + 1e-9)
    return np.stack([x, np.cross(z, x), z], axis=1)


def _rigid(parameters: Array) -> Array:
    matrix = np.eye(4)
    angle = float(np.linalg.norm(parameters[3:6]))
    if angle > 0:
        matrix[:3, :3] = rotation_matrix(quaternion_about(parameters[3:6] / angle, angle))
    matrix[:3, 3] = parameters[:3]
    return matrix
