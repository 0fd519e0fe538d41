"""What an arm does: where its wrist goes and how the hand is turned there.

Places are in lengths of the whole arm from the shoulder, directions are unit-free; both have the
axes out (away from the body's middle), front and up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from synth.scene import Side

Array = NDArray[np.float64]
Triple = tuple[float, float, float]


@dataclass(frozen=True)
class Activity:
    """A way to use an arm.

    Attributes:
        low, high: corners of the box that the wrist is drawn from.
        fingers: where the fingers point; None anyhow.
        palm: where the palm faces; None anyhow.
        loose: radians of standard deviation about both directions.
        relaxed: whether the fingers hang loosely rather than show a gesture.
        yields: where to the hand gives way to the body that it lies on; None if it does not.
    """

    name: str
    low: Triple
    high: Triple
    fingers: Triple | None
    palm: Triple | None
    loose: float = 0.5
    relaxed: bool = False
    yields: Triple | None = None


RAISED: Final = Activity("raised", (-0.15, 0.35, -0.2), (0.45, 0.8, 0.6), (0, 0.1, 1), (0, 1, 0))
BACK_SHOWN: Final = Activity(
    "back_shown", (-0.3, 0.35, -0.3), (0.3, 0.75, 0.4), (-0.2, 0.1, 1), (0, -1, 0)
)
REACHING: Final = Activity(
    "reaching", (-0.35, 0.75, -0.3), (0.3, 0.98, 0.35), (0, 0.7, 0.7), None, 0.6
)
POINTING: Final = Activity("pointing", (-0.3, 0.6, -0.3), (0.4, 0.95, 0.4), (0, 1, 0.1), None, 0.5)
TALKING: Final = Activity(
    "talking", (-0.15, 0.3, -0.75), (0.4, 0.75, -0.15), (-0.4, 0.8, 0.3), (-0.7, 0, 0.7), 0.7
)
WAVING: Final = Activity("waving", (0.2, 0.0, 0.4), (0.75, 0.5, 0.95), (0, 0, 1), (0, 1, 0), 0.4)
HANGING: Final = Activity(
    "hanging", (0.1, -0.12, -1.0), (0.28, 0.25, -0.93), (0, 0, -1), (-1, 0, 0), 0.3, True, (1, 0, 0)
)
ON_TABLE: Final = Activity(
    "on_table", (-0.35, 0.4, -0.52), (0.35, 0.85, -0.46), (-0.3, 1, 0), (0, 0, -1), 0.35
)
OVER_TABLE: Final = Activity(
    "over_table", (-0.35, 0.4, -0.5), (0.35, 0.85, -0.2), (-0.2, 1, 0.1), None, 0.8
)
IN_LAP: Final = Activity(
    "in_lap",
    (-0.25, 0.3, -1.0),
    (0.1, 0.5, -0.85),
    (-0.5, 0.8, -0.3),
    (0, 0.2, -1),
    0.4,
    True,
    (0, 0, 1),
)
BEHIND: Final = Activity(
    "behind",
    (-0.3, -0.5, -0.85),
    (-0.05, -0.35, -0.7),
    (-1, 0, -0.4),
    (0, -1, 0),
    0.4,
    True,
    (0, -1, 0),
)
BEFORE_EYES: Final = Activity(
    "before_eyes", (-0.45, 0.5, -0.35), (0.25, 0.9, 0.2), (-0.3, 0.7, 0.7), None, 0.8
)
AT_FACE: Final = Activity("at_face", (0, 0, 0), (0, 0, 0), None, None, 0.4)


@dataclass(frozen=True)
class Goal:
    """What an arm is to reach, in the body frame.

    Attributes:
        wrist: (3,) metres.
        fingers, palm: (3,) unit vectors, or None for any.
        near_head: whether the hand may touch the head.
    """

    wrist: Array
    fingers: Array | None
    palm: Array | None
    near_head: bool = False


def sample_goal(
    rng: np.random.Generator, activity: Activity, shoulder: Array, arm: float, side: Side
) -> Goal:
    """A goal of an activity.

    Args:
        shoulder: (3,) body frame.
        arm: metres from shoulder to wrist, stretched.
    """
    place = rng.uniform(activity.low, activity.high)
    fingers, palm = (
        None
        if wanted is None
        else to_body(_about(rng, np.array(wanted, float), activity.loose), side)
        for wanted in (activity.fingers, activity.palm)
    )
    return Goal(shoulder + arm * to_body(place, side), fingers, palm)


def face_goal(
    rng: np.random.Generator,
    point: Array,
    normal: Array,
    shoulder: Array,
    arm: float,
    hand: float,
    side: Side,
) -> Goal:
    """A goal that brings the fingers to a place of the head.

    Args:
        point, normal: (3,) of the head's skin, body frame.
        hand: metres from the wrist to the middle fingertip.
    """
    start = shoulder + arm * to_body(rng.uniform((0.0, 0.25, -0.6), (0.4, 0.6, 0.1)), side)
    toward = point - start
    # Fingers come along the skin, not straight onto it.
    toward = toward / np.linalg.norm(toward) + 0.8 * (normal * -(normal @ toward))
    toward = _about(rng, toward / np.linalg.norm(toward), 0.25)
    wrist = point + normal * rng.uniform(0.012, 0.03) - toward * hand * rng.uniform(0.7, 1.0)
    return Goal(wrist, toward, -normal, near_head=True)


def to_body(vector: Array, side: Side) -> Array:
    """Out, front, up → the body frame (+X left, −Y front, +Z up)."""
    out = vector[0] if side == "left" else -vector[0]
    return np.array([out, -vector[1], vector[2]])


def _about(rng: np.random.Generator, direction: Array, spread: float) -> Array:
    scattered = direction / np.linalg.norm(direction) + rng.normal(0.0, spread / np.sqrt(2), 3)
    return np.asarray(scattered / np.linalg.norm(scattered))


def choose(rng: np.random.Generator, weighted: Sequence[tuple[Activity, float]]) -> Activity:
    """One of some activities, by weight."""
    weights = np.array([weight for _, weight in weighted], float)
    return weighted[int(rng.choice(len(weighted), p=weights / weights.sum()))][0]
