"""Where points of a posed hand go when a joint angle grows, and solving for angles by it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synth.hand.joint_angles import ANGLE_NAMES, HandAngles, angle_index
from synth.hand.limits import into_limits
from synth.landmarks import BONE_PARENTS, BONES, FINGERS, LONG_FINGERS

Array = NDArray[np.float64]

#: What a solver may turn: all angles but the wrist's, which do not move fingers against the palm.
FINGER_ANGLES = np.array([not name.startswith("wrist.") for name in ANGLE_NAMES])


def _moved_bones() -> NDArray[np.bool_]:
    """(29, 24) bones that follow each angle."""
    first = {"cmc_flexion": "metacarpal", "palmar_abduction": "metacarpal"}
    first |= {"opposition": "metacarpal", "mcp_flexion": "proximal", "mcp_abduction": "proximal"}
    first |= {"pip": "intermediate", "dip": "distal", "ip": "distal"}
    moved = np.zeros((len(ANGLE_NAMES), len(BONES)), bool)
    for i, name in enumerate(ANGLE_NAMES):
        part, angle = name.split(".")
        if part not in FINGERS:
            continue
        moved[i, BONES.index(f"{part}_{first[angle]}")] = True
        for bone, parent in enumerate(BONE_PARENTS):
            moved[i, bone] |= parent >= 0 and moved[i, parent]
    return moved


#: (29, 24) which bones follow each angle.
MOVED_BONES = _moved_bones()


@dataclass(frozen=True)
class JointAxes:
    """The axis about which each angle turns, at a posture.

    Attributes:
        origin, direction: (29, 3) wrist frame; zero direction for the wrist's angles.
    """

    origin: Array
    direction: Array

    def velocity(self, point: Array, bone: int) -> Array:
        """(29, 3) metres per radian that a point carried by a bone moves; −1 is the carpus."""
        if bone < 0:
            return np.zeros_like(self.origin)
        return np.where(
            MOVED_BONES[:, bone, None], np.cross(self.direction, point - self.origin), 0.0
        )


def joint_axes(angles: HandAngles, bones: Array) -> JointAxes:
    """Axes of all angles.

    Args:
        bones: (24, 4, 4) of the same posture.
    """
    origin = np.zeros((len(ANGLE_NAMES), 3))
    direction = np.zeros((len(ANGLE_NAMES), 3))

    def put(name: str, bone: str, axis: Array) -> None:
        origin[angle_index(name)] = bones[BONES.index(bone), :3, 3]
        direction[angle_index(name)] = axis

    def frame(bone: str) -> Array:
        return bones[BONES.index(bone), :3, :3]

    def sideways(parent: str, flexion: float) -> Array:
        # Minus the z axis of the parent's frame once it is flexed.
        return frame(parent) @ np.array([0.0, np.sin(flexion), -np.cos(flexion)])

    metacarpal = frame("thumb_metacarpal")
    # Elevation turns about the horizontal to the metacarpal's right.
    across = np.array([metacarpal[1, 1], -metacarpal[0, 1], 0.0])
    put("thumb.cmc_flexion", "thumb_metacarpal", np.array([0.0, 0.0, 1.0]))
    put("thumb.palmar_abduction", "thumb_metacarpal", across / np.linalg.norm(across))
    put("thumb.opposition", "thumb_metacarpal", -metacarpal[:, 1])
    put("thumb.mcp_flexion", "thumb_proximal", metacarpal[:, 0])
    put(
        "thumb.mcp_abduction",
        "thumb_proximal",
        sideways("thumb_metacarpal", angles.thumb.mcp_flexion),
    )
    put("thumb.ip", "thumb_distal", frame("thumb_proximal")[:, 0])
    for finger in LONG_FINGERS:
        base = f"{finger}_metacarpal"
        flexion = getattr(angles, finger).mcp_flexion
        put(f"{finger}.cmc_flexion", base, frame(base)[:, 0])
        put(f"{finger}.mcp_flexion", f"{finger}_proximal", frame(base)[:, 0])
        put(f"{finger}.mcp_abduction", f"{finger}_proximal", sideways(base, flexion))
        put(f"{finger}.pip", f"{finger}_intermediate", frame(f"{finger}_proximal")[:, 0])
        put(f"{finger}.dip", f"{finger}_distal", frame(f"{finger}_intermediate")[:, 0])
    return JointAxes(origin, direction)


def step_in_limits(
    vector: Array, jacobian: Array, wanted: Array, ease: Array, largest: float, damping: float
) -> Array:
    """One damped least-squares step (Levenberg) that stays inside the ranges of motion.

    Args:
        vector: (29,) angles.
        jacobian: (M, 29) of M quantities by the angles.
        wanted: (M,) change of the quantities.
        ease: (29,) how readily each angle moves, 0 not at all.
        largest: radians that an angle moves at most.
        damping: in the quantities' unit per radian.

    Returns:
        (29,) the new angles.
    """
    free = ease.copy()
    moved = vector
    for _ in range(3):
        scaled = jacobian * free
        normal = scaled @ scaled.T + damping**2 * np.eye(len(wanted))
        step = free * (scaled.T @ np.linalg.solve(normal, wanted))
        step *= min(1.0, largest / (np.abs(step).max() + 1e-12))
        moved = into_limits(vector + step)
        # Angles that run into a limit stop there and the others take over.
        stuck = (np.abs(moved - vector - step) > 1e-9) & (free > 0)
        if not stuck.any():
            break
        free = np.where(stuck, 0.0, free)
    return moved
