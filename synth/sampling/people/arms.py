"""How a person holds an arm to reach a goal: the most natural of the ways that nothing is in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from synth.body.clearance import Trunk
from synth.body.model import MIRROR, BodyShape
from synth.body.reach import Arm, hold_arm, wrist_to_body
from synth.hand.arm import posed_arm
from synth.hand.joint_angles import WristAngles, wrist_to_forearm
from synth.hand.limits import sample_wrist
from synth.hand.model import HandShape
from synth.sampling.people.activity import Goal
from synth.scene import Side

Array = NDArray[np.float64]

_WRISTS: Final = 160
_SWIVELS: Final = np.radians([-5.0, 15.0, 35.0, 60.0, 85.0])
#: Radians that the upper arm can be turned about itself.
_TWIST: Final = np.radians(85.0)
#: Costs (radians² of a wrong direction are 1): a raised elbow, and an upper arm turned too far.
_SWIVEL_COST: Final = 0.25
_TWIST_COST: Final = 6.0
_WRIST_COST: Final = 0.15
#: Metres about the forearm's axis and about landmarks that belong to the arm.
_FOREARM_RADIUS: Final = 0.04
_HAND_RADIUS: Final = 0.011
CLOTH: Final = 0.02
#: How deep (metres) an arm may stand in the body before another way is looked for, and how many
#: wrists are tried for each place of the elbow.
_TOUCH: Final = 0.008
_TRIED: Final = 3


@dataclass(frozen=True)
class Wrists:
    """Ways to turn a hand on its forearm.

    Attributes:
        angles: (N,) drawn inside the limits.
        forearms: (N, 4) `HandPose.forearm` of each.
        turns: (N, 3, 3) from the hand to the bone forearm_proximal.
        strain: (N,) 0 relaxed … 1 at the limits.
    """

    angles: tuple[WristAngles, ...]
    forearms: Array
    turns: Array
    strain: Array


@dataclass(frozen=True)
class HeldArm:
    """A chosen way.

    Attributes:
        arm: shoulder, elbow and wrist, body frame.
        wrist_to_body: (4, 4).
        wrist: its angles; forearm (4,) the same as `HandPose.forearm`.
        depth: metres that the arm stands in the body, 0 where it does not.
    """

    arm: Arm
    wrist_to_body: Array
    wrist: WristAngles
    forearm: Array
    depth: float

    def points(self, landmarks: Array) -> Array:
        """(N, 3) of forearm and hand; landmarks (21, 3) in the hand's world-handed wrist frame."""
        share = np.linspace(0.15, 1.0, 6)[:, None]
        forearm = self.arm.elbow + share * (self.arm.wrist - self.arm.elbow)
        hand = landmarks @ self.wrist_to_body[:3, :3].T + self.wrist_to_body[:3, 3]
        return np.concatenate([forearm, hand])


def sample_wrists(rng: np.random.Generator, hand: HandShape) -> Wrists:
    """Ways to turn a hand, for `hold`."""
    angles = tuple(sample_wrist(rng) for _ in range(_WRISTS))
    forearms = np.stack([wrist_to_forearm(hand, wrist) for wrist in angles])
    posed = np.stack(
        [
            posed_arm(hand, forearm, wrist.pronation)[2, :3, :3]
            for forearm, wrist in zip(forearms, angles, strict=True)
        ]
    )
    bend = np.array([(w.flexion / 1.2, w.deviation / 0.5, w.pronation / 1.3) for w in angles])
    return Wrists(angles, forearms, posed.transpose(0, 2, 1), np.square(bend).sum(1))


def hold(
    goal: Goal,
    shape: BodyShape,
    hand: HandShape,
    moved: Mapping[str, Array],
    side: Side,
    wrists: Wrists,
    landmarks: Array,
    trunk: Trunk,
    others: Array,
) -> HeldArm:
    """The best way to reach a goal: of the ways that stand in nothing the one that turns the hand
    as wanted at the least strain; if all do, the one that stands in least.

    Args:
        moved: of `synth.body.pose.moved_bones`.
        landmarks: (21, 3) of the posed hand in its wrist frame, mirrored for a left hand.
        others: (M, 3) points of other arms to keep clear of, body frame.
    """
    arms = [hold_arm(shape, hand, moved, side, goal.wrist, swivel) for swivel in _SWIVELS]
    cost = np.stack([_costs(arm, goal, wrists, side) for arm in arms])
    cost += _SWIVEL_COST * np.square(_SWIVELS - _SWIVELS[1])[:, None]
    ways = [(s, int(w)) for s in range(len(arms)) for w in np.argsort(cost[s])[:_TRIED]]
    best: HeldArm | None = None
    for swivel, wrist in sorted(ways, key=lambda way: float(cost[way])):
        held = _held(arms[swivel], hand, side, wrists, wrist, landmarks, trunk, goal, others)
        if best is None or held.depth < best.depth:
            best = held
        if held.depth <= _TOUCH:
            break
    assert best is not None
    return best


def _costs(arm: Arm, goal: Goal, wrists: Wrists, side: Side) -> Array:
    """(N,) of each way to turn the hand on this arm."""
    turns = arm.forearm[:3, :3] @ wrists.turns
    cost = _WRIST_COST * wrists.strain
    # The hand's frame is a right one's (mirrored for a left arm): +Y fingers, +Z out of the palm.
    for wanted, axis in ((goal.fingers, 1), (goal.palm, 2)):
        if wanted is not None:
            cost = cost + np.square(np.arccos(np.clip(turns[:, :, axis] @ wanted, -1.0, 1.0)))
    return np.asarray(cost + _TWIST_COST * max(abs(arm.twist) - _TWIST, 0.0) ** 2)


def _held(
    arm: Arm,
    hand: HandShape,
    side: Side,
    wrists: Wrists,
    index: int,
    landmarks: Array,
    trunk: Trunk,
    goal: Goal,
    others: Array,
) -> HeldArm:
    wrist, forearm = wrists.angles[index], wrists.forearms[index]
    matrix = wrist_to_body(arm, hand, side, forearm, wrist.pronation)
    held = HeldArm(arm, matrix, wrist, forearm, 0.0)
    points = held.points(landmarks)
    radius = np.full(len(points), _HAND_RADIUS)
    radius[: len(points) - len(landmarks)] = _FOREARM_RADIUS
    cloth = 0.0 if goal.near_head else CLOTH
    depth = float((radius - trunk.distance(points, cloth)).max())
    if len(others):
        gap = np.linalg.norm(points[:, None] - others, axis=-1)
        depth = max(depth, float((radius + _HAND_RADIUS - gap.min(1)).max()))
    return HeldArm(arm, matrix, wrist, forearm, max(depth, 0.0))


def mirrored(points: Array, side: Side) -> Array:
    """Points (N, 3) of the right hand's wrist frame as `wrist_to_body` takes them."""
    return points @ MIRROR[:3, :3] if side == "left" else points
