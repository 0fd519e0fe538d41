"""The cache of crops: built once, read without decoding, never taken for another or for whole."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from synth.errors import UserError
from tests.made_shards import write_shards
from tests.tracker.training.made_hands import hand_sample, write_hands
from tracker.training.image_cache import CachedImages
from tracker.training.landmark.cache import crops_of_dataset, crops_of_photos, dataset_key
from tracker.training.landmark.crops import SIDE


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    return write_hands(tmp_path / "hands")


@pytest.fixture
def no_decoding(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("an image is decoded")

    monkeypatch.setattr(cv2, "imdecode", fail)


def assert_same(one: CachedImages, other: CachedImages) -> None:
    np.testing.assert_array_equal(one.images, other.images)
    np.testing.assert_array_equal(one.masks, other.masks)
    assert set(one.labels) == set(other.labels)
    for name, column in one.labels.items():
        np.testing.assert_array_equal(column, other.labels[name])


def test_hands_and_places_without_one(dataset: Path, tmp_path: Path) -> None:
    crops = crops_of_dataset(dataset, "train", tmp_path / "cache")
    hands = crops.labels["presence"] == 1
    assert hands.sum() == 24
    assert (crops.labels["presence"][~hands] == 0).all()
    assert len(crops) == len(crops.labels["presence"])
    assert crops.images.shape == (len(crops), SIDE, SIDE, 3)
    assert crops.masks.shape == (len(crops), SIDE, SIDE)
    assert not np.isnan(crops.labels["landmarks"][hands]).any()
    assert 0 < crops.labels["right"][hands].mean() < 1
    # The dots at the landmarks are there, and red as they were drawn.
    row = int(np.flatnonzero(hands)[0])
    x, y = (crops.labels["landmarks"][row, 9, :2] * SIDE).astype(int)
    red, _, blue = crops.images[row, y, x].astype(int)
    assert red > 180 > 100 > blue
    assert crops.masks[row, y, x] == 1


def test_the_second_use_reads_it(
    dataset: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    first = crops_of_dataset(dataset, "train", tmp_path / "cache")
    request.getfixturevalue("no_decoding")
    assert_same(first, crops_of_dataset(dataset, "train", tmp_path / "cache"))
    with pytest.raises(AssertionError, match="decoded"):
        crops_of_dataset(dataset, "val", tmp_path / "cache")


def test_the_same_dataset_gives_the_same_crops(dataset: Path, tmp_path: Path) -> None:
    sets = [crops_of_dataset(dataset, "val", tmp_path / name) for name in ("a", "b")]
    assert_same(*sets)


def test_another_dataset_has_a_cache_of_its_own(dataset: Path, tmp_path: Path) -> None:
    other = write_hands(tmp_path / "elsewhere" / "hands", seed=1)
    keys = {dataset_key(dataset, "train"), dataset_key(dataset, "val"), dataset_key(other, "train")}
    assert len(keys) == 3
    grown = json.loads((dataset / "dataset.json").read_text())
    grown["shards"].append({**grown["shards"][0], "name": "train-000001.tar"})
    (dataset / "dataset.json").write_text(json.dumps(grown))
    assert dataset_key(dataset, "train") not in keys
    assert dataset_key(dataset, "val") in keys
    one = crops_of_dataset(dataset, "val", tmp_path / "cache")
    two = crops_of_dataset(other, "val", tmp_path / "cache")
    assert not np.array_equal(one.labels["landmarks"][0], two.labels["landmarks"][0])


def test_of_hidden_hands_there_is_no_crop_and_pictures_without_a_hand_give_a_place(
    tmp_path: Path,
) -> None:
    rng = np.random.default_rng(0)
    hidden = [hand_sample(f"a{i:03d}", rng) for i in range(4)]
    for sample in hidden:
        sample.label["hands"][0]["visibility"] = [1] * 21
        sample.mask[sample.mask == 1] = 255  # cloth
    empty = [replace(hand_sample(f"b{i:03d}", rng), mask=None) for i in range(4)]
    for sample in empty:
        sample.label["hands"] = []
    folder = write_shards(tmp_path / "hands", {"train": [*hidden, *empty]})
    crops = crops_of_dataset(folder, "train", tmp_path / "cache")
    assert len(crops) == 8
    assert not crops.labels["presence"].any()


def photos_of(folder: Path) -> Path:
    folder.mkdir()
    image = np.full((200, 300, 3), 80, np.uint8)
    image[50:110, 60:120] = (200, 30, 30)  # blue in OpenCV's order, red channel 30
    cv2.imwrite(str(folder / "a.png"), image)
    points: list[list[float] | None] = [None] * 21
    points[4] = [90.0, 80.0]
    records = [
        {"file": "a.png", "set": "s", "width": 300, "height": 200, "boxes": [[60, 50, 120, 110]],
         "keypoints": [points], "handedness": ["Left"]},
        {"file": "a.png", "set": "s", "width": 300, "height": 200},
    ]  # fmt: skip
    (folder / "index.json").write_text(json.dumps(records))
    return folder


def test_photographs(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    folder = photos_of(tmp_path / "photos")
    crops = crops_of_photos(folder, tmp_path / "cache")
    presence = crops.labels["presence"]
    assert (presence == 1).sum() == 1
    assert 1 <= (presence == 0).sum() <= 3
    row = int(np.flatnonzero(presence == 1)[0])
    assert crops.labels["right"][row] == 0
    np.testing.assert_allclose(crops.labels["landmarks"][row, 4, :2], 0.5, atol=1e-6)
    assert np.isnan(crops.labels["landmarks"][row]).sum() == 63 - 2
    assert crops.images[row, SIDE // 2, SIDE // 2].tolist() == [30, 30, 200]
    # Nowhere among the negatives is much of the hand.
    for negative in crops.images[presence == 0]:
        middle = negative[SIDE // 6 : -SIDE // 6, SIDE // 6 : -SIDE // 6]
        assert (middle[..., 2] > 150).mean() < 0.3
    request.getfixturevalue("no_decoding")
    assert_same(crops, crops_of_photos(folder, tmp_path / "cache"))


def test_errors_are_one_line(dataset: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is no dataset"):
        crops_of_dataset(tmp_path, "train", tmp_path / "cache")
    (dataset / "dataset.json").write_text("{")
    with pytest.raises(UserError, match="is damaged"):
        crops_of_dataset(dataset, "train", tmp_path / "cache")
