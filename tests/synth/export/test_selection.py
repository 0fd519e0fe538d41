from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import fsspec
import pytest

from synth.dataset import read_dataset
from synth.dataset import write_dataset as write_record
from synth.errors import UserError
from synth.export.selection import Portion, read_split, select
from synth.scene import Split
from tests.synth.export.made_hands import write_dataset


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_dataset(tmp_path_factory.mktemp("selection") / "drawn")


def test_all_splits_in_order(dataset: Path) -> None:
    selection = select(dataset)
    assert list(selection.portions) == ["train", "val", "test"]
    assert selection.samples == 7
    keys = [s.key for split in selection.portions for s in read_split(selection, split)]
    assert keys == [f"{n:08d}_000_0" for n in range(7)]


def test_a_limit_is_of_each_split(dataset: Path) -> None:
    selection = select(dataset, limit=2)
    assert selection.portions["train"] == (Portion("train-000000.tar", 2),)
    assert [len(list(read_split(selection, s))) for s in selection.portions] == [2, 1, 2]


def test_a_limit_ends_inside_a_shard(dataset: Path, tmp_path: Path) -> None:
    record = read_dataset(dataset)
    first, *_ = record.shards
    shards = [replace(first, name=f"train-{n:06d}.tar") for n in range(3)]
    write_record(tmp_path, replace(record, shards=tuple(shards)))
    portions = select(tmp_path, "train", 6).portions["train"]
    assert [portion.samples for portion in portions] == [4, 2]


def test_a_dataset_in_a_store(dataset: Path) -> None:
    store = fsspec.filesystem("memory")
    store.put(f"{dataset}/", "/exported/", recursive=True)
    selection = select("memory://exported", "test")
    assert [s.label["split"] for s in read_split(selection, "test")] == ["test", "test"]


@pytest.mark.parametrize("split", [None, "val"])
def test_no_image_is_named(tmp_path: Path, dataset: Path, split: Split | None) -> None:
    record = read_dataset(dataset)
    shards = tuple(shard for shard in record.shards if split and shard.split != split)
    write_record(tmp_path, replace(record, shards=shards))
    with pytest.raises(UserError, match="there is no image"):
        select(tmp_path, split)


def test_a_shard_with_fewer_samples_is_noticed(dataset: Path, tmp_path: Path) -> None:
    record = read_dataset(dataset)
    shards = tuple(replace(shard, samples=shard.samples + 1) for shard in record.shards)
    (tmp_path / "test-000000.tar").write_bytes((dataset / "test-000000.tar").read_bytes())
    write_record(tmp_path, replace(record, shards=shards))
    with pytest.raises(UserError, match=r"test-000000\.tar: holds 2 samples, dataset.json says 3"):
        list(read_split(select(tmp_path, "test"), "test"))
