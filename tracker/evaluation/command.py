"""`hand-tracker evaluate`."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal, cast, get_args

import typer
from tqdm import tqdm

from synth.errors import UserError
from tracker.options import (
    DeviceOption,
    LandmarkModelOption,
    ModelOption,
    PalmModelOption,
    SmallHandsOption,
    SplitOption,
)

Split = Literal["train", "val", "test"]
#: Palms of any score count in the detector's average precision; below this they change nothing.
_LOW_SCORE = 0.02
#: From which a palm is looked at by default.
_USUAL_SCORE = 0.5


def evaluate(
    data: Annotated[
        str | None, typer.Option(metavar="DIR|URL", help="Dataset made by hand-synth generate.")
    ] = None,
    split: SplitOption = "test",
    photos: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Photographs with an index.json.")
    ] = None,
    only: Annotated[
        str | None, typer.Option("--set", metavar="NAME", help="Of the photographs. [default: all]")
    ] = None,
    part: Annotated[
        str,
        typer.Option(
            metavar="all|learned|kept", help="Of the photographs; training never sees those kept."
        ),
    ] = "all",
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="DIR",
            help="Folder for metrics.json, metrics.md and pictures.",
        ),
    ] = None,
    model: ModelOption = "full",
    palm_model: PalmModelOption = None,
    landmark_model: LandmarkModelOption = None,
    peer: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="JSONL",
            help="Results of another tracker on the same images, to print beside this one's"
            " (tracker/evaluation/peers); can be given several times.",
        ),
    ] = None,
    peers_only: Annotated[bool, typer.Option(help="Leave this tracker out.")] = False,
    num_hands: Annotated[int, typer.Option(min=1, max=20, help="Hands an image at most.")] = 2,
    small_hands: SmallHandsOption = True,
    limit: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Look at the first N images only.")
    ] = None,
    videos: Annotated[
        int,
        typer.Option(min=0, help="Hands of the dataset to follow in videos that are made of them."),
    ] = 5,
    device: DeviceOption = "auto",
) -> None:
    """Measure the tracker on a dataset's split, or on photographs.

    Every image is looked at by itself, with the detector in the loop; videos are made of a few.
    Figures are printed as Markdown, with the images, the machine and the command.
    """
    from tracker.evaluation.report import to_markdown
    from tracker.evaluation.run import evaluate_dataset, evaluate_photos
    from tracker.photos import Part

    if (data is None) == (photos is None):
        raise UserError("name either --data DIR or --photos DIR")
    if split not in get_args(Split):
        raise UserError(f"--split: {split!r} is none of {', '.join(get_args(Split))}")
    if part not in get_args(Part):
        raise UserError(f"--part: {part!r} is none of {', '.join(get_args(Part))}")
    if peers_only and not peer:
        raise UserError("--peers-only: name results with --peer")
    contenders = _peers(peer or [])
    if not peers_only:
        own = _own(model, palm_model, landmark_model, num_hands, small_hands, device)
        contenders.insert(0, own)
    if data is not None:
        report = evaluate_dataset(
            data, cast(Split, split), contenders, output, limit, videos, _watched
        )
    else:
        assert photos is not None
        report = evaluate_photos(
            photos, only, contenders, output, limit, _watched, cast(Part, part)
        )
    print(to_markdown(report), end="")
    if output is not None:
        print(f"hand-tracker: {output}: metrics.json, metrics.md and pictures", file=sys.stderr)


def _peers(paths: list[Path]) -> list[Any]:
    from tracker.evaluation.peers.recorded import read_recorded
    from tracker.evaluation.run import Contender

    recorded = [read_recorded(path) for path in paths]
    names = [results.name for results in recorded]
    if len(set(names)) < len(names):
        raise UserError(f"--peer: a tracker is there twice: {', '.join(names)}")
    return [Contender(results.name, results) for results in recorded]


def _own(
    model: str,
    palm_model: Path | None,
    landmark_model: Path | None,
    num_hands: int,
    small_hands: bool,
    device: str,
) -> Any:
    """This tracker, and its stages with a detector that also reports palms of low score."""
    from tracker.evaluation.run import Contender
    from tracker.evaluation.tracking import Track
    from tracker.hand_tracker import HandTracker
    from tracker.model_file import packaged_model
    from tracker.sessions import Device
    from tracker.stages import load_stages

    chosen = cast(Device, device)
    palm = palm_model or packaged_model("palm")
    landmark = landmark_model or packaged_model(f"landmark_{model}")
    tracker = HandTracker(
        num_hands=num_hands,
        running_mode="image",
        small_hands=small_hands,
        palm_model=palm,
        landmark_model=landmark,
        device=chosen,
    )
    stages = load_stages(palm, landmark, _LOW_SCORE, chosen)
    of_video = load_stages(palm, landmark, _USUAL_SCORE, chosen)

    def new_track() -> Track:
        return HandTracker(num_hands=1, running_mode="video", stages=of_video).track

    name = f"hand-tracker {landmark.stem}"
    return Contender(name, lambda _key, image: tracker.detect(image), stages, new_track)


def _watched(items: Iterable[Any], count: int, word: str) -> Iterable[Any]:
    return cast(
        Iterable[Any],
        tqdm(items, word, count or None, unit="img", dynamic_ncols=True, disable=None),
    )
