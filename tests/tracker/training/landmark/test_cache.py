"""The cache of crops: built once, read without decoding, never taken for another or for whole."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from synth.errors import UserError
from synth.sample import Sample
from tests.tracker.training.made_hands import write_hands
from tracker.training.landmark import cache as cache_module
from tracker.training.landmark.cache import (
    CropSet,
    crops_of_dataset,
    crops_of_photos,
    dataset_key,
)
from tracker.training.landmark.crops import SIDE

ROOT = Path(__file__).parents[4]


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    return write_hands(tmp_path / "hands")


@pytest.fixture
def no_decoding(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("an image is decoded")

    monkeypatch.setattr(cache_module.cv2, "imdecode", fail)


def entries(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.suffix != ".lock")


def assert_same(one: CropSet, other: CropSet) -> None:
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
    grown["shards"].append({"name": "train-000001.tar", "split": "train", "sha256": "more"})
    (dataset / "dataset.json").write_text(json.dumps(grown))
    assert dataset_key(dataset, "train") not in keys
    assert dataset_key(dataset, "val") in keys
    one = crops_of_dataset(dataset, "val", tmp_path / "cache")
    two = crops_of_dataset(other, "val", tmp_path / "cache")
    assert not np.array_equal(one.labels["landmarks"][0], two.labels["landmarks"][0])


def test_an_interrupted_build_is_not_taken_for_whole(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = crops_of_dataset(dataset, "val", tmp_path / "whole")
    real = cache_module.read_samples

    def stopping(*arguments: object) -> Iterator[object]:
        for number, sample in enumerate(real(*arguments)):
            if number == 5:
                raise KeyboardInterrupt
            yield sample

    monkeypatch.setattr(cache_module, "read_samples", stopping)
    with pytest.raises(KeyboardInterrupt):
        crops_of_dataset(dataset, "val", tmp_path / "cache")
    assert all(name.endswith(".tmp") for name in entries(tmp_path / "cache"))
    monkeypatch.undo()
    assert_same(whole, crops_of_dataset(dataset, "val", tmp_path / "cache"))
    assert not any(name.endswith(".tmp") for name in entries(tmp_path / "cache"))


def test_two_at_once_build_it_once(dataset: Path, tmp_path: Path) -> None:
    built: list[str] = []
    real = cache_module._write

    def counted(target: Path, *arguments: object) -> None:
        built.append(target.name)
        real(target, *arguments)

    found: list[CropSet] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cache_module, "_write", counted)
        threads = [
            threading.Thread(
                target=lambda: found.append(crops_of_dataset(dataset, "train", tmp_path / "cache"))
            )
            for _ in range(3)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(built) == 1
    assert len(found) == 3
    assert_same(found[0], found[2])


def test_a_killed_build_leaves_no_lock(dataset: Path, tmp_path: Path) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path\n"
        "from tracker.training.landmark import cache\n"
        "cache._write = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "cache.crops_of_dataset(Path(sys.argv[1]), 'val', Path(sys.argv[2]))\n"
    )
    arguments = [sys.executable, "-c", code, str(dataset), str(tmp_path / "cache")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(arguments, cwd=ROOT, env=environment, timeout=60)
    assert done.returncode == -signal.SIGKILL
    assert len(crops_of_dataset(dataset, "val", tmp_path / "cache")) >= 8


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
    with pytest.raises(UserError, match="no dataset.json"):
        crops_of_dataset(tmp_path, "train", tmp_path / "cache")
    (dataset / "dataset.json").write_text("{")
    with pytest.raises(UserError, match="cannot be read"):
        crops_of_dataset(dataset, "train", tmp_path / "cache")


def test_a_damaged_image_is_named(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    damaged = Sample("val0000", b"\xff\xd8 and no more", {"hands": []})
    monkeypatch.setattr(cache_module, "read_samples", lambda *_: iter([damaged]))
    with pytest.raises(UserError, match="val0000 is damaged"):
        crops_of_dataset(dataset, "val", tmp_path / "cache")
