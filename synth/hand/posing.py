"""Posed bones of many postures of one shape at once.

The same as `angles_to_rotations` and `forward_kinematics` one after the other, without the way
through quaternions: for solvers that try hundreds of postures.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synth.hand.joint_angles import HandAngles, angle_index, angles_to_rotations
from synth.hand.model import HandShape
from synth.landmarks import BONES, LONG_FINGERS
from synth.rotations import rotation_matrix

Array = NDArray[np.float64]

#: Bones whose rotation is flexion about the parent's x, then abduction about the moved z, with the
#: angles of both (−1: none).
_HINGES = [
    (BONES.index("thumb_proximal"), "thumb.mcp_flexion", "thumb.mcp_abduction"),
    (BONES.index("thumb_distal"), "thumb.ip", None),
    *(
        (
            BONES.index(f"{finger}_{segment}"),
            f"{finger}.{flexion}",
            abduction and f"{finger}.{abduction}",
        )
        for finger in LONG_FINGERS
        for segment, flexion, abduction in (
            ("proximal", "mcp_flexion", "mcp_abduction"),
            ("intermediate", "pip", None),
            ("distal", "dip", None),
        )
    ),
]
_HINGE_BONES = np.array([bone for bone, _, _ in _HINGES])
_FLEXIONS = np.array([angle_index(flexion) for _, flexion, _ in _HINGES])
_ABDUCTIONS = np.array([angle_index(abduction) if abduction else 0 for _, _, abduction in _HINGES])
_ABDUCTS = np.array([abduction is not None for _, _, abduction in _HINGES])
_METACARPALS = np.array([BONES.index(f"{finger}_metacarpal") for finger in LONG_FINGERS])
_CMC = np.array([angle_index(f"{finger}.cmc_flexion") for finger in LONG_FINGERS])
_THUMB = BONES.index("thumb_metacarpal")
_THUMB_CMC, _PALMAR, _OPPOSITION = (
    angle_index(f"thumb.{name}") for name in ("cmc_flexion", "palmar_abduction", "opposition")
)
#: Bones by their distance from the wrist, and the parents of each but the first of them.
_LEVELS = [
    np.array([i for i, bone in enumerate(BONES) if bone.split("_")[1] in names])
    for names in (
        ("metacarpal",),
        ("proximal",),
        ("intermediate",),
        ("distal",),
        ("tip",),
    )
]


@dataclass(frozen=True)
class Posing:
    """What of a shape all its postures share.

    Attributes:
        offset: (24, 3) heads in the parent's frame.
        neutral: (24, 3, 3) rotations relative to the parent when all angles are zero.
        azimuth: of the first metacarpal about −z at zero flexion, radians.
    """

    offset: Array
    neutral: Array
    azimuth: float


def posing_of(shape: HandShape) -> Posing:
    """Prepare a shape for `posed_bones`."""
    rest = shape.rest_relative
    neutral = rest[:, :3, :3] @ rotation_matrix(angles_to_rotations(shape, HandAngles()))
    azimuth = float(np.arctan2(neutral[_THUMB, 0, 1], neutral[_THUMB, 1, 1]))
    return Posing(rest[:, :3, 3].copy(), neutral, azimuth)


def posed_bones(posing: Posing, vectors: Array) -> Array:
    """(L, 24, 4, 4) bones in the wrist frame, from (L, 29) angles."""
    count = len(vectors)
    turned = np.tile(posing.neutral, (count, 1, 1, 1))
    bend = _about(0, vectors[:, _FLEXIONS])
    aside = np.where(_ABDUCTS, vectors[:, _ABDUCTIONS], 0.0)
    turned[:, _HINGE_BONES] = bend @ _about(2, -aside) @ posing.neutral[_HINGE_BONES]
    turned[:, _METACARPALS] = posing.neutral[_METACARPALS] @ _about(0, vectors[:, _CMC])
    turned[:, _THUMB] = (
        _about(2, vectors[:, _THUMB_CMC] - posing.azimuth)
        @ _about(0, vectors[:, _PALMAR])
        @ _about(2, np.full(count, posing.azimuth))
        @ posing.neutral[_THUMB]
        @ _about(1, -vectors[:, _OPPOSITION])
    )
    bones = np.zeros((count, len(BONES), 4, 4))
    bones[..., 3, 3] = 1.0
    bones[..., :3, :3], bones[..., :3, 3] = turned, posing.offset
    for level, own in enumerate(_LEVELS[1:], start=1):
        # The thumb has no intermediate phalanx.
        for start in (own[1:], own[:1]) if level == 3 else (own,):
            bones[:, start] = bones[:, start - 1] @ bones[:, start]
    return bones


def _about(axis: int, angle: Array) -> Array:
    """(…, 3, 3) turns of (…) angles about x (0), y (1) or z (2)."""
    i, j = (axis + 1) % 3, (axis + 2) % 3
    matrix = np.zeros((*angle.shape, 3, 3))
    matrix[..., axis, axis] = 1.0
    matrix[..., i, i] = matrix[..., j, j] = np.cos(angle)
    matrix[..., j, i] = np.sin(angle)
    matrix[..., i, j] = -matrix[..., j, i]
    return matrix
