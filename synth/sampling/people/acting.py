"""What a person's two arms do in one frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from synth.body.model import SIDES
from synth.hand.joint_angles import HandAngles
from synth.hand.limits import sample_wrist
from synth.hand.model import load_hand_model
from synth.interaction.sample import sample_interaction
from synth.manifest import Manifest
from synth.sampling.motion import sample_key_pose
from synth.sampling.people import activity as do
from synth.sampling.people.activity import Activity, Goal, face_goal, sample_goal, to_body
from synth.sampling.people.actor import Actor, Setting
from synth.sampling.people.arms import HeldArm, hold, mirrored
from synth.sampling.people.joined import join_one_hand, join_own_hands
from synth.sampling.people.person import Figure, PosedArm, own_landmarks, posed_arm_of
from synth.sampling.people.props import Table
from synth.sampling.posed_hand import moved_points
from synth.scene import Contacts, Side
from synth.things.kinds import thing_mesh

Array = NDArray[np.float64]

#: What arms do before each camera: (activity, weight).
ACTIVITIES: Final[dict[Setting, tuple[tuple[Activity, float], ...]]] = {
    "webcam": (
        (do.RAISED, 4),
        (do.BACK_SHOWN, 1),
        (do.REACHING, 1.5),
        (do.POINTING, 1),
        (do.TALKING, 2),
        (do.WAVING, 0.5),
        (do.IN_LAP, 1.5),
        (do.ON_TABLE, 1),
    ),
    "phone": (
        (do.RAISED, 3),
        (do.BACK_SHOWN, 0.5),
        (do.REACHING, 1),
        (do.TALKING, 1.5),
        (do.WAVING, 0.5),
        (do.HANGING, 0.7),
    ),
    "room": (
        (do.RAISED, 1.5),
        (do.REACHING, 0.5),
        (do.POINTING, 1),
        (do.TALKING, 2),
        (do.WAVING, 1.5),
        (do.HANGING, 2),
    ),
    "desk": ((do.ON_TABLE, 2), (do.OVER_TABLE, 2)),
    "egocentric": (
        (do.BEFORE_EYES, 5),
        (do.REACHING, 1.5),
        (do.TALKING, 1),
        (do.ON_TABLE, 0.7),
        (do.OVER_TABLE, 1),
        (do.HANGING, 0.5),
    ),
}
#: And the other arm of someone who shakes hands.
_BESIDE: Final = ((do.HANGING, 3.0), (do.TALKING, 1.0))
#: Metres between two people's trunks.
_APART: Final = 0.06
HIDDEN: Final = ((do.BEHIND, 1.0),)
#: Goals that are tried until an arm stands in nothing (metres).
_GOALS: Final = 4
_CLEAR: Final = 0.012
#: Metres of flesh below a landmark; a hand is laid on a table to within _LAID, in so many steps;
#: further below its top it is under the table.
_LANDMARK_DEPTH: Final = 0.011
_LAID: Final = 0.006
_LAYINGS: Final = 3
_THROUGH: Final = 0.12
#: Interactions that are drawn until the arms can hold one.
_INTERACTIONS: Final = 6
#: Wrist to middle fingertip ÷ wrist to middle MCP of an average hand.
_HAND_TO_PALM: Final = 2.1


@dataclass(frozen=True)
class Act:
    """Right and left arm in one frame."""

    arms: tuple[PosedArm, PosedArm]
    gestures: tuple[str | None, str | None]
    contacts: Contacts
    touched: tuple[Side, ...] = ()  # hands that another one touches


def act(
    rng: np.random.Generator, manifest: Manifest, actor: Actor, setting: Setting, hidden: bool
) -> Act:
    """What an actor does in one frame.

    Args:
        hidden: whether hands are to be kept out of sight.
    """
    if actor.joined and not hidden:
        together = _act_together(rng, manifest, actor.figure)
        if together is not None:
            return together
    return _act_apart(rng, manifest, actor, setting, hidden)


def _act_together(rng: np.random.Generator, manifest: Manifest, figure: Figure) -> Act | None:
    """Hands in contact with each other; None where the arms can hold none of those drawn."""
    shapes = (figure.hand, figure.hand)
    for attempt in range(_INTERACTIONS):
        drawn = sample_interaction(
            rng, manifest.people.interactions, load_hand_model(), shapes, "one"
        )
        solved = join_own_hands(figure, drawn)
        if solved is None:
            continue
        by_side = {}
        for number, (side, held) in enumerate(zip(drawn.sides, solved[0], strict=True)):
            rotations, own = own_landmarks(figure, drawn.angles[number], side)
            by_side[side] = posed_arm_of(side, drawn.angles[number], rotations, held, own)
        contacts = Contacts(
            poses=2, corrected=2, redrawn=attempt + drawn.redraws, worst_depth=drawn.depth
        )
        return Act((by_side["right"], by_side["left"]), (drawn.name, drawn.name), contacts, SIDES)
    return None


def act_with_another(
    rng: np.random.Generator, manifest: Manifest, actors: tuple[Actor, Actor], setting: Setting
) -> tuple[tuple[Actor, Actor], tuple[Act, Act]] | None:
    """Two people whose hands meet; the second is put where its arm reaches.

    Returns:
        The actors, the second with its place in the world, and what they do; None where none of
        the interactions drawn comes off.
    """
    first, second = actors
    shapes = (first.figure.hand, second.figure.hand)
    for attempt in range(_INTERACTIONS):
        drawn = sample_interaction(
            rng, manifest.people.interactions, load_hand_model(), shapes, "two"
        )
        one = join_one_hand(first.figure, drawn, 0)
        if one is None:
            continue
        other = join_one_hand(second.figure, drawn, 1, one[1][2, :3])
        if other is None:
            continue
        placed = replace(
            second, body_to_world=first.body_to_world @ one[1] @ np.linalg.inv(other[1])
        )
        if _bodies_overlap(first, placed):
            continue
        contacts = Contacts(
            poses=2, corrected=2, redrawn=attempt + drawn.redraws, worst_depth=drawn.depth
        )
        acts = []
        for number, (actor, held) in enumerate(((first, one[0]), (placed, other[0]))):
            side = drawn.sides[number]
            rotations, own = own_landmarks(actor.figure, drawn.angles[number], side)
            arm = posed_arm_of(side, drawn.angles[number], rotations, held, own)
            acts.append(_with_free_arm(rng, manifest, actor, setting, arm, drawn.name, contacts))
            contacts = Contacts()
        return (first, placed), (acts[0], acts[1])
    return None


def _with_free_arm(
    rng: np.random.Generator,
    manifest: Manifest,
    actor: Actor,
    setting: Setting,
    arm: PosedArm,
    name: str,
    contacts: Contacts,
) -> Act:
    """One arm is given; the other does something of its own, near the body."""
    side: Side = "left" if arm.side == "right" else "right"
    activity = choose(rng, _BESIDE)
    angles, gesture, report = _sample_fingers(rng, manifest, actor, side, activity)
    free = _reach(rng, activity, actor, side, angles, arm.points)
    contacts += report
    if side == "right":
        return Act((free, arm), (gesture, name), contacts, (arm.side,))
    return Act((arm, free), (name, gesture), contacts, (arm.side,))


def _bodies_overlap(first: Actor, second: Actor) -> bool:
    to_second = np.linalg.inv(second.body_to_world) @ first.body_to_world
    points = moved_points(to_second, first.figure.trunk.points)
    return float(second.figure.trunk.distance(points).min()) < _APART


def _act_apart(
    rng: np.random.Generator, manifest: Manifest, actor: Actor, setting: Setting, hidden: bool
) -> Act:
    arms: list[PosedArm] = []
    gestures: list[str | None] = []
    contacts = Contacts()
    for side in SIDES:
        activity = choose(rng, HIDDEN if hidden else ACTIVITIES[setting])
        if not hidden and setting != "desk" and rng.uniform() < manifest.people.face_share:
            activity = do.AT_FACE
        angles, gesture, report = _sample_fingers(rng, manifest, actor, side, activity)
        others = arms[0].points if arms else np.zeros((0, 3))
        arms.append(_reach(rng, activity, actor, side, angles, others))
        gestures.append(gesture)
        contacts += report
    return Act((arms[0], arms[1]), (gestures[0], gestures[1]), contacts)


def _sample_fingers(
    rng: np.random.Generator, manifest: Manifest, actor: Actor, side: Side, activity: Activity
) -> tuple[HandAngles, str | None, Contacts]:
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


def _reach(
    rng: np.random.Generator,
    activity: Activity,
    actor: Actor,
    side: Side,
    angles: HandAngles,
    others: Array,
) -> PosedArm:
    """The arm that stands in nothing, or in least, of some goals of an activity."""
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
    reach = _HAND_TO_PALM * figure.hand.joints["middle_mcp"][1]
    return face_goal(rng, trunk.points[index], trunk.normals[index], shoulder, arm, reach, side)


def choose(rng: np.random.Generator, weighted: Sequence[tuple[Activity, float]]) -> Activity:
    weights = np.array([weight for _, weight in weighted], float)
    return weighted[int(rng.choice(len(weighted), p=weights / weights.sum()))][0]
