"""What pyarrow, and Hugging Face's datasets, make of an export."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from PIL import Image

from synth.errors import UserError
from synth.export.dataset_card import dataset_card
from synth.export.parquet import write_parquet
from synth.export.parquet_schema import parquet_schema, refuse_unknown
from synth.export.selection import Exported, read_split, select
from synth.sample import Sample
from tests.made_shards import write_shards
from tests.synth.export.made_hands import RIGHT, drawn_sample, photograph, write_dataset

FILES = {"train": "train", "val": "validation", "test": "test"}


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_dataset(tmp_path_factory.mktemp("parquet") / "drawn")


@pytest.fixture(scope="module")
def exported(dataset: Path) -> tuple[Path, Exported]:
    output = dataset.parent / "out"
    output.mkdir()
    return output, write_parquet(select(dataset), output)


def label_of(row: dict[str, Any]) -> dict[str, Any]:
    """The label that a row was made from."""
    other = ("key", "image", "mask", "depth", "width", "height")
    label = {name: value for name, value in row.items() if name not in other}
    return {**label, "image": {"width": row["width"], "height": row["height"]}}


def test_nothing_is_lost(dataset: Path, exported: tuple[Path, Exported]) -> None:
    from pyarrow import parquet as pq

    folder, counts = exported
    assert counts == Exported({"train": 4, "val": 1, "test": 2}, 8, {})
    selection = select(dataset)
    for split, name in FILES.items():
        table = pq.read_table(folder / "data" / f"{name}-00000-of-00001.parquet")
        for row, sample in zip(table.to_pylist(), read_split(selection, split), strict=True):
            assert row["key"] == sample.key
            assert label_of(row) == sample.label
            assert row["image"] == {"bytes": sample.jpeg, "path": f"{sample.key}.jpg"}
            if sample.mask is None:
                assert row["mask"] is None
            else:
                mask = np.asarray(Image.open(io.BytesIO(row["mask"]["bytes"])))
                np.testing.assert_array_equal(mask, sample.mask)
            if sample.depth is None:
                assert row["depth"] is None
            else:
                np.testing.assert_array_equal(np.array(row["depth"], np.float32), sample.depth)


def test_photographs(tmp_path: Path) -> None:
    from pyarrow import parquet as pq

    sample = photograph()
    write_shards(tmp_path / "photos", {"test": [sample]})
    (tmp_path / "out").mkdir()
    write_parquet(select(tmp_path / "photos"), tmp_path / "out")
    (row,) = pq.read_table(tmp_path / "out" / "data").to_pylist()
    assert label_of(row) == sample.label


def test_types_and_features(exported: tuple[Path, Exported]) -> None:
    import pyarrow as pa
    from pyarrow import parquet as pq

    schema = pq.read_schema(exported[0] / "data" / "train-00000-of-00001.parquet")
    assert schema.equals(parquet_schema())
    hand = schema.field("hands").type.value_type
    assert hand.field("landmarks_camera").type == pa.list_(pa.list_(pa.float64()))
    assert hand.field("visibility").type == pa.list_(pa.int64())
    features = json.loads(schema.metadata[b"huggingface"])["info"]["features"]
    assert list(features) == schema.names
    assert features["image"] == features["mask"] == {"_type": "Image"}
    assert features["key"] == {"dtype": "string", "_type": "Value"}
    assert features["depth"] == [[{"dtype": "float32", "_type": "Value"}]]
    assert features["hands"][0]["box"] == [{"dtype": "float64", "_type": "Value"}]


def test_a_file_a_shard_in_groups(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pyarrow import parquet as pq

    monkeypatch.setattr("synth.export.parquet._ROWS", 3)
    ticks: list[None] = []
    write_parquet(select(dataset, "train"), tmp_path, lambda: ticks.append(None))
    file = pq.ParquetFile(tmp_path / "data" / "train-00000-of-00001.parquet")
    assert [file.metadata.row_group(n).num_rows for n in range(file.num_row_groups)] == [3, 1]
    assert len(ticks) == 4
    assert len(list((tmp_path / "data").iterdir())) == 1


def test_keys_without_a_column_are_refused() -> None:
    row = {"hands": [{**RIGHT, "palm_box": {"center": [1, 2], "colour": 3}}]}
    with pytest.raises(UserError, match=r"^label\.hands\.palm_box\.colour: is no key"):
        refuse_unknown(row, parquet_schema(), "label")


def test_a_wrong_value_is_named(tmp_path: Path) -> None:
    good = drawn_sample([RIGHT], 0, "test")
    bad = Sample(good.key, good.jpeg, {**good.label, "frame": "three"})
    write_shards(tmp_path / "in", {"test": [bad]})
    (tmp_path / "out").mkdir()
    with pytest.raises(UserError, match=r"test-000000\.tar: a label is none .*three"):
        write_parquet(select(tmp_path / "in"), tmp_path / "out")


def test_the_card(dataset: Path, exported: tuple[Path, Exported]) -> None:
    text = (exported[0] / "README.md").read_text(encoding="utf-8")
    _, head, body = text.split("---\n", 2)
    content = yaml.safe_load(head)
    (config,) = content["configs"]
    assert config["config_name"] == "default"
    for entry, name in zip(config["data_files"], FILES.values(), strict=True):
        assert entry["split"] == name
        assert len(list(exported[0].glob(entry["path"]))) == 1
    assert content["size_categories"] == ["n<1K"]
    assert "| validation | 1 |" in body
    many = dataset_card(select(dataset).dataset, {"train": 1_000_000})
    assert "1M<n<10M" in many


def test_datasets_loads_it(dataset: Path, exported: tuple[Path, Exported], tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    loaded = datasets.load_dataset(str(exported[0]), cache_dir=str(tmp_path))
    assert {name: len(rows) for name, rows in loaded.items()} == {
        "train": 4,
        "validation": 1,
        "test": 2,
    }
    by_name = datasets.load_dataset(
        "parquet", data_dir=str(exported[0] / "data"), cache_dir=str(tmp_path / "other")
    )
    assert set(by_name) == {"train", "validation", "test"}
    for row, sample in zip(loaded["train"], read_split(select(dataset), "train"), strict=True):
        np.testing.assert_array_equal(np.asarray(row["image"].convert("RGB")), sample.image())
        np.testing.assert_array_equal(np.asarray(row["mask"]), sample.mask)
        assert label_of(row) == sample.label
