"""The command: what it prints, and its exit status."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from synth.console import new_app
from synth.dataset import read_dataset, write_dataset
from synth.validation.command import validate
from tests.synth.validation.made import write_made

APP = new_app("hand-synth", "A test.")
APP.command()(validate)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_made(tmp_path_factory.mktemp("whole") / "dataset")


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("broken") / "dataset"
    return write_made(folder, lambda members: [m.pop("mask.png") for m in members.values()])


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(APP, ["validate", *map(str, arguments), "--workers", "1"])
    return result.exit_code, result.stdout


def test_a_whole_dataset(whole: Path) -> None:
    status, out = run(whole)
    assert status == 0
    (line,) = out.splitlines()
    assert line.startswith("made: no fault in 16 images of 4 shards, 0.2 MB, ")
    assert "images/s" in line


def test_a_broken_dataset(broken: Path) -> None:
    status, out = run(broken, "--limit-errors", 2)
    assert status == 1
    lines = out.splitlines()
    assert lines[0].split() == ["check", "count", "first"]
    assert lines[1].split()[:4] == ["members", "16", "train-000000.tar", "00000000_000_0:"]
    assert lines[2].strip() == "train-000000.tar 00000000_000_1: has no mask.png"
    assert lines[3].strip() == "…"
    assert lines[-1].startswith("made: 16 faults in 16 images")


def test_json(whole: Path, broken: Path) -> None:
    status, out = run(whole, "--json")
    found = json.loads(out)
    assert (status, found["clean"], found["counts"], found["samples"]) == (0, True, {}, 16)
    status, out = run(broken, "--json", "--limit-errors", 1)
    found = json.loads(out)
    assert (status, found["clean"], found["counts"]) == (1, False, {"members": 16})
    (first,) = found["first"]["members"]
    assert first["key"] == "00000000_000_0"


@pytest.mark.parametrize(
    ("shards", "part", "said"), [(3, None, ""), (3, "1/2", ", it is part 1/2"), (0, None, "")]
)
def test_a_dataset_that_is_not_complete(
    whole: Path, tmp_path: Path, shards: int, part: str | None, said: str
) -> None:
    dataset = read_dataset(whole)
    write_dataset(tmp_path, replace(dataset, shards=dataset.shards[:shards], part=part))
    for record in dataset.shards[:shards]:
        shutil.copy(whole / record.name, tmp_path / record.name)
    status, out = run(tmp_path)
    note, line = out.splitlines()
    assert status == 0
    assert note == f"note: not complete: {shards} of the manifest's 4 sequences are there{said}"
    assert "no fault" in line
    found = json.loads(run(tmp_path, "--json")[1])
    assert (found["complete"], found["clean"]) == (False, True)


def test_a_dataset_that_is_complete(whole: Path) -> None:
    found = json.loads(run(whole, "--json")[1])
    assert (found["complete"], found["notes"]) == (True, [])


def test_what_cannot_be_read(tmp_path: Path) -> None:
    assert run(tmp_path)[0] == 2
    (tmp_path / "dataset.json").write_text("{")
    assert run(tmp_path)[0] == 2
