"""`hand-tracker bench`: milliseconds a frame of each stage on a video, beside other trackers'."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, cast, get_args

import typer

from synth.errors import UserError
from tracker.options import (
    DeviceOption,
    LandmarkModelOption,
    ModelOption,
    PalmModelOption,
    SplitOption,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tracker.evaluation.timing import Timing

    Image = NDArray[np.uint8]

_STAGES: Final = ("palm", "crop", "landmark", "rest", "loop")


@dataclass(frozen=True)
class PeerTiming:
    """What another tracker took on the same video.

    Attributes:
        name: of the tracker.
        cores: that its process might use.
        frames: of the video.
        median, p95: milliseconds a frame.
    """

    name: str
    cores: int
    frames: int
    median: float
    p95: float


def bench(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="VIDEO|DATASET",
            help="A video, or a dataset of which one sequence is moved over a 640x480 canvas.",
        ),
    ],
    split: SplitOption = "test",
    frames: Annotated[int, typer.Option(min=20, max=3000, help="Frames at most.")] = 300,
    threads: Annotated[
        list[int] | None,
        typer.Option(min=1, help="Threads; can be given several times. [default: 1 and 2]"),
    ] = None,
    model: ModelOption = "full",
    palm_model: PalmModelOption = None,
    landmark_model: LandmarkModelOption = None,
    num_hands: Annotated[int, typer.Option(min=1, max=20, help="Hands to follow.")] = 1,
    device: DeviceOption = "cpu",
    save_video: Annotated[
        Path | None,
        typer.Option(metavar="FILE.avi", help="Keep the dataset's video, for other trackers."),
    ] = None,
    peer: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="JSON",
            help="Timing of another tracker on the same video"
            " (tracker/evaluation/peers), to print as a ratio; can be given several times.",
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object and nothing else.")
    ] = False,
) -> None:
    """Measure the milliseconds a frame takes, by stage, while a hand is followed."""
    from tracker.evaluation.provenance import this_command, this_machine
    from tracker.evaluation.timing import time_tracker
    from tracker.model_file import packaged_model
    from tracker.sessions import Device

    palm = palm_model or packaged_model("palm")
    landmark = landmark_model or packaged_model(f"landmark_{model}")
    if device not in get_args(Device):
        raise UserError(f"--device: {device!r} is none of {', '.join(get_args(Device))}")
    peers = [read_peer_timing(path) for path in peer or []]
    images, fps = _video(source, split, frames, save_video)
    for other in peers:
        if other.frames != len(images):
            raise UserError(
                f"{other.name} was timed on {other.frames} frames, these are {len(images)}:"
                " time it on the same video"
            )
    timings = [
        time_tracker(images, fps, palm, landmark, count, num_hands, cast(Device, device))
        for count in threads or [1, 2]
    ]
    if as_json:
        facts = {"machine": asdict(this_machine()), "command": this_command(), "video": str(source)}
        own = {"tracker": [asdict(timing) for timing in timings]}
        print(json.dumps({**facts, **own, "peers": [asdict(other) for other in peers]}))
    else:
        print(f"machine: {this_machine()}\ncommand: {this_command()}\nmodel: {landmark.stem}\n")
        print(table(timings, peers))


def table(timings: list[Timing], peers: list[PeerTiming]) -> str:
    """Stages by threads, and how the loop compares with each peer on as many cores."""
    heading = [f"{t.threads} thread{'s' if t.threads > 1 else ''}, {t.device}" for t in timings]
    lines = [f"{'ms a frame: median (p95)':<26}" + "".join(f"{text:>20}" for text in heading)]
    for stage in _STAGES:
        cells = [getattr(timing, stage) for timing in timings]
        texts = [f"{cell.median:.2f} ({cell.p95:.2f})" for cell in cells]
        lines.append(f"{stage:<26}" + "".join(f"{text:>20}" for text in texts))
    first = timings[0]
    lines += [
        "",
        f"{first.frames} frames, {first.with_hand} with a hand, the detector ran in"
        f" {first.searched}; palm is of the detector run on each frame by itself.",
    ]
    for other in peers:
        own = [timing for timing in timings if timing.threads == other.cores]
        ratio = f", {other.median / own[0].loop.median:.2f} times this loop" if own else ""
        cores = f"{other.cores} core{'s' if other.cores > 1 else ''}"
        lines.append(
            f"{other.name}, {cores}: {other.median:.2f} ({other.p95:.2f}) ms a frame{ratio}"
        )
    return "\n".join(lines)


def read_peer_timing(path: Path) -> PeerTiming:
    """Read a file that peers/mediapipe_hands.py wrote of a video.

    Raises:
        UserError: if it cannot be read.
    """
    try:
        record: dict[str, Any] = json.loads(path.read_bytes())
        return PeerTiming(
            str(record["tool"]),
            int(record["cores"]),
            int(record["frames"]),
            float(record["ms_median"]),
            float(record["ms_p95"]),
        )
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f"{path}: is no timing of a tracker ({error!r})") from None


def _video(
    source: Path, split: str, frames: int, save_video: Path | None
) -> tuple[list[Image], float]:
    """Frames in memory and frames a second."""
    from tracker.evaluation.moving import FPS, video_from_dataset, write_video
    from tracker.evaluation.timing import WARM_UP
    from tracker.evaluation.truth import Split

    if not source.exists():
        raise UserError(f"{source}: there is no such video or dataset folder")
    if source.is_dir():
        if split not in get_args(Split):
            raise UserError(f"--split: {split!r} is none of {', '.join(get_args(Split))}")
        if save_video is not None:
            write_video(save_video, video_from_dataset(source, cast(Split, split), frames))
            print(f"hand-tracker: {save_video}: {frames} frames", file=sys.stderr)
            return _read_video(save_video, frames), FPS
        made = video_from_dataset(source, cast(Split, split), frames)
        return [frame.image for frame in made], FPS
    if save_video is not None:
        raise UserError("--save-video: is for the video that is made of a dataset")
    images = _read_video(source, frames)
    if len(images) <= WARM_UP:
        raise UserError(f"{source}: has {len(images)} frames, more than {WARM_UP} are needed")
    return images, FPS


def _read_video(path: Path, most: int) -> list[Image]:
    import cv2

    capture = cv2.VideoCapture(str(path))
    images: list[Any] = []
    try:
        while len(images) < most:
            ok, bgr = capture.read()
            if not ok:
                break
            images.append(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB))
    finally:
        capture.release()
    return images
