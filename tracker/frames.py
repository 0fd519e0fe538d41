"""Frames of an image file, a video file or a camera."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from synth.errors import UserError

IMAGE_SUFFIXES: Final = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff")
#: Frames a second of a file that does not say.
_USUAL_RATE: Final = 30.0

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Frame:
    """(H, W, 3) uint8 RGB, and its time in seconds."""

    image: NDArray[np.uint8]
    timestamp: float


def read_image(path: Path) -> NDArray[np.uint8]:
    """An image file as (H, W, 3) uint8 RGB, turned upright as its EXIF data says.

    Grey, palette and 16-bit images are converted; transparency is laid over black.

    Raises:
        UserError: the file is missing, no image, or cut short.
    """
    try:
        with Image.open(path) as opened:
            picture = ImageOps.exif_transpose(opened)
            picture.load()
    except FileNotFoundError:
        raise UserError(f"{path}: there is no such file") from None
    except IsADirectoryError:
        raise UserError(f"{path}: is a folder; name one image") from None
    except UnidentifiedImageError:
        raise UserError(f"{path}: is no image that can be read") from None
    except Image.DecompressionBombError:
        raise UserError(f"{path}: the image is too large to be read; make it smaller") from None
    except (OSError, SyntaxError, ValueError) as error:
        raise UserError(f"{path}: the image is damaged: {error}") from None
    if picture.mode.startswith("I"):
        values = np.asarray(picture)
        grey = np.clip(values.astype(np.int64) >> 8, 0, 255).astype(np.uint8)
        return np.repeat(grey[..., None], 3, axis=2)
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, (0, 0, 0, 255)), picture)
    return np.ascontiguousarray(np.asarray(picture.convert("RGB"), np.uint8))


def is_image(source: str) -> bool:
    return Path(source).suffix.lower() in IMAGE_SUFFIXES


def frame_rate(source: str) -> float:
    """Frames a second of a video file; the usual ones for a camera."""
    if source.isdigit():
        return _USUAL_RATE
    capture = _opened(source)
    try:
        rate = capture.get(cv2.CAP_PROP_FPS)
    finally:
        capture.release()
    return rate if 1 <= rate <= 1000 else _USUAL_RATE


def read_frames(source: str) -> Iterator[Frame]:
    """Frames of a video file or of the camera of that number, in order.

    A video's times are its own where they grow, else counted from its frame rate. One that ends in
    garbage gives the frames before it, and a warning.

    Raises:
        UserError: it cannot be opened, or not one frame can be read.
    """
    if source.isdigit():
        yield from _camera_frames(int(source))
        return
    if Path(source).is_dir():
        raise UserError(f"{source}: is a folder; name one image or video")
    if not Path(source).is_file():
        raise UserError(f"{source}: there is no such file; a camera is named by its number")
    rate = frame_rate(source)
    capture = _opened(source)
    count, time_before = 0, -1 / rate
    try:
        expected = int(capture.get(cv2.CAP_PROP_FRAME_COUNT))
        while True:
            read, bgr = capture.read()
            if not read:
                break
            timestamp = capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
            if not timestamp > time_before:
                timestamp = time_before + 1 / rate
            yield Frame(np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), np.uint8), timestamp)
            count, time_before = count + 1, timestamp
    finally:
        capture.release()
    if count == 0:
        raise UserError(f"{source}: not one frame of a video can be read from it")
    if expected > count + 1:
        log.warning(
            "%s: ends after %d of %d frames; the rest cannot be read", source, count, expected
        )


def _camera_frames(number: int) -> Iterator[Frame]:
    capture = _opened(number)
    try:
        if not capture.isOpened():
            raise UserError(f"camera {number}: cannot be opened; is it there and not in use?")
        started = time.monotonic()
        while True:
            read, bgr = capture.read()
            if not read:
                raise UserError(f"camera {number}: gives no more frames")
            image = np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), np.uint8)
            yield Frame(image, time.monotonic() - started)
    finally:
        capture.release()


def _opened(source: str | int) -> cv2.VideoCapture:
    # What OpenCV and FFmpeg find wrong is said here, once and in one line.
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    cv2.setLogLevel(0)
    return cv2.VideoCapture(source)
