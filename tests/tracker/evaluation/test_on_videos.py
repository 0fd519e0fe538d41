from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from tests.made_shards import write_shards
from tests.tracker.evaluation.made_dataset import hand_label, sample
from tests.tracker.fake_models import ScriptedHand
from tracker.evaluation.moving import FPS, leave_and_return, stay, video_from_images, wander
from tracker.evaluation.on_videos import score_videos
from tracker.evaluation.tracking import Track
from tracker.evaluation.truth import true_image
from tracker.results import HandResult
from tracker.roi import Roi

SAMPLE = sample("00000000_000_0", hand_label(ScriptedHand((80, 110), 30)))
FRAMES = 36


def test_each_video_has_its_own_tracker_and_figures(tmp_path: Path) -> None:
    folder = write_shards(tmp_path / "d", {"test": [SAMPLE]})
    truth = {
        path: [
            frame.landmarks
            for frame in video_from_images([true_image(SAMPLE)], FRAMES, path, canvas=(640, 480))
        ]
        for path in (stay, wander, leave_and_return)
    }
    started: list[Track] = []

    def new_track() -> Track:
        """Right on the still hand but for 3 pixels to and fro, a frame late on all others."""
        path = (stay, wander, leave_and_return)[len(started)]

        def track(image: np.ndarray, time: float) -> Sequence[HandResult]:
            i = round(time * FPS)
            points = truth[path][i if path is stay else max(i - 1, 0)]
            points = points + ((3 * (-1) ** i, 0, 0) if path is stay else (0, 0, 0))
            return [HandResult(0, "right", 0.9, 0.9, points, points, Roi((0, 0), 1, 0))]

        started.append(track)
        return track

    figures = score_videos(folder, "test", new_track, videos=3, frames=FRAMES)
    assert len(started) == 3
    assert (figures.videos, figures.frames) == (1, FRAMES)
    palm = 30 * 0.9 * 480 / 160
    assert figures.still_deviation == pytest.approx(3 / palm)
    assert figures.moving[0].lag == pytest.approx(1, abs=0.1)
    assert figures.moving[0].handedness == 1
    assert figures.leaving[0].lag == pytest.approx(1, abs=0.1)


def test_no_hand_that_will_do(tmp_path: Path) -> None:
    hidden = hand_label(ScriptedHand((80, 110), 30), visibility=[1] * 21)
    folder = write_shards(tmp_path / "d", {"test": [sample("00000000_000_0", hidden)]})
    figures = score_videos(folder, "test", lambda: lambda image, time: [], videos=2, frames=20)
    assert figures.videos == 0
    assert np.isnan(figures.still_deviation)
