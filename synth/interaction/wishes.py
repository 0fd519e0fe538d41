"""What two hands are asked to do in one small step, and the step that does it.

A wish asks a quantity to change by some amount; a bound asks it to change by no less. The step is
the smallest change of joint angles and of the second hand's place that grants them to first order
(Levenberg's damped least squares; bounds take part while they would be broken).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from synth.hand.joint_angles import ANGLE_NAMES
from synth.hand.joint_axes import FINGER_ANGLES
from synth.hand.limits import into_limits
from synth.rotations import rotation_about

Array = NDArray[np.float64]

ANGLES: Final = len(ANGLE_NAMES)
#: Both hands' angles, the second hand's turn (radians) and its move (in units of _MOVE_UNIT).
VARIABLES: Final = 2 * ANGLES + 6
#: Metres that the second hand moves as readily as an angle turns by one radian.
_MOVE_UNIT = 0.1
#: Depth (metres) that is left where skins are pressed together: they touch.
LEFT: Final = 0.0008
#: How far (metres) one step pulls or pushes.
PULL: Final = 0.012
_LARGEST_ANGLE = np.radians(12.0)
_LARGEST_TURN = np.radians(8.0)
_LARGEST_MOVE = 0.015
_DAMPING = 0.005
#: How much a bound counts beside a wish, and how often the broken ones are looked for.
_BOUND_WEIGHT = 3.0
_BOUND_ROUNDS = 4


def _ease() -> Array:
    """(64,) how readily each variable gives way: wrists not, metacarpals less than fingers."""
    ease = np.where(FINGER_ANGLES, 1.0, 0.0)
    for i, name in enumerate(ANGLE_NAMES):
        if name.endswith("cmc_flexion"):
            ease[i] *= 0.0 if name.startswith(("index", "middle")) else 0.5
    return np.concatenate([ease, ease, np.ones(6)])


EASE: Final = _ease()


@dataclass
class Wishes:
    """Rows of one step; the second hand turns about `pivot` (3,), pair frame."""

    pivot: Array
    rows: list[Array] = field(default_factory=list)
    wanted: list[Array] = field(default_factory=list)
    bound_rows: list[Array] = field(default_factory=list)
    bounds: list[Array] = field(default_factory=list)

    def wish(self, rows: Array, wanted: Array, weight: float = 1.0) -> None:
        """Ask quantities with gradients (N, 64) to change by (N,)."""
        self.rows.append(weight * rows)
        self.wanted.append(weight * wanted)

    def bound(self, rows: Array, least: Array) -> None:
        """Ask quantities with gradients (N, 64) to change by no less than (N,)."""
        self.bound_rows.append(rows)
        self.bounds.append(least)

    def motion(self, hand: int, points: Array, of_angles: Array) -> Array:
        """(N, 3, 64) how points (N, 3) of hand 0 or 1 move with the variables.

        Args:
            of_angles: (N, 29, 3) with the hand's own angles.
        """
        result = np.zeros((len(points), 3, VARIABLES))
        result[:, :, hand * ANGLES : (hand + 1) * ANGLES] = np.swapaxes(of_angles, 1, 2)
        if hand == 1:
            x, y, z = (points - self.pivot).T
            zero = np.zeros_like(x)
            turn = [[zero, z, -y], [-z, zero, x], [y, -x, zero]]
            result[:, :, -6:-3] = np.moveaxis(np.array(turn), 2, 0)
            result[:, :, -3:] = _MOVE_UNIT * np.eye(3)
        return result


def take_step(wishes: Wishes, vector: Array, place: Array) -> tuple[Array, Array]:
    """(58,) angles of both hands and (4, 4) place of the second one after a step that stays inside
    the ranges of motion."""
    rows, wanted = np.concatenate(wishes.rows), np.concatenate(wishes.wanted)
    bound_rows = np.zeros((0, VARIABLES))
    least = np.zeros(0)
    if wishes.bounds:
        bound_rows, least = np.concatenate(wishes.bound_rows), np.concatenate(wishes.bounds)
    active = least > 0
    free = EASE.copy()
    step = np.zeros(VARIABLES)
    for _ in range(_BOUND_ROUNDS):
        step = _solved(rows, wanted, bound_rows[active], least[active], free)
        wished = vector + step[: 2 * ANGLES]
        moved = np.concatenate([into_limits(wished[:ANGLES]), into_limits(wished[ANGLES:])])
        # Angles that run into a limit stop there and the others take over.
        stuck = (np.abs(moved - wished) > 1e-9) & (free[: 2 * ANGLES] > 0)
        broken = ~active & (bound_rows @ step < least - 1e-4)
        if not stuck.any() and not broken.any():
            break
        active |= broken
        free[: 2 * ANGLES][stuck] = 0.0
    wished = vector + step[: 2 * ANGLES]
    moved = np.concatenate([into_limits(wished[:ANGLES]), into_limits(wished[ANGLES:])])
    turn, move = step[-6:-3], _MOVE_UNIT * step[-3:]
    angle = float(np.linalg.norm(turn))
    rotation = rotation_about(turn / angle, angle) if angle > 1e-9 else np.eye(3)
    result = place.copy()
    result[:3, :3] = rotation @ place[:3, :3]
    result[:3, 3] = wishes.pivot + rotation @ (place[:3, 3] - wishes.pivot) + move
    return moved, result


def _solved(rows: Array, wanted: Array, bound_rows: Array, least: Array, free: Array) -> Array:
    """(64,) the damped step, cut to the largest that may be trusted."""
    scaled = np.concatenate([rows, _BOUND_WEIGHT * bound_rows]) * free
    target = np.concatenate([wanted, _BOUND_WEIGHT * least])
    normal = scaled.T @ scaled + _DAMPING**2 * np.eye(VARIABLES)
    step = free * np.linalg.solve(normal, scaled.T @ target)
    excess = max(
        np.abs(step[: 2 * ANGLES]).max() / _LARGEST_ANGLE,
        np.linalg.norm(step[-6:-3]) / _LARGEST_TURN,
        np.linalg.norm(step[-3:]) * _MOVE_UNIT / _LARGEST_MOVE,
    )
    return np.asarray(step / max(1.0, float(excess)))
