"""`hand-synth merge`: what it says, and its exit status."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from synth.console import new_app
from synth.generation.merge_command import merge
from synth.manifest import Manifest
from synth.shards.plan import Part
from tests.synth.generation.test_make import run
from tests.synth.generation.test_merge import run_part

APP = new_app("hand-synth", "A test.")
APP.command()(merge)


@pytest.fixture
def parts(make_manifest: Callable[..., Manifest], tmp_path: Path) -> list[Path]:
    folders = [tmp_path / f"part{k}" for k in (1, 2, 3)]
    for k, folder in enumerate(folders, 1):
        run_part(make_manifest(), folder, Part(k, 3))
    return folders


def join(*arguments: object) -> Result:
    return CliRunner().invoke(APP, ["merge", *map(str, arguments)])


def test_a_whole_and_a_part_of_it(parts: list[Path], tmp_path: Path) -> None:
    result = join(*parts, "-o", tmp_path / "out")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.splitlines()[-1] == f"{tmp_path / 'out'}: 32 images in 4 shards"
    result = join(parts[0], parts[2], "-o", tmp_path / "few")
    assert result.exit_code == 1
    counts, lacks = result.stderr.splitlines()[-2:]
    assert counts == f"{tmp_path / 'few'}: 20 images in 3 shards"
    assert "few: not complete: sequences 3 to 5 are missing (part 2/3 is not there); m" in lacks


def test_bad_input_is_status_2(
    parts: list[Path], tmp_path: Path, make_manifest: Callable[..., Manifest]
) -> None:
    run(make_manifest(seed=9), tmp_path / "other")
    file = tmp_path / "file"
    file.write_text("a file")
    cut = tmp_path / "cut"
    cut.mkdir()
    text = (parts[0] / "dataset.json").read_text()
    (cut / "dataset.json").write_text(text[: len(text) // 2])
    for arguments, reason in (
        ((tmp_path / "nowhere",), "is no dataset"),
        ((parts[0], tmp_path / "other"), "leave one of the two out"),
        ((cut,), "is damaged: line"),
        ((parts[0], "-o", file), "cannot be made a folder"),
        ((parts[0], "-o", tmp_path / "manifest"), "is not empty and is no dataset"),
        ((parts[1], "-o", tmp_path / "other"), "choose another folder as the output"),
    ):
        end = () if "-o" in arguments else ("-o", tmp_path / "out")
        result = join(*arguments, *end)
        assert result.exit_code == 2, arguments
        assert reason in result.stderr
        assert result.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()
