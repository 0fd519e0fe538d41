"""What a run says of itself."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
import torch

from synth.errors import UserError
from tests.tracker.training.made_hands import write_hands
from tracker.training.provenance import describe_data, describe_machine, read_run, write_run


def test_datasets_and_photographs(tmp_path: Path) -> None:
    dataset = write_hands(tmp_path / "hands", train=3, val=1)
    photos = tmp_path / "few"
    photos.mkdir()
    index = json.dumps([{"file": "a"}, {"file": "b"}])
    (photos / "index.json").write_text(index)
    described = describe_data([dataset, dataset], [photos])
    assert described == {
        "hands": {
            "manifest_sha256": "0" * 64,
            "train_images": 3,
            "times": 2,
            "complete": True,
        },
        "photographs few": {
            "index_sha256": hashlib.sha256(index.encode()).hexdigest(),
            "records": 2,
        },
    }
    json.dumps(described)


def test_two_datasets_of_one_name_are_both_there(tmp_path: Path) -> None:
    folders = [write_hands(tmp_path / name / "hands", train=3, val=1) for name in ("a", "b")]
    assert len(describe_data(folders, [])) == 2


@pytest.mark.parametrize("content", [None, "{", "{}", "[]", '{"name": "x", "counts": {}}'])
def test_no_dataset(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "dataset.json").write_text(content)
    with pytest.raises(UserError, match=r"is no dataset|is damaged") as error:
        describe_data([tmp_path], [])
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("content", [None, "{"])
def test_no_photographs(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "index.json").write_text(content)
    with pytest.raises(UserError, match=r"index.json"):
        describe_data([], [tmp_path])


def test_machine() -> None:
    machine = describe_machine(torch.device("cpu"))
    assert machine["torch"] == torch.__version__
    assert machine["device"]
    assert set(machine) == {"device", "threads", "torch", "python"}


def test_facts_of_a_run(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no run.json in it"):
        read_run(tmp_path)
    write_run(tmp_path, {"a": 1})
    assert read_run(tmp_path) == {"a": 1}
    (tmp_path / "run.json").write_text("{")
    with pytest.raises(UserError, match="cannot be read"):
        read_run(tmp_path)
