from __future__ import annotations

import os
from pathlib import Path

import pytest

from annotate.photographs.inside import open_inside


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "a.jpg").write_bytes(b"secret")
    (tmp_path / "folder" / "sub").mkdir(parents=True)
    (tmp_path / "folder" / "sub" / "a.jpg").write_bytes(b"photograph")
    return (tmp_path / "folder").resolve()


def test_what_is_inside_is_read(folder: Path) -> None:
    (folder / "link.jpg").symlink_to("sub/a.jpg")
    (folder / "there").symlink_to("sub")
    for path in ("sub/a.jpg", "link.jpg", "there/a.jpg", "sub/../sub/a.jpg"):
        with open_inside(folder, path) as file:
            assert file.read() == b"photograph", path


def test_what_is_outside_is_not(folder: Path) -> None:
    secret = folder.parent / "outside" / "a.jpg"
    (folder / "link.jpg").symlink_to(secret)
    (folder / "there").symlink_to("../outside")
    (folder / "itself").symlink_to("itself")
    os.mkfifo(folder / "pipe.jpg")
    for path in (
        "link.jpg",
        "there/a.jpg",
        "../outside/a.jpg",
        "sub/../../outside/a.jpg",
        str(secret),
        "itself",
        "gone.jpg",
        "sub",
        "",
        ".",
        "a\0.jpg",
        "pipe.jpg",
    ):
        with pytest.raises(OSError):  # noqa: PT011 - of any kind
            open_inside(folder, path)


@pytest.mark.parametrize("replaced", ["sub/a.jpg", "sub"])
def test_a_link_put_there_at_the_last_moment_is_not_followed(
    folder: Path, monkeypatch: pytest.MonkeyPatch, replaced: str
) -> None:
    place, outside = folder / replaced, folder.parent / "outside"
    resolve = Path.resolve

    def resolve_and_replace(self: Path, strict: bool = False) -> Path:
        real = resolve(self, strict)
        if not place.is_symlink():
            place.rename(folder / "old")
            place.symlink_to(outside / "a.jpg" if replaced.endswith("jpg") else outside)
        return real

    monkeypatch.setattr(Path, "resolve", resolve_and_replace)
    with pytest.raises(OSError):  # noqa: PT011
        open_inside(folder, "sub/a.jpg")


def test_no_descriptor_stays_open(folder: Path) -> None:
    os.mkfifo(folder / "pipe.jpg")
    before = len(os.listdir("/proc/self/fd"))
    for path in ("pipe.jpg", "sub", "gone.jpg", "../outside/a.jpg"):
        with pytest.raises(OSError):  # noqa: PT011
            open_inside(folder, path)
    open_inside(folder, "sub/a.jpg").close()
    assert len(os.listdir("/proc/self/fd")) == before
