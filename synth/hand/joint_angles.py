"""Clinical joint angles of a hand, and the bone rotations that give any person's hand that posture.

All angles are radians. Zero is the anatomical position: long fingers straight and in line with
their metacarpals, the hand in line with the forearm, the first metacarpal in the plane of the palm
at its resting 30° from the second. The mesh's rest pose is not that position (its fingers are
slightly bent and spread), so rotations depend on the shape.

The order of rotations is that of joint coordinate systems (Wu et al., ISB recommendation on
definitions of joint coordinate systems, part II, J. Biomech. 38, 2005): flexion about the parent's
x axis, then abduction about the moved z axis, then axial rotation about the child's own y axis.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass, field, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from synth.hand.model import HandShape
from synth.landmarks import BONES, LONG_FINGERS
from synth.rotations import coordinate_rotation, quaternion_of, rotation_matrix

Array = NDArray[np.float64]

#: Angle between the first and the second metacarpal, in the plane of the palm, at zero CMC flexion.
THUMB_NEUTRAL_RADIAL: Final = np.radians(30.0)
#: Axial rotation of the thumb at zero opposition: its pad looks to the little finger's side and
#: this much (supination) out of the palm, as it does in a flat hand.
THUMB_NEUTRAL_SUPINATION: Final = np.radians(25.0)


@dataclass(frozen=True)
class ThumbAngles:
    """The thumb.

    Attributes:
        cmc_flexion: in the plane of the palm, positive towards the little finger; negative is
            radial abduction (extension).
        palmar_abduction: of the metacarpal out of the plane of the palm.
        opposition: axial rotation of the metacarpal; positive turns the pad to the fingers.
        mcp_flexion, ip: towards the pad.
        mcp_abduction: sideways, positive out of the palm.
    """

    cmc_flexion: float = 0.0
    palmar_abduction: float = 0.0
    opposition: float = 0.0
    mcp_flexion: float = 0.0
    mcp_abduction: float = 0.0
    ip: float = 0.0


@dataclass(frozen=True)
class FingerAngles:
    """A long finger.

    Attributes:
        cmc_flexion: of the metacarpal, as ring and little finger have it when the palm is cupped.
        mcp_flexion, pip, dip: positive towards the palm.
        mcp_abduction: sideways, positive towards the thumb for every finger.
    """

    cmc_flexion: float = 0.0
    mcp_flexion: float = 0.0
    mcp_abduction: float = 0.0
    pip: float = 0.0
    dip: float = 0.0


@dataclass(frozen=True)
class WristAngles:
    """Wrist and forearm.

    Attributes:
        flexion: of the wrist, positive towards the palm.
        deviation: of the wrist, positive radial (towards the thumb).
        pronation: of the forearm, positive as the back of a hand held forward comes up; negative
            is supination.
    """

    flexion: float = 0.0
    deviation: float = 0.0
    pronation: float = 0.0


@dataclass(frozen=True)
class HandAngles:
    """The posture of a hand."""

    thumb: ThumbAngles = field(default_factory=ThumbAngles)
    index: FingerAngles = field(default_factory=FingerAngles)
    middle: FingerAngles = field(default_factory=FingerAngles)
    ring: FingerAngles = field(default_factory=FingerAngles)
    little: FingerAngles = field(default_factory=FingerAngles)
    wrist: WristAngles = field(default_factory=WristAngles)

    def to_vector(self) -> Array:
        """(29,) the angles in the order of ANGLE_NAMES."""
        return np.array([value for part in astuple(self) for value in part])

    @staticmethod
    def from_vector(vector: Sequence[float] | Array) -> HandAngles:
        """The inverse of `to_vector`."""
        if len(vector) != len(ANGLE_NAMES):
            raise ValueError(f"{len(vector)} angles, not {len(ANGLE_NAMES)}")
        values = [float(value) for value in vector]
        parts = []
        for start, kind in _PARTS:
            parts.append(kind(*values[start : start + len(fields(kind))]))
        return HandAngles(*parts)


def _layout() -> tuple[list[str], list[tuple[int, type]]]:
    names: list[str] = []
    parts: list[tuple[int, type]] = []
    for part in fields(HandAngles):
        kind = {"thumb": ThumbAngles, "wrist": WristAngles}.get(part.name, FingerAngles)
        parts.append((len(names), kind))
        names += [f"{part.name}.{angle.name}" for angle in fields(kind)]
    return names, parts


_names, _PARTS = _layout()
#: `part.angle` of each entry of `HandAngles.to_vector`.
ANGLE_NAMES: Final = tuple(_names)
#: Where each part's angles stand in the vector.
PART_SLICES: Final = {
    part.name: slice(start, start + len(fields(kind)))
    for part, (start, kind) in zip(fields(HandAngles), _PARTS, strict=True)
}


def angle_index(name: str) -> int:
    """Place of `part.angle` in the vector; KeyError if there is none."""
    if name not in ANGLE_NAMES:
        raise KeyError(name)
    return ANGLE_NAMES.index(name)


def _compose(flexion: float, abduction: float, axial: float) -> Array:
    return (
        coordinate_rotation(0, flexion)
        @ coordinate_rotation(2, -abduction)
        @ coordinate_rotation(1, axial)
    )


def _decompose(matrix: Array) -> tuple[float, float, float]:
    """Flexion, abduction, axial rotation of `_compose`."""
    flexion = np.arctan2(matrix[2, 1], matrix[1, 1])
    abduction = np.arcsin(np.clip(matrix[0, 1], -1.0, 1.0))
    axial = np.arctan2(matrix[0, 2], matrix[0, 0])
    return float(flexion), float(abduction), float(axial)


def _index_azimuth(shape: HandShape) -> float:
    along = shape.bone_rest[BONES.index("index_metacarpal")][:3, 1]
    return float(np.arctan2(along[0], along[1]))


def _thumb_metacarpal(shape: HandShape, thumb: ThumbAngles) -> Array:
    """(3, 3) posed first metacarpal in the wrist frame.

    Azimuth about the palm's normal, elevation out of the palm, then the turn that makes the
    flexion axis the palm's normal, and opposition about the bone.
    """
    azimuth = _index_azimuth(shape) + THUMB_NEUTRAL_RADIAL - thumb.cmc_flexion
    return (
        coordinate_rotation(2, -azimuth)
        @ coordinate_rotation(0, thumb.palmar_abduction)
        @ coordinate_rotation(1, -np.pi / 2 + THUMB_NEUTRAL_SUPINATION - thumb.opposition)
    )


#: The forearm's frame in the wrist frame when the hand is in line with it.
_FOREARM_NEUTRAL = np.diag([-1.0, -1.0, 1.0])


def angles_to_rotations(shape: HandShape, angles: HandAngles) -> Array:
    """(24, 4) quaternions w, x, y, z relative to the rest pose and the parent (order of BONES).

    The bones of any two shapes then have the same directions relative to their parents, but for
    the first metacarpal's (relative to the palm) and two angles that belong to the person and are
    kept: the sideways ones of the thumb's MCP and IP at rest, and each phalanx' axial rotation.
    """
    rest = shape.rest_relative[:, :3, :3]
    posed = rest.copy()

    def put(bone: str, flexion: float, abduction: float | None, keep_side: bool = False) -> None:
        i = BONES.index(bone)
        _, side, axial = _decompose(rest[i])
        sideways = (abduction or 0.0) + (side if keep_side else 0.0)
        posed[i] = _compose(flexion, sideways, axial)

    thumb = angles.thumb
    posed[BONES.index("thumb_metacarpal")] = _thumb_metacarpal(shape, thumb)
    put("thumb_proximal", thumb.mcp_flexion, thumb.mcp_abduction, keep_side=True)
    put("thumb_distal", thumb.ip, None, keep_side=True)
    for finger in LONG_FINGERS:
        own: FingerAngles = getattr(angles, finger)
        metacarpal = BONES.index(f"{finger}_metacarpal")
        posed[metacarpal] = rest[metacarpal] @ coordinate_rotation(0, own.cmc_flexion)
        put(f"{finger}_proximal", own.mcp_flexion, own.mcp_abduction)
        put(f"{finger}_intermediate", own.pip, None)
        put(f"{finger}_distal", own.dip, None)
    return quaternion_of(np.swapaxes(rest, -1, -2) @ posed)


def rotations_to_angles(
    shape: HandShape, rotations: Array, wrist: WristAngles | None = None
) -> HandAngles:
    """Joint angles of (24, 4) bone rotations: the inverse of `angles_to_rotations`.

    Args:
        wrist: goes into the result as it is (see `forearm_to_wrist`).
    """
    rest = shape.rest_relative[:, :3, :3]
    posed = rest @ rotation_matrix(rotations)

    def read(bone: str) -> tuple[float, float]:
        flexion, abduction, _ = _decompose(posed[BONES.index(bone)])
        return flexion, abduction

    # The metacarpal's frame is Rz(−azimuth) Rx(elevation) Ry(turn): with its y and x, z axes.
    metacarpal = posed[BONES.index("thumb_metacarpal")]
    azimuth = np.arctan2(metacarpal[0, 1], metacarpal[1, 1])
    turn = np.arctan2(-metacarpal[2, 0], metacarpal[2, 2])
    mcp_flexion, mcp_side = read("thumb_proximal")
    thumb = ThumbAngles(
        cmc_flexion=_index_azimuth(shape) + THUMB_NEUTRAL_RADIAL - float(azimuth),
        palmar_abduction=float(np.arcsin(np.clip(metacarpal[2, 1], -1.0, 1.0))),
        opposition=float(-np.pi / 2 + THUMB_NEUTRAL_SUPINATION - turn),
        mcp_flexion=mcp_flexion,
        mcp_abduction=mcp_side - _decompose(rest[BONES.index("thumb_proximal")])[1],
        ip=read("thumb_distal")[0],
    )
    fingers = {}
    for finger in LONG_FINGERS:
        bend = rotation_matrix(rotations[BONES.index(f"{finger}_metacarpal")])
        flexion, abduction = read(f"{finger}_proximal")
        fingers[finger] = FingerAngles(
            cmc_flexion=_decompose(bend)[0],
            mcp_flexion=flexion,
            mcp_abduction=abduction,
            pip=read(f"{finger}_intermediate")[0],
            dip=read(f"{finger}_distal")[0],
        )
    return HandAngles(thumb=thumb, wrist=wrist or WristAngles(), **fingers)


def wrist_to_forearm(shape: HandShape, wrist: WristAngles) -> Array:
    """(4,) `HandPose.forearm`: the forearm's rotation in its own rest frame, the hand held still.

    The forearm's y axis leads from the wrist to the elbow, so flexing the wrist turns it to the
    palm's side and radial deviation to the thumb's.
    """
    rest = shape.arm_rest[1][:3, :3]
    posed = (
        _FOREARM_NEUTRAL
        @ coordinate_rotation(0, wrist.flexion)
        @ coordinate_rotation(2, wrist.deviation)
    )
    return quaternion_of(rest.T @ posed)


def forearm_to_wrist(shape: HandShape, forearm: Array, pronation: float = 0.0) -> WristAngles:
    """The inverse of `wrist_to_forearm`."""
    posed = _FOREARM_NEUTRAL.T @ shape.arm_rest[1][:3, :3] @ rotation_matrix(forearm)
    flexion, side, _ = _decompose(posed)
    return WristAngles(flexion, -side, pronation)
