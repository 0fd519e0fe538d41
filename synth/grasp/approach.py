"""What a hand about to close is, and what the ways to come to a thing share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synth.grasp.closing import ReadyHand
from synth.hand.joint_angles import PART_SLICES, angle_index
from synth.hand.limits import into_limits, sample_wrist
from synth.things.hold import Grip

Array = NDArray[np.float64]

#: The thumb's angles in the order in which they are written here.
_THUMB = ("cmc_flexion", "palmar_abduction", "opposition", "mcp_flexion", "ip")


@dataclass(frozen=True)
class Start:
    """A hand about to close.

    Attributes:
        vector: (29,) radians, the posture.
        to_wrist: (4, 4) the thing's frame in the wrist frame.
        push: (3,) unit direction in which the thing is pushed against the hand, or None.
        lift: metres that it is drawn back after that.
        closing: fingers that close on the thing by flexion, from open.
        thumbs: (start, end) angles in degrees, alternatives of how the thumb closes from open.
        pressing: places of the skin that press on the thing already.
        least: how many fingers must touch, and whether the thumb must be one of them.
    """

    vector: Array
    to_wrist: Array
    push: Array | None = None
    lift: float = 0.0
    closing: tuple[str, ...] = ()
    thumbs: tuple[tuple[tuple[float, ...], tuple[float, ...]], ...] = ()
    pressing: tuple[str, ...] = ()
    least: tuple[int, bool] = (2, True)


def palm_length(hand: ReadyHand) -> float:
    """Metres from the wrist to the middle MCP."""
    return float(hand.surface.shape.joints["middle_mcp"][1])


def place_frame(grip: Grip, origin: Array, axis: Array, out: Array, along: float) -> Array:
    """(4, 4) that brings the grip's origin, axis and `out` to places in the wrist frame.

    Args:
        along: metres from the grip's origin along its axis to what comes to `origin`.
    """
    own = np.stack([grip.axis, grip.out, np.cross(grip.axis, grip.out)], axis=1)
    axis = axis / np.linalg.norm(axis)
    out = out - axis * (axis @ out)
    out = out / np.linalg.norm(out)
    turn = np.stack([axis, out, np.cross(axis, out)], axis=1) @ own.T
    matrix = np.eye(4)
    matrix[:3, :3] = turn
    matrix[:3, 3] = origin - turn @ (grip.origin + along * grip.axis)
    return matrix


def put_degrees(vector: Array, part: str, **degrees: float) -> None:
    """Write angles of a finger, given in degrees, into (29,) radians."""
    for name, value in degrees.items():
        vector[angle_index(f"{part}.{name}")] = np.radians(value)


def put_thumb(vector: Array, degrees: tuple[float, ...] | Array) -> Array:
    """(29,) with the thumb's five big angles replaced."""
    changed = vector.copy()
    put_degrees(changed, "thumb", **dict(zip(_THUMB, map(float, degrees), strict=True)))
    return into_limits(changed)


def with_wrist(rng: np.random.Generator, vector: Array) -> Array:
    """(29,) inside the limits, with a wrist bent in some way."""
    wrist = sample_wrist(rng)
    vector[PART_SLICES["wrist"]] = wrist.flexion, wrist.deviation, wrist.pronation
    return into_limits(vector)
