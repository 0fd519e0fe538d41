"""The loop against scripted hands whose truth is a formula, then with real (tiny) model files."""

from __future__ import annotations

import math
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from synth.errors import UserError
from tests.tracker.fake_models import (
    MODEL_LANDMARKS,
    Scene,
    ScriptedHand,
    write_landmark_model,
    write_palm_model,
)
from tracker.estimates import HandEstimate
from tracker.hand_tracker import HandTracker, Image
from tracker.live import LiveResult
from tracker.palms import NO_PALMS, Palms
from tracker.results import HandResult
from tracker.roi import Roi, roi_from_landmarks
from tracker.search import SEARCH_SECONDS, TILE_SECONDS
from tracker.stages import Stages

IMAGE = np.zeros((480, 640, 3), np.uint8)
FPS = 30


def _circling(time: float) -> ScriptedHand:
    """A right hand that circles, turns and comes nearer."""
    return ScriptedHand(
        (320 + 80 * math.cos(time), 300 + 60 * math.sin(time)),
        60 + 15 * math.sin(0.7 * time),
        0.6 * math.sin(1.3 * time),
    )


def _still(x: float, **keys: Any) -> ScriptedHand:
    return ScriptedHand((x, 300.0), **keys)


def _film(
    hands: Callable[[float], Sequence[ScriptedHand]],
    seconds: float,
    noise: float = 0.0,
    **options: Any,
) -> tuple[Scene, list[tuple[float, list[HandResult]]]]:
    scene = Scene(hands, noise=noise)
    tracker = HandTracker(running_mode="video", stages=scene.stages, **options)
    frames = []
    for index in range(round(seconds * FPS)):
        scene.time = index / FPS
        frames.append((scene.time, tracker.track(IMAGE, scene.time)))
    return scene, frames


# What is found in one image.


def test_hands_of_an_image() -> None:
    hands = [_still(150), _still(450, right=0.1)]
    scene = Scene(lambda time: hands)
    results = HandTracker(stages=scene.stages).detect(IMAGE)
    assert [(hand.id, hand.handedness) for hand in results] == [(0, "right"), (1, "left")]
    assert results[1].handedness_score == pytest.approx(0.9)
    for hand, result in zip(hands, results, strict=True):
        assert result.landmarks == pytest.approx(hand.landmarks)
        assert result.presence == 1
    assert scene.looks == [2, 2, 2, 2]  # one run for both, and the last ones where landmarks say
    for hand, result in zip(hands, results, strict=True):
        assert result.roi == roi_from_landmarks(hand.landmarks)


def test_small_hands_are_looked_for_while_hands_are_missing() -> None:
    near, far = _still(150), ScriptedHand((500.0, 200.0), 20.0)
    scene = Scene(lambda time: [near, far])
    closely: list[int] = []

    def find_palms(image: Image) -> Palms:
        return scene.stages.find_palms(image)[:1]

    def find_small_palms(image: Image, which: int | None = None) -> Palms:
        closely.append(1)
        return scene.stages.find_palms(image)

    stages = Stages(find_palms, scene.stages.find_landmarks, find_small_palms)
    both = HandTracker(stages=stages).detect(IMAGE)
    assert [hand.landmarks[0, 0] for hand in both] == pytest.approx([150, 500])
    assert [hand.id for hand in both] == [0, 1]
    assert len(closely) == 1
    # As many as wanted are there already, or nobody wants them.
    assert len(HandTracker(num_hands=1, stages=stages).detect(IMAGE)) == 1
    assert len(HandTracker(small_hands=False, stages=stages).detect(IMAGE)) == 1
    assert len(closely) == 1


def test_in_a_video_one_tile_follows_the_other() -> None:
    far = ScriptedHand((500.0, 200.0), 20.0)
    scene = Scene(lambda time: [far])
    looked: list[tuple[float, int | None]] = []

    def find_small_palms(image: Image, which: int | None = None) -> Palms:
        looked.append((scene.time, which))
        return scene.stages.find_palms(image) if which == 4 else NO_PALMS

    stages = Stages(lambda image: NO_PALMS, scene.stages.find_landmarks, find_small_palms)
    tracker = HandTracker(running_mode="video", num_hands=1, stages=stages)
    found = []
    for index in range(30):
        scene.time = index / FPS
        found.append(len(tracker.track(IMAGE, scene.time)))
    # Every third frame a tile, until the fifth shows the hand; from then on it is followed.
    assert [which for _, which in looked] == [0, 1, 2, 3, 4]
    assert np.diff([time for time, _ in looked]) == pytest.approx(0.1)
    assert TILE_SECONDS < 0.1
    first = found.index(1)
    assert found == [0] * first + [1] * (30 - first)
    looked.clear()
    tracker = HandTracker(running_mode="video", small_hands=False, stages=stages)
    assert tracker.track(IMAGE, 0.0) == []
    assert looked == []


@pytest.mark.parametrize(("presence", "found"), [(0.98, 2), (0.9, 1)])
def test_a_small_hand_must_be_surer(presence: float, found: int) -> None:
    near, far = _still(150, presence=0.6), ScriptedHand((500.0, 200.0), 20.0, presence=presence)
    scene = Scene(lambda time: [near, far])
    stages = replace(
        scene.stages,
        find_palms=lambda image: scene.stages.find_palms(image)[:1],
        find_small_palms=lambda image, which=None: scene.stages.find_palms(image),
    )
    assert len(HandTracker(stages=stages).detect(IMAGE)) == found


def test_a_hand_that_is_none_at_second_sight_is_not_reported() -> None:
    scene = Scene(lambda time: [_still(150)])
    real, looks = scene.stages.find_landmarks, 0

    def vanishing(image: Image, rois: Sequence[Roi], in_mirror: bool = False) -> list[HandEstimate]:
        nonlocal looks
        looks += 1
        return [
            replace(hand, presence=(0.9, 0.4, 0.3, 0.3)[looks - 1]) for hand in real(image, rois)
        ]

    tracker = HandTracker(stages=replace(scene.stages, find_landmarks=vanishing))
    assert tracker.detect(IMAGE) == []
    assert looks == 4


def test_what_is_hardly_a_hand_at_first_sight_is_looked_at_again() -> None:
    scene = Scene(lambda time: [_still(150)])
    real = scene.stages.find_landmarks
    first = 0.1

    def unsure(image: Image, rois: Sequence[Roi], in_mirror: bool = False) -> list[HandEstimate]:
        """Where the detector's region is off, presence is low; in the landmarks' one it is not."""
        near = [abs(roi.size - roi_from_landmarks(_still(150).landmarks).size) < 1 for roi in rois]
        found = real(image, rois)
        return [
            replace(hand, presence=0.9 if exact else first)
            for hand, exact in zip(found, near, strict=True)
        ]

    tracker = HandTracker(stages=replace(scene.stages, find_landmarks=unsure))
    (seen,) = tracker.detect(IMAGE)
    assert seen.presence == pytest.approx(0.9)
    first = 0.01
    assert tracker.detect(IMAGE) == []


def test_an_image_is_also_seen_in_a_mirror() -> None:
    scene = Scene(lambda time: [_still(150)])
    real = scene.stages.find_landmarks

    def biased(image: Image, rois: Sequence[Roi], in_mirror: bool = False) -> list[HandEstimate]:
        """Sees hands too far to what is the right for it, and too rarely as right hands."""
        off = (-3 if in_mirror else 3, 0, 0)
        return [
            replace(hand, landmarks=hand.landmarks + off, right=0.9 if in_mirror else 0.3)
            for hand in real(image, rois)
        ]

    stages = replace(scene.stages, find_landmarks=biased)
    (seen,) = HandTracker(stages=stages).detect(IMAGE)
    assert seen.landmarks == pytest.approx(_still(150).landmarks)
    assert (seen.handedness, seen.handedness_score) == ("right", pytest.approx(0.6))
    followed = HandTracker(stages=stages, running_mode="video", smoothing=False)
    (seen,) = followed.track(IMAGE, 0.0)
    assert seen.landmarks == pytest.approx(_still(150).landmarks + (3, 0, 0))


def test_images_are_looked_at_by_themselves() -> None:
    scene = Scene(lambda time: [_still(150 + 300 * time)])
    tracker = HandTracker(stages=scene.stages)
    for time in (0.0, 1.0, 0.0):
        scene.time = time
        assert tracker.detect(IMAGE)[0].landmarks[0, 0] == pytest.approx(150 + 300 * time)
    assert len(scene.searches) == 3


def test_no_more_hands_than_asked_for() -> None:
    scene = Scene(lambda time: [_still(100), _still(300), _still(500)])
    assert len(HandTracker(num_hands=1, stages=scene.stages).detect(IMAGE)) == 1
    assert len(HandTracker(num_hands=3, stages=scene.stages).detect(IMAGE)) == 3


def test_a_palm_that_is_none_does_not_take_a_hand_s_place() -> None:
    hands = [_still(100, presence=0.2), _still(450)]
    scene = Scene(lambda time: hands)
    results = HandTracker(num_hands=1, stages=scene.stages).detect(IMAGE)
    assert [result.landmarks[0, 0] for result in results] == [450]
    sure = HandTracker(num_hands=2, stages=scene.stages, min_presence_confidence=0.1)
    assert len(sure.detect(IMAGE)) == 2


def test_two_palms_on_one_hand_yield_one_result() -> None:
    scene = Scene(lambda time: [_still(300)], extra_palms=lambda time: [_still(315, size=45.0)])
    assert len(HandTracker(stages=scene.stages).detect(IMAGE)) == 1


def test_mirrored_swaps_the_names_and_nothing_else() -> None:
    scene = Scene(lambda time: [_still(300, right=0.9)])
    plain = HandTracker(stages=scene.stages).detect(IMAGE)[0]
    selfie = HandTracker(stages=scene.stages, mirrored=True).detect(IMAGE)[0]
    assert (plain.handedness, selfie.handedness) == ("right", "left")
    assert plain.handedness_score == selfie.handedness_score == pytest.approx(0.9)
    assert (plain.landmarks == selfie.landmarks).all()
    assert (plain.landmarks_world == selfie.landmarks_world).all()


# Following a hand.


def test_a_moving_hand_is_followed_from_one_search() -> None:
    scene, frames = _film(lambda time: [_circling(time)], 5, num_hands=1, smoothing=False)
    assert scene.searches == [0.0]
    for time, hands in frames:
        assert [hand.id for hand in hands] == [0]
        assert hands[0].landmarks == pytest.approx(_circling(time).landmarks)


def test_one_hand_of_two_in_view_does_not_keep_the_detector_running() -> None:
    scene, frames = _film(lambda time: [_circling(time)], 4, num_hands=2)
    assert all([hand.id for hand in hands] == [0] for _, hands in frames)
    assert len(scene.searches) <= 4 / SEARCH_SECONDS + 1
    gaps = np.diff(scene.searches)
    assert gaps.min() >= SEARCH_SECONDS
    assert gaps.max() < SEARCH_SECONDS + 2 / FPS


def test_with_all_hands_in_view_the_detector_rests() -> None:
    scene, frames = _film(lambda time: [_still(150), _still(450)], 2, num_hands=2)
    assert scene.searches == [0.0]
    assert all([hand.id for hand in hands] == [0, 1] for _, hands in frames)


def test_without_a_hand_every_frame_is_searched() -> None:
    scene, frames = _film(lambda time: [], 1)
    assert len(scene.searches) == FPS
    assert all(hands == [] for _, hands in frames)


def test_a_second_hand_is_noticed_soon() -> None:
    _, frames = _film(lambda time: [_still(150), *([_still(450)] if time > 1 else [])], 2)
    both = [time for time, hands in frames if len(hands) == 2]
    assert both[0] <= 1 + SEARCH_SECONDS + 2 / FPS
    assert both[-1] == frames[-1][0]
    assert [hand.id for hand in frames[-1][1]] == [0, 1]


def test_a_hand_that_leaves_and_comes_back_at_once_keeps_its_id() -> None:
    _, frames = _film(lambda time: [] if 1 < time < 1.6 else [_circling(time)], 3, num_hands=1)
    for time, hands in frames:
        assert [hand.id for hand in hands] == ([] if 1 < time < 1.6 else [0])


def test_a_hand_that_comes_back_late_or_elsewhere_is_a_new_one() -> None:
    _, frames = _film(lambda time: [] if 1 < time < 2.5 else [_still(200)], 3, num_hands=1)
    assert [hand.id for hand in frames[-1][1]] == [1]
    _, frames = _film(
        lambda time: [] if 1 < time < 1.5 else [_still(100 if time < 1.2 else 540)], 2, num_hands=1
    )
    assert [hand.id for hand in frames[-1][1]] == [1]
    _, frames = _film(
        lambda time: [] if 1 < time < 1.5 else [_still(200, right=0.95 if time < 1.2 else 0.05)],
        2,
        num_hands=1,
    )
    assert [(hand.id, hand.handedness) for hand in frames[-1][1]] == [(1, "left")]


def test_one_frame_of_darkness_loses_nothing_more() -> None:
    _, frames = _film(lambda time: [_still(200, presence=0 if 0.99 < time < 1.01 else 1)], 2)
    assert [len(hands) for _, hands in frames] == [1] * FPS + [0] + [1] * (FPS - 1)
    assert {hand.id for _, hands in frames for hand in hands} == {0}


def test_a_hand_that_jumps_is_found_in_the_same_frame() -> None:
    _, frames = _film(lambda time: [_still(120 if time < 1 else 520)], 2, num_hands=1)
    assert all(len(hands) == 1 for _, hands in frames)


def test_presence_below_the_threshold_loses_a_hand() -> None:
    options: dict[str, Any] = {"min_presence_confidence": 0.9, "min_tracking_confidence": 0.3}
    _, frames = _film(lambda time: [_still(200, presence=1 - 0.5 * time)], 2, **options)
    # Found above 0.9, then kept down to 0.3 (time 1.4).
    assert [time for time, hands in frames if hands][-1] == pytest.approx(1.4, abs=1.5 / FPS)


def test_two_tracks_never_stay_on_one_hand() -> None:
    # The hands pass over each other: while they coincide there is one result, and the older id.
    def hands(time: float) -> list[ScriptedHand]:
        return [_still(150 + 150 * time), _still(450 - 150 * time, right=0.9)]

    _, frames = _film(hands, 2, num_hands=2)
    for time, results in frames:
        if abs(time - 1) < 0.03:
            assert [hand.id for hand in results] == [0]
        for one in results:
            for other in results:
                apart = np.linalg.norm(one.landmarks - other.landmarks, axis=1).mean()
                assert one is other or apart > 20
    assert {hand.id for hand in frames[-1][1]} == {0, 1}


def test_of_two_tracks_on_one_hand_the_one_of_its_side_stays() -> None:
    # A left hand (id 0) vanishes behind a right one (id 1).
    def hands(time: float) -> list[ScriptedHand]:
        right = _still(400, right=0.95)
        return [_still(400 - 250 * (1 - time), right=0.05), right] if time < 0.85 else [right]

    _, frames = _film(hands, 1.5, num_hands=2)
    assert {hand.handedness for hand in frames[0][1]} == {"left", "right"}
    assert [(hand.id, hand.handedness) for hand in frames[-1][1]] == [(1, "right")]


def test_handedness_does_not_flicker() -> None:
    def hands(time: float) -> list[ScriptedHand]:
        return [_still(200, right=0.02 if round(time * FPS) % 7 == 3 else 0.9)]

    _, frames = _film(hands, 3, num_hands=1)
    assert {hand.handedness for _, found in frames for hand in found} == {"right"}


# Smoothing.


def test_smoothing_calms_a_hand_at_rest_and_can_be_turned_off() -> None:
    def spread(smoothing: bool, what: str) -> float:
        _, frames = _film(
            lambda time: [_still(300)], 3, noise=0.02, num_hands=1, smoothing=smoothing
        )
        return float(np.std([getattr(hands[0], what) for _, hands in frames[30:]], axis=0).mean())

    for what in ("landmarks", "landmarks_world"):
        assert spread(True, what) < 0.75 * spread(False, what)


def test_images_are_never_smoothed() -> None:
    scene = Scene(lambda time: [_still(200 + 10 * time)])
    tracker = HandTracker(stages=scene.stages, smoothing=True)
    for time in range(5):
        scene.time = time
        assert tracker.detect(IMAGE)[0].landmarks[0, 0] == pytest.approx(200 + 10 * time)


def test_what_a_caller_does_to_a_result_stays_with_the_caller() -> None:
    scene = Scene(lambda time: [_still(300)])
    for smoothing in (True, False):
        tracker = HandTracker(running_mode="video", stages=scene.stages, smoothing=smoothing)
        for time in range(4):
            (hand,) = tracker.track(IMAGE, float(time))
            assert hand.landmarks[0] == pytest.approx([300, 300, 0])
            hand.landmarks[:] = 0
            hand.landmarks_world[:] = 9


# Time, modes, arguments.


def test_time_must_grow() -> None:
    scene = Scene(lambda time: [_still(300)])
    tracker = HandTracker(running_mode="video", stages=scene.stages)
    tracker.track(IMAGE, 1.0)
    for late in (1.0, 0.5):
        with pytest.raises(UserError, match=r"not later than the one before, 1\.0"):
            tracker.track(IMAGE, late)
    for wrong in (math.nan, math.inf, "2", None):
        with pytest.raises(UserError, match="number of seconds"):
            tracker.track(IMAGE, wrong)  # type: ignore[arg-type]
    assert len(tracker.track(IMAGE, np.float64(1.1))) == 1


def test_reset_begins_anew() -> None:
    scene = Scene(lambda time: [_still(300 if time == 0 else 100)])
    tracker = HandTracker(running_mode="video", stages=scene.stages)
    tracker.track(IMAGE, 5.0)
    tracker.reset()
    scene.time = 1.0
    (hand,) = tracker.track(IMAGE, 0.0)
    assert hand.id == 0
    assert hand.landmarks[0, 0] == 100
    assert len(scene.searches) == 2


def test_a_bad_frame_changes_nothing() -> None:
    scene = Scene(lambda time: [_still(300)])
    tracker = HandTracker(running_mode="video", stages=scene.stages)
    tracker.track(IMAGE, 0.0)
    with pytest.raises(UserError, match="uint16"):
        tracker.track(IMAGE.astype(np.uint16), 0.1)
    assert tracker.track(IMAGE, 0.1)[0].id == 0
    assert len(scene.searches) == 1


def test_methods_of_another_mode() -> None:
    stages = Scene(lambda time: []).stages
    with pytest.raises(UserError, match="track.*running_mode='image'"):
        HandTracker(running_mode="video", stages=stages).detect(IMAGE)
    with pytest.raises(UserError, match="detect.*running_mode='video'"):
        HandTracker(stages=stages).track(IMAGE, 0.0)
    with pytest.raises(UserError, match="running_mode='live'"):
        HandTracker(running_mode="video", stages=stages).track_async(IMAGE, 0.0)
    with pytest.raises(UserError, match="running_mode='live'"):
        HandTracker(stages=stages).latest()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"num_hands": 0}, "num_hands is 0"),
        ({"num_hands": 1.5}, "num_hands"),
        ({"running_mode": "stream"}, "image, video, live"),
        ({"min_detection_confidence": 1.2}, "min_detection_confidence is 1.2"),
        ({"min_presence_confidence": math.nan}, "min_presence_confidence"),
        ({"min_tracking_confidence": "high"}, "min_tracking_confidence"),
        ({"on_result": print}, "running_mode='live'"),
    ],
)
def test_arguments_that_are_not_sound(options: dict[str, Any], says: str) -> None:
    with pytest.raises(UserError, match=says):
        HandTracker(stages=Scene(lambda time: []).stages, **options)


def test_no_such_packaged_model() -> None:
    with pytest.raises(UserError, match="light, full, heavy"):
        HandTracker(model="huge")  # type: ignore[arg-type]


# Live.


def test_live_results() -> None:
    scene = Scene(lambda time: [_still(300)])
    results: list[LiveResult] = []
    with HandTracker(running_mode="live", stages=scene.stages, on_result=results.append) as live:
        assert live.latest() is None
        live.track_async(IMAGE, 0.0)
        with pytest.raises(UserError, match="not later"):
            live.track_async(IMAGE, 0.0)
        with pytest.raises(UserError, match="RGB"):
            live.track_async(IMAGE[..., :2], 1.0)
    assert [result.timestamp for result in results] == [0.0]
    assert results[0].hands[0].id == 0


def test_live_reset_begins_anew() -> None:
    scene = Scene(lambda time: [_still(300)])
    arrived = threading.Event()
    tracker = HandTracker(
        running_mode="live", stages=scene.stages, on_result=lambda result: arrived.set()
    )
    for _ in range(2):
        tracker.track_async(IMAGE, 3.0)
        assert arrived.wait(10)
        newest = tracker.latest()
        assert newest is not None
        assert newest.timestamp == 3.0
        tracker.reset()
        arrived.clear()
        assert tracker.latest() is None
    tracker.close()


# With model files.


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("models")
    return {"palm_model": write_palm_model(folder), "landmark_model": write_landmark_model(folder)}


def test_from_pixels_to_results(models: dict[str, Path]) -> None:
    # The palm model finds an upright palm in the middle of a bright picture; the landmark model's
    # presence is the brightness of the region.
    tracker = HandTracker(running_mode="video", device="cpu", threads=1, **models)
    assert tracker.device == "cpu"
    bright, dark = np.full((300, 300, 3), 255, np.uint8), np.zeros((300, 300, 3), np.uint8)
    (hand,) = tracker.track(bright, 0.0)
    # Palm: keypoints at y 0.4 … 0.6 of 300, so 60 pixels high: region 156, moved up by 30. The
    # second look is where the landmarks of the first one say.
    first = Roi((150, 120), 156, 0.0)
    second = roi_from_landmarks(first.from_unit(MODEL_LANDMARKS[:, :2]))
    assert hand.roi.size == pytest.approx(second.size, rel=1e-4)
    assert hand.roi.center == pytest.approx(second.center, abs=0.01)
    assert hand.handedness == "left"
    assert tracker.track(dark, 0.1) == []
    assert tracker.track(bright, 0.2)[0].id == 0


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 1), (2, 3000, 3), (5000, 4000, 3), (40, 48, 1)])
def test_images_of_any_size(models: dict[str, Path], shape: tuple[int, ...]) -> None:
    options: dict[str, Any] = {"device": "cpu", "threads": 1, "min_detection_confidence": 0.1}
    image, shown = np.full(shape, 255, np.uint8), min(shape[:2]) >= 40
    whole = HandTracker(small_hands=False, **options, **models)
    assert len(whole.detect(image)) == (1 if shown else 0)
    # The scripted model sees a palm in every tile, too; a small picture has none.
    tiled = HandTracker(num_hands=3, **options, **models)
    assert len(tiled.detect(image)) == (0 if not shown else 1 if max(shape) < 200 else 3)


def test_import_is_light() -> None:
    code = (
        "import sys, tracker, tracker.hand_tracker, tracker.live, tracker.stages;"
        "heavy = {'torch', 'onnxruntime', 'matplotlib', 'bpy', 'blender_scenes', 'scipy'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
