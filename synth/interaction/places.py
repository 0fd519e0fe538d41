"""Named places of a hand's skin that an interaction brings together.

Fingers' places are those of `synth.hand.touch` and a few more; a place is where a ray from a bone's
axis leaves the skin, and moves with that bone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from synth.hand.recipe import SKINNED_BONES
from synth.hand.touch import PLACES as TOUCH_PLACES
from synth.hand.touch import place_on_skin
from synth.interaction.posed import PairSkin, PosedHand
from synth.landmarks import BONES, FINGERS, LONG_FINGERS

Array = NDArray[np.float64]

#: Bone, share of its length from its head, direction of the ray in the bone's frame (x radial, y
#: along, z to the palm's side; of the forearm: x ulnar, y to the elbow).
_Ray = tuple[str, float, tuple[float, float, float]]
_HAND: Final[Mapping[str, _Ray]] = {
    "palm": ("middle_metacarpal", 0.6, (0.0, 0.0, 1.0)),
    "heel": ("middle_metacarpal", 0.0, (0.0, 0.0, 1.0)),
    "thenar": ("thumb_metacarpal", 0.45, (0.2, 0.0, 1.0)),
    "hypothenar": ("little_metacarpal", 0.35, (0.0, 0.0, 1.0)),
    "back": ("middle_metacarpal", 0.6, (0.0, 0.0, -1.0)),
    "edge": ("little_metacarpal", 0.55, (-1.0, 0.0, 0.0)),
    "radial_edge": ("index_metacarpal", 0.85, (1.0, 0.0, 0.0)),
    "web": ("index_metacarpal", 0.5, (1.0, 0.0, 0.35)),
    "wrist_front": ("forearm_distal", 0.1, (0.0, 0.0, 1.0)),
    "wrist_back": ("forearm_distal", 0.1, (0.0, 0.0, -1.0)),
    "wrist_radial": ("forearm_distal", 0.1, (-1.0, 0.0, 0.0)),
    "wrist_ulnar": ("forearm_distal", 0.1, (1.0, 0.0, 0.0)),
}
_LONG_FINGER: Final[Mapping[str, _Ray]] = {
    "mount": ("metacarpal", 0.92, (0.0, 0.0, 1.0)),
    "knuckle": ("metacarpal", 1.0, (0.0, 0.0, -1.0)),
    "base_back": ("proximal", 0.55, (0.0, 0.0, -1.0)),
    "far_side": ("intermediate", 0.6, (-1.0, 0.0, 0.0)),
    "base_far_side": ("proximal", 0.6, (-1.0, 0.0, 0.0)),
    "distal_far_side": ("distal", 0.3, (-1.0, 0.0, 0.0)),
    "pip_back": ("intermediate", 0.0, (0.0, 0.0, -1.0)),
    "end": ("distal", 0.6, (0.0, 1.0, 0.35)),
}
_THUMB: Final[Mapping[str, _Ray]] = {
    "end": ("distal", 0.6, (0.0, 1.0, 0.35)),
    "base_back": ("proximal", 0.55, (0.0, 0.0, -1.0)),
}


def _rays() -> dict[str, _Ray]:
    rays = dict(_HAND)
    for finger in FINGERS:
        own = _LONG_FINGER if finger in LONG_FINGERS else _THUMB
        for place, (segment, share, direction) in own.items():
            rays[f"{finger}_{place}"] = (f"{finger}_{segment}", share, direction)
    return rays


_RAYS: Final = _rays()
#: What may stand in an interaction's pairs; `a+b` is the middle between two of them.
PLACES: Final = (*TOUCH_PLACES, *_RAYS)


@dataclass(frozen=True)
class Place:
    """A place of one hand's skin.

    Attributes:
        bone: index in SKINNED_BONES of what carries it.
        point, normal: (3,) in the bone's frame: the place, and the direction out of the skin.
    """

    bone: int
    point: Array
    normal: Array


def place_of(skin: PairSkin, name: str, shift: tuple[float, float] = (0.0, 0.0)) -> Place:
    """Where a named place is on a person's hand.

    Args:
        shift: metres by which the place is moved over the skin, along the bone and across it.

    Raises:
        KeyError: a name that is not in PLACES.
    """
    if name in TOUCH_PLACES:
        bone, point, normal = place_on_skin(skin.surface, name)
        return Place(bone, point, normal)
    bone_name, share, direction = _RAYS[name]
    bone = SKINNED_BONES.index(bone_name)
    shape = skin.shape
    rest = np.concatenate([shape.bone_rest, shape.arm_rest])[bone]
    length = (
        shape.bone_length[bone]
        if bone < len(BONES)
        else float(np.linalg.norm(shape.joints["elbow"] - shape.joints["wrist"]))
    )
    out = np.array(direction) / np.linalg.norm(direction)
    along = np.array([0.0, 1.0, 0.0])
    across = np.cross(along, out)
    local = (shape.vertices - rest[:3, 3]) @ rest[:3, :3]
    for part in (1.0, 0.5, 0.0):  # a shift that leaves the hand is cut
        origin = share * length * along + part * (shift[0] * along + shift[1] * across)
        distance = _ray_length(origin, out, local[skin.triangles])
        if distance < 0.05:
            break
    return Place(bone, origin + distance * out, out)


def _ray_length(origin: Array, along: Array, corners: Array) -> float:
    """Metres to the first of the triangles (T, 3, 3) that a ray meets; infinite without any."""
    # Coordinates in which the ray is the third axis: then it meets those that hold the origin.
    aside = np.cross(along, [1.0, 0.0, 0.0] if abs(along[0]) < 0.9 else [0.0, 1.0, 0.0])
    aside /= np.linalg.norm(aside)
    axes = np.stack([aside, np.cross(along, aside), along], axis=1)
    a, b, c = np.moveaxis((corners - origin) @ axes, 1, 0)

    def area(p: Array, q: Array) -> Array:
        return np.asarray(p[:, 0] * q[:, 1] - p[:, 1] * q[:, 0])

    parts = np.stack([area(b, c), area(c, a), area(a, b)], axis=1)
    total = parts.sum(1)
    holds = ((parts >= 0).all(1) | (parts <= 0).all(1)) & (np.abs(total) > 1e-15)
    with np.errstate(divide="ignore", invalid="ignore"):
        heights = (parts * np.stack([a[:, 2], b[:, 2], c[:, 2]], axis=1)).sum(1) / total
    ahead = heights[holds & (heights > 0)]
    return float(ahead.min()) if len(ahead) else float("inf")


@dataclass(frozen=True)
class Spot:
    """Places of a posed hand taken together: their middle, in the pair frame.

    Attributes:
        point, normal: (3,) on the skin and out of it.
        velocity, turning: (29, 3) change of both per radian of the hand's own angles.
    """

    point: Array
    normal: Array
    velocity: Array
    turning: Array


def spot_of(hand: PosedHand, places: tuple[Place, ...]) -> Spot:
    """The middle of places of a posed hand, and how it moves."""
    points, normals, velocities, turnings = [], [], [], []
    for place in places:
        frame = hand.bones[place.bone]
        point = hand.to_pair(frame[:3, :3] @ place.point + frame[:3, 3])
        normal = hand.hand_to_pair[:3, :3] @ frame[:3, :3] @ place.normal
        velocity = hand.velocity(point, place.bone)
        points.append(point)
        normals.append(normal)
        velocities.append(velocity)
        turnings.append(hand.velocity(point + normal, place.bone) - velocity)
    length = float(np.linalg.norm(np.sum(normals, axis=0))) + 1e-9
    return Spot(
        point=np.mean(points, axis=0),
        normal=np.sum(normals, axis=0) / length,
        velocity=np.mean(velocities, axis=0),
        turning=np.sum(turnings, axis=0) / length,
    )
