"""How well a hand is followed through a video whose landmarks are known."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tracker.evaluation import metrics, motion
from tracker.evaluation.matching import match_landmarks
from tracker.evaluation.moving import TrueFrame
from tracker.results import HandResult

Array = NDArray[np.float64]

#: A tracker in mode `video`: results on the next frame, whose time is given in seconds.
Track = Callable[[NDArray[np.uint8], float], Sequence[HandResult]]


@dataclass(frozen=True)
class Trajectory:
    """A hand through T frames, and what was found on it.

    Attributes:
        truth: (T, 21, 3) pixels.
        found: (T, 21, 3) pixels, NaN in frames without a result on the hand.
        ids: of the results, None where there is none.
        sides: handedness that was reported, None where there is none.
        true_side: of the hand.
        in_view: whether the hand is there to be found.
        extra: results beside the one on the hand, over all frames.
        fps: frames a second.
    """

    truth: Array
    found: Array
    ids: tuple[int | None, ...]
    sides: tuple[str | None, ...]
    true_side: str
    in_view: tuple[bool, ...]
    extra: int
    fps: float


@dataclass(frozen=True)
class TrackingFigures:
    """Of one video; errors ÷ palm size.

    Attributes:
        frames: of the video.
        error_median: mean error of the 21 landmarks, median over frames with a result.
        jitter: acceleration error.
        lag: frames by which results are late.
        continuity: losses and re-detections.
        flips: changes of handedness a track.
        handedness: share of right answers.
        extra: results beside the one on the hand, over all frames.
    """

    frames: int
    error_median: float
    jitter: float
    lag: float
    continuity: motion.Continuity
    flips: float
    handedness: float
    extra: int


def follow(frames: Iterable[TrueFrame], track: Track, fps: float) -> Trajectory:
    """Run a tracker through a video; frames are looked at one after the other.

    A hand that has left counts as found if a result lies on where it is.
    """
    truth, found, in_view = [], [], []
    ids: list[int | None] = []
    sides: list[str | None] = []
    extra, true_side = 0, ""
    for frame in frames:
        results = list(track(frame.image, frame.time))
        matching = match_landmarks([frame.landmarks], [result.landmarks for result in results])
        result = results[matching.pairs[0][1]] if matching.pairs else None
        truth.append(frame.landmarks)
        found.append(np.full((21, 3), np.nan) if result is None else result.landmarks)
        in_view.append(frame.in_view)
        ids.append(None if result is None else result.id)
        sides.append(None if result is None else result.handedness)
        extra += len(matching.false)
        true_side = frame.side
    return Trajectory(
        np.array(truth),
        np.array(found),
        tuple(ids),
        tuple(sides),
        true_side,
        tuple(in_view),
        extra,
        fps,
    )


def tracking_figures(trajectory: Trajectory) -> TrackingFigures:
    """Sum up a video of at least one frame."""
    palms = np.array([metrics.palm_size(points) for points in trajectory.truth])
    errors = np.linalg.norm((trajectory.found - trajectory.truth)[..., :2], axis=-1).mean(axis=1)
    there = np.isfinite(errors)
    tracks: dict[int, list[str]] = {}
    for number, side in zip(trajectory.ids, trajectory.sides, strict=True):
        if number is not None and side is not None:
            tracks.setdefault(number, []).append(side)
    answers = [side == trajectory.true_side for side in trajectory.sides if side is not None]
    return TrackingFigures(
        frames=len(trajectory.truth),
        error_median=metrics.summary((errors / palms)[there]).median,
        jitter=motion.acceleration_error(trajectory.found, trajectory.truth, palms),
        lag=motion.lag(trajectory.found, trajectory.truth),
        continuity=motion.continuity(trajectory.ids, trajectory.in_view, trajectory.fps),
        flips=motion.flips(list(tracks.values())),
        handedness=float(np.mean(answers)) if answers else float("nan"),
        extra=trajectory.extra,
    )
