"""Datasets of photographs, whose manifests say something else and whose labels say less."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from annotate.formats.document import Document, LabelledPhotograph
from annotate.formats.shards import INDEX, write_shards
from annotate.labels import Hand, Label
from synth.shards.archive import END, pack, unpack
from synth.storage.files import sha256_of
from synth.validation.dataset_check import check_dataset
from tests.annotate.drawn import full_hand
from tests.annotate.formats.pictures import write_picture


def photograph(folder: Path, name: str, seed: int, label: Label) -> LabelledPhotograph:
    pixels = np.random.default_rng(seed).integers(0, 255, (12, 16, 3), dtype=np.uint8)
    write_picture(folder / name, cv2.resize(pixels, (64, 48), interpolation=cv2.INTER_CUBIC))
    return LabelledPhotograph(name, 64, 48, label)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("photographs")
    whole = full_hand(20, 40, 16)
    unfinished = Hand(id=2, side=None, points=(*whole.points[:8], *[None] * 13))
    labels = [
        Label(hands=(whole,), done=True),
        Label(no_hand=True),
        Label(hands=(whole, unfinished), done=True),
        Label(hands=(full_hand(60, 40, 16),), done=True),  # half of it outside
        Label(hands=(whole,), done=True, mirrored=True),
    ]
    photographs = [
        photograph(folder, f"{'abcdefgh'[k // 3]}/{k}.jpg", k, labels[k % len(labels)])
        for k in range(24)
    ]
    shares = {"train": 0.5, "val": 0.25, "test": 0.25}
    output = folder / "dataset"
    write_shards(Document(tuple(photographs)), folder, output, shares=shares)  # type: ignore[arg-type]
    return output


@pytest.fixture
def copy(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "copy"))


def test_photographs_have_no_fault(made: Path) -> None:
    verdict = check_dataset(made)
    assert verdict.faults.first == {}
    assert verdict.samples == 24


def test_a_photograph_that_is_in_two_splits(copy: Path) -> None:
    origins = json.loads((copy / INDEX).read_text())
    keys = sorted(origins)
    origins[keys[-1]] = origins[keys[0]]
    (copy / INDEX).write_text(json.dumps(origins))
    verdict = check_dataset(copy)
    assert verdict.faults.counts == {"splits": 1}
    assert verdict.faults.first["splits"][0].key == keys[-1]


def test_an_index_of_other_samples(copy: Path) -> None:
    origins = json.loads((copy / INDEX).read_text())
    del origins[min(origins)]
    (copy / INDEX).write_text(json.dumps(origins))
    assert check_dataset(copy).faults.counts == {"splits": 1}
    (copy / INDEX).write_text("[]")
    assert check_dataset(copy).faults.counts == {"dataset.json": 1}
    (copy / INDEX).unlink()
    assert check_dataset(copy).faults.counts == {"dataset.json": 1}


def rewrite(folder: Path, name: str, members: list[tuple[str, bytes]]) -> None:
    """Put other members into a shard, and what dataset.json says of it right."""
    (folder / name).write_bytes(b"".join(pack(members)) + END)
    content = json.loads((folder / "dataset.json").read_text())
    for record in content["shards"]:
        if record["name"] == name:
            path = folder / name
            record.update(sha256=sha256_of(path), bytes=path.stat().st_size)
    (folder / "dataset.json").write_text(json.dumps(content))


def test_the_same_picture_under_two_names(copy: Path) -> None:
    train = dict(unpack(copy / "train-000000.tar"))
    picture = next(data for name, data in train.items() if name.endswith("jpg"))
    members = list(unpack(copy / "test-000000.tar"))
    index = next(i for i, (name, _) in enumerate(members) if name.endswith("jpg"))
    members[index] = (members[index][0], picture)
    rewrite(copy, "test-000000.tar", members)
    verdict = check_dataset(copy)
    assert verdict.faults.counts == {"splits": 1}
    assert "is in train and in test" in verdict.faults.first["splits"][0].what


def test_a_sample_that_is_gone(copy: Path) -> None:
    members = list(unpack(copy / "train-000000.tar"))
    rewrite(copy, "train-000000.tar", members[:2] + members[4:])
    counts = check_dataset(copy).faults.counts
    assert counts.keys() == {"keys"}


def test_what_nobody_can_know_of_a_photograph(copy: Path) -> None:
    members = list(unpack(copy / "train-000000.tar"))
    index = next(i for i, (name, data) in enumerate(members) if b'"side":"' in data)
    members[index] = (members[index][0], members[index][1].replace(b'"skin":null', b'"skin":"tan"'))
    rewrite(copy, "train-000000.tar", members)
    verdict = check_dataset(copy)
    assert verdict.faults.counts == {"label": 1}
    assert "skin" in verdict.faults.first["label"][0].what
