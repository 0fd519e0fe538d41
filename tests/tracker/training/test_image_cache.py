"""The cache of pictures: made once, read without decoding, never taken for whole when it is not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from synth.errors import UserError
from tracker.training.image_cache import CachedImages, cached_images

ROOT = Path(__file__).parents[3]
SIDE = 6


@dataclass(frozen=True)
class Label:
    point: NDArray[np.float32]
    present: float


@dataclass(frozen=True)
class Picture:
    image: NDArray[np.uint8]
    mask: NDArray[np.uint8]
    label: Label


def pictures(count: int = 5, stop_at: int | None = None) -> Iterator[Picture]:
    rng = np.random.default_rng(count)
    for number in range(count):
        if number == stop_at:
            raise KeyboardInterrupt
        image = rng.integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)
        label = Label(np.array([number, np.nan], np.float32), number % 2)
        yield Picture(image, image[..., 0] // 128, label)


def never() -> Iterator[Picture]:
    raise AssertionError("pictures are made again")
    yield


def test_what_is_written_is_read(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "entry"
    for source in (pictures(), never()):
        found = cached_images(target, "data", source)
        assert len(found) == 5
        assert isinstance(found.images, np.memmap)
        for number, picture in enumerate(pictures()):
            np.testing.assert_array_equal(found.images[number], picture.image)
            np.testing.assert_array_equal(found.masks[number], picture.mask)
        assert set(found.labels) == {"point", "present"}
        np.testing.assert_array_equal(found.labels["point"][:, 0], np.arange(5))
        assert np.isnan(found.labels["point"][:, 1]).all()
        assert found.labels["present"].tolist() == [0, 1, 0, 1, 0]


def test_an_interrupted_build_is_not_taken_for_whole(tmp_path: Path) -> None:
    target = tmp_path / "entry"
    with pytest.raises(KeyboardInterrupt):
        cached_images(target, "data", pictures(stop_at=3))
    assert not target.exists()
    assert len(cached_images(target, "data", pictures())) == 5
    assert not list(tmp_path.glob("*.tmp"))


def test_nothing_is_no_entry(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="photos: holds no picture") as error:
        cached_images(tmp_path / "entry", "photos", pictures(0))
    assert "\n" not in str(error.value)
    assert [path.suffix for path in tmp_path.iterdir()] == [".lock"]


def test_several_at_once_make_it_once(tmp_path: Path) -> None:
    made: list[int] = []

    def counted() -> Iterator[Picture]:
        made.append(1)
        yield from pictures()

    found: list[CachedImages] = []
    threads = [
        threading.Thread(
            target=lambda: found.append(cached_images(tmp_path / "entry", "data", counted()))
        )
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert [len(each) for each in found] == [5, 5, 5]
    np.testing.assert_array_equal(found[0].images, found[2].images)


def test_a_killed_build_leaves_no_lock(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path\n"
        "from tracker.training.image_cache import cached_images\n"
        "def dying():\n    os.kill(os.getpid(), signal.SIGKILL)\n    yield\n"
        "cached_images(Path(sys.argv[1]), 'data', dying())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "entry")],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=60,
    )
    assert done.returncode == -signal.SIGKILL
    assert len(cached_images(tmp_path / "entry", "data", pictures())) == 5
