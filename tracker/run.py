"""`hand-tracker run`: an image, a video or a camera in; drawn frames and JSON lines out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from synth.errors import UserError
from tracker.drawing import draw_results
from tracker.frames import Frame, frame_rate, read_frames, read_image
from tracker.hand_tracker import HandTracker
from tracker.results import HandResult


def run_on_image(
    tracker: HandTracker, source: str, output: Path | None, lines: Path | None
) -> list[HandResult]:
    """Detect hands in one image file; see `run_on_video` for the rest."""
    _require_other(source, output, lines)
    image = read_image(Path(source))
    hands = tracker.detect(image)
    if output is not None:
        _write_image(output, draw_results(image, hands))
    with _opened(lines) as file:
        _write_line(file, 0, 0.0, hands)
    return hands


def run_on_video(
    tracker: HandTracker, source: str, output: Path | None, lines: Path | None
) -> tuple[int, int]:
    """Follow hands through a video file or what a camera sees.

    Args:
        tracker: in mode `video`.
        source: path of a video, or number of a camera.
        output: video to write with the skeletons drawn, `.mp4`.
        lines: file to write one JSON object a frame to.

    Returns:
        Frames, and frames with a hand.

    Raises:
        UserError: something cannot be read or written.
    """
    _require_other(source, output, lines)
    frames = with_hands = 0
    with _opened(lines) as file, _Video(output, frame_rate(source)) as video:
        for index, frame in enumerate(tqdm(read_frames(source), unit="frame", disable=None)):
            hands = tracker.track(frame.image, frame.timestamp)
            frames, with_hands = frames + 1, with_hands + bool(hands)
            _write_line(file, index, frame.timestamp, hands)
            video.add(frame, hands)
    return frames, with_hands


class _Video:
    """A video that is begun with its first frame, whose size it takes."""

    def __init__(self, path: Path | None, rate: float) -> None:
        self._path, self._rate = path, rate
        self._writer: cv2.VideoWriter | None = None

    def __enter__(self) -> _Video:
        return self

    def __exit__(self, *_: object) -> None:
        if self._writer is not None:
            self._writer.release()

    def add(self, frame: Frame, hands: list[HandResult]) -> None:
        if self._path is None:
            return
        if self._writer is None:
            height, width = frame.image.shape[:2]
            code = cv2.VideoWriter.fourcc(*"mp4v")
            self._writer = cv2.VideoWriter(str(self._path), code, self._rate, (width, height))
            _require(self._writer.isOpened(), self._path)
        self._writer.write(_bgr(draw_results(frame.image, hands)))


def _require_other(source: str, *outputs: Path | None) -> None:
    """Nothing is written over what is read."""
    for path in outputs:
        if path is not None and path.resolve() == Path(source).resolve():
            raise UserError(f"{path}: is what is looked at; write to another file")


def _write_image(path: Path, image: NDArray[np.uint8]) -> None:
    try:
        written = cv2.imwrite(str(path), _bgr(image))
    except cv2.error:  # an ending that it does not know
        written = False
    _require(written, path)


def _bgr(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_RGB2BGR), np.uint8)


def _require(written: bool, path: Path) -> None:
    if not written:
        raise UserError(f"{path}: cannot be written; is the folder there, and the ending known?")


@contextmanager
def _opened(path: Path | None) -> Iterator[TextIO | None]:
    if path is None:
        yield None
        return
    try:
        file = path.open("w")
    except OSError as error:
        raise UserError(f"{path}: cannot be written: {error.strerror}") from None
    with file:
        yield file


def _write_line(file: TextIO | None, index: int, timestamp: float, hands: list[HandResult]) -> None:
    if file is not None:
        record = {
            "frame": index,
            "timestamp": timestamp,
            "hands": [hand.to_dict() for hand in hands],
        }
        file.write(json.dumps(record) + "\n")
