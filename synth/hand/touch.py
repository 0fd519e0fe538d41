"""Makes named places of the skin meet, such as the pads of thumb and index finger in a pinch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from synth.hand.contact import HandSurface
from synth.hand.joint_angles import ANGLE_NAMES, HandAngles, angles_to_rotations
from synth.hand.joint_axes import FINGER_ANGLES, JointAxes, joint_axes, step_in_limits
from synth.hand.model import forward_kinematics
from synth.landmarks import BONES, FINGERS

Array = NDArray[np.float64]

#: Places on a finger: bone, share of the bone's length from its head, direction out of the bone's
#: axis in the bone's frame (x radial in a long finger, z to the palm's side).
_ON_FINGER: Final[Mapping[str, tuple[str, float, tuple[float, float, float]]]] = {
    "pad": ("distal", 0.62, (0.0, 0.0, 1.0)),
    "tip": ("distal", 0.9, (0.0, 0.8, 0.6)),
    "nail": ("distal", 0.65, (0.0, 0.0, -1.0)),
    "side": ("intermediate", 0.6, (1.0, 0.0, 0.0)),
    "base_side": ("proximal", 0.6, (1.0, 0.0, 0.0)),
    "distal_side": ("distal", 0.3, (1.0, 0.0, 0.0)),
    "back": ("intermediate", 0.5, (0.0, 0.0, -1.0)),
    "front": ("intermediate", 0.5, (0.0, 0.0, 1.0)),
    "base_front": ("proximal", 0.6, (0.0, 0.0, 1.0)),
}
_ITERATIONS = 24
#: In the first steps the places also turn to each other: until the cosine between the directions
#: out of the skin is _FACING; as if that were a distance of so many metres.
_FACING_ITERATIONS = 12
_FACING = -0.4
_FACING_WEIGHT = 0.012
_LARGEST_STEP = np.radians(12.0)
_DAMPING = 0.008  # metres per radian
#: Metres between the places at which they meet.
_MET = 0.0003


def _place_names() -> tuple[str, ...]:
    return tuple(
        f"{finger}_{place}"
        for finger in FINGERS
        for place, (segment, _, _) in _ON_FINGER.items()
        if f"{finger}_{segment}" in BONES
    )


#: What `meet` can bring together: `{finger}_pad`, `{finger}_tip`, `{finger}_side` …
PLACES: Final = _place_names()


def place_on_skin(surface: HandSurface, place: str) -> tuple[int, Array, Array]:
    """Where a ray from a bone's axis leaves the skin.

    Returns:
        Index of the bone in BONES, (3,) the point and (3,) the ray's unit direction in its frame.

    Raises:
        KeyError: a name that is not in PLACES.
    """
    if place not in PLACES:
        raise KeyError(place)
    finger, _, spot = place.partition("_")
    segment, share, direction = _ON_FINGER[spot]
    bone = BONES.index(f"{finger}_{segment}")
    rest = surface.shape.bone_rest[bone]
    own = surface.triangles[surface.triangle_part == FINGERS.index(finger)]
    local = (surface.shape.vertices - rest[:3, 3]) @ rest[:3, :3]
    origin = np.array([0.0, share * surface.shape.bone_length[bone], 0.0])
    along = np.array(direction) / np.linalg.norm(direction)
    return bone, origin + along * _ray_length(origin, along, local[own]), along


def _ray_length(origin: Array, along: Array, corners: Array) -> float:
    """Metres to the first triangle (T, 3, 3) that a ray meets (Möller and Trumbore)."""
    a, ab, ac = corners[:, 0], corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    across = np.cross(along, ac)
    determinant = (ab * across).sum(1)
    with np.errstate(divide="ignore", invalid="ignore"):
        u = ((origin - a) * across).sum(1) / determinant
        other = np.cross(origin - a, ab)
        v = (other @ along) / determinant
        t = (ac * other).sum(1) / determinant
    hit = (u >= -1e-9) & (v >= -1e-9) & (u + v <= 1 + 1e-9) & (t > 0) & np.isfinite(t)
    return float(t[hit].min()) if hit.any() else 0.0


def meet(
    surface: HandSurface, angles: HandAngles, touches: Sequence[tuple[str, str]]
) -> tuple[HandAngles, float]:
    """Small changes of the fingers' angles, inside the ranges of motion, until places meet.

    Args:
        touches: pairs of PLACES; `a+b` is the middle between two.

    Returns:
        The angles and the largest distance (metres) that is left between the places of a pair.
    """
    if not touches:
        return angles, 0.0
    names = [[place.split("+") for place in pair] for pair in touches]
    places = [[[place_on_skin(surface, n) for n in side] for side in pair] for pair in names]
    involved = {name.split("_")[0] for pair in names for side in pair for name in side}
    ease = np.array([float(name.split(".")[0] in involved) for name in ANGLE_NAMES])
    ease *= FINGER_ANGLES
    best, best_gap = angles, np.inf
    vector = angles.to_vector()
    for iteration in range(_ITERATIONS):
        current = HandAngles.from_vector(vector)
        bones = forward_kinematics(surface.shape, angles_to_rotations(surface.shape, current))
        axes = joint_axes(current, bones)
        rows, wanted, gap = [], [], 0.0
        for pair in places:
            one, other = (_Side.of(side, bones, axes) for side in pair)
            rows += list((one.velocity - other.velocity).T)
            wanted += (other.point - one.point).tolist()
            gap = max(gap, float(np.linalg.norm(other.point - one.point)))
            facing = float(one.normal @ other.normal)
            # First both: come near and face each other. Then only meet.
            if iteration < _FACING_ITERATIONS and facing > _FACING:
                turning = one.turning @ other.normal + other.turning @ one.normal
                rows.append(_FACING_WEIGHT * turning)
                wanted.append(_FACING_WEIGHT * (_FACING - facing))
        if iteration >= _FACING_ITERATIONS or len(wanted) == 3 * len(places):
            if gap < best_gap:
                best, best_gap = current, gap
            if gap < _MET:
                break
        vector = step_in_limits(
            vector, np.array(rows), np.array(wanted), ease, _LARGEST_STEP, _DAMPING
        )
    return best, best_gap


@dataclass(frozen=True)
class _Side:
    """One side of a touch: the middle of one or more places.

    Attributes:
        point, normal: (3,) on the skin and out of it.
        velocity, turning: (29, 3) change of both per radian.
    """

    point: Array
    normal: Array
    velocity: Array
    turning: Array

    @staticmethod
    def of(places: Sequence[tuple[int, Array, Array]], bones: Array, axes: JointAxes) -> _Side:
        points, normals, velocities, turnings = [], [], [], []
        for bone, local, out in places:
            point = bones[bone, :3, :3] @ local + bones[bone, :3, 3]
            normal = bones[bone, :3, :3] @ out
            velocity = axes.velocity(point, bone)
            points.append(point)
            normals.append(normal)
            velocities.append(velocity)
            turnings.append(axes.velocity(point + normal, bone) - velocity)
        length = np.linalg.norm(np.sum(normals, axis=0))
        return _Side(
            point=np.mean(points, axis=0),
            normal=np.sum(normals, axis=0) / length,
            velocity=np.mean(velocities, axis=0),
            turning=np.sum(turnings, axis=0) / length,
        )
