"""Moves fingers that stand in each other, in the palm or in the thumb apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from synth.hand.contact import COMPRESSION, Contact, HandSurface, contacts, deepest
from synth.hand.joint_angles import ANGLE_NAMES, HandAngles, angles_to_rotations
from synth.hand.joint_axes import FINGER_ANGLES, joint_axes, step_in_limits
from synth.hand.model import forward_kinematics

Array = NDArray[np.float64]

#: A posture from which an angle would have to move by more is another posture: it is redrawn.
LARGEST_CORRECTION: Final = np.radians(35.0)
_ITERATIONS = 10
_LARGEST_STEP = np.radians(9.0)
_DAMPING = 0.01  # metres per radian
#: Depth (metres) that corrected parts still have: they touch.
_LEFT = 0.001


@dataclass(frozen=True)
class ContactReport:
    """What became of one posture.

    Attributes:
        depth_before, depth: metres of the deepest contact as drawn, and at the end.
        corrected: whether angles were changed.
        resolved: no penetration is left (flesh pressed together by COMPRESSION is none).
        largest_change: radians by which an angle was changed at most.
    """

    depth_before: float
    depth: float
    corrected: bool
    resolved: bool
    largest_change: float


def _ease() -> Array:
    """(29,) how readily angles give way: tips and sideways before the posture as a whole."""
    ease = np.where(FINGER_ANGLES, 1.0, 0.0)
    for i, name in enumerate(ANGLE_NAMES):
        if name.endswith(".cmc_flexion"):
            ease[i] *= 0.5
    return ease


_EASE = _ease()


def resolve(surface: HandSurface, angles: HandAngles) -> tuple[HandAngles, ContactReport]:
    """Smallest steps inside the ranges of motion until nothing penetrates, or the report says not.

    Each step asks every deep place to open by its depth, and takes the smallest change of angles
    that does so to first order.
    """
    start = angles.to_vector()
    vector = start
    best, best_depth, before = start, np.inf, 0.0
    for iteration in range(_ITERATIONS + 1):
        current = HandAngles.from_vector(vector)
        bones = forward_kinematics(surface.shape, angles_to_rotations(surface.shape, current))
        found = contacts(surface, bones, each=2)
        depth = deepest(found)
        if iteration == 0:
            before = depth
        if depth < best_depth:
            best, best_depth = vector, depth
        if depth <= COMPRESSION or iteration == _ITERATIONS:
            break
        vector = _apart(current, bones, found)
        if np.abs(vector - start).max() > LARGEST_CORRECTION:
            break
    change = float(np.abs(best - start).max())
    report = ContactReport(
        depth_before=before,
        depth=best_depth,
        corrected=change > 0,
        resolved=best_depth <= COMPRESSION,
        largest_change=change,
    )
    return (HandAngles.from_vector(best) if change > 0 else angles), report


def _apart(angles: HandAngles, bones: Array, found: list[Contact]) -> Array:
    axes = joint_axes(angles, bones)
    rows, wanted = [], []
    for contact in found:
        # Places that touch only take part too, so that the step does not press them together.
        if contact.depth < _LEFT / 2:
            continue
        velocity = axes.velocity(contact.point, contact.bone)
        velocity = velocity - axes.velocity(contact.surface, contact.other_bone)
        rows.append(velocity @ contact.normal)
        wanted.append(max(0.0, contact.depth - _LEFT))
    return step_in_limits(
        angles.to_vector(), np.array(rows), np.array(wanted), _EASE, _LARGEST_STEP, _DAMPING
    )
