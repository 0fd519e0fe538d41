"""Movement between key poses: eased, each finger a little before or after the others."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from synth.hand.joint_angles import ANGLE_NAMES, PART_SLICES

Array = NDArray[np.float64]

#: A part starts and ends its movement by up to this share of the transition late and early.
_STAGGER: Final = 0.25
_PARTS = tuple(PART_SLICES)
_PART_OF_ANGLE = np.array([_PARTS.index(name.split(".")[0]) for name in ANGLE_NAMES])


@dataclass(frozen=True)
class Timeline:
    """Key poses and when the hand takes and leaves them.

    Attributes:
        keys: (K, 29) angle vectors.
        arrive, leave: (K,) seconds, non-decreasing; between them the pose is held.
        late, early: (K − 1, 6) shares of each transition by which thumb, fingers and wrist start
            late and end early.
    """

    keys: Array
    arrive: Array
    leave: Array
    late: Array
    early: Array

    @property
    def duration(self) -> float:
        return float(self.leave[-1])

    def angles_at(self, time: float) -> Array:
        """(29,) angles; before the start and after the end those of the first and last key.

        Each part moves on a straight line between two keys, so that it stays inside the ranges of
        motion, which are convex, when the keys are.
        """
        later = int(np.searchsorted(self.arrive, time))
        if later == 0:
            return self.keys[0].copy()
        before = later - 1
        if later == len(self.keys) or time <= self.leave[before]:
            return self.keys[before].copy()
        share = (time - self.leave[before]) / (self.arrive[later] - self.leave[before])
        late, early = self.late[before], self.early[before]
        eased = minimum_jerk((share - late) / (1 - late - early))[_PART_OF_ANGLE]
        return self.keys[before] + eased * (self.keys[later] - self.keys[before])


def minimum_jerk(share: Array) -> Array:
    """Position from 0 to 1 over a movement with the least jerk (Flash and Hogan, J. Neurosci. 5,
    1985): 10 t³ − 15 t⁴ + 6 t⁵, constant before 0 and after 1."""
    t = np.clip(share, 0.0, 1.0)
    return t**3 * (10 - 15 * t + 6 * t**2)


def sample_timeline(
    rng: np.random.Generator,
    keys: Array,
    transition: tuple[float, float],
    hold: tuple[float, float],
) -> Timeline:
    """Times for (K, 29) key poses.

    Args:
        transition, hold: seconds, ranges of moving to the next key and of staying at one.
    """
    count = len(keys)
    holds = rng.uniform(*hold, count)
    moves = rng.uniform(*transition, count - 1)
    arrive = np.concatenate([[0.0], np.cumsum(holds[:-1] + moves)])
    return Timeline(
        keys=keys,
        arrive=arrive,
        leave=arrive + holds,
        late=rng.uniform(0, _STAGGER, (count - 1, len(_PARTS))),
        early=rng.uniform(0, _STAGGER, (count - 1, len(_PARTS))),
    )


def sample_times(rng: np.random.Generator, timeline: Timeline, frames: int, held: float) -> Array:
    """(frames,) increasing moments, one in each equal part of the timeline.

    Args:
        held: probability that a part in which a key pose is held is seen in that moment.
    """
    edges = np.linspace(0.0, timeline.duration, frames + 1)
    return np.array(
        [moment_between(rng, timeline, low, high, held) for low, high in pairwise(edges.tolist())]
    )


def moment_between(
    rng: np.random.Generator, timeline: Timeline, low: float, high: float, held: float
) -> float:
    """A moment of [low, high]; see `sample_times`."""
    start, end = np.maximum(timeline.arrive, low), np.minimum(timeline.leave, high)
    keys = np.flatnonzero(start <= end)
    wants_key = rng.random() < held
    if len(keys) and wants_key:
        key = rng.choice(keys)
        low, high = float(start[key]), float(end[key])
    return float(rng.uniform(low, high))
