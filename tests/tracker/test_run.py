"""Images and videos through the tracker: lines, drawn frames, and what cannot be written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from synth.errors import UserError
from tests.tracker.fake_models import write_landmark_model, write_palm_model
from tests.tracker.test_frames import video
from tracker.hand_tracker import HandTracker, RunningMode
from tracker.run import run_on_image, run_on_video


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("models")
    return {
        "palm_model": write_palm_model(folder, 64),
        "landmark_model": write_landmark_model(folder),
    }


def tracker(models: dict[str, Path], mode: RunningMode) -> HandTracker:
    return HandTracker(running_mode=mode, device="cpu", threads=1, **models)


@pytest.fixture
def still(models: dict[str, Path]) -> Iterator[HandTracker]:
    with tracker(models, "image") as made:
        yield made


@pytest.fixture
def moving(models: dict[str, Path]) -> Iterator[HandTracker]:
    with tracker(models, "video") as made:
        yield made


def white(path: Path) -> str:
    cv2.imwrite(str(path), np.full((90, 120, 3), 250, np.uint8))
    return str(path)


def read_lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_an_image(still: HandTracker, tmp_path: Path) -> None:
    source = white(tmp_path / "a.png")
    output, lines = tmp_path / "drawn.png", tmp_path / "a.jsonl"
    hands = run_on_image(still, source, output, lines)
    assert len(hands) == 1
    assert read_lines(lines) == [
        {"frame": 0, "timestamp": 0.0, "hands": [hand.to_dict() for hand in hands]}
    ]
    drawn = cv2.imread(str(output))
    assert drawn.shape == (90, 120, 3)
    assert (drawn != 250).any()
    assert run_on_image(still, source, None, None)[0].id == 0


def test_a_video(moving: HandTracker, tmp_path: Path) -> None:
    source = tmp_path / "a.avi"
    writer = cv2.VideoWriter(str(source), cv2.VideoWriter.fourcc(*"MJPG"), 20, (64, 48))
    for brightness in [0] * 4 + [255] * 8:
        writer.write(np.full((48, 64, 3), brightness, np.uint8))
    writer.release()
    output, lines = tmp_path / "out.mp4", tmp_path / "out.jsonl"
    frames, with_hands = run_on_video(moving, str(source), output, lines)
    assert frames == 12
    found = read_lines(lines)
    assert [line["frame"] for line in found] == list(range(12))
    assert [line["timestamp"] for line in found] == pytest.approx(np.arange(12) / 20)
    assert sum(bool(line["hands"]) for line in found) == with_hands
    assert with_hands == 8
    written = cv2.VideoCapture(str(output))
    assert written.get(cv2.CAP_PROP_FRAME_COUNT) == 12
    assert written.get(cv2.CAP_PROP_FPS) == pytest.approx(20)
    assert (written.get(cv2.CAP_PROP_FRAME_WIDTH), written.get(cv2.CAP_PROP_FRAME_HEIGHT)) == (
        64, 48,
    )  # fmt: skip


@pytest.mark.parametrize("name", ["no/such/folder/a.png", "a.foo", "a"])
def test_an_image_that_cannot_be_written(still: HandTracker, tmp_path: Path, name: str) -> None:
    source = white(tmp_path / "in.png")
    with pytest.raises(UserError, match="cannot be written"):
        run_on_image(still, source, tmp_path / name, None)


@pytest.mark.parametrize("name", ["no/such/folder/a.mp4", "a.foo"])
def test_a_video_that_cannot_be_written(moving: HandTracker, tmp_path: Path, name: str) -> None:
    source = str(video(tmp_path / "in.avi", count=3))
    with pytest.raises(UserError, match="cannot be written"):
        run_on_video(moving, source, tmp_path / name, None)


def test_lines_that_cannot_be_written(still: HandTracker, tmp_path: Path) -> None:
    source = white(tmp_path / "in.png")
    with pytest.raises(UserError, match="cannot be written: No such file"):
        run_on_image(still, source, None, tmp_path / "no" / "a.jsonl")


def test_nothing_is_written_over_what_is_read(
    still: HandTracker, moving: HandTracker, tmp_path: Path
) -> None:
    image, film = Path(white(tmp_path / "in.png")), video(tmp_path / "in.avi", count=3)
    before = [path.read_bytes() for path in (image, film)]
    (tmp_path / "link.png").symlink_to(image)
    with pytest.raises(UserError, match="is what is looked at"):
        run_on_image(still, str(image), tmp_path / "link.png", None)
    with pytest.raises(UserError, match="is what is looked at"):
        run_on_image(still, str(image), None, image)
    with pytest.raises(UserError, match="is what is looked at"):
        run_on_video(moving, str(film), film, None)
    assert [path.read_bytes() for path in (image, film)] == before
