"""Files as they come: every kind of image, and damage that is said in one line."""

from __future__ import annotations

import logging
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from synth.errors import UserError
from tracker import frames
from tracker.frames import frame_rate, is_image, read_frames, read_image

COLORS = np.array(
    [[[200, 30, 40], [10, 220, 90]], [[5, 60, 250], [120, 120, 120]], [[0, 0, 0], [255, 255, 255]]],
    np.uint8,
)


def test_colours_stay_red_green_blue(tmp_path: Path) -> None:
    Image.fromarray(COLORS).save(tmp_path / "a.png")
    image = read_image(tmp_path / "a.png")
    np.testing.assert_array_equal(image, COLORS)
    assert image.dtype == np.uint8
    assert image.flags.c_contiguous


def test_grey_palette_and_two_bits(tmp_path: Path) -> None:
    grey = COLORS[..., 0]
    for mode in ("L", "P", "1"):
        picture = Image.fromarray(grey).convert(mode)
        picture.save(tmp_path / f"{mode}.png")
        expected = np.repeat(np.asarray(picture.convert("L"))[..., None], 3, axis=2)
        np.testing.assert_array_equal(read_image(tmp_path / f"{mode}.png"), expected)


def test_sixteen_bits(tmp_path: Path) -> None:
    deep = np.array([[0, 257, 32768, 65535]], np.uint16)
    cv2.imwrite(str(tmp_path / "grey.png"), deep)
    expected = np.repeat(np.array([[[0], [1], [128], [255]]], np.uint8), 3, axis=2)
    np.testing.assert_array_equal(read_image(tmp_path / "grey.png"), expected)
    cv2.imwrite(str(tmp_path / "grey.tif"), deep)
    np.testing.assert_array_equal(read_image(tmp_path / "grey.tif"), expected)
    rgb = np.uint16(COLORS[..., ::-1]) * 257
    cv2.imwrite(str(tmp_path / "rgb.png"), rgb)
    np.testing.assert_array_equal(read_image(tmp_path / "rgb.png"), COLORS)


def test_transparency_lies_over_black(tmp_path: Path) -> None:
    alpha = np.array([[255, 128], [0, 255], [64, 0]], np.uint8)
    Image.fromarray(np.dstack([COLORS, alpha])).save(tmp_path / "rgba.png")
    found = read_image(tmp_path / "rgba.png").astype(int)
    expected = COLORS * (alpha[..., None] / 255)
    assert np.abs(found - expected).max() <= 1
    Image.fromarray(np.dstack([COLORS[..., 0], alpha]), "LA").save(tmp_path / "la.png")
    assert np.abs(read_image(tmp_path / "la.png") - expected[..., :1]).max() <= 1


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photograph_is_turned_upright(tmp_path: Path, orientation: int) -> None:
    """The eight cases of the EXIF standard, as turns of the array that is stored."""
    upright = np.kron(COLORS, np.ones((16, 16, 1), np.uint8))
    stored = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.transpose(1, 0, 2),
        6: np.rot90(upright, 1),
        7: upright[::-1, ::-1].transpose(1, 0, 2),
        8: np.rot90(upright, -1),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = tmp_path / "a.jpg"
    Image.fromarray(np.ascontiguousarray(stored)).save(path, exif=exif, quality=98, subsampling=0)
    found = read_image(path)
    assert found.shape == upright.shape
    assert np.abs(found.astype(int) - upright).mean() < 4


def noise() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (60, 80, 3), np.uint8)


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".bmp", ".webp", ".tif"])
@pytest.mark.parametrize("share", [0.02, 0.5, 0.95])
def test_a_file_that_is_cut_short(tmp_path: Path, suffix: str, share: float) -> None:
    path = tmp_path / f"a{suffix}"
    Image.fromarray(noise()).save(path)
    assert read_image(path).shape == (60, 80, 3)
    data = path.read_bytes()
    path.write_bytes(data[: int(share * len(data))])
    with pytest.raises(UserError, match="is no image that can be read|is damaged") as error:
        read_image(path)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("content", [b"", b"hello\n", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0"])
def test_a_file_that_is_no_image(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(content)
    with pytest.raises(UserError, match=r"a.png: (is no image|the image is damaged)"):
        read_image(path)


def test_nothing_or_a_folder(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is no such file"):
        read_image(tmp_path / "none.png")
    with pytest.raises(UserError, match="is a folder"):
        read_image(tmp_path)
    for missing, message in ((tmp_path / "none.mp4", "no such file"), (tmp_path, "is a folder")):
        with pytest.raises(UserError, match=message):
            next(read_frames(str(missing)))


def test_an_image_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Image.fromarray(noise()).save(tmp_path / "a.png")
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    with pytest.raises(UserError, match="too large"):
        read_image(tmp_path / "a.png")


def test_what_is_an_image() -> None:
    assert is_image("a/B.JPG")
    assert is_image("x.webp")
    assert not is_image("a.mp4")
    assert not is_image("0")


def video(path: Path, count: int = 20, rate: float = 25.0) -> Path:
    """Frame n is red, and darker than the next."""
    code = "MJPG" if path.suffix == ".avi" else "mp4v"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*code), rate, (64, 48))
    assert writer.isOpened()
    rng = np.random.default_rng(0)
    for n in range(count):
        frame = rng.integers(0, 40, (48, 64, 3), np.uint8)
        frame[..., 2] = 40 + 10 * n
        writer.write(frame)
    writer.release()
    return path


@pytest.mark.parametrize("name", ["a.mp4", "a.avi"])
def test_a_video(tmp_path: Path, name: str, caplog: pytest.LogCaptureFixture) -> None:
    path = str(video(tmp_path / name))
    found = list(read_frames(path))
    assert frame_rate(path) == pytest.approx(25)
    assert [frame.timestamp for frame in found] == pytest.approx(np.arange(20) / 25)
    assert found[0].image.shape == (48, 64, 3)
    red = [frame.image[..., 0].mean() for frame in found]
    assert red == pytest.approx(40 + 10 * np.arange(20), abs=4)
    assert max(frame.image[..., 2].mean() for frame in found) < 40
    assert caplog.text == ""


def test_a_video_that_ends_in_garbage(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = video(tmp_path / "a.avi")
    data = path.read_bytes()
    path.write_bytes(data[: int(0.7 * len(data))])
    with caplog.at_level(logging.WARNING):
        found = list(read_frames(str(path)))
    assert 8 < len(found) < 17
    assert len(caplog.records) == 1
    assert f"ends after {len(found)} of 20 frames" in caplog.records[0].getMessage()
    times = [frame.timestamp for frame in found]
    assert (np.diff(times) > 0).all()


def test_what_is_no_video(tmp_path: Path) -> None:
    cut = video(tmp_path / "cut.mp4")
    # The index of an MP4 stands at its end.
    cut.write_bytes(cut.read_bytes()[: int(0.7 * cut.stat().st_size)])
    (tmp_path / "text.mp4").write_text("hello\n")
    (tmp_path / "empty.mp4").write_bytes(b"")
    for name in ("cut.mp4", "text.mp4", "empty.mp4"):
        with pytest.raises(UserError, match="not one frame of a video") as error:
            list(read_frames(str(tmp_path / name)))
        assert "\n" not in str(error.value)


class Capture:
    """Stands in for OpenCV's: frames with times of their own."""

    def __init__(self, times: list[float]) -> None:
        self.times, self.place = times, -1

    def get(self, key: int) -> float:
        if key == cv2.CAP_PROP_FPS:
            return 10.0
        return 1000 * self.times[self.place] if key == cv2.CAP_PROP_POS_MSEC else len(self.times)

    def read(self) -> tuple[bool, np.ndarray | None]:
        self.place += 1
        if self.place == len(self.times):
            return False, None
        return True, np.zeros((4, 4, 3), np.uint8)

    def isOpened(self) -> bool:
        return True

    def release(self) -> None:
        pass


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        ([0.0, 0.03, 0.2, 0.21], [0.0, 0.03, 0.2, 0.21]),  # no even rate
        ([0.0, 0.0, 0.0, 0.0], [0.0, 0.1, 0.2, 0.3]),  # a file without times
        ([0.0, 0.5, 0.2, 0.7], [0.0, 0.5, 0.6, 0.7]),  # a step back
    ],
)
def test_times_always_grow(
    own: list[float], expected: list[float], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frames, "_opened", lambda _: Capture(own))
    (tmp_path / "a.mp4").touch()
    found = [frame.timestamp for frame in read_frames(str(tmp_path / "a.mp4"))]
    assert found == pytest.approx(expected)


def test_a_camera(monkeypatch: pytest.MonkeyPatch) -> None:
    capture = Capture([0.0] * 3)
    monkeypatch.setattr(frames, "_opened", lambda _: capture)
    camera = read_frames("0")
    times = [next(camera).timestamp for _ in range(3)]
    assert (np.diff(times) > 0).all()
    with pytest.raises(UserError, match="camera 0: gives no more frames"):
        next(camera)
    monkeypatch.setattr(Capture, "isOpened", lambda _: False)
    with pytest.raises(UserError, match="camera 7: cannot be opened"):
        next(read_frames("7"))
    assert frame_rate("0") == 30
