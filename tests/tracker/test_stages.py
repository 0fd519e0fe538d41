from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from tests.tracker.fake_models import (
    MODEL_LANDMARKS,
    MODEL_WORLD,
    write_landmark_model,
    write_palm_model,
)
from tracker.roi import Roi
from tracker.stages import LandmarkStage, PalmStage, SmallPalmStage, load_stages
from tracker.tiles import tiles_of


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    write_palm_model(folder)
    write_landmark_model(folder)
    return folder


def _stages(folder: Path, min_score: float = 0.5) -> tuple[PalmStage, LandmarkStage]:
    stages = load_stages(
        folder / "palm.onnx", folder / "landmark.onnx", min_score, "cpu", threads=1
    )
    assert isinstance(stages.find_palms, PalmStage)
    assert isinstance(stages.find_landmarks, LandmarkStage)
    return stages.find_palms, stages.find_landmarks


def test_palms_in_pixels(folder: Path) -> None:
    find_palms, _ = _stages(folder)
    palms = find_palms(np.full((200, 400, 3), 255, np.uint8))
    # Half of the square is bars, so the picture's mean is half of white.
    assert palms.scores == pytest.approx([0.5], abs=1e-3)
    assert palms.boxes == pytest.approx(np.array([[200, 100, 80]]))
    assert palms.keypoints[0, 0] == pytest.approx([200, 140])
    assert palms.keypoints[0, 2] == pytest.approx([200, 60])


def test_below_the_threshold_there_are_none(folder: Path) -> None:
    find_palms, _ = _stages(folder, min_score=0.6)
    assert len(find_palms(np.full((200, 400, 3), 255, np.uint8))) == 0
    assert len(find_palms(np.full((300, 300, 3), 255, np.uint8))) == 1


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 5000, 3), (7, 300, 3)])
def test_a_speck_shows_no_palm(folder: Path, shape: tuple[int, int, int]) -> None:
    find_palms, _ = _stages(folder, min_score=0.0)
    assert len(find_palms(np.full(shape, 255, np.uint8))) == 0


def test_small_palms_in_pixels_of_the_image(folder: Path) -> None:
    """One tile is bright; the scripted palm is in its middle, and a fifth of it large."""
    find_palms, _ = _stages(folder)
    image = np.zeros((300, 400, 3), np.uint8)
    tiles = tiles_of(400, 300)
    bright = tiles[-1]
    image[bright.y :, bright.x :] = 255
    palms = SmallPalmStage(find_palms)(image)
    assert palms.scores == pytest.approx([1], abs=1e-3)
    middle = [bright.x + bright.side / 2, bright.y + bright.side / 2]
    assert palms.boxes[0] == pytest.approx([*middle, 0.2 * bright.side])
    assert palms.keypoints[0, 0] == pytest.approx([middle[0], middle[1] + 0.1 * bright.side])
    # One tile alone, counted round.
    last = len(tiles) - 1
    found = [len(SmallPalmStage(find_palms)(image, which)) for which in range(2 * len(tiles))]
    assert found[last] == found[last + len(tiles)] == 1
    assert found.index(1) > 0
    # Nothing is to be seen in the tiles of a small picture.
    assert len(SmallPalmStage(find_palms)(np.full((60, 80, 3), 255, np.uint8))) == 0


def test_small_palms_of_a_strip(folder: Path) -> None:
    find_palms, _ = _stages(folder, min_score=0.0)
    assert len(SmallPalmStage(find_palms)(np.full((3, 3000, 3), 255, np.uint8))) == 0


def test_landmarks_of_several_regions_in_one_run(folder: Path) -> None:
    _, find_landmarks = _stages(folder)
    image = np.zeros((300, 300, 3), np.uint8)
    image[:, 150:] = 255
    rois = [Roi((60.0, 150.0), 100.0, 0.0), Roi((220.0, 150.0), 90.0, 1.0)]
    dark, bright = find_landmarks(image, rois)
    assert (dark.presence, dark.right) == pytest.approx((0, 1))
    assert (bright.presence, bright.right) == pytest.approx((1, 0))
    for roi, estimate in zip(rois, (dark, bright), strict=True):
        assert estimate.roi == roi
        assert roi.to_unit(estimate.landmarks[:, :2]) == pytest.approx(MODEL_LANDMARKS[:, :2])
        depth = (MODEL_LANDMARKS[:, 2] - MODEL_LANDMARKS[0, 2]) * roi.size
        assert estimate.landmarks[:, 2] == pytest.approx(depth, abs=1e-4)
        assert estimate.landmarks_world[:, :2] == pytest.approx(roi.turned(MODEL_WORLD[:, :2]))
    assert find_landmarks(image, []) == []


def test_regions_in_a_mirror(folder: Path) -> None:
    """The scripted model says the same of every crop: of the region's mirror image it is turned
    back, landmarks about the middle, the side into the other."""
    _, find_landmarks = _stages(folder)
    image = np.full((300, 300, 3), 255, np.uint8)
    roi = Roi((120.0, 150.0), 90.0, 0.7)
    (seen,) = find_landmarks(image, [roi], in_mirror=True)
    across = np.array([-1.0, 1.0])
    assert roi.to_unit(seen.landmarks[:, :2]) == pytest.approx(
        MODEL_LANDMARKS[:, :2] * across + (1, 0)
    )
    assert seen.landmarks_world[:, :2] == pytest.approx(roi.turned(MODEL_WORLD[:, :2] * across))
    assert seen.landmarks_world[:, 2] == pytest.approx(MODEL_WORLD[:, 2])
    assert (seen.presence, seen.right) == pytest.approx((1, 1))
    assert find_landmarks(image, [], in_mirror=True) == []


def test_in_a_mirror_the_model_sees_the_mirror_image(folder: Path) -> None:
    """Of a hand in a mirror image the mirrored look says what the plain one says of the hand."""
    seen = []

    def remember(crops: np.ndarray) -> list[np.ndarray]:
        seen.append(crops)
        return model.run(crops)

    _, stage = _stages(folder)
    model = stage.model
    watched = LandmarkStage(SimpleNamespace(sidecar=model.sidecar, run=remember))  # type: ignore[arg-type]
    image = np.random.default_rng(0).integers(0, 256, (200, 200, 3), np.uint8)
    roi = Roi((90.0, 100.0), 80.0, 0.4)
    watched(image, [roi])
    watched(image, [roi], in_mirror=True)
    np.testing.assert_array_equal(seen[1], seen[0][:, :, ::-1])
