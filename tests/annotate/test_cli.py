"""`hand-annotate`: every command on a small folder; what is wrong is one line and a status."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from annotate import cli
from annotate.labels import Label
from annotate.store.store import close, open_store, photographs
from synth.shards.reader import read_samples
from tests.annotate.folders import held, made_hand, put, write_photographs

ROOT = Path(__file__).parents[2]
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command in this process: status, stdout, stderr."""

    def call(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["hand-annotate", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            cli.main()
        out, err = capsys.readouterr()
        return int(end.value.code or 0), out, err

    return call


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Six labelled photographs, one of them without a hand, and two that are new."""
    folder = write_photographs(tmp_path / "photographs", *(f"{name}.png" for name in "abcdefgh"))
    store = open_store(folder)
    for number, name in enumerate("abcde"):
        hands = (made_hand(x=10.0 + 5 * number, side="right" if number % 2 else "left"),)
        put(store, f"{name}.png", Label(hands=hands, done=True))
    put(store, "f.png", Label(no_hand=True))
    close(store)
    return folder


@pytest.mark.parametrize("name", ["coco", "cvat", "label-studio", "shards"])
def test_labels_come_back_through_every_format(
    run: Run, folder: Path, tmp_path: Path, name: str
) -> None:
    status, out, err = run("export", folder, "-f", name, "-o", tmp_path / "out")
    assert (status, "photographs" in out) == (0, True), err
    again = tmp_path / "again.sqlite"
    status, out, err = run("import", folder, tmp_path / "out", "-f", name, "--labels", again)
    assert (status, "6 photographs labelled" in out) == (0, True), out + err
    one, other = open_store(folder), open_store(folder, again)
    for path in (f"{letter}.png" for letter in "abcdef"):
        before, after = held(one, path), held(other, path)
        assert before is not None
        assert after is not None
        assert (before.done, before.no_hand) == (after.done, after.no_hand)
        assert [hand.side for hand in before.hands] == [hand.side for hand in after.hands]
    close(one)
    close(other)
    status, out, _ = run("agreement", folder / "annotations.sqlite", again, "--json")
    figures = json.loads(out)
    assert (status, figures["hands"], figures["photographs"]) == (0, 5, 6)
    assert figures["mnae"] == pytest.approx(0, abs=1e-5)


def test_shards_hold_the_splits_that_are_asked_for(run: Run, folder: Path, tmp_path: Path) -> None:
    status, out, err = run(
        "export", folder, "-f", "shards", "-o", tmp_path / "out", "--splits", "0,0,1"
    )
    assert (status, "test 6" in out) == (0, True), out + err
    assert len(list(read_samples(tmp_path / "out", "test"))) == 6


def test_crops_are_written(run: Run, folder: Path, tmp_path: Path) -> None:
    status, out, err = run("crops", folder, "-o", tmp_path / "crops")
    assert status == 0, err
    listed = json.loads((tmp_path / "crops" / "crops.json").read_text())
    assert len(list((tmp_path / "crops" / "positive").glob("*.jpg"))) == 5
    assert list((tmp_path / "crops" / "negative").glob("*.jpg"))
    assert listed
    assert "5" in out


def test_prelabelling_leaves_what_people_did(run: Run, folder: Path) -> None:
    status, out, err = run("prelabel", folder)
    assert status == 0, err
    assert "looked at 2 photographs" in out
    assert "6 left alone" in out
    store = open_store(folder)
    looked = {photo.path for photo in photographs(store) if photo.unsure is not None}
    assert looked == {"g.png", "h.png"}


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (
            ("export", "{folder}", "-f", "yolo", "-o", "{out}"),
            "cvat, label-studio and shards",
        ),
        (("export", "{folder}", "-f", "shards", "-o", "{out}", "--splits", "1,1,1"), "sum to 1"),
        (("export", "{folder}", "-f", "shards", "-o", "{out}", "--splits", "all"), "three numbers"),
        (("export", "{out}", "-f", "coco", "-o", "{out}"), "is no folder"),
        (("import", "{folder}", "{out}", "-f", "coco"), "No such file"),
        (("agreement", "{out}", "{out}"), "there is no such file"),
        (("prelabel", "{folder}", "--model", "huge"), "huge"),
        (("serve", "{out}", "--no-browser"), "is no folder"),
    ],
)
def test_what_is_wrong_is_one_line(
    run: Run, folder: Path, tmp_path: Path, arguments: tuple[str, ...], complaint: str
) -> None:
    given = [text.format(folder=folder, out=tmp_path / "missing") for text in arguments]
    status, out, err = run(*given)
    assert status in (1, 2)
    assert complaint in err
    assert err.count("\n") == 1
    assert "Traceback" not in out + err


def test_without_the_servers_packages(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "annotate.server.run", raising=False)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    status, _, err = run("serve", folder, "--no-browser")
    assert status == 2
    assert "pip install 'handsynth[annotate]'" in err


def test_help_is_quick() -> None:
    start = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "annotate.cli", "serve", "--help"],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "100"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "--no-browser" in done.stdout
    assert time.monotonic() - start < 3
    loaded = "import annotate.cli, sys; print({'fastapi', 'onnxruntime', 'cv2'} & set(sys.modules))"
    found = subprocess.run(
        [sys.executable, "-c", loaded], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert found.stdout == "set()\n"
