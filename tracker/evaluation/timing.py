"""Milliseconds of the tracker's stages, taken inside its own loop on a video in memory."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from tracker.estimates import HandEstimate
from tracker.hand_tracker import HandTracker
from tracker.model_file import Model
from tracker.palms import Palms
from tracker.roi import Roi
from tracker.sessions import Device
from tracker.stages import FindSmallPalms, LandmarkStage, PalmStage, Stages, load_stages

Image = NDArray[np.uint8]

#: Frames at the start that do not count: memory is claimed and the hand is found there.
WARM_UP: Final = 10
_MIN_DETECTION_CONFIDENCE: Final = 0.5


@dataclass(frozen=True)
class Milliseconds:
    """Of one stage: median and 95th percentile over `count` frames; NaN of none."""

    median: float
    p95: float
    count: int


@dataclass(frozen=True)
class Timing:
    """Of a video at a number of threads.

    Attributes:
        threads: of each model, and of OpenCV.
        device: what the models ran on.
        frames: that count.
        with_hand: those of them that gave a hand.
        searched: those of them in which the detector ran.
        palm: letterbox, palm model and suppression, run on each frame by itself.
        crop: cutting regions out and carrying landmarks back into the image.
        landmark: the landmark model.
        rest: the loop without the stages.
        loop: all of `HandTracker.track`.
    """

    threads: int
    device: str
    frames: int
    with_hand: int
    searched: int
    palm: Milliseconds
    crop: Milliseconds
    landmark: Milliseconds
    rest: Milliseconds
    loop: Milliseconds


@dataclass
class _Clock:
    """Seconds that something has taken since it was last asked."""

    seconds: float = 0.0
    calls: int = 0

    def add(self, start: float) -> None:
        self.seconds += time.perf_counter() - start
        self.calls += 1

    def take(self) -> tuple[float, int]:
        taken = self.seconds, self.calls
        self.seconds, self.calls = 0.0, 0
        return taken


@dataclass(frozen=True)
class _TimedModel(Model):
    clock: _Clock = field(default_factory=_Clock)

    def run(self, images: Image) -> list[NDArray[Any]]:
        start = time.perf_counter()
        outputs = super().run(images)
        self.clock.add(start)
        return outputs


@dataclass(frozen=True)
class _TimedPalms:
    stage: PalmStage
    clock: _Clock

    def __call__(self, image: Image) -> Palms:
        start = time.perf_counter()
        palms = self.stage(image)
        self.clock.add(start)
        return palms


@dataclass(frozen=True)
class _TimedSmallPalms:
    stage: FindSmallPalms
    clock: _Clock

    def __call__(self, image: Image, which: int | None = None) -> Palms:
        start = time.perf_counter()
        palms = self.stage(image, which)
        self.clock.add(start)
        return palms


@dataclass(frozen=True)
class _TimedLandmarks:
    stage: LandmarkStage
    clock: _Clock

    def __call__(
        self, image: Image, rois: Sequence[Roi], in_mirror: bool = False
    ) -> list[HandEstimate]:
        start = time.perf_counter()
        hands = self.stage(image, rois, in_mirror)
        self.clock.add(start)
        return hands


def time_tracker(
    frames: Sequence[Image],
    fps: float,
    palm_model: Path,
    landmark_model: Path,
    threads: int,
    num_hands: int = 1,
    device: Device = "cpu",
) -> Timing:
    """Follow the hands of a video and time each stage in each frame.

    Args:
        frames: more than WARM_UP of them, (H, W, 3) uint8 RGB.
        fps: frames a second that the timestamps say.

    Raises:
        UserError: if a model cannot be used.
    """
    if len(frames) <= WARM_UP:
        raise ValueError(f"{len(frames)} frames are not more than {WARM_UP} to warm up")
    stages = load_stages(palm_model, landmark_model, _MIN_DETECTION_CONFIDENCE, device, threads)
    palm, landmark = stages.find_palms, stages.find_landmarks
    assert isinstance(palm, PalmStage)
    assert isinstance(landmark, LandmarkStage)
    assert stages.find_small_palms is not None
    model = landmark.model
    timed_model = _TimedModel(model.path, model.sidecar, model.device, model.session)
    searches = _TimedPalms(palm, _Clock())
    looks = _TimedLandmarks(LandmarkStage(timed_model), _Clock())
    timed = Stages(searches, looks, _TimedSmallPalms(stages.find_small_palms, searches.clock))
    tracker = HandTracker(num_hands=num_hands, running_mode="video", stages=timed)
    rows, with_hand, searched = [], 0, 0
    old_threads = cv2.getNumThreads()
    cv2.setNumThreads(threads)
    try:
        for number, frame in enumerate(frames):
            start = time.perf_counter()
            hands = tracker.track(frame, number / fps)
            whole = time.perf_counter() - start
            in_palm, palm_calls = searches.clock.take()
            in_landmark, _ = looks.clock.take()
            in_model, _ = timed_model.clock.take()
            if number >= WARM_UP:
                rest = whole - in_palm - in_landmark
                rows.append((in_landmark - in_model, in_model, rest, whole))
                with_hand += bool(hands)
                searched += palm_calls > 0
        palm_ms = [_palm_seconds(searches, frame) for frame in frames[WARM_UP:]]
    finally:
        cv2.setNumThreads(old_threads)
    columns = np.array(rows).T
    return Timing(
        threads,
        model.device,
        len(rows),
        with_hand,
        searched,
        _milliseconds(palm_ms),
        *(_milliseconds(column) for column in columns),
    )


def _palm_seconds(searches: _TimedPalms, frame: Image) -> float:
    searches.clock.take()
    searches(frame)
    return searches.clock.take()[0]


def _milliseconds(seconds: Any) -> Milliseconds:
    ms = 1000 * np.asarray(seconds, np.float64)
    if not ms.size:
        return Milliseconds(float("nan"), float("nan"), 0)
    return Milliseconds(float(np.median(ms)), float(np.percentile(ms, 95)), ms.size)
