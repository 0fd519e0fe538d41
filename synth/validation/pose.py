"""Whether bones are rotations, joints bend as joints do, and both lead to the landmarks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from synth.hand.joint_angles import ANGLE_NAMES
from synth.hand.limits import limits_at
from synth.landmarks import BONES, LANDMARKS
from synth.validation.fault import Fault
from synth.validation.geometry import METRE
from synth.validation.labelled_hands import array_of
from synth.validation.posed_bones import angles_of, landmarks_of_bones, rigid_distances
from synth.validation.skeleton import shape_of

Array = NDArray[np.float64]

QUATERNION: Final = "quaternion"
ANGLE: Final = "joint angle"
SKELETON: Final = "skeleton"

#: How far the length of a quaternion of four rounded numbers may be from 1.
_LENGTH: Final = 4 * METRE
#: Radians by which rounded quaternions may lead out of the limits that poses were drawn in.
_ANGLE: Final = 1e-5
#: Metres between landmarks and those of the bones. In 20,000 hands it is 1e-6: the rounding of the
#: quaternions, carried to the tips.
_DISTANCE: Final = 1e-5

_IDENTITY: Final = np.array([1.0, 0.0, 0.0, 0.0])
_TIPS: Final = [index for index, name in enumerate(BONES) if name.endswith("_tip")]
_MIRRORED: Final = np.array([-1.0, 1.0, 1.0])


@dataclass(frozen=True)
class PosedHand:
    """A hand at one moment.

    Attributes:
        key: of the first sample that shows it.
        hand: its label.
        rotations: (24, 4) quaternions.
    """

    key: str
    hand: Mapping[str, Any]
    rotations: Array


def posed_hands(samples: Sequence[tuple[str, Mapping[str, Any]]]) -> list[PosedHand]:
    """Hands of labels that say how their bones are turned.

    All cameras of a moment show the same pose, which is given once, and again only where it
    differs.

    Args:
        samples: key and label.
    """
    found: list[PosedHand] = []
    seen: dict[str, list[Any]] = {}
    for key, label in samples:
        hands = label.get("hands")
        for hand in hands if isinstance(hands, list) else ():
            if not isinstance(hand, dict) or not isinstance(hand.get("bones"), dict):
                continue
            # As text: what stands there may be anything.
            moment = str((label.get("sequence"), label.get("frame"), hand.get("number")))
            pose = [hand["bones"], hand.get("landmarks_world")]
            if seen.get(moment) == pose:
                continue
            seen[moment] = pose
            values = [hand["bones"].get(name) for name in BONES]
            rotations = array_of(values, (len(BONES), 4))
            if not np.isnan(rotations).any():
                found.append(PosedHand(key, hand, rotations))
    return found


def pose_faults(shard: str, hands: Sequence[PosedHand], with_shapes: bool) -> Iterator[Fault]:
    """All faults of this module.

    Args:
        with_shapes: whether the hand asset is there, without which joint angles mean nothing.
    """
    whole = []
    for posed in hands:
        problem = _quaternion_problem(posed.rotations)
        if problem is None:
            whole.append(posed)
        else:
            yield _fault(QUATERNION, shard, posed, problem)
    if not with_shapes:
        return
    shaped = [(posed, rest) for posed in whole if (rest := _rest(posed.hand)) is not None]
    if not shaped:
        return
    rest = np.stack([rest for _, rest in shaped])
    rotations = np.stack([posed.rotations for posed, _ in shaped])
    bent = landmarks_of_bones(rest, rotations)
    world = np.stack([_landmarks_world(posed.hand) for posed, _ in shaped])
    left = np.array([posed.hand.get("side") == "left" for posed, _ in shaped])
    known = ~np.isnan(world).any((1, 2))
    bent = np.where(left[:, None, None], bent * _MIRRORED, bent)
    distances = rigid_distances(bent, np.where(known[:, None, None], world, bent))
    angles = angles_of(rest, rotations)
    for (posed, _), angle, distance in zip(shaped, angles, distances, strict=True):
        problem = angle_problem(angle)
        if problem is not None:
            yield _fault(ANGLE, shard, posed, problem)
        if distance > _DISTANCE:
            what = f"landmarks_world are {1000 * distance:.3f} mm from where the bones lead"
            yield _fault(SKELETON, shard, posed, what)


def angle_problem(angles: Array) -> str | None:
    """Which of (29,) joint angles is furthest outside its limits, in degrees; None if none is."""
    low, high = limits_at(angles)
    beyond = np.maximum(low - angles, angles - high)
    worst = int(beyond.argmax())
    if beyond[worst] <= _ANGLE:
        return None
    start, angle, end = np.degrees([low[worst], angles[worst], high[worst]])
    return f"{ANGLE_NAMES[worst]} is {angle:.2f}°, outside {start:.1f}° to {end:.1f}°"


def _quaternion_problem(rotations: Array) -> str | None:
    lengths = np.linalg.norm(rotations, axis=1)
    worst = int(np.abs(lengths - 1).argmax())
    if abs(lengths[worst] - 1) > _LENGTH:
        return f"that of {BONES[worst]} has the length {lengths[worst]:.6f}"
    if np.abs(rotations[_TIPS] - _IDENTITY).max() > METRE:
        return "that of an end bone is not 1, 0, 0, 0"
    return None


def _rest(hand: Mapping[str, Any]) -> Array | None:
    try:
        return shape_of(hand["phenotype"], hand["blendshapes"]).rest_relative
    except (KeyError, TypeError, AttributeError, ValueError):
        return None


def _landmarks_world(hand: Mapping[str, Any]) -> Array:
    return array_of(hand.get("landmarks_world"), (len(LANDMARKS), 3))


def _fault(check: str, shard: str, posed: PosedHand, what: str) -> Fault:
    return Fault(check, shard, posed.key, f"hand {posed.hand.get('number')}: {what}")
