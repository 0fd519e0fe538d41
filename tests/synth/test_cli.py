"""The command line: help, exit statuses, stopping and killing at any moment, a full disk."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from synth import cli
from tests.synth.generation.test_make import content

ROOT = Path(__file__).parents[2]
MANIFEST = """
name: tiny
sequences: 12
frames_per_sequence: 2
cameras: 2
image: {width: 32, height: 32}
output: {sequences_per_shard: 4}
"""


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    (tmp_path / "m").mkdir()
    path = tmp_path / "m" / "tiny.yaml"
    path.write_text(MANIFEST)
    return path


def start(renderer: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.synth.drive", renderer, *map(str, arguments)],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def finish(renderer: str, *arguments: object) -> tuple[int, str, str]:
    process = start(renderer, *arguments)
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def last_line(text: str) -> str:
    return text.replace("\r", "\n").strip().splitlines()[-1]


def renderings(folder: Path) -> int:
    """How many sequences were rendered so far, those rendered again included."""
    return sum(len(path.read_text().split()) for path in folder.glob("m/rendered-*"))


def wait_for_renderings(folder: Path, count: int) -> None:
    deadline = time.monotonic() + 60
    while renderings(folder) < count:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def workers_of(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in children]


def wait_until_gone(pids: list[int]) -> None:
    deadline = time.monotonic() + 5
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            while Path(f"/proc/{pid}/status").exists() and "Z (zomb" not in Path(
                f"/proc/{pid}/status"
            ).read_text(errors="replace"):
                os.kill(pid, 0)
                assert time.monotonic() < deadline, f"process {pid} lives on"
                time.sleep(0.02)


def test_help_and_version() -> None:
    result = CliRunner().invoke(cli.app, ["--help"])
    assert result.exit_code == 0
    assert all(command in result.output for command in ("generate", "preview", "bench"))
    result = CliRunner().invoke(cli.app, ["generate", "--help"])
    assert all(f"--{name}" in result.output for name in ("output", "limit", "workers", "device"))
    assert "hand-synth" in CliRunner().invoke(cli.app, ["--version"]).output


@pytest.mark.parametrize(
    ("text", "arguments", "message"),
    [
        ("camera: {scal: 1}", [], "camera.scal: unknown key, did you mean camera.scale?"),
        ("light: {hdris: nowhere}", [], "light.hdris[0]: there is no file or folder"),
        ("", ["--device", "tpu"], "--device: 'tpu' is none of auto, cpu, cuda, optix"),
    ],
)
def test_bad_input_is_one_line_and_status_2(
    tmp_path: Path, text: str, arguments: list[str], message: str
) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(text)
    result = CliRunner().invoke(
        cli.app, ["generate", str(path), "-o", str(tmp_path / "out"), *arguments]
    )
    assert result.exit_code == 2
    assert result.stdout == ""
    assert message in result.stderr
    assert result.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_generate_twice(manifest: Path, tmp_path: Path) -> None:
    status, out, err = finish("render_scene", "generate", manifest, "-o", tmp_path / "out")
    assert (status, out) == (0, "")
    assert "images/s" in err
    assert "made 48 images" in last_line(err)
    before = content(tmp_path / "out")
    status, _, err = finish("render_scene", "generate", manifest, "-o", tmp_path / "out")
    assert status == 0
    assert "12 sequences are there, 0 are to be made" in err
    assert "seq/s" not in err, "an empty bar"
    assert content(tmp_path / "out") == before


def test_killed_at_random_moments_and_resumed(manifest: Path, tmp_path: Path) -> None:
    finish("render_scene", "generate", manifest, "-o", tmp_path / "whole", "--workers", 1)
    moments = random.Random(7)
    for _ in range(3):
        before = renderings(tmp_path)
        arguments = ("generate", manifest, "-o", tmp_path / "out", "--workers", 2)
        process = start("render_slowly", *arguments)
        # When two workers have rendered three, one part at least is written.
        wait_for_renderings(tmp_path, before + 3)
        time.sleep(moments.uniform(0.0, 0.15))
        children = workers_of(process.pid)
        process.kill()
        process.communicate()
        wait_until_gone(children)
    status, _, err = finish("render_scene", "generate", manifest, "-o", tmp_path / "out")
    assert status == 0, err
    assert "sequences are there" in err  # or the kills came too early to test anything
    assert content(tmp_path / "out") == content(tmp_path / "whole")


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_stopping_is_clean(
    manifest: Path, tmp_path: Path, number: signal.Signals, status: int
) -> None:
    process = start("render_slowly", "generate", manifest, "-o", tmp_path / "out")
    wait_for_renderings(tmp_path, 4)
    children = workers_of(process.pid)
    begun = time.monotonic()
    # As the terminal does: to the whole group, the workers too.
    os.killpg(process.pid, number) if number == signal.SIGINT else process.send_signal(number)
    _, err = process.communicate(timeout=20)
    assert time.monotonic() - begun < 2
    assert process.returncode == status
    assert "Traceback" not in err
    assert last_line(err) == (
        "hand-synth: stopped, everything finished is kept: run the same command again to go on"
    )
    wait_until_gone(children)
    assert finish("render_scene", "generate", manifest, "-o", tmp_path / "out")[0] == 0
    assert len(list((tmp_path / "m").glob("rendered-*"))) == 12
    assert renderings(tmp_path) <= 12 + len(children)  # lost at most what was in flight


def test_a_worker_that_dies_too_often(manifest: Path, tmp_path: Path) -> None:
    status, _, err = finish("render_always_dying", "generate", manifest, "-o", tmp_path / "out")
    assert status == 1
    assert "Traceback" not in err
    assert "sequence 3 is set aside: the process died of SIGSEGV" in err
    assert "set aside, having failed again and again: sequence 3;" in last_line(err)


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=96k", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount a tmpfs; test_generate.py tests it without")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk(manifest: Path, tmp_path: Path, tiny_disk: Path) -> None:
    arguments = ("render_scene", "generate", manifest, "-o", tiny_disk / "out", "--workers", 1)
    status, _, err = finish(*arguments)
    assert status == 1
    assert "Traceback" not in err
    assert "the disk is full: everything finished is kept" in last_line(err)
    subprocess.run(["mount", "-o", "remount,size=8m", str(tiny_disk)], check=True)
    assert finish(*arguments)[0] == 0
    finish("render_scene", "generate", manifest, "-o", tmp_path / "whole")
    assert content(tiny_disk / "out") == content(tmp_path / "whole")
    assert renderings(tmp_path) <= 12 + 12 + 1


def test_bench_prints_one_object(manifest: Path) -> None:
    status, out, _ = finish("render_slowly", "bench", manifest, "--images", 50, "--json")
    assert status == 0
    measured = json.loads(out)
    assert measured["images"] == 52  # 13 sequences of 4, one more than the manifest has
    assert measured["images_per_second"] > 0
    assert 0 < measured["outside_render_share"] < 1
    assert set(measured["seconds_per_image"]) == {
        "sampling",
        "scene_update",
        "render",
        "labels",
        "encoding",
        "writing",
        "other",
    }
    # The fake claims no stage while it sleeps: 0.15 s for the 4 images of a sequence.
    assert measured["seconds_per_image"]["other"] == pytest.approx(0.15 / 4, rel=0.5)


def test_bench_prints_a_table(manifest: Path) -> None:
    status, out, _ = finish("render_scene", "bench", manifest, "--images", 8, "--workers", 1)
    assert status == 0
    assert "scene_update" in out
    assert "outside_render_share" in out


def test_preview_refuses_other_files(manifest: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(cli.app, ["preview", str(manifest), "-o", str(tmp_path / "a.jpg")])
    assert result.exit_code == 2
    assert "is a PNG" in result.stderr


def test_preview_of_what_is_no_dataset(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli.app, ["preview", str(tmp_path), "-o", str(tmp_path / "a.png")])
    assert result.exit_code == 1
    assert "there is no shard" in result.stderr
