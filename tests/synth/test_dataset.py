"""dataset.json that cannot be read is refused in words that help."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from synth.dataset import Dataset, Made, read_dataset, write_dataset
from synth.errors import UserError
from synth.scene import Contacts
from synth.shards.writer import ShardRecord

DATASET = Dataset(
    name="tiny",
    manifest={"sequences": 3},
    manifest_sha256="ab" * 32,
    inputs={"hdris": "cd"},
    versions={"numpy": "2"},
    shards=(ShardRecord("train-000000.tar", "train", "ef" * 32, 10, 0, 3, 6),),
    part="1/2",
    made=Made("now", None, 1.5, 1, ("CPU",), {"cores": 2}, Contacts(poses=3, worst_depth=0.1)),
)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    write_dataset(tmp_path, DATASET)
    assert read_dataset(tmp_path) == DATASET


def _without(key: str) -> Callable[[dict[str, Any]], object]:
    return lambda content: content.pop(key)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda content: content["shards"][0].pop("sha256"), r"shards\[0\] lacks sha256"),
        (
            lambda content: content["shards"][0].update(bytes="many"),
            r"shards\[0\].bytes: should be a valid integer",
        ),
        (lambda content: content["made"].update(contacts={"posse": 1}), "made.contacts"),
        (lambda content: content.update(shards="none"), "shards: should be"),
        (_without("shards"), "it lacks shards"),
        (_without("made"), "it lacks made"),
        (_without("format"), "it does not say its format"),
    ],
)
def test_what_is_wrong_is_said(
    tmp_path: Path, change: Callable[[dict[str, Any]], object], reason: str
) -> None:
    content = json.loads(DATASET.to_json())
    change(content)
    (tmp_path / "dataset.json").write_text(json.dumps(content))
    _refused(tmp_path, reason)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "line 1 of it is no JSON"),
        (DATASET.to_json()[:200], r"line \d+ of it is no JSON"),
        (b"\xff\xfe\x00", "it is no text"),
        (b"[1, 2]", "it does not say its format"),
    ],
)
def test_what_is_no_json_is_said(tmp_path: Path, content: bytes, reason: str) -> None:
    (tmp_path / "dataset.json").write_bytes(content)
    _refused(tmp_path, reason)


def _refused(folder: Path, reason: str) -> None:
    with pytest.raises(UserError, match=rf"dataset.json: is damaged: {reason}") as error:
        read_dataset(folder)
    assert "put a copy of this file back" in str(error.value)
    assert "Error" not in str(error.value)
    assert "remove" not in str(error.value)


def test_an_older_file_without_a_part_is_read(tmp_path: Path) -> None:
    content = json.loads(DATASET.to_json())
    del content["part"]
    (tmp_path / "dataset.json").write_text(json.dumps(content))
    assert read_dataset(tmp_path).part is None
