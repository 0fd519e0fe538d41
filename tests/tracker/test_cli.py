"""`hand-tracker`: what is wrong is one line on stderr and a status; help is quick."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.tracker.fake_models import write_landmark_model, write_palm_model
from tests.tracker.training.made_hands import write_hands
from tracker import cli, hand_tracker
from tracker.sidecar import Sidecar

ROOT = Path(__file__).parents[2]
RECIPE = """
name: tiny
schedule: {steps: 4, batch: 4, validate_every: 4, warmup_steps: 2, precision: float32}
landmark:
  architecture: {input_side: 32, stem: 4, widths: [4, 6, 8, 8], depths: [0, 0, 0, 0],
    bins: 16, hidden: 8}
"""


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    """Run the command in this process: status, stdout, stderr."""

    def call(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["hand-tracker", *map(str, arguments)])
        with pytest.raises(SystemExit) as end:
            cli.main()
        out, err = capsys.readouterr()
        return int(end.value.code or 0), out, err

    return call


@pytest.fixture
def fake_weights(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = tmp_path / "weights"
    folder.mkdir()
    palm, landmark = write_palm_model(folder, 64), write_landmark_model(folder)
    monkeypatch.setattr(
        hand_tracker, "packaged_model", lambda name: palm if name == "palm" else landmark
    )


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.yaml"
    path.write_text(RECIPE)
    return path


def process(*arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tracker.cli", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def assert_one_line(err: str, message: str) -> None:
    assert re.fullmatch(r"hand-tracker: [^\n]+\n", err), err
    assert message in err


def test_help_is_quick_and_imports_nothing_heavy() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "tracker.cli", "--help"],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    for command in ("train", "export", "run", "evaluate", "bench"):
        assert command in done.stdout
    imported = {line.split("|")[-1].strip().split(".")[0] for line in done.stderr.splitlines()}
    assert "tracker" in imported
    heavy = {"torch", "onnx", "onnxruntime", "matplotlib", "mediapipe", "scipy", "bpy"}
    assert imported & heavy == set()
    # Work of this process alone, whatever else the machine does: a fifth of a second when idle.
    microseconds = [
        int(found[1]) for found in re.finditer(r"^import time:\s+(\d+) \|", done.stderr, re.M)
    ]
    assert sum(microseconds) < 2_000_000


def test_the_runtime_never_imports_torch() -> None:
    code = (
        "import sys, tracker, tracker.hand_tracker, tracker.run, tracker.frames, tracker.drawing\n"
        "wrong = {'torch', 'bpy', 'matplotlib', 'blender_scenes'} & set(sys.modules)\n"
        "sys.exit(', '.join(wrong) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_an_image(run, fake_weights: None, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    source, output, lines = (tmp_path / name for name in ("a.png", "b.png", "b.jsonl"))
    cv2.imwrite(str(source), np.full((60, 80, 3), 250, np.uint8))
    status, out, err = run("run", source, "-o", output, "--json", lines)
    assert (status, err) == (0, "")
    assert f"{source}: 1 hand\n" in out
    assert output.exists()
    assert lines.exists()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("none.png", None, "there is no such file"),
        ("none.mp4", None, "there is no such file"),
        ("text.png", b"hello", "is no image that can be read"),
        ("text.mp4", b"hello", "not one frame of a video"),
        (".", None, "is a folder"),
    ],
)
def test_what_cannot_be_looked_at(  # type: ignore[no-untyped-def]
    run, fake_weights: None, tmp_path: Path, name: str, content: bytes | None, message: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    status, out, err = run("run", tmp_path / name)
    assert (status, out) == (2, "")
    assert_one_line(err, message)


@pytest.mark.parametrize(
    ("option", "message"), [("--device", "auto"), ("--model", "light, full, heavy")]
)
def test_choices(  # type: ignore[no-untyped-def]
    run, fake_weights: None, tmp_path: Path, option: str, message: str
) -> None:
    status, _, err = run("run", tmp_path / "a.png", option, "big")
    assert status == 2
    assert_one_line(err, message)


def test_opencv_and_ffmpeg_say_nothing_beside_it(tmp_path: Path) -> None:
    """In a fresh process, as FFmpeg asks only once how much it may say."""
    (tmp_path / "text.mp4").write_bytes(b"hello")
    code = (
        "import sys; from tracker.frames import read_frames\n"
        "from synth.errors import UserError\n"
        "for source in (sys.argv[1], '93'):\n"
        "    try: list(read_frames(source))\n"
        "    except UserError: pass"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "text.mp4")],
        cwd=ROOT, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


def test_export_of_what_is_no_run(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    for output, message in (("a.onnx", "no run.json"), ("a.pt", "is written as .onnx")):
        status, _, err = run("export", tmp_path, "-o", tmp_path / output)
        assert status == 2
        assert_one_line(err, message)


def test_training_that_cannot_begin(run, recipe: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    missing = tmp_path / "none.yaml"
    for arguments, message in (
        ((missing, "--data", tmp_path), "cannot be read: No such file"),
        ((recipe, "--data", tmp_path / "no"), "is no dataset"),
        ((recipe, "--data", tmp_path, "--device", "gpu"), "can be auto, cpu or cuda"),
    ):
        status, _, err = run("train", "landmark", *arguments, "-o", tmp_path / "run")
        assert status == 2
        assert_one_line(err, message)
    status, _, err = run("train", "palm", recipe, "--data", tmp_path, "-o", tmp_path / "run")
    assert status == 2
    assert_one_line(err, "is a recipe for `hand-tracker train landmark`")


def test_what_the_system_refuses_is_one_line_too(run, recipe: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    dataset = write_hands(tmp_path / "hands", train=4, val=2)
    (tmp_path / "file").touch()
    status, _, err = run(
        "train", "landmark", recipe, "--data", dataset, "-o", tmp_path / "file" / "run",
        "--device", "cpu",
    )  # fmt: skip
    assert status == 1
    assert_one_line(err, "Not a directory")


def test_train(run, recipe: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    dataset, folder = write_hands(tmp_path / "hands", train=8, val=3), tmp_path / "runs" / "tiny"
    status, out, _ = run(
        "train", "landmark", recipe, "--data", dataset, "-o", folder, "--device", "cpu",
    )  # fmt: skip
    assert status == 0
    assert "box_mean" in out
    assert (tmp_path / "runs" / "cache").is_dir()


def test_export_says_how_far_both_are_apart(
    run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # type: ignore[no-untyped-def]
    sidecar = Sidecar(
        kind="landmark", name="tiny", sha256="ab", input_side=32, parameters=12_345, recipe={},
        data={}, training={}, metrics={"score": -4.5678}, parity=0.00123,
    )  # fmt: skip
    monkeypatch.setattr("tracker.training.run.export_run", lambda *_: sidecar)
    status, out, err = run("export", tmp_path, "-o", tmp_path / "tiny.onnx")
    assert (status, err) == (0, "")
    assert out == (
        f"{tmp_path / 'tiny.onnx'}: tiny: 0.01 M parameters, "
        'ONNX and PyTorch differ by at most 0.0012, {"score": -4.568}\n'
    )


@pytest.mark.slow
def test_stopping_a_training_says_how_to_go_on(recipe: Path, tmp_path: Path) -> None:
    dataset = write_hands(tmp_path / "hands", train=8, val=3)
    recipe.write_text(RECIPE.replace("steps: 4", "save_every: 5, steps: 1000000"))
    folder = tmp_path / "run"
    started = process("train", "landmark", recipe, "--data", dataset, "-o", folder)
    deadline = time.monotonic() + 60
    while not (folder / "checkpoint.pt").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    started.send_signal(signal.SIGINT)
    _, err = started.communicate(timeout=60)
    assert started.returncode == 130
    assert err.endswith(
        "hand-tracker: stopped: run the same command again to go on from the last checkpoint\n"
    )
    assert "Traceback" not in err
