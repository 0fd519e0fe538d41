"""The command: where it writes, and what it refuses."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from typer.testing import CliRunner

from synth.console import new_app
from synth.report.command import report
from tests.synth.validation.made import write_made

APP = new_app("hand-synth", "A test.")
APP.command()(report)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_made(tmp_path_factory.mktemp("made") / "dataset")


def test_a_page(folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "new" / "page.html"
    done = CliRunner().invoke(APP, ["report", str(folder), "-o", str(output), "--images", "8"])
    assert done.exit_code == 0, done.output
    assert output.read_bytes().startswith(b"<!doctype html>")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("memory://x.html", "memory://x.html: reports are written to this machine: name a file"),
        ("x.png", "x.png: a report is an HTML page, name it so"),
    ],
)
def test_other_outputs_are_refused(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(APP, ["report", str(folder), "-o", name])
    assert done.exit_code == 2
    assert done.stderr.strip().splitlines()[-1] == f"hand-synth: {message}"
    assert os.listdir(tmp_path) == []
