"""Real generation with Blender: undisturbed, and killed half-way and resumed, byte by byte."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest
import webdataset

from synth.generation.work import prepare
from synth.landmarks import BLENDSHAPES, BONES
from synth.manifest import load_manifest
from synth.sample import Sample
from synth.shards.parts import PARTS_FOLDER
from synth.shards.reader import read_samples
from synth.storage.place import place_at

pytestmark = pytest.mark.render

ROOT = Path(__file__).parents[1]
MANIFEST = """
name: end-to-end
seed: 11
sequences: 4
frames_per_sequence: 2
cameras: 3
image: {width: 64, height: 64, samples: 4, mask: true, depth: true}
camera: {scale: [0.4, 0.9], scale_mode: 0.6}
output: {sequences_per_shard: 2}
"""


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("end-to-end") / "manifest.yaml"
    path.write_text(MANIFEST)
    return path


def generate(manifest: Path, folder: Path, workers: int) -> subprocess.Popen[str]:
    options = ["-o", str(folder), "--workers", str(workers), "--device", "cpu"]
    return subprocess.Popen(
        [sys.executable, "-m", "synth.cli", "generate", str(manifest), *options],
        cwd=ROOT,
        text=True,
        stderr=subprocess.PIPE,
    )


@pytest.fixture(scope="module")
def undisturbed(manifest: Path) -> Path:
    folder = manifest.parent / "undisturbed"
    process = generate(manifest, folder, 1)
    _, errors = process.communicate(timeout=500)
    assert process.returncode == 0, errors
    return folder


def content(folder: Path) -> dict[str, bytes]:
    described = json.loads((folder / "dataset.json").read_text())
    del described["made"]
    described = {"dataset.json": json.dumps(described, sort_keys=True).encode()}
    return {path.name: path.read_bytes() for path in folder.glob("*.tar")} | described


def finished(folder: Path) -> int:
    if not (folder / "dataset.json").exists():
        return 0
    shards = json.loads((folder / "dataset.json").read_text())["shards"]
    parts = list((folder / PARTS_FOLDER).glob("*-*.tar"))
    return len(parts) + sum(shard["sequences"] for shard in shards)


def test_killed_half_way_and_resumed(manifest: Path, undisturbed: Path) -> None:
    folder = manifest.parent / "disturbed"
    process = generate(manifest, folder, 2)
    deadline = time.monotonic() + 300
    while not finished(folder):
        assert process.poll() is None, process.communicate()[1]
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert finished(folder) < 4, "the kill came too late to test anything"

    process = generate(manifest, folder, 2)
    _, errors = process.communicate(timeout=500)
    assert process.returncode == 0, errors
    made = re.search(r"made (\d+) images", errors)
    assert made is not None
    assert 0 < int(made[1]) < 24  # what was finished was not made again
    there, expected = content(folder), content(undisturbed)
    assert there.keys() == expected.keys()
    assert [name for name in expected if there[name] != expected[name]] == []


def test_nothing_is_missing(manifest: Path, undisturbed: Path) -> None:
    place = place_at(undisturbed)
    work = prepare(
        load_manifest(manifest), place, undisturbed, None, lambda line: pytest.fail(line)
    )
    assert list(work.missing()) == []


def test_the_samples_are_hands(undisturbed: Path) -> None:
    samples = list(read_samples(undisturbed))
    assert len(samples) == 24
    for sample in samples:
        image = cv2.imdecode(np.frombuffer(sample.jpeg, np.uint8), cv2.IMREAD_COLOR)
        assert image is not None
        assert image.shape == (64, 64, 3)
        assert image.std() > 2
        check_label(sample)
        assert sample.mask is not None
        assert sample.depth is not None
        assert (sample.mask == 1).any()
        hand = sample.depth[sample.mask == 1]
        assert np.isfinite(hand).all()
        distance = sample.label["hands"][0]["landmarks_camera"][0][2]
        assert abs(np.median(hand) - distance) < 0.3


def check_label(sample: Sample) -> None:
    label = sample.label
    assert set(label) == {
        "sequence",
        "frame",
        "camera_index",
        "split",
        "kind",
        "image",
        "camera",
        "light",
        "hands",
    }
    assert sample.key == (f"{label['sequence']:08d}_{label['frame']:03d}_{label['camera_index']}")
    assert label["image"] == {"width": 64, "height": 64}
    assert "/" not in label["light"]["hdri"]  # no path of this machine
    (hand,) = label["hands"]
    assert set(hand) == {
        "side",
        "landmarks_image",
        "landmarks_camera",
        "landmarks_world",
        "visibility",
        "box",
        "palm_box",
        "bones",
        "blendshapes",
        "phenotype",
        "skin",
        "gesture",
        "number",
        "identity",
        "worn",
        "holds",
    }
    assert set(hand["bones"]) == set(BONES)
    assert set(hand["blendshapes"]) == set(BLENDSHAPES)
    # The camera's own numbers project each landmark to where the label has it.
    camera = np.array(hand["landmarks_camera"])
    image = np.array(hand["landmarks_image"])
    K = np.array(label["camera"]["K"])
    projected = camera @ K.T
    np.testing.assert_allclose(projected[:, :2] / projected[:, 2:], image[:, :2], atol=0.02)
    depth = (camera[:, 2] - camera[0, 2]) * K[0, 0] / camera[0, 2]
    np.testing.assert_allclose(depth, image[:, 2], atol=0.02)
    world = np.array([[*point, 1.0] for point in hand["landmarks_world"]])
    moved = world @ np.array(label["camera"]["world_to_camera"]).T
    np.testing.assert_allclose(moved[:, :3], camera, atol=1e-5)


def test_the_splits_share_no_person_and_no_light(undisturbed: Path) -> None:
    for what in (
        lambda label: label["sequence"],
        lambda label: label["light"]["hdri"],
        lambda label: json.dumps(label["hands"][0]["phenotype"], sort_keys=True),
    ):
        by_split = [
            {what(sample.label) for sample in read_samples(undisturbed, split)}
            for split in ("train", "val", "test")
        ]
        assert all(by_split)
        assert len(set().union(*by_split)) == sum(map(len, by_split))


def test_webdataset_streams_it(undisturbed: Path) -> None:
    shards = sorted(map(str, undisturbed.glob("train-*.tar")))
    dataset = (
        webdataset.WebDataset(shards, shardshuffle=False).decode("rgb").to_tuple("jpg", "json")
    )
    samples = list(dataset)
    assert len(samples) == 12
    assert samples[0][0].shape == (64, 64, 3)
    assert samples[0][1]["split"] == "train"
