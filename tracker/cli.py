"""`hand-tracker`: the command line. Errors are one line on stderr; 2 for bad input, 1 otherwise."""

from __future__ import annotations

import json
import logging
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, cast

import typer

from synth.console import errors_as_lines, interruptible, new_app
from synth.errors import UserError
from tracker.bench import bench
from tracker.evaluation.command import evaluate
from tracker.options import DeviceOption, ModelOption, SmallHandsOption

if TYPE_CHECKING:
    from tracker.hand_tracker import ModelName
    from tracker.sessions import Device

PROGRAM = "hand-tracker"

app = new_app(PROGRAM, "Train, evaluate and run a two-stage hand tracker.")


def main() -> None:
    """Entry point of the console script."""
    logging.basicConfig(format="%(message)s", level=logging.WARNING)
    with errors_as_lines(PROGRAM):
        app()


@app.command()
def train(
    stage: Annotated[
        Literal["palm", "landmark"],
        typer.Argument(help="The palm detector or the landmark model."),
    ],
    recipe: Annotated[
        Path, typer.Argument(metavar="RECIPE", help="YAML file that says how to train.")
    ],
    data: Annotated[
        list[str],
        typer.Option(
            "--data",
            metavar="DIR|URL",
            help="Output of `hand-synth generate`; several are joined.",
        ),
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="RUN", help="Folder of the run.")
    ],
    photos: Annotated[
        list[Path] | None,
        typer.Option("--photos", metavar="DIR", help="Photographs with an index.json, mixed in."),
    ] = None,
    palm_model: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Detector whose wrong proposals are learned from (`proposal_score` of the recipe)."
            " [default: the packaged one]",
        ),
    ] = None,
    begin_with: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="RUN|MODEL.onnx|packaged",
            help="Weights to begin with: a finished run's, an exported model's, or those that come"
            " with the package.",
        ),
    ] = None,
    cache: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Where decoded pictures are kept. [default: beside the run]"
        ),
    ] = None,
    device: DeviceOption = "auto",
    threads: Annotated[int | None, typer.Option(min=1, help="Threads on the CPU.")] = None,
) -> None:
    """Train a stage from a recipe, or go on with a run that was stopped."""
    if find_spec("torch") is None:
        raise UserError("training needs PyTorch: pip install 'handsynth[train]'")
    from tracker.model_file import packaged_model
    from tracker.training.processes import training_processes
    from tracker.training.recipe import load_recipe
    from tracker.training.run import TrainingData, train_run

    loaded = load_recipe(recipe, stage)
    if begin_with == Path("packaged"):
        begin_with = packaged_model("palm" if stage == "palm" else "landmark_full")
    sources = TrainingData(data, photos or [], cache or output.parent / "cache", palm_model)
    line = "stopped: run the same command again to go on from the last checkpoint"
    with interruptible(PROGRAM, line), training_processes(device, threads) as processes:
        train_run(loaded, sources, output, processes, begin_with)
        if processes.is_first:
            facts = json.loads((output / "run.json").read_text())
            _say(f"{output}: {json.dumps(facts['metrics'])}, {facts['training']['hours']} h")


@app.command()
def export(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="Folder of a finished training.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="MODEL.onnx", help="The model to write.")
    ],
) -> None:
    """Write a trained model as ONNX, checked against PyTorch, with a sidecar JSON beside it."""
    from tracker.export import sidecar_text
    from tracker.training.run import export_run

    if output.suffix != ".onnx":
        raise UserError(f"{output}: a model is written as .onnx, name it so")
    _say(f"{output}: {sidecar_text(export_run(run, output))}")


@app.command()
def run(
    source: Annotated[
        str, typer.Argument(metavar="IMAGE|VIDEO|CAMERA_NUMBER", help="What to look at.")
    ],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Image or .mp4 with the hands drawn."),
    ] = None,
    lines: Annotated[
        Path | None, typer.Option("--json", metavar="FILE.jsonl", help="One JSON object a frame.")
    ] = None,
    num_hands: Annotated[int, typer.Option(min=1, max=64, help="Most hands to follow.")] = 2,
    model: ModelOption = "full",
    small_hands: SmallHandsOption = True,
    mirrored: Annotated[
        bool, typer.Option(help="The images are mirrored, as selfies are.")
    ] = False,
    smoothing: Annotated[bool, typer.Option(help="Smooth the landmarks of videos.")] = True,
    device: DeviceOption = "auto",
) -> None:
    """Find or follow hands, print what was seen, and draw it."""
    from tracker.frames import is_image
    from tracker.hand_tracker import HandTracker
    from tracker.run import run_on_image, run_on_video

    still = is_image(source)
    tracker = HandTracker(
        num_hands=num_hands,
        running_mode="image" if still else "video",
        small_hands=small_hands,
        mirrored=mirrored,
        smoothing=smoothing,
        # It checks both and says what they can be.
        device=cast("Device", device),
        model=cast("ModelName", model),
    )
    if still:
        hands = run_on_image(tracker, source, output, lines)
        for hand in hands:
            _say(f"{hand.handedness} hand, presence {hand.presence:.2f}")
        _say(f"{source}: {len(hands)} {'hand' if len(hands) == 1 else 'hands'}")
    else:
        with interruptible(PROGRAM, "stopped: the frames so far are kept"):
            frames, with_hands = run_on_video(tracker, source, output, lines)
        _say(f"{source}: {frames} frames, {with_hands} of them with a hand")
    for path in (output, lines):
        if path is not None:
            _say(f"{path}: written")


app.command()(evaluate)
app.command()(bench)


def _say(line: str) -> None:
    print(line)


if __name__ == "__main__":
    main()
