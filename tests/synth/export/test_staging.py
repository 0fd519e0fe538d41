from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from synth.errors import UserError
from synth.export.staging import MARKER, staged

ROOT = Path(__file__).parents[3]
KILLED = """
import os, signal, sys
from pathlib import Path
from synth.export.staging import staged
with staged(Path(sys.argv[1])) as folder:
    (folder / "images").mkdir()
    (folder / "images" / "a.jpg").write_bytes(b"half")
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("there", [False, True])
def test_the_folder_appears_in_the_end(tmp_path: Path, there: bool) -> None:
    output = tmp_path / "deep" / "out"
    if there:
        output.mkdir(parents=True)
    with staged(output) as folder:
        (folder / "a").write_text("a")
        assert not (output / "a").exists()
    assert [path.name for path in output.parent.iterdir()] == ["out"]
    assert [path.name for path in output.iterdir()] == ["a"]


def test_a_killed_export_is_known_and_begun_anew(tmp_path: Path) -> None:
    output = tmp_path / "out"
    done = subprocess.run([sys.executable, "-c", KILLED, str(output)], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    assert not output.exists()
    assert (tmp_path / "out.partial" / MARKER).exists()
    with staged(output) as folder:
        assert [path.name for path in folder.iterdir()] == [MARKER]
        (folder / "b").write_text("b")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert [path.name for path in output.iterdir()] == ["b"]


def interrupted(output: Path) -> None:
    with staged(output) as folder:
        (folder / "sub").mkdir()
        raise KeyboardInterrupt


def test_a_failure_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        interrupted(tmp_path / "out")
    assert os.listdir(tmp_path) == []


def test_what_holds_something_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine").touch()
    with pytest.raises(UserError, match="holds something"), staged(tmp_path / "out"):
        pass
    assert os.listdir(tmp_path) == ["out"]
    with pytest.raises(UserError, match="holds something"), staged(tmp_path / "out" / "mine"):
        pass


def test_a_strangers_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "out.partial").mkdir()
    (tmp_path / "out.partial" / "mine").touch()
    with pytest.raises(UserError, match="no unfinished export"), staged(tmp_path / "out"):
        pass
    assert (tmp_path / "out.partial" / "mine").exists()


def test_two_exports_do_not_meet(tmp_path: Path) -> None:
    with (
        staged(tmp_path / "out") as folder,
        pytest.raises(UserError, match="another"),
        staged(tmp_path / "out"),
    ):
        pass
    assert not folder.exists()


def test_a_store_is_no_place() -> None:
    with pytest.raises(UserError, match="this machine"), staged("s3://bucket/out"):
        pass
