"""What is built once lies in the cache whole or not at all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from synth.asset_cache import Say, cache_folder, ensure_painted, write_asset
from synth.errors import UserError


def paint(folder: Path, say: Say) -> None:
    (folder / "a.png").write_text("painted")
    say("half way")


def ensure(folder: Path, write: object = paint) -> list[str]:
    said: list[str] = []
    ensure_painted(folder, "maps", 5, write, said.append)  # type: ignore[arg-type]
    return said


def test_the_folder_is_that_of_the_desktop(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "handsynth"
    monkeypatch.setenv("XDG_CACHE_HOME", "")
    assert cache_folder() == Path.home() / ".cache" / "handsynth"


def test_maps_are_painted_once(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "maps"
    said = ensure(folder)
    assert said == [
        f"painting the maps, once, about 5 seconds → {folder}",
        "half way",
        "the maps are painted",
    ]
    assert (folder / "a.png").read_text() == "painted"
    assert ensure(folder) == []
    assert [path.name for path in folder.parent.iterdir()] == ["maps"]


def test_half_of_the_maps_are_none(tmp_path: Path) -> None:
    def interrupted(folder: Path, say: Say) -> None:
        paint(folder, say)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ensure(tmp_path / "maps", interrupted)
    assert list(tmp_path.iterdir()) == []


def test_another_process_may_be_faster(tmp_path: Path) -> None:
    folder = tmp_path / "maps"

    def slow(scratch: Path, say: Say) -> None:
        paint(scratch, say)
        folder.mkdir()
        (folder / "a.png").write_text("the other's")

    ensure(folder, slow)
    assert (folder / "a.png").read_text() == "the other's"
    assert list(tmp_path.iterdir()) == [folder]


def test_a_cache_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match=r"cannot keep the maps in .*file .*XDG_CACHE_HOME"):
        ensure(tmp_path / "file" / "maps")


def test_assets_are_arrays(tmp_path: Path) -> None:
    path = tmp_path / "new" / "asset.npz"
    write_asset(path, {"points": np.eye(3)})
    with np.load(path) as asset:
        assert np.array_equal(asset["points"], np.eye(3))
    assert list(path.parent.iterdir()) == [path]
