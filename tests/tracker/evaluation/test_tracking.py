from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest

from tests.tracker.evaluation.made_dataset import hand_label, sample
from tests.tracker.fake_models import Scene, ScriptedHand
from tracker.evaluation.moving import Path2D, leave_and_return, video_from_images, wander
from tracker.evaluation.tracking import follow, tracking_figures
from tracker.evaluation.truth import true_image
from tracker.hand_tracker import HandTracker
from tracker.results import Handedness, HandResult
from tracker.roi import Roi

SMALL = (128, 96)
HAND = ScriptedHand((80, 110), 30)
STILL = true_image(sample("00000000_000_0", hand_label(HAND, side="left")))


def result(landmarks: np.ndarray, number: int, side: Handedness = "left") -> HandResult:
    return HandResult(number, side, 0.9, 0.9, landmarks, landmarks, Roi((0, 0), 1, 0))


def test_a_scripted_tracker_gets_the_figures_it_should() -> None:
    frames = list(video_from_images([STILL], 90, wander, canvas=SMALL))
    truth = [frame.landmarks for frame in frames]
    asked = iter(range(90))

    def track(image: np.ndarray, time: float) -> Sequence[HandResult]:
        i = next(asked)
        if 40 <= i < 43:
            return []
        late = truth[max(i - 2, 0)]
        side: Handedness = "right" if i == 60 else "left"
        extra = [result(late + 500, 9)] if i == 70 else []
        return [result(late, 1 if i < 43 else 2, side), *extra]

    figures = tracking_figures(follow(frames, track, 30))
    assert figures.frames == 90
    assert figures.lag == pytest.approx(2, abs=0.1)
    assert (figures.continuity.lost, figures.continuity.redetections) == (3, 1)
    assert figures.continuity.id_changes == 1
    assert figures.flips == 1  # two tracks, two changes on the second
    assert figures.handedness == pytest.approx(86 / 87)
    assert figures.extra == 1


def test_a_perfect_tracker() -> None:
    frames = list(video_from_images([STILL], 30, wander, canvas=SMALL))
    places = iter(frames)
    figures = tracking_figures(
        follow(frames, lambda image, time: [result(next(places).landmarks, 0)], 30)
    )
    assert figures.error_median == figures.jitter == figures.flips == figures.continuity.lost == 0
    assert figures.handedness == 1


@pytest.mark.parametrize(("path", "leaves"), [(wander, False), (leave_and_return, True)])
def test_the_loop_follows_a_hand_that_leaves_and_comes_back(path: Path2D, leaves: bool) -> None:
    frames = list(video_from_images([STILL], 240, path, canvas=SMALL))
    wrists = {frame.time: frame for frame in frames}

    def hands(time: float) -> Sequence[ScriptedHand]:
        frame = wrists[time]
        if not frame.in_view:
            return []
        wrist, middle = frame.landmarks[0, :2], frame.landmarks[9, :2]
        size = float(np.linalg.norm(middle - wrist))
        rotation = math.atan2(middle[0] - wrist[0], wrist[1] - middle[1])
        return [ScriptedHand((wrist[0], wrist[1]), size, rotation, right=0.05)]

    scene = Scene(hands)
    tracker = HandTracker(num_hands=1, running_mode="video", stages=scene.stages)

    def track(image: np.ndarray, time: float) -> Sequence[HandResult]:
        scene.time = time
        return tracker.track(image, time)

    figures = tracking_figures(follow(frames, track, 30))
    assert figures.continuity.lost == 0
    assert figures.continuity.redetections == 0
    assert figures.extra == 0
    assert figures.handedness == 1
    assert figures.error_median < 0.1
    if leaves:
        assert figures.continuity.in_view < 240
        assert figures.continuity.late <= 20
    else:
        assert figures.continuity.late == 0
        assert len(scene.searches) == 1
