"""Turns joints of fingers until their skin touches a solid.

A sweep is a straight line in the space of joint angles. Its steps are Newton's for the point that
arrives first, and never longer than the free way of any point, so that nothing is jumped over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synth.grasp.solid_contact import REACH, Gaps, Solid, gaps_to, shortest_ways
from synth.hand.contact import HandSurface
from synth.hand.joint_angles import ANGLE_NAMES
from synth.hand.limits import limits_at
from synth.hand.posing import Posing, posed_bones, posing_of
from synth.hand.skin_points import SkinPoints, skin_points

Array = NDArray[np.float64]
Ints = NDArray[np.intp]

#: Metres within which a sweep counts as having touched.
_TOUCHED = 0.0008
_ITERATIONS = 14
#: Radians over which velocities are measured.
_DELTA = 1e-4
#: Metres of the fastest point below which a step is the last.
_SMALLEST_STEP = 0.00015
#: Metres up to which distances are exact; beyond, a lower bound is enough.
_EXACT = 0.005


@dataclass(frozen=True)
class ReadyHand:
    """A shape prepared for closing on things."""

    surface: HandSurface
    posing: Posing
    points: SkinPoints


def ready_hand(surface: HandSurface) -> ReadyHand:
    return ReadyHand(surface, posing_of(surface.shape), skin_points(surface))


@dataclass(frozen=True)
class Placed:
    """A solid somewhere in the wrist frame: (4, 4) from its own frame."""

    solid: Solid
    to_wrist: Array

    def gaps(self, points: Array, reach: float = REACH) -> Gaps:
        """Of (N, 3) points in the wrist frame; normals are in that frame too."""
        turn, offset = self.to_wrist[:3, :3], self.to_wrist[:3, 3]
        own = gaps_to(self.solid, (points - offset) @ turn, reach)
        return Gaps(own.gap, own.normal @ turn.T, own.triangle)

    def ways(self, points: Array) -> Array:
        """(N,) metres that points of the wrist frame can go without meeting the surface."""
        return shortest_ways(self.solid, (points - self.to_wrist[:3, 3]) @ self.to_wrist[:3, :3])


@dataclass(frozen=True)
class Sweep:
    """One limb's way: from `vector` (29,) along `direction` (29,).

    Attributes:
        points: indices of the skin's points that are tested.
        least, most: ends of the amount, in units of `direction`.
    """

    vector: Array
    direction: Array
    points: Ints
    least: float
    most: float

    def at(self, amount: float) -> Array:
        """(29,) angles; each stops at its own limit."""
        moved = self.vector + amount * self.direction
        # Other angles keep their place even where flexion narrows their range: the caller has
        # the last word on abduction.
        low, high = limits_at(moved)
        return np.clip(moved, low, high)


@dataclass(frozen=True)
class Stop:
    """Where a sweep ended.

    Attributes:
        vector: (29,) angles.
        bones: of the points that touch, each once; empty where nothing was met.
        gap: metres of the nearest point.
    """

    vector: Array
    bones: frozenset[int]
    gap: float


def run_sweeps(hand: ReadyHand, solids: Sequence[Placed], sweeps: Sequence[Sweep]) -> list[Stop]:
    """Run several sweeps side by side, each against all solids, until it is pressed in a little."""
    pressed = min(placed.solid.pressed for placed in solids)
    amounts = np.zeros(len(sweeps))
    active = list(range(len(sweeps)))
    gaps = np.full(len(sweeps), REACH)
    bones: list[frozenset[int]] = [frozenset()] * len(sweeps)
    for iteration in range(_ITERATIONS):
        if not active:
            break
        places, velocities = _places(hand, [sweeps[i] for i in active], amounts[active])
        ends = np.cumsum([0, *(len(p) for p in places)])
        gap, normal, exact = _measured(solids, np.concatenate(places), iteration == 0)
        still = []
        for k, i in enumerate(active):
            own = slice(ends[k], ends[k + 1])
            gaps[i] = gap[own].min()
            touching = sweeps[i].points[(gap[own] < _TOUCHED) & exact[own]]
            bones[i] = frozenset(hand.points.bone[touching].tolist())
            speed = np.sqrt((velocities[k] ** 2).sum(1))
            step = _step(gap[own], normal[own], exact[own], velocities[k], speed, pressed)
            moved = float(np.clip(amounts[i] + step, sweeps[i].least, sweeps[i].most))
            change = abs(moved - amounts[i]) * speed.max()
            amounts[i] = moved
            if change > _SMALLEST_STEP:
                still.append(i)
        active = still
    return [
        Stop(sweep.at(amount), own, float(gap))
        for sweep, amount, own, gap in zip(sweeps, amounts, bones, gaps, strict=True)
    ]


def _places(
    hand: ReadyHand, sweeps: Sequence[Sweep], amounts: Array
) -> tuple[list[Array], list[Array]]:
    """Points of each sweep, and how they move per unit of it."""
    vectors = [sweep.at(amount) for sweep, amount in zip(sweeps, amounts, strict=True)]
    vectors += [sweep.at(amount + _DELTA) for sweep, amount in zip(sweeps, amounts, strict=True)]
    bones = posed_bones(hand.posing, np.array(vectors))
    places, velocities = [], []
    for k, sweep in enumerate(sweeps):
        change = (bones[k + len(sweeps)] - bones[k]) / _DELTA
        places.append(hand.points.at(bones[k], sweep.points))
        velocities.append(hand.points.moved_by(change, sweep.points))
    return places, velocities


def _measured(
    solids: Sequence[Placed], points: Array, everywhere: bool
) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Gap to the nearest solid, its normal, and where both are exact."""
    gap = np.full(len(points), REACH)
    normal = np.zeros((len(points), 3))
    exact = np.zeros(len(points), bool)
    for solid in solids:
        own = solid.ways(points)
        near = np.flatnonzero(own < (REACH if everywhere else _EXACT))
        found = solid.gaps(points[near])
        known = found.triangle >= 0
        own[near[known]] = found.gap[known]
        nearer = own < gap
        gap = np.where(nearer, own, gap)
        exact[nearer] = False
        here = known & nearer[near]
        exact[near[here]], normal[near[here]] = True, found.normal[here]
    return gap, normal, exact


def _step(
    gap: Array,
    normal: Array,
    exact: NDArray[np.bool_],
    velocity: Array,
    speed: Array,
    pressed: float,
) -> float:
    """The largest step that brings no point deeper than `pressed`; negative where one is deeper."""
    moving = speed > 1e-5
    if not moving.any():
        return 0.0
    closing = np.where(exact, -(velocity * normal).sum(1), speed)
    room = gap + pressed
    # A point that slides along the surface may still run into a bend of it.
    free = room / np.maximum(closing, 0.4 * speed + 1e-9)
    back = room / np.maximum(closing, 0.15 * speed + 1e-9)
    steps = np.where(room >= 0, free, np.where(closing > 0.1 * speed, back, np.inf))
    steps = np.where(
        (room >= 0) & exact & (closing < 0), np.maximum(free, 0.004 / speed.max()), steps
    )
    return float(min(steps[moving].min(), 0.03 / speed.max()))


def angles_of(*names: str) -> Array:
    """(29,) ones at the named angles."""
    return np.array([float(name in names) for name in ANGLE_NAMES])
