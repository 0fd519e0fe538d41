"""A video with known landmarks, made of rendered images that move over a canvas.

A still, or the frames of a sequence played back and forth, is turned, zoomed and shifted smoothly,
as a hand moves before a webcam. What is round it is its own colours, blurred, so that no second
hand comes about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice, pairwise
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from synth.errors import UserError
from tracker.evaluation.truth import Image, Split, TrueHand, TrueImage, read_true_images
from tracker.results import Handedness

Array = NDArray[np.float64]

FPS: Final = 30.0
#: Width and height of the canvas.
CANVAS: Final = (640, 480)
#: Share of landmarks inside the canvas from which the hand is to be found.
IN_VIEW: Final = 0.75
#: A hand that moves by more than this share of its box from a frame to the next one is seen by
#: another camera there.
_JUMP: Final = 0.25
#: Standard deviation of the grey noise that each frame has of its own, of 255.
_NOISE: Final = 2.0
#: Length of the palm ÷ side of the hand's box below which it is seen end on.
_OPEN: Final = 0.3
#: Share of the still's side over which its border fades into what is round it.
_FEATHER: Final = 0.06


@dataclass(frozen=True)
class Placement:
    """Where the still is: centre ÷ canvas (x, y), side ÷ canvas' height, radians clockwise."""

    center: tuple[float, float]
    side: float
    rotation: float


#: Placement at a time in seconds.
Path2D = Callable[[float], Placement]


@dataclass(frozen=True)
class TrueFrame:
    """One frame of the video.

    Attributes:
        image: (H, W, 3) uint8 RGB.
        time: seconds.
        landmarks: (21, 3) pixels.
        side: of the hand.
        in_view: whether enough of it is inside to be found.
    """

    image: Image
    time: float
    landmarks: Array
    side: Handedness
    in_view: bool


def wander(time: float) -> Placement:
    """To and fro, nearer and farther, a little turned; always in view."""
    return Placement(
        (
            0.5 + 0.11 * float(np.sin(2 * np.pi * time / 3.1)),
            0.5 + 0.09 * float(np.sin(2 * np.pi * time / 2.3 + 1)),
        ),
        0.9 + 0.18 * float(np.sin(2 * np.pi * time / 4.7)),
        0.3 * float(np.sin(2 * np.pi * time / 3.7)),
    )


def stay(time: float) -> Placement:
    """Always at the same place: only the noise changes."""
    return Placement((0.5, 0.5), 0.9, 0.0)


def leave_and_return(time: float) -> Placement:
    """As `wander`, but out to the right and back in, once in six seconds; away for about one."""
    away = 1.1 * float(np.clip(1.5 * np.sin(2 * np.pi * (time / 6 - 0.2)) - 0.5, 0, 1))
    there = wander(time)
    return Placement((there.center[0] + away, there.center[1]), there.side, there.rotation)


def video_from_images(
    images: Sequence[TrueImage],
    frames: int,
    path: Path2D = wander,
    hold: int = 2,
    seed: int = 0,
    canvas: tuple[int, int] = CANVAS,
) -> Iterator[TrueFrame]:
    """Frames of a video with the landmarks that are true in each.

    Args:
        images: a still, or successive moments of one hand seen by one camera; one hand each, whose
            side is known.
        frames: of the video.
        path: where the picture is at a time.
        hold: frames that each moment stays, where there are several.
        seed: of the noise.
        canvas: width and height of the video.
    """
    if not images or any(len(image.hands) != 1 for image in images):
        raise ValueError("a video needs images with one hand each")
    rng = np.random.default_rng(seed)
    tile = _noise_tile(rng, canvas)
    there_and_back = [*images, *images[-2:0:-1]]
    for number in range(frames):
        moment = there_and_back[number // hold % len(there_and_back)]
        (hand,) = moment.hands
        assert hand.side is not None
        time = number / FPS
        matrix = _matrix(moment.image.shape[:2], path(time), canvas)
        landmarks = _moved(hand.landmarks, matrix)
        inside = (landmarks[:, :2] >= 0) & (landmarks[:, :2] < canvas)
        in_view = bool(inside.all(axis=1).mean() >= IN_VIEW)
        picture = _noisy(_drawn(moment.image, matrix, canvas), tile, rng)
        yield TrueFrame(picture, time, landmarks, hand.side, in_view)


def video_from_dataset(folder: str | Path, split: Split, frames: int) -> Iterator[TrueFrame]:
    """A video of the first hand of a dataset that will do, wandering over the canvas.

    Raises:
        UserError: if there is none.
    """
    clips = read_clips(folder, split, 1)
    if not clips:
        raise UserError(f"{folder}: no sequence in {split} shows a whole hand well")
    return video_from_images(clips[0], frames)


def read_clips(folder: str | Path, split: Split, count: int) -> list[list[TrueImage]]:
    """The first `count` sequences of a split, or as many as there are, that show a whole hand well.

    Well means that three quarters of its landmarks are visible and its palm is not seen end on.
    Each is all that one camera sees of the sequence, if the hand is whole throughout and the camera
    stays; else the first still with a whole hand.
    """
    return list(islice(_clips(read_true_images(folder, split)), count))


def write_video(path: Path, frames: Iterable[TrueFrame]) -> int:
    """Write frames as Motion JPEG (.avi), which every OpenCV reads; returns their number.

    Raises:
        UserError: if the file cannot be written.
    """
    count = 0
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), FPS, CANVAS)
    if not writer.isOpened():
        raise UserError(f"{path}: cannot be written as a video; name it .avi in a folder there is")
    try:
        for frame in frames:
            writer.write(cv2.cvtColor(frame.image, cv2.COLOR_RGB2BGR))
            count += 1
    finally:
        writer.release()
    return count


def _clips(images: Iterable[TrueImage]) -> Iterator[list[TrueImage]]:
    for _, group in groupby(images, key=lambda image: image.key.split("_")[0]):
        sequence = list(group)
        cameras = sorted({image.key.split("_")[2] for image in sequence})
        seen = [[image for image in sequence if image.key.split("_")[2] == c] for c in cameras]
        steady = [views for views in seen if all(map(_shows_whole_hand, views))]
        steady = [views for views in steady if len(views) > 1 and _same_camera(views)]
        stills = [image for image in sequence if _shows_whole_hand(image)]
        if steady or stills:
            yield steady[0] if steady else stills[:1]


def _shows_whole_hand(image: TrueImage) -> bool:
    if len(image.hands) != 1 or image.hidden or image.hands[0].side is None:
        return False
    hand = image.hands[0]
    whole = bool((hand.visibility > 0).all()) and hand.visible_share >= 0.75
    return whole and hand.palm_size >= _OPEN * hand.box_side


def _same_camera(images: Sequence[TrueImage]) -> bool:
    hands = [image.hands[0] for image in images]
    return all(_step(a, b) < _JUMP * a.box_side for a, b in pairwise(hands))


def _step(one: TrueHand, other: TrueHand) -> float:
    off = one.landmarks[:, :2] - other.landmarks[:, :2]
    return float(np.linalg.norm(off, axis=1).mean())


def _matrix(size: tuple[int, ...], place: Placement, canvas: tuple[int, int]) -> Array:
    """(2, 3): pixels of the canvas from pixels of the still."""
    height, width = size
    scale = place.side * canvas[1] / max(height, width)
    cosine, sine = scale * np.cos(place.rotation), scale * np.sin(place.rotation)
    turn = np.array([[cosine, -sine], [sine, cosine]])
    center = np.array(place.center) * canvas
    return np.column_stack([turn, center - turn @ (width / 2, height / 2)])


def _moved(landmarks: Array, matrix: Array) -> Array:
    scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    flat = landmarks[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    return np.column_stack([flat, landmarks[:, 2] * scale])


def _drawn(still: Image, matrix: Array, canvas: tuple[int, int]) -> Image:
    # OpenCV counts from the centre of the first pixel, this project from its corner.
    shifted = matrix.copy()
    shifted[:, 2] += matrix[:, :2] @ (0.5, 0.5) - 0.5
    height, width = still.shape[:2]
    cover = np.zeros((height, width), np.float32)
    border = max(1, round(_FEATHER * max(height, width)))
    cover[border:-border, border:-border] = 1
    cover = cv2.warpAffine(cv2.blur(cover, (2 * border - 1, 2 * border - 1)), shifted, canvas)
    picture = cv2.warpAffine(still, shifted, canvas, borderMode=cv2.BORDER_REPLICATE)
    tiny = cv2.resize(still, (4, 3), interpolation=cv2.INTER_AREA)
    ground = cv2.resize(tiny, canvas, interpolation=cv2.INTER_CUBIC)
    return np.asarray(cv2.blendLinear(picture, ground, cover, 1 - cover), np.uint8)


def _noise_tile(rng: np.random.Generator, canvas: tuple[int, int]) -> NDArray[np.int16]:
    """(2 H, 2 W, 3): grey noise, of which each frame takes another part."""
    width, height = canvas
    grey = rng.standard_normal((2 * height, 2 * width), dtype=np.float32) * _NOISE
    return np.repeat(np.round(grey).astype(np.int16)[..., None], 3, axis=2)


def _noisy(image: Image, tile: NDArray[np.int16], rng: np.random.Generator) -> Image:
    height, width = image.shape[:2]
    top, left = rng.integers(height), rng.integers(width)
    part = tile[top : top + height, left : left + width]
    return np.asarray(cv2.add(image, part, dtype=cv2.CV_8U), np.uint8)
