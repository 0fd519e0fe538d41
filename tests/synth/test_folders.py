"""The files of a folder."""

from __future__ import annotations

from pathlib import Path

from synth.folders import files_below


def test_files_of_these_kinds_at_any_depth_by_their_path_inside(tmp_path: Path) -> None:
    names = ("b/2.JPG", "a/1.png", "a/1.txt", "c.png", "B/3.jpg")
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "folder.png").mkdir()
    found = files_below(tmp_path, (".jpg", ".png"))
    assert found == tuple(str(tmp_path / n) for n in ("B/3.jpg", "a/1.png", "b/2.JPG", "c.png"))
    assert files_below(tmp_path, (".exr",)) == ()
