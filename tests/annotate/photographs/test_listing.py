from __future__ import annotations

import os
import random
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.photographs.listing import list_photographs, natural_key
from synth.errors import UserError


def put(folder: Path, *paths: str) -> Path:
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(b"x")
    return folder


def paths(folder: Path) -> list[str]:
    return [file.path for file in list_photographs(folder).files]


def test_order_is_that_of_a_person(tmp_path: Path) -> None:
    put(tmp_path, "img10.jpg", "img2.jpg", "IMG1.JPG", "b/2.png", "b/10.png", "a10/x.png")
    put(tmp_path, "a9/x.png", "img2b.jpg")
    assert paths(tmp_path) == [
        "a9/x.png",
        "a10/x.png",
        "b/2.png",
        "b/10.png",
        "IMG1.JPG",
        "img2.jpg",
        "img2b.jpg",
        "img10.jpg",
    ]


@given(st.lists(st.integers(0, 10**12), min_size=2, unique=True))
def test_numbers_sort_as_numbers(numbers: list[int]) -> None:
    names = [f"take {number}/x.jpg" for number in numbers]
    assert sorted(names, key=natural_key) == [f"take {n}/x.jpg" for n in sorted(numbers)]


@given(st.lists(st.text("aB1²٣0 ./-", min_size=1), min_size=2, unique=True))
def test_any_two_names_have_an_order(names: list[str]) -> None:
    mixed = random.Random(0).sample(names, len(names))
    assert sorted(names, key=natural_key) == sorted(mixed, key=natural_key)


def test_only_photographs_that_are_not_hidden(tmp_path: Path) -> None:
    put(tmp_path, "a.jpg", "b.JPEG", "c.png", "d.webp", "e.bmp", "deep/er/still/f.jpg")
    put(tmp_path, ".g.jpg", ".hidden/h.jpg", "i.gif", "j.txt", "jpg", "annotations.sqlite")
    (tmp_path / "folder.jpg").mkdir()
    listing = list_photographs(tmp_path)
    assert sorted(file.path for file in listing.files) == [
        "a.jpg",
        "b.JPEG",
        "c.png",
        "d.webp",
        "deep/er/still/f.jpg",
        "e.bmp",
    ]
    assert listing.left_out == []


def test_size_and_time_are_the_files(tmp_path: Path) -> None:
    put(tmp_path, "a.jpg")
    os.utime(tmp_path / "a.jpg", ns=(5, 1_234_567_890_123_456_789))
    (file,) = list_photographs(tmp_path).files
    assert (file.bytes, file.modified_ns) == (1, 1_234_567_890_123_456_789)


def test_links_that_lead_out_are_left_out(tmp_path: Path) -> None:
    outside = put(tmp_path / "outside", "secret.jpg")
    folder = put(tmp_path / "folder", "a.jpg", ".store/b.jpg")
    (folder / "out.jpg").symlink_to(outside / "secret.jpg")
    (folder / "up.jpg").symlink_to("../outside/secret.jpg")
    (folder / "out").symlink_to(outside)
    (folder / "loop").symlink_to(folder)
    (folder / "nowhere.jpg").symlink_to("gone.jpg")
    (folder / "itself.jpg").symlink_to("itself.jpg")
    (folder / "in.jpg").symlink_to(".store/b.jpg")
    (folder / "twice.jpg").symlink_to("out.jpg")
    listing = list_photographs(folder)
    assert [file.path for file in listing.files] == ["a.jpg", "in.jpg"]
    assert sorted(line.split(":")[0] for line in listing.left_out) == [
        "itself.jpg",
        "loop",
        "nowhere.jpg",
        "out",
        "out.jpg",
        "twice.jpg",
        "up.jpg",
    ]


def test_a_folder_beside_with_a_longer_name_is_outside(tmp_path: Path) -> None:
    beside = put(tmp_path / "photos-private", "secret.jpg")
    folder = put(tmp_path / "photos", "a.jpg")
    (folder / "b.jpg").symlink_to(beside / "secret.jpg")
    assert paths(folder) == ["a.jpg"]


def test_the_folder_itself_may_be_a_link(tmp_path: Path) -> None:
    put(tmp_path / "real", "a.jpg", "b/c.jpg")
    (tmp_path / "link").symlink_to("real")
    assert paths(tmp_path / "link") == ["a.jpg", "b/c.jpg"]


def test_what_is_no_plain_file_is_left_out(tmp_path: Path) -> None:
    put(tmp_path, "a.jpg")
    os.mkfifo(tmp_path / "pipe.jpg")
    with open(os.fsencode(tmp_path) + b"/\xff.jpg", "wb"):
        pass
    listing = list_photographs(tmp_path)
    assert [file.path for file in listing.files] == ["a.jpg"]
    assert len(listing.left_out) == 2
    for line in listing.left_out:
        line.encode()  # can be printed


def test_no_folder(tmp_path: Path) -> None:
    put(tmp_path, "a.jpg")
    for folder in (tmp_path / "gone", tmp_path / "a.jpg"):
        with pytest.raises(UserError, match="is no folder"):
            list_photographs(folder)


def test_20_000_are_listed_quickly(tmp_path: Path) -> None:
    for part in range(20):
        (tmp_path / f"part {part}").mkdir()
        for number in range(1000):
            os.close(os.open(tmp_path / f"part {part}" / f"{number}.jpg", os.O_CREAT))
    begun = time.process_time()
    files = list_photographs(tmp_path).files
    seconds = time.process_time() - begun
    assert [file.path for file in files] == [
        f"part {part}/{number}.jpg" for part in range(20) for number in range(1000)
    ]
    assert seconds < 1, seconds  # of the processor, whatever else it does


def test_photographs_that_browsers_do_not_show_are_named(tmp_path: Path) -> None:
    put(tmp_path, "a.jpg", "b.HEIC", "sub/c.tif", ".d.heic", "notes.txt")
    listing = list_photographs(tmp_path)
    assert [file.path for file in listing.files] == ["a.jpg"]
    assert sorted(listing.left_out) == [
        "b.HEIC: is of a kind that is not shown: make a JPEG of it",
        "sub/c.tif: is of a kind that is not shown: make a JPEG of it",
    ]
