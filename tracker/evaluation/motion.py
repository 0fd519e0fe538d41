"""Metrics of a hand followed through a video: pure functions of arrays over frames.

Positions are (T, N, 2 or 3) pixels for T frames; frames without a result are NaN. Errors are
divided by the palm's size in the image, so a value of 0.01 is 1 % of the palm.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def acceleration_error(found: ArrayLike, truth: ArrayLike, palm: ArrayLike) -> float:
    """Jitter: mean of ‖(p₋ − 2p₀ + p₊) − the same of the truth‖ ÷ palm size.

    Over all landmarks and over frames that have a result together with both neighbours.

    Args:
        found: (T, N, 2 or 3), NaN where there is no result.
        truth: of the same shape.
        palm: (T,) pixels.

    Returns:
        NaN if no three frames in a row have a result.
    """
    off = np.asarray(found, np.float64)[..., :2] - np.asarray(truth, np.float64)[..., :2]
    second = np.linalg.norm(off[:-2] - 2 * off[1:-1] + off[2:], axis=-1)
    return _mean(second / np.asarray(palm, np.float64)[1:-1, None])


def still_deviation(found: ArrayLike, palm: float) -> float:
    """Standard deviation of the landmarks of a hand that does not move ÷ palm size.

    The root of the mean squared distance from each landmark's own mean place, over the frames that
    have a result; NaN if there are less than two.
    """
    points = np.asarray(found, np.float64)[..., :2]
    points = points[np.isfinite(points).all(axis=(1, 2))]
    if len(points) < 2:
        return float("nan")
    square = ((points - points.mean(axis=0)) ** 2).sum(axis=-1)
    return float(np.sqrt(square.mean()) / palm)


def lag(found: ArrayLike, truth: ArrayLike, most: int = 10) -> float:
    """Frames by which results follow the truth: the peak of the cross-correlation of velocities.

    Velocities of all coordinates are summed up in one correlation, divided at each shift by the
    lengths of both parts; a parabola through the peak and its neighbours gives the fraction.

    Args:
        found: (T, N, 2 or 3), NaN where there is no result: those frames count at no shift.
        truth: of the same shape, without NaN.
        most: largest shift looked at, in frames, to both sides; as many frames at both ends of
            the results are not looked at.

    Returns:
        Positive if results are late. NaN if nothing moves, frames are too few, or the peak is at
        the end of the range.
    """
    a, b = _velocities(found), _velocities(truth)
    shifts = range(-most, most + 1)
    scores = np.array([_correlation(a, b, shift, most) for shift in shifts])
    if not np.isfinite(scores).any():
        return float("nan")
    peak = int(np.nanargmax(scores))
    if peak in (0, len(scores) - 1):
        return float("nan")
    left, middle, right = scores[peak - 1 : peak + 2]
    bend = left - 2 * middle + right
    part = 0.5 * (left - right) / bend if np.isfinite(bend) and bend < 0 else 0.0
    return float(shifts[peak] + part)


def flips(tracks: Sequence[Sequence[str]]) -> float:
    """Changes of handedness from a frame to the next of the same id, a track; NaN of no track."""
    changes = [sum(a != b for a, b in pairwise(t)) for t in tracks]
    return float(np.mean(changes)) if changes else float("nan")


@dataclass(frozen=True)
class Continuity:
    """How steadily one hand was followed.

    Attributes:
        in_view: frames in which the hand is to be seen.
        late: those of them before the hand was found, each time that it came into view.
        lost: those after it was found, without a result on it.
        redetections: times that the hand had a result again after such a loss.
        id_changes: times that its id differed from the one before, while it stayed in view.
        minutes: length of the frames in view.
    """

    in_view: int
    late: int
    lost: int
    redetections: int
    id_changes: int
    minutes: float

    @property
    def lost_share(self) -> float:
        """Lost frames ÷ frames in view; NaN if there are none."""
        return self.lost / self.in_view if self.in_view else float("nan")

    @property
    def redetections_a_minute(self) -> float:
        return self.redetections / self.minutes if self.minutes else float("nan")


def continuity(ids: Sequence[int | None], in_view: Sequence[bool], fps: float) -> Continuity:
    """Count losses and re-detections.

    Args:
        ids: for each frame the id of the result on the hand, None for none.
        in_view: for each frame whether the hand is there to be found.
        fps: frames a second.
    """
    lost = late = again = changes = 0
    last: int | None = None  # id of the hand since it came into view
    gap = False
    for number, visible in zip(ids, in_view, strict=True):
        if number is not None:
            again += gap
            changes += last is not None and number != last
            last, gap = number, False
        elif not visible:
            last, gap = None, False
        elif last is None:
            late += 1
        else:
            lost += 1
            gap = True
    seen = sum(in_view)
    return Continuity(seen, late, lost, again, changes, seen / fps / 60)


def _velocities(points: ArrayLike) -> Array:
    """(T − 1, 2 N) pixels a frame."""
    steps = np.diff(np.asarray(points, np.float64)[..., :2], axis=0)
    return steps.reshape(len(steps), -1)


def _correlation(found: Array, truth: Array, shift: int, most: int) -> float:
    """Normalised correlation of found[t] with truth[t − shift], over the t that all shifts have."""
    a = found[most : len(found) - most]
    b = truth[most - shift : len(truth) - most - shift]
    there = np.isfinite(a).all(axis=1)
    a, b = a[there], b[there]
    if len(a) < 3:
        return float("nan")
    length = np.linalg.norm(a) * np.linalg.norm(b)
    return float((a * b).sum() / length) if length > 0 else float("nan")


def _mean(values: Array) -> float:
    values = values[np.isfinite(values)]
    return float(values.mean()) if values.size else float("nan")
