"""The command: what it prints where a run has worked, and where none has."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import fsspec
import pytest
from click.testing import Result
from typer.testing import CliRunner

from synth.console import new_app
from synth.dataset import read_dataset, write_dataset
from synth.generation.status_command import status
from synth.generation.status_file import StatusFile, status_of
from synth.generation.work import Work, prepare
from synth.manifest import Manifest
from synth.storage.lock import locked
from synth.storage.place import place_at
from tests.synth.generation.test_make import run as make_dataset

APP = new_app("hand-synth", "A test.")
APP.command()(status)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(APP, ["status", *map(str, arguments)])


@pytest.fixture
def made(make_manifest: Callable[..., Manifest], tmp_path: Path) -> Path:
    """Three sequences of eight, without a status, as a merged or a copied dataset has none."""
    make_dataset(make_manifest(), tmp_path / "out", 3)
    return tmp_path / "out"


@pytest.fixture
def work(make_manifest: Callable[..., Manifest], made: Path) -> Work:
    with locked(made):
        return prepare(make_manifest(), place_at(made), made, None, pytest.fail)


def test_a_run_that_ended(work: Work, made: Path) -> None:
    with status_of(work):
        pass
    done = run(made)
    assert done.exit_code == 0
    assert f"{made}: finished, 3 of 8 sequences" in done.stdout
    found = json.loads(run(made, "--json").stdout)
    assert (found["state"], found["end"], found["reason"]) == ("finished", "finished", "")
    assert 0 <= found["seconds"] < 60


def test_what_a_killed_run_left_is_counted(work: Work, made: Path) -> None:
    file = StatusFile(work)
    file.status.pid_started -= 1000
    file._write(file.status.started + 5)
    for sequence in (0, 2, 3):  # the first is in a shard, too
        (work.parts_folder / f"{sequence:08d}-{'ab' * 32}.tar").touch()
    done = run(made)
    assert "was killed, 5 of 8 sequences (62.5 %), 8 images in this run" in done.stdout
    found = json.loads(run(made, "--json").stdout)
    assert (found["state"], found["end"], found["made"], found["seconds"]) == ("killed", None, 2, 5)


def test_a_dataset_without_a_run(made: Path) -> None:
    done = run(made)
    assert done.exit_code == 0
    assert "no run is known, 3 sequences (of 8), 12 images in 3 shards: not complete" in done.stdout
    found = json.loads(run(made, "--json").stdout)
    assert (found["state"], found["there"], found["complete"]) == ("no run", 3, False)
    write_dataset(made, replace(read_dataset(made), part="1/2"))
    assert "3 sequences (part 1/2 of 8)" in run(made).stdout


def test_a_dataset_in_a_store(made: Path, tmp_path: Path) -> None:
    url = "memory://status-of-a-store"
    done = run(url, "--work", tmp_path / "work")
    assert done.exit_code == 2
    assert done.stderr.startswith(f"hand-synth: {url}: is no dataset yet, and there is no ")
    assert "on the machine that runs it; if generate was given --work" in done.stderr
    assert done.stderr.count("\n") == 1
    fsspec.filesystem("memory").put(f"{made}/dataset.json", "/status-of-a-store/dataset.json")
    done = run(url, "--work", tmp_path / "work")
    assert done.exit_code == 0
    assert f"{url}: no run is known, 3 sequences" in done.stdout
    assert "the status of a run is on the machine that runs it" in done.stdout


def test_what_is_no_dataset(tmp_path: Path) -> None:
    (tmp_path / "t.yaml").touch()
    for name, reason in (
        ("t.yaml", "is a file"),
        ("none", "there is no such folder"),
        ("", "no run has worked here"),
    ):
        done = run(tmp_path / name)
        assert done.exit_code == 2
        assert f"{tmp_path / name}: {reason}" in done.stderr
        assert done.stderr.count("\n") == 1
