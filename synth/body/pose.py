"""A posed body: its skin in the world, with arms that end where the person's own hands begin.

The hands (with their forearms) are posed first; each upper arm then goes from the body's shoulder
to the elbow of the hand's forearm, and the skin about the elbow is drawn to the forearm's end.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from synth.body.bones import BODY_BONES, PARENTS, sided
from synth.body.elbow import elbow_skin
from synth.body.model import MIRROR, SIDES, BodyModel, BodyShape
from synth.hand.arm import posed_arm
from synth.hand.model import HandModel, HandShape, blended_skin, forward_kinematics
from synth.landmarks import BONES
from synth.rotations import quaternion_of, rotation_matrix, turn_between
from synth.scene import HandPose, Side

Array = NDArray[np.float64]

#: How much of the upper arm's swing from its rest the collar bone and the shoulder blade take
#: (a third of a raised arm's elevation is the girdle's, the scapulohumeral rhythm).
_GIRDLE: Final = {"clavicle": 0.17, "shoulder01": 0.16}


@dataclass(frozen=True)
class Forearm:
    """Where a person's forearm is, in the body frame.

    Attributes:
        moved: (4, 4) takes the skin at the elbow's end of the forearm from rest to where it is.
        elbow: (3,) its joint.
        skin: (H, 3) the posed vertices of the hand's mesh.
    """

    moved: Array
    elbow: Array
    skin: Array


def posed_skin(
    model: BodyModel,
    shape: BodyShape,
    rotations: Mapping[str, Array],
    forearms: tuple[Forearm, Forearm],
) -> Array:
    """(V, 3) skin in the body frame; where it is the hands' own it is theirs.

    Args:
        rotations: (4,) quaternion by bone of POSED_BONES; missing ones are at rest.
        forearms: of the right and the left hand.
    """
    moved = moved_bones(shape, rotations)
    for side, forearm in zip(SIDES, forearms, strict=True):
        _lay_arm(shape, moved, side, forearm)
    matrices = np.stack([moved[bone] for bone in BODY_BONES])[:, :3]
    blended = np.tensordot(model.weights, matrices, 1)
    skin = np.einsum("vij,vj->vi", blended[..., :3], shape.vertices) + blended[..., 3]
    for index, forearm in enumerate(forearms):
        elbow = elbow_skin(model, index)
        skin[elbow.near] += elbow.share @ (forearm.skin[elbow.in_hand] - skin[elbow.ring])
        skin[model.hand_vertices[index]] = forearm.skin
    return np.asarray(skin)


def moved_bones(shape: BodyShape, rotations: Mapping[str, Array]) -> dict[str, Array]:
    """(4, 4) by bone: what takes its skin from rest to the pose, in the body frame.

    A bone turns about its head, in axes parallel to the body's at rest.
    """
    moved: dict[str, Array] = {}
    for bone, parent in PARENTS.items():
        above = np.eye(4) if parent is None else moved[parent]
        moved[bone] = above
        if bone in rotations:
            moved[bone] = above @ _turn_about(shape.head(bone), rotation_matrix(rotations[bone]))
    return moved


def shoulder_of(shape: BodyShape, moved: Mapping[str, Array], side: Side, elbow: Array) -> Array:
    """(3,) where the upper arm's head is once the elbow is at `elbow` (body frame)."""
    blade = _girdle(shape, moved, side, elbow)["shoulder01"]
    return _at(blade, shape.head(sided("upperarm01", side)))


def forearm_of(
    model: HandModel,
    hand: HandShape,
    pose: HandPose,
    side: Side,
    shape: BodyShape,
    body_to_world: Array,
) -> Forearm:
    """Where a posed hand's forearm is in the body frame of the person it belongs to.

    Args:
        hand: the hand's own shape, which differs a little from the body's.
        body_to_world: (4, 4) rigid.
    """
    bones = forward_kinematics(hand, np.array([pose.bones[name] for name in BONES]))
    arm = posed_arm(hand, np.array(pose.forearm), pose.forearm_twist)
    mirror = MIRROR if side == "left" else np.eye(4)
    hand_to_body = np.linalg.inv(body_to_world) @ np.array(pose.wrist_to_world) @ mirror
    rest_to_body = mirror @ shape.hand_to_body
    moved = hand_to_body @ arm[2] @ np.linalg.inv(hand.arm_rest[2]) @ np.linalg.inv(rest_to_body)
    elbow = _at(moved, shape.head(sided("lowerarm01", side)))
    skin = blended_skin(model, hand, bones, arm)
    return Forearm(moved, elbow, skin @ hand_to_body[:3, :3].T + hand_to_body[:3, 3])


def arm_frame(along: Array, hinge: Array) -> Array:
    """(3, 3) columns: the hinge made normal to the bone, the bone's direction, and the third."""
    y = _unit(along)
    x = _unit(hinge - y * (hinge @ y))
    return np.stack([x, y, np.cross(x, y)], axis=1)


def _girdle(
    shape: BodyShape, moved: Mapping[str, Array], side: Side, elbow: Array
) -> dict[str, Array]:
    """Collar bone and shoulder blade follow the upper arm part of its way."""
    trunk = moved["spine01"]
    head, rest_elbow = (shape.head(sided(b, side)) for b in ("upperarm01", "lowerarm01"))
    wanted = _at(np.linalg.inv(trunk), elbow) - head
    swing = turn_between(_unit(rest_elbow - head), _unit(wanted))
    result, above = {}, trunk
    for bone, share in _GIRDLE.items():
        above = above @ _turn_about(shape.head(sided(bone, side)), _part_of(swing, share))
        result[bone] = above
    return result


def _lay_arm(shape: BodyShape, moved: dict[str, Array], side: Side, forearm: Forearm) -> None:
    girdle = _girdle(shape, moved, side, forearm.elbow)
    for bone, matrix in girdle.items():
        moved[sided(bone, side)] = matrix
    rest_shoulder, rest_elbow = (shape.head(sided(b, side)) for b in ("upperarm01", "lowerarm01"))
    shoulder = _at(girdle["shoulder01"], rest_shoulder)
    rest, now = rest_elbow - rest_shoulder, forearm.elbow - shoulder
    # The elbow's hinge is the forearm's; the upper arm turns about its own axis to meet it.
    rest_hinge = np.cross(rest, shape.wrist(side) - rest_elbow)
    hinge = forearm.moved[:3, :3] @ rest_hinge
    turned = arm_frame(now, hinge) @ arm_frame(rest, rest_hinge).T
    stretch = np.linalg.norm(now) / np.linalg.norm(rest)
    along = _unit(rest)
    stretched = np.eye(3) + (stretch - 1.0) * np.outer(along, along)
    swung = girdle["shoulder01"][:3, :3]
    swung = turn_between(_unit(swung @ rest), _unit(now)) @ swung
    half = _halfway(swung, turned)
    for bone, rotation in (("upperarm01", half), ("upperarm02", turned)):
        matrix = np.eye(4)
        matrix[:3, :3] = rotation @ stretched
        matrix[:3, 3] = shoulder - matrix[:3, :3] @ rest_shoulder
        moved[sided(bone, side)] = matrix
    moved[sided("lowerarm01", side)] = forearm.moved


def _turn_about(point: Array, rotation: Array) -> Array:
    matrix = np.eye(4)
    matrix[:3, :3] = rotation
    matrix[:3, 3] = point - rotation @ point
    return matrix


def _part_of(rotation: Array, share: float) -> Array:
    """The same turn, only a share of its angle."""
    w, *xyz = quaternion_of(rotation)
    sine = float(np.linalg.norm(xyz))
    if sine < 1e-9:
        return np.eye(3)
    angle = share * np.arctan2(sine, w)
    return rotation_matrix(np.array([np.cos(angle), *(np.sin(angle) * np.array(xyz) / sine)]))


def _halfway(a: Array, b: Array) -> Array:
    return _part_of(b @ a.T, 0.5) @ a


def _unit(vector: Array) -> Array:
    return np.asarray(vector / np.linalg.norm(vector))


def _at(matrix: Array, point: Array) -> Array:
    return np.asarray(matrix[:3, :3] @ point + matrix[:3, 3])
