"""What a reader of FreiHAND's files gets, by its own formula: u, v = K · xyz ÷ z."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from synth.errors import UserError
from synth.export.freihand import write_freihand
from synth.export.freihand_crop import SIDE, crop_around
from synth.export.selection import Exported, read_split, select
from tests.made_shards import write_shards
from tests.synth.export.made_hands import (
    drawn_sample,
    photograph,
    red_of,
    write_dataset,
)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_dataset(tmp_path_factory.mktemp("freihand") / "drawn")


@pytest.fixture(scope="module")
def exported(dataset: Path) -> tuple[Path, Exported]:
    output = dataset.parent / "out"
    output.mkdir()
    return output, write_freihand(select(dataset), output)


def read(folder: Path, name: str) -> dict[str, Any]:
    return {
        kind: json.loads((folder / f"{name}_{kind}.json").read_text())
        for kind in ("xyz", "K", "scale", "source")
    }


def project(xyz: Any, K: Any) -> NDArray[np.float64]:
    uvw = np.matmul(np.array(K), np.array(xyz).T).T
    return np.asarray(uvw[:, :2] / uvw[:, -1:])


def test_files(exported: tuple[Path, Exported]) -> None:
    folder, counts = exported
    left_out = {"partly outside": 1, "too small": 1, "mostly hidden": 1}
    assert counts == Exported({"train": 2, "val": 1, "test": 2}, 5, left_out)
    for name, count in (("training", 2), ("validation", 1), ("evaluation", 2)):
        data = read(folder, name)
        assert np.shape(data["xyz"]) == (count, 21, 3)
        assert np.shape(data["K"]) == (count, 3, 3)
        assert np.shape(data["scale"]) == (count,)
        for index in range(count):
            image = cv2.imread(str(folder / name / "rgb" / f"{index:08d}.jpg"))
            assert image.shape == (SIDE, SIDE, 3)
        assert len(list((folder / name / "rgb").iterdir())) == count
    assert not (folder / "validation" / "mask").exists()  # that sample has none


def test_points_project_to_the_landmarks(dataset: Path, exported: tuple[Path, Exported]) -> None:
    data = read(exported[0], "training")
    (sample, *_) = read_split(select(dataset), "train")
    for xyz, K, source in zip(data["xyz"], data["K"], data["source"], strict=True):
        (hand,) = [h for h in sample.label["hands"] if h["number"] == source["number"]]
        assert source["key"] == sample.key
        assert source["mirrored"] == (hand["side"] == "left")
        assert source["visibility"] == hand["visibility"]
        left, top, side = source["square"]
        uv = project(xyz, K)
        if source["mirrored"]:
            uv[:, 0] = SIDE - uv[:, 0]
        in_image = uv * side / SIDE + [left, top]
        assert np.abs(in_image - np.array(hand["landmarks_image"])[:, :2]).max() < 0.01


def test_points_lie_where_the_picture_shows_them(exported: tuple[Path, Exported]) -> None:
    for name in ("training", "validation", "evaluation"):
        data = read(exported[0], name)
        for index, (xyz, K) in enumerate(zip(data["xyz"], data["K"], strict=True)):
            image = cv2.imread(str(exported[0] / name / "rgb" / f"{index:08d}.jpg"))
            for landmark, (u, v) in enumerate(project(xyz, K)):
                # The pixel below the point, and its neighbours all around, have the dot's colour.
                x, y = int(u), int(v)
                red = np.median(image[y - 1 : y + 2, x - 1 : x + 2, 2])
                assert abs(red - red_of(landmark)) < 12


def test_all_are_right_hands(exported: tuple[Path, Exported]) -> None:
    data = read(exported[0], "training")
    assert [source["side"] for source in data["source"]] == ["right", "left"]
    for xyz, K in zip(data["xyz"], data["K"], strict=True):
        # Palm to the camera, fingers up: the thumb of a right hand is on the picture's right.
        points, uv = np.array(xyz), project(xyz, K)
        assert points[4, 0] > points[20, 0]
        assert uv[4, 0] > uv[20, 0]
        assert uv[12, 1] < uv[0, 1]
        assert (points[:, 2] > 0).all()
        assert K[0][0] > 0
        assert K[0][0] == pytest.approx(K[1][1])


def test_scale_is_the_middle_fingers_proximal_phalanx(exported: tuple[Path, Exported]) -> None:
    data = read(exported[0], "training")
    for scale, xyz in zip(data["scale"], np.array(data["xyz"]), strict=True):
        assert scale == pytest.approx(np.linalg.norm(xyz[9] - xyz[10]), abs=2e-6)
        assert scale == pytest.approx(0.04 * np.hypot(1, 0.2), abs=2e-6)  # as it was drawn


def test_masks_are_of_the_one_hand(exported: tuple[Path, Exported]) -> None:
    data = read(exported[0], "training")
    for index, (xyz, K) in enumerate(zip(data["xyz"], data["K"], strict=True)):
        path = exported[0] / "training" / "mask" / f"{index:08d}.jpg"
        mask = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE) >= 128
        uv = project(xyz, K)
        assert all(mask[int(v), int(u)] for u, v in uv)
        rows, columns = np.nonzero(mask)
        far = np.sqrt(((np.column_stack([columns, rows]) + 0.5)[:, None] - uv) ** 2).min(1).max()
        assert far < 30  # the other hand's skin is not in it


@pytest.mark.parametrize("center", [(0.0, 0.0), (100.0, 80.0), (20.0, 230.0), (319.0, 1.0)])
@pytest.mark.parametrize("extent", [33.0, 150.0, 239.0, 300.0])
@pytest.mark.parametrize("mirrored", [False, True])
def test_the_square_holds_the_hand(
    center: tuple[float, float], extent: float, mirrored: bool
) -> None:
    size = np.array([320, 240])
    low = np.clip(np.array(center) - extent / 2, 0, size - 1)
    high = np.clip(np.array(center) + extent / 2, low + 1, size)
    crop = crop_around(np.array([low, high]), 320, 240, mirrored)
    corner = np.array([crop.left, crop.top])
    assert (corner <= low).all()
    assert (corner + crop.side >= high).all()
    if crop.side <= 240:
        assert (corner >= 0).all()
        assert (corner + crop.side <= size).all()
    uv = np.array([[*low, 1.0], [*high, 1.0]]) @ crop.matrix().T
    assert (uv[:, :2] > -1e-9).all()
    assert (uv[:, :2] < SIDE + 1e-9).all()


@pytest.mark.parametrize("mirrored", [False, True])
def test_beyond_the_image_it_is_black(mirrored: bool) -> None:
    image = np.full((240, 320, 3), 200, np.uint8)
    image[:, :160] = 100
    crop = crop_around(np.array([[10.0, 100.0], [310.0, 230.0]]), 320, 240, mirrored)
    cut = crop.cut(image)
    assert crop.side > 240
    rows = (np.arange(SIDE) + 0.5) * crop.side / SIDE + crop.top
    inside = (rows > 2) & (rows < 238)
    assert (cut[(rows < -2) | (rows > 242)] == 0).all()
    left, right = (200, 100) if mirrored else (100, 200)
    assert (cut[inside, 10] == left).all()
    assert (cut[inside, -10] == right).all()


@pytest.mark.parametrize("what", ["photographs", "no hands"])
def test_nothing_to_export_is_said(tmp_path: Path, what: str) -> None:
    sample = photograph() if what == "photographs" else drawn_sample([], 0, "test")
    write_shards(tmp_path / "in", {"test": [sample]})
    (tmp_path / "out").mkdir()
    reason = "1 without 3D" if what == "photographs" else "no hand at all"
    with pytest.raises(UserError, match=rf"there is no hand to export .*\({reason}\)"):
        write_freihand(select(tmp_path / "in"), tmp_path / "out")


def test_a_mask_keeps_its_values() -> None:
    mask = np.zeros((240, 320), np.uint8)
    mask[50:120, 60:130] = 255
    extent = np.array([[40.0, 30.0], [150.0, 140.0]])
    cut = crop_around(extent, 320, 240, mirrored=False).cut(mask, smooth=False)
    assert set(np.unique(cut)) == {0, 255}
