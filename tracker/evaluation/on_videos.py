"""Figures on videos made of a dataset: how steadily hands are followed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tracker.evaluation import metrics, motion
from tracker.evaluation.moving import (
    FPS,
    Path2D,
    leave_and_return,
    read_clips,
    stay,
    video_from_images,
    wander,
)
from tracker.evaluation.tracking import (
    Track,
    TrackingFigures,
    Trajectory,
    follow,
    tracking_figures,
)
from tracker.evaluation.truth import Split, TrueImage


@dataclass(frozen=True)
class VideoFigures:
    """Of several hands, each in three videos: it moves, it leaves and comes back, it stands still.

    Attributes:
        videos: hands.
        frames: of each video.
        moving: for each hand, of the video in which it moves.
        leaving: for each hand, of the one in which it leaves and comes back.
        still_deviation: mean over hands of the landmarks' standard deviation ÷ palm size.
    """

    videos: int
    frames: int
    moving: tuple[TrackingFigures, ...]
    leaving: tuple[TrackingFigures, ...]
    still_deviation: float


def score_videos(
    folder: str | Path, split: Split, new_track: Callable[[], Track], videos: int, frames: int = 300
) -> VideoFigures:
    """Follow the hands of the first `videos` sequences of a split that show a whole hand, or of as
    many as there are.

    Args:
        new_track: makes a tracker of one hand that knows of no frame yet.
        frames: of each video.

    Raises:
        UserError: if the split cannot be read.
    """
    clips = read_clips(folder, split, videos)

    def trajectory(clip: list[TrueImage], path: Path2D) -> Trajectory:
        return follow(video_from_images(clip, frames, path), new_track(), FPS)

    standing = [trajectory(clip[:1], stay) for clip in clips]
    still = [
        motion.still_deviation(seen.found, metrics.palm_size(seen.truth[0])) for seen in standing
    ]
    known = [value for value in still if np.isfinite(value)]
    return VideoFigures(
        videos=len(clips),
        frames=frames,
        moving=tuple(tracking_figures(trajectory(clip, wander)) for clip in clips),
        leaving=tuple(tracking_figures(trajectory(clip, leave_and_return)) for clip in clips),
        still_deviation=float(np.mean(known)) if known else float("nan"),
    )
