"""One arm that does something of its own: its fingers, and where it is held."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from synth.body.model import SIDES
from synth.hand.joint_angles import HandAngles
from synth.hand.limits import sample_wrist
from synth.manifest import Manifest
from synth.sampling.motion import sample_key_pose
from synth.sampling.people import activity as do
from synth.sampling.people.activity import Activity, Goal, face_goal, sample_goal, to_body
from synth.sampling.people.actor import Actor
from synth.sampling.people.arms import HeldArm, hold, mirrored
from synth.sampling.people.person import Figure, PosedArm, own_landmarks, posed_arm_of
from synth.sampling.people.props import Table
from synth.sampling.posed_hand import moved_points
from synth.scene import Contacts, Side
from synth.things.kinds import thing_mesh

Array = NDArray[np.float64]

#: Goals that are tried until an arm stands in nothing (metres).
_GOALS: Final = 4
_CLEAR: Final = 0.012
#: Metres of flesh below a landmark; a hand is laid on a table to within _LAID, in so many steps;
#: further below its top it is under the table.
_LANDMARK_DEPTH: Final = 0.011
_LAID: Final = 0.006
_LAYINGS: Final = 3
_THROUGH: Final = 0.12
#: Wrist to middle fingertip ÷ wrist to middle MCP of an average hand.
_HAND_TO_PALM: Final = 2.1


def sample_fingers(
    rng: np.random.Generator, manifest: Manifest, actor: Actor, side: Side, activity: Activity
) -> tuple[HandAngles, str | None, Contacts]:
    """The fingers of a hand, the gesture's name if they show one, and their contacts: closed on the
    thing that the hand holds, or a key pose."""
    holding = actor.holdings.get(side)
    if holding is not None:
        grasp = holding.grasp
        contacts = Contacts(poses=1, corrected=1, redrawn=grasp.redraws, worst_depth=grasp.depth)
        return grasp.angles, None, contacts
    motion = manifest.motion
    if activity.relaxed:
        motion = motion.model_copy(update={"gestures": ("relaxed",), "gesture_share": 1.0})
    key, thrown = sample_key_pose(rng, motion, actor.figure.surface, sample_wrist(rng))
    contacts = Contacts(
        poses=1,
        corrected=int(key.report.corrected),
        redrawn=thrown,
        unresolved=int(not key.report.resolved),
        worst_depth=key.report.depth,
    )
    return key.angles, key.gesture.name if key.gesture else None, contacts


def reach(
    rng: np.random.Generator,
    activity: Activity,
    actor: Actor,
    side: Side,
    angles: HandAngles,
    others: Array,
) -> PosedArm:
    """The arm that stands in nothing, or in least, of some goals of an activity.

    Args:
        others: (M, 3) points of other arms, body frame.
    """
    figure, table = actor.figure, actor.table
    rotations, own = own_landmarks(figure, angles, side)
    wrists = figure.wrists[SIDES.index(side)]
    solid, holding = own, actor.holdings.get(side)
    if holding is not None:
        thing = moved_points(holding.grasp.thing_to_wrist, thing_mesh(holding.thing).vertices)
        solid = np.concatenate([own, mirrored(thing, side)])

    def held_at(goal: Goal) -> HeldArm:
        return hold(
            goal, figure.shape, figure.hand, figure.moved, side, wrists, own, figure.trunk, others
        )

    best = None
    for _ in range(_GOALS):
        goal = _goal(rng, activity, figure, side)
        held = held_at(goal)
        if activity.yields is not None:
            goal, held = _off_body(goal, held, held_at, to_body(np.array(activity.yields), side))
        if table is not None:
            held = _off_table(goal, held, held_at, solid, table, activity is do.ON_TABLE)
        if best is None or held.depth < best.depth:
            best = held
        if held.depth <= _CLEAR:
            break
    assert best is not None
    return posed_arm_of(side, replace(angles, wrist=best.wrist), rotations, best, own)


def _off_body(
    goal: Goal, held: HeldArm, held_at: Callable[[Goal], HeldArm], outwards: Array
) -> tuple[Goal, HeldArm]:
    """The arm moved outwards until it lies on the body instead of in it."""
    for _ in range(_LAYINGS):
        if held.depth <= _LAID:
            break
        goal = replace(goal, wrist=goal.wrist + held.depth * outwards)
        held = held_at(goal)
    return goal, held


def _off_table(
    goal: Goal,
    held: HeldArm,
    held_at: Callable[[Goal], HeldArm],
    solid: Array,
    table: Table,
    onto: bool,
) -> HeldArm:
    """The arm raised until nothing of it stands in the table, or laid onto it.

    Args:
        solid: (N, 3) points of the hand and of what it holds, as `HeldArm.points` takes them.
    """
    for _ in range(_LAYINGS):
        points = held.points(solid)
        above = ((points[:, :2] > table.low) & (points[:, :2] < table.high)).all(1)
        if not above.any():
            break
        gap = float(points[above, 2].min()) - _LANDMARK_DEPTH - table.height
        under = gap < -_THROUGH
        if under or (0 <= gap < _LAID) or (gap > 0 and not onto):
            break
        goal = replace(goal, wrist=goal.wrist - [0.0, 0.0, gap - _LAID / 2])
        held = held_at(goal)
    return held


def _goal(rng: np.random.Generator, activity: Activity, figure: Figure, side: Side) -> Goal:
    shoulder, arm = figure.shoulder(side), figure.arm_length
    if activity is not do.AT_FACE:
        return sample_goal(rng, activity, shoulder, arm, side)
    # A place of the face or the side of the head: in front of the ears, or at them.
    trunk = figure.trunk
    forward = trunk.normals @ figure.gaze
    own_side = trunk.points[:, 0] * (1.0 if side == "left" else -1.0) > -0.03
    fitting = np.flatnonzero(trunk.on_head & (forward > -0.3) & own_side)
    index = int(fitting[int(rng.integers(len(fitting)))])
    length = _HAND_TO_PALM * figure.hand.joints["middle_mcp"][1]
    return face_goal(rng, trunk.points[index], trunk.normals[index], shoulder, arm, length, side)
