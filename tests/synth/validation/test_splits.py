"""What splits may not share."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from synth.dataset import Dataset
from synth.shards.writer import ShardRecord
from synth.validation.backgrounds import background_faults, background_photographs
from synth.validation.splits import Pools, origin_faults, sequence_faults, split_faults


def record(split: str, first: int, sequences: int, samples: int = 1) -> ShardRecord:
    return ShardRecord(f"{split}-000000.tar", split, "ab" * 32, 1, first, sequences, samples)


DATASET = Dataset("d", {"sequences": 9}, "", {}, {}, (record("train", 0, 6), record("val", 6, 3)))


def test_pools_of_different_splits_are_compared_in_pairs() -> None:
    pools = {
        "train": Pools({"1", "2"}, {"a.exr"}),
        "val": Pools({"2", "3"}, {"b.exr"}),
        "test": Pools({"3", "4"}, {"a.exr"}),
    }
    assert [fault.what for fault in split_faults(pools)] == [
        "identity 2 is in train and in val",
        "HDRI a.exr is in train and in test",
        "identity 3 is in val and in test",
    ]


def test_sequences_are_in_one_shard() -> None:
    assert not list(sequence_faults(DATASET))
    claimed = replace(DATASET, shards=(record("train", 0, 7), record("val", 6, 3)))
    assert [fault.shard for fault in sequence_faults(claimed)] == ["val-000000.tar"]


def test_photographs_are_in_one_split() -> None:
    origins = {"00000000_000_0": "a.jpg", "00000006_000_0": "b.jpg"}
    assert not list(origin_faults("i", origins, DATASET))
    shared = {**origins, "00000006_000_0": "a.jpg"}
    assert [fault.key for fault in origin_faults("i", shared, DATASET)] == ["00000006_000_0"]
    lost = {"00000000_000_0": "a.jpg", "00000099_000_0": "b.jpg"}
    assert [fault.key for fault in origin_faults("i", lost, DATASET)] == ["00000099_000_0"]


@pytest.fixture
def with_photographs(tmp_path: Path) -> Dataset:
    for number in range(8):
        (tmp_path / f"{number}.jpg").write_bytes(bytes([number]) * 50)
    lines = "\n".join(f"{number}.jpg 50" for number in range(8))
    manifest = {
        "seed": 3,
        "sequences": 9,
        "splits": {"train": 0.5, "val": 0.25, "test": 0.25},
        "background": {"hdri": 0.0, "photo": 1.0, "procedural": 0.0, "photos": str(tmp_path)},
    }
    inputs = {"photos": hashlib.sha256(lines.encode()).hexdigest()}
    return replace(DATASET, manifest=manifest, inputs=inputs)


def test_backgrounds_are_found_again_and_copies_in_them(
    with_photographs: Dataset, tmp_path: Path
) -> None:
    found = background_photographs(with_photographs)
    assert found is not None
    assert sorted(len(paths) for paths in found.values()) == [2, 2, 4]
    assert not list(background_faults(found))
    copy, original = found["test"][0], found["train"][0]
    Path(copy).write_bytes(Path(original).read_bytes())
    (fault,) = background_faults(found)
    assert copy in fault.what
    assert original in fault.what


def test_backgrounds_that_are_elsewhere_are_not_judged(
    with_photographs: Dataset, tmp_path: Path
) -> None:
    (tmp_path / "9.jpg").write_bytes(b"new")
    # What is listed is remembered for the life of a process: another name for the same folder.
    manifest = with_photographs.manifest
    moved = {**manifest["background"], "photos": f"{tmp_path}/."}
    changed = replace(with_photographs, manifest={**manifest, "background": moved})
    assert background_photographs(changed) is None
    gone = {**manifest["background"], "photos": str(tmp_path / "none")}
    lost = replace(with_photographs, manifest={**manifest, "background": gone})
    assert background_photographs(lost) is None
    assert background_photographs(DATASET) == {}
