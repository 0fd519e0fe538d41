"""`hand-annotate`: every command on a small folder; what is wrong is one line and a status."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import cv2
import pytest

from annotate import cli, prelabel
from annotate.formats.coco import write_coco
from annotate.formats.cvat_labels import raw_labels
from annotate.formats.document import Document, LabelledPhotograph
from annotate.formats.label_studio import LABELING_CONFIG
from annotate.labels import Label
from annotate.prelabel import Prelabel
from annotate.store import schema
from annotate.store.look import look_at
from annotate.store.opening import close, open_store
from annotate.store.store import photographs
from synth.shards.reader import read_samples
from tests.annotate.folders import held, made_hand, put, write_photographs

ROOT = Path(__file__).parents[2]
Run = Callable[..., tuple[int, str, str]]
DONE = Label(hands=(made_hand(),), done=True)


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


@pytest.mark.parametrize("name", ["a.png", "annotations.sqlite", "annotations.sqlite-wal"])
def test_an_export_writes_over_no_photograph_and_no_labels(
    run: Run, folder: Path, name: str
) -> None:
    (folder / "annotations.sqlite-wal").touch()
    before = (folder / name).read_bytes()
    status, _, err = run("export", folder, "-f", "coco", "-o", folder / name)
    assert (status, err.count("\n")) == (2, 1)
    assert "name another --output" in err
    assert (folder / name).read_bytes() == before


def test_an_export_is_written_whole_or_not_at_all(
    run: Run, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out.json"
    out.write_text("before")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    status, _, err = run("export", folder, "-f", "coco", "-o", out)
    assert status == 2
    assert "No space left" in err
    assert out.read_text() == "before"
    assert [path.name for path in tmp_path.glob("out*")] == ["out.json"]


@pytest.mark.parametrize("name", ["export", "crops"])
def test_a_mistyped_store_is_not_made(run: Run, folder: Path, tmp_path: Path, name: str) -> None:
    out = tmp_path / "out"
    arguments = ["-f", "coco"] if name == "export" else []
    missing = folder / "mistyped.sqlite"
    status, _, err = run(name, folder, "-o", out, "--labels", missing, *arguments)
    assert (status, err.count("\n")) == (2, 1)
    assert "there is no such file of labels" in err
    assert not missing.exists()
    assert not out.exists()


@pytest.mark.parametrize("name", ["coco", "shards"])
def test_what_an_export_leaves_out_is_said(
    run: Run, folder: Path, tmp_path: Path, name: str
) -> None:
    (folder / "a.png").rename(folder / "renamed.png")
    (folder / "b.png").write_bytes(b"torn")
    status, out, err = run("export", folder, "-f", name, "-o", tmp_path / "out")
    assert status == 0, err
    assert "1 not in the folder any more, such as a.png, 1 unreadable, such as b.png" in out
    status, out, _ = run("crops", folder, "-o", tmp_path / "crops")
    assert "such as b.png" in out


def test_photographs_resized_since_they_were_labelled_are_not_exported(
    run: Run, tmp_path: Path
) -> None:
    folder = write_photographs(tmp_path / "photographs", "a.png", "b.png")
    store = open_store(folder)
    for number, name in enumerate(("a.png", "b.png"), 1):
        look_at(store, number)
        put(store, name, Label(hands=(made_hand(),), done=True))
    close(store)
    picture = cv2.imread(str(folder / "b.png"))
    cv2.imwrite(str(folder / "b.png"), picture[::2, ::2])
    for name in ("coco", "shards"):
        status, out, _ = run("export", folder, "-f", name, "-o", tmp_path / name)
        assert status == 0
        assert "1 of another size than when labelled" in out
    (sample,) = read_samples(tmp_path / "shards")
    assert sample.label["image"] == {"width": 120, "height": 90}
    assert len(json.loads((tmp_path / "coco").read_text())["images"]) == 1


def test_the_other_tools_setup_stands_beside_the_export(
    run: Run, folder: Path, tmp_path: Path
) -> None:
    status, out, _ = run("export", folder, "-f", "cvat", "-o", tmp_path / "hands.xml")
    assert status == 0
    assert str(tmp_path / "hands.cvat-labels.json") in out
    assert (tmp_path / "hands.cvat-labels.json").read_text() == raw_labels()
    tasks = tmp_path / "tasks.json"
    prefix = "/data/local-files/?d=photographs/"
    status, out, _ = run("export", folder, "-f", "label-studio", "-o", tasks, "--prefix", prefix)
    assert status == 0
    assert (tmp_path / "tasks.interface.xml").read_text() == LABELING_CONFIG
    assert json.loads(tasks.read_text())[0]["data"]["image"] == f"{prefix}a.png"
    status, _, err = run("export", folder, "-f", "coco", "-o", tasks, "--prefix", prefix)
    assert status == 2
    assert "--prefix" in err


def test_an_import_that_takes_nothing_fails(run: Run, folder: Path, tmp_path: Path) -> None:
    boxes = tmp_path / "boxes.xml"
    boxes.write_text(
        "<annotations>"
        + "".join(
            f'<image id="{number}" name="{name}.png" width="120" height="90">'
            '<box label="hand" xtl="1" ytl="1" xbr="9" ybr="9" occluded="0"/></image>'
            for number, name in enumerate("abc")
        )
        + "</annotations>"
    )
    for option in ([], ["--replace"]):
        status, out, err = run("import", folder, boxes, "-f", "cvat", *option)
        assert (status, out) == (2, "")
        assert "nothing is taken" in err
        assert "3 without a hand in the file" in err
    elsewhere = tmp_path / "elsewhere.xml"
    elsewhere.write_text(boxes.read_text().replace('name="', 'name="other/'))
    status, _, err = run("import", folder, elsewhere, "-f", "cvat")
    assert status == 2
    assert "3 not there or unreadable" in err
    store = open_store(folder)
    found = held(store, "a.png")
    close(store)
    assert found is not None
    assert found.done
    # What is there already is no failure.
    run("export", folder, "-f", "coco", "-o", tmp_path / "same.json")
    assert run("import", folder, tmp_path / "same.json", "-f", "coco")[0] == 0


def test_hands_of_another_tool_reach_the_shards_if_they_are_taken_as_done(
    run: Run, folder: Path, tmp_path: Path
) -> None:
    foreign = tmp_path / "foreign.json"
    run("export", folder, "-f", "coco", "-o", foreign)
    content = json.loads(foreign.read_text())
    for entry in (*content["images"], *content["annotations"]):
        del entry["attributes"]
    foreign.write_text(json.dumps(content))
    for option, expected in ((), 2), (("--done",), 0):
        labels = tmp_path / f"{expected}.sqlite"
        run("import", folder, foreign, "-f", "coco", "--labels", labels, *option)
        out = tmp_path / f"shards{expected}"
        assert run("export", folder, "-f", "shards", "-o", out, "--labels", labels)[0] == expected
    assert len(list(read_samples(out))) == 5


def test_crops_are_not_put_among_the_photographs(run: Run, folder: Path) -> None:
    status, _, err = run("crops", folder, "-o", folder / "crops")
    assert (status, err.count("\n")) == (2, 1)
    assert "name another folder" in err
    assert not (folder / "crops").exists()


def test_a_store_that_is_held_or_damaged_is_one_line(
    run: Run, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schema, "BUSY_SECONDS", 0.05)
    file = folder / "annotations.sqlite"
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as other:

        def hold(*_: object) -> object:
            other.execute("BEGIN IMMEDIATE")
            return lambda *_: Prelabel((), 0.5), "tracker full 1"

        monkeypatch.setattr(prelabel, "load_prelabeller", hold)
        status, out, err = run("prelabel", folder)
        assert (status, "Traceback" in err) == (2, False), err
        assert "another program holds it" in err.splitlines()[-1]
    content = bytearray(file.read_bytes())
    for page in range(3, len(content) // 4096):  # the first ones say what the tables are
        content[4096 * page : 4096 * page + 2000] = bytes(2000)
    file.write_bytes(content)
    monkeypatch.setattr(
        prelabel, "load_prelabeller", lambda *_: (lambda *_: Prelabel((), 0.5), "tracker full 1")
    )
    source = tmp_path / "x.json"
    source.write_bytes(write_coco(Document((LabelledPhotograph("g.png", 120, 90, DONE),))))
    for arguments in (
        ("export", folder, "-f", "coco", "-o", tmp_path / "out"),
        ("crops", folder, "-o", tmp_path / "crops"),
        ("import", folder, source, "-f", "coco"),
        ("prelabel", folder),
    ):
        status, out, err = run(*arguments)
        assert status == 2, (arguments, out, err)
        assert "is no store of labels, or is damaged" in err
        assert "Traceback" not in err


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("export", "{folder}", "-f", "coco", "-o", "{out}/nodir/x.json"), "a folder that is"),
        (("export", "{folder}", "-f", "coco", "-o", "{folder}"), "Is a directory"),
        (("import", "{folder}", "{folder}", "-f", "coco"), "name a file that another tool wrote"),
        (("import", "{folder}", "{out}", "-f", "coco"), "name a file that another tool wrote"),
    ],
)
def test_how_to_mend_it_is_said(
    run: Run, folder: Path, tmp_path: Path, arguments: tuple[str, ...], complaint: str
) -> None:
    status, _, err = run(*(t.format(folder=folder, out=tmp_path / "no") for t in arguments))
    assert (status, err.count("\n")) == (2, 1)
    assert complaint in err
    assert ".tmp" not in err


def test_an_export_can_go_into_a_pipe(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "annotate.cli", "export", folder, "-f", "cvat", "-o", "/dev/stdout"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("<?xml")
