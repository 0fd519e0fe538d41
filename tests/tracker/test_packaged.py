"""The packaged weights: whole, small, usable without PyTorch, and on a rendered sequence."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from tracker.evaluation.moving import FPS, leave_and_return, read_clips, video_from_images, wander
from tracker.evaluation.tracking import follow, tracking_figures
from tracker.evaluation.truth import TrueImage
from tracker.hand_tracker import HandTracker
from tracker.model_file import load_model, packaged_model

ROOT = Path(__file__).parents[2]
MODELS = {"palm": "palm", "landmark_full": "landmark"}
MANIFEST = """
name: sequence
seed: 4
sequences: 3
frames_per_sequence: 6
cameras: 1
splits: {train: 0.34, val: 0.33, test: 0.33}
motion: {gestures: [open_palm, victory, relaxed], gesture_share: 1.0}
camera: {scale: [0.5, 0.6], scale_mode: 0.55, partly_outside_share: 0, elevation_degrees: [-20, 30]}
"""


@pytest.mark.parametrize(("name", "kind"), MODELS.items())
def test_models_are_whole_and_say_where_they_come_from(name: str, kind: str) -> None:
    sidecar = load_model(packaged_model(name), kind, "cpu").sidecar  # type: ignore[arg-type]
    assert sidecar.data
    assert sidecar.recipe["schedule"]["steps"] == sidecar.training["steps"]
    assert sidecar.parity < 0.01


def test_models_take_at_most_12_megabytes() -> None:
    files = list((ROOT / "tracker" / "weights").glob("*.onnx"))
    assert sum(file.stat().st_size for file in files) <= 12e6


def test_tracking_needs_no_pytorch_and_no_blender() -> None:
    code = (
        "import sys\n"
        "for name in ('torch', 'bpy', 'onnx', 'matplotlib'): sys.modules[name] = None\n"
        "import numpy\n"
        "from tracker import HandTracker\n"
        "print(HandTracker().detect(numpy.zeros((120, 160, 3), numpy.uint8)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> list[list[TrueImage]]:
    folder = tmp_path_factory.mktemp("sequence")
    manifest = folder / "manifest.yaml"
    manifest.write_text(MANIFEST)
    command = [sys.executable, "-m", "synth.cli", "generate", str(manifest)]
    subprocess.run([*command, "-o", str(folder / "data")], cwd=ROOT, check=True)
    return [
        clip for split in ("train", "val", "test") for clip in read_clips(folder / "data", split, 1)
    ]


@pytest.mark.render
def test_a_rendered_sequence_is_tracked_from_start_to_end(clips: list[list[TrueImage]]) -> None:
    assert len(clips) == 3
    for clip in clips:
        tracker = HandTracker(num_hands=1, running_mode="video")
        trajectory = follow(video_from_images(clip, 120, wander), tracker.track, FPS)
        assert all(number == 0 for number in trajectory.ids)
        figures = tracking_figures(trajectory)
        assert figures.flips == 0
        assert figures.extra == 0


@pytest.mark.render
def test_a_hand_that_leaves_is_found_again(clips: list[list[TrueImage]]) -> None:
    for clip in clips:
        tracker = HandTracker(num_hands=1, running_mode="video")
        trajectory = follow(video_from_images(clip, 180, leave_and_return), tracker.track, FPS)
        seen = np.array([number is not None for number in trajectory.ids])
        in_view = np.array(trajectory.in_view)
        assert not in_view.all()
        assert seen[in_view].mean() > 0.9
        # Back in view to the end: found again.
        assert seen[-10:].all()


@pytest.mark.render
def test_the_detector_rests_while_a_hand_is_followed(clips: list[list[TrueImage]]) -> None:
    from tracker.stages import Stages, load_stages

    stages = load_stages(packaged_model("palm"), packaged_model("landmark_full"), 0.5, "cpu")
    searches = []

    def counted(image: np.ndarray) -> object:  # type: ignore[type-arg]
        searches.append(image.shape)
        return stages.find_palms(image)

    watched = Stages(counted, stages.find_landmarks)  # type: ignore[arg-type]
    tracker = HandTracker(num_hands=2, running_mode="video", stages=watched)
    follow(video_from_images(clips[0], 90, wander), tracker.track, FPS)
    # Three seconds, a search each quarter of a second and the first one.
    assert 1 < len(searches) <= 14


@pytest.mark.render
def test_a_picture_in_a_picture_size_gives_the_same_hand(clips: list[list[TrueImage]]) -> None:
    image = clips[0][0].image
    tracker = HandTracker(num_hands=1)
    small = tracker.detect(image)[0]
    large = tracker.detect(cv2.resize(image, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC))[0]
    side = np.ptp(small.landmarks[:, :2], axis=0).max()
    assert np.linalg.norm(large.landmarks / 4 - small.landmarks, axis=1).mean() < 0.05 * side
