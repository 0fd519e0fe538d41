"""Small changes that put a closed hand right: fingers touch the thing and stand in nothing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from synth.grasp.closing import Placed, ReadyHand
from synth.grasp.solid_contact import Gaps
from synth.hand.contact import COMPRESSION, PALM, PARTS, Contact, contacts, deepest
from synth.hand.joint_angles import ANGLE_NAMES, HandAngles
from synth.hand.joint_axes import FINGER_ANGLES, JointAxes, joint_axes, step_in_limits
from synth.hand.posing import posed_bones

Array = NDArray[np.float64]

#: Metres that skin may stand in a thing; it is pressed flat there.
DEEPEST: Final = 0.0015
#: Metres within which skin touches a thing.
TOUCHING: Final = 0.0008
#: Metres of gap after closing, up to which a finger is brought to touch.
NEARLY: Final = 0.004
_ITERATIONS = 7
_LARGEST_STEP = np.radians(7.0)
_DAMPING = 0.008  # metres per radian
#: Depth (metres) that is aimed at where fingers touch each other.
_LEFT = 0.001


@dataclass(frozen=True)
class Settled:
    """A posture and how it stands to the thing.

    Attributes:
        vector: (29,) angles.
        to_wrist: (4, 4) the thing's frame in the wrist frame.
        gaps: (6,) metres from each of PARTS to the thing, negative inside.
        depth: metres of the deepest contact between parts of the hand.
    """

    vector: Array
    to_wrist: Array
    gaps: Array
    depth: float

    def clear(self) -> bool:
        """Nothing stands too deep in anything."""
        return bool(self.gaps.min() >= -DEEPEST and self.depth <= COMPRESSION)


def settle(hand: ReadyHand, thing: Placed, vector: Array, meant: Collection[str]) -> Settled:
    """Least changes of the joints until the fingers touch, and nothing is too deep.

    The thing itself moves where it stands too deep in the palm.

    Args:
        vector: (29,) angles to start from.
        meant: fingers that are to touch, those of them that are NEARLY there already.
    """
    best: Settled | None = None
    best_score = np.inf
    wanted: list[int] = []
    ease = np.where(FINGER_ANGLES, 1.0, 0.0)
    for i, name in enumerate(ANGLE_NAMES):
        ease[i] *= 0.4 if name.endswith("cmc_flexion") else 1.0
    for iteration in range(_ITERATIONS):
        bones = posed_bones(hand.posing, vector[None])[0]
        found = contacts(hand.surface, bones, each=2)
        skin = hand.points.at(bones, np.arange(len(hand.points.part)))
        gaps = thing.gaps(skin, reach=0.012)
        nearest = np.array([gaps.gap[hand.points.part == part].min() for part in range(len(PARTS))])
        now = Settled(vector, thing.to_wrist, nearest, deepest(found))
        if iteration == 0:
            wanted = [i for i in range(PALM) if PARTS[i] in meant and nearest[i] < NEARLY]
        score = (
            max(0.0, -nearest.min() - DEEPEST)
            + max(0.0, now.depth - COMPRESSION)
            + float(np.maximum(nearest[wanted] - TOUCHING, 0.0).sum())
        )
        if score < best_score:
            best, best_score = now, score
        if score <= 0.0 or iteration == _ITERATIONS - 1:
            break
        axes = joint_axes(HandAngles.from_vector(vector), bones)
        if nearest[PALM] < -DEEPEST:
            thing = _out_of_palm(thing, hand, gaps.gap, gaps.normal)
        rows, change = _demands(hand, axes, skin, gaps, wanted, thing.solid.pressed)
        more = _separations(axes, found)
        rows, change = rows + more[0], change + more[1]
        if not rows:
            continue
        vector = step_in_limits(
            vector, np.array(rows), np.array(change), ease, _LARGEST_STEP, _DAMPING
        )
    assert best is not None
    return best


def _out_of_palm(thing: Placed, hand: ReadyHand, gap: Array, normal: Array) -> Placed:
    palm = np.flatnonzero(hand.points.part == PALM)
    worst = palm[np.argmin(gap[palm])]
    moved = thing.to_wrist.copy()
    moved[:3, 3] += normal[worst] * (gap[worst] + thing.solid.pressed)
    return Placed(thing.solid, moved)


def _demands(
    hand: ReadyHand,
    axes: JointAxes,
    skin: Array,
    gaps: Gaps,
    wanted: list[int],
    pressed: float,
) -> tuple[list[Array], list[float]]:
    """Changes of gaps that are asked for, by the angles, and how large they are."""
    gap, normal = gaps.gap, gaps.normal
    rows, change = [], []
    for part in range(PALM):
        own = np.flatnonzero(hand.points.part == part)
        first = own[np.argmin(gap[own])]
        if part in wanted and gap[first] > -pressed:
            if not normal[first].any():
                continue
            places = [(first, -pressed - gap[first])]
        else:
            places = []
            for bone in np.unique(hand.points.bone[own]):
                of_bone = own[hand.points.bone[own] == bone]
                deep = of_bone[np.argmin(gap[of_bone])]
                if gap[deep] < -pressed:
                    # What touches stays; what is too deep comes out.
                    aim = -pressed - gap[deep] if gap[deep] < -DEEPEST else 0.0
                    places.append((deep, aim))
        for point, aim in places:
            velocity = axes.velocity(skin[point], int(hand.points.bone[point]))
            rows.append(velocity @ normal[point])
            change.append(float(np.clip(aim, -0.006, 0.006)))
    return rows, change


def _separations(axes: JointAxes, found: list[Contact]) -> tuple[list[Array], list[float]]:
    rows, change = [], []
    for contact in found:
        if contact.depth < _LEFT / 2:
            continue
        velocity = axes.velocity(contact.point, contact.bone)
        velocity = velocity - axes.velocity(contact.surface, contact.other_bone)
        rows.append(velocity @ contact.normal)
        change.append(max(0.0, contact.depth - _LEFT))
    return rows, change
