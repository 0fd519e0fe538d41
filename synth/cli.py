"""`hand-synth`: the command line. Errors are one line on stderr; 2 for bad input, 1 otherwise."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from tqdm import tqdm

from synth.console import BAD_INPUT, FAILED, errors_as_lines, interruptible, new_app
from synth.dataset import FILE_NAME
from synth.engine.devices import count_gpus, default_workers
from synth.engine.job import DEVICES, EngineSettings, Event, Finished, Retried
from synth.errors import UserError
from synth.hardware import available_cores
from synth.manifest import Manifest, load_manifest

PROGRAM = "hand-synth"

app = new_app(
    PROGRAM, "Render synthetic photographs of hands with exact labels, as WebDataset shards."
)

ManifestArgument = Annotated[
    Path, typer.Argument(metavar="MANIFEST", help="YAML file that says what to make.")
]
WorkersOption = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=1024,
        help="Processes that render. [default: one a GPU, or one a CPU core where there is none]",
    ),
]
DeviceOption = Annotated[
    str, typer.Option(metavar="|".join(DEVICES), help="What Cycles renders on.")
]


def main() -> None:
    """Entry point of the console script."""
    app()


@app.command()
def generate(
    manifest: ManifestArgument,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="Folder of the dataset.")
    ],
    limit: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            help="Make the first N sequences only, from all splits in proportion. A later run"
            " with a larger N, or none, goes on from there.",
        ),
    ] = None,
    workers: WorkersOption = None,
    device: DeviceOption = "auto",
) -> None:
    """Make a dataset, or go on with one that was stopped.

    The same command goes on where a run was stopped, whatever stopped it; broken shards are
    noticed and rendered again. The same manifest gives the same bytes, however many processes.
    """
    from synth.generate import locked, make, prepare

    with _errors(BAD_INPUT):
        settings = _settings(workers, device)
        loaded = load_manifest(manifest)
    with _errors(BAD_INPUT), locked(output):
        work = prepare(loaded, output, limit, _say)
        missing = len(work.missing())
        there = sum(shard.sequences for shard in work.dataset.shards) + len(work.parts)
        if there:
            _say(f"{output}: {there} sequences are there, {missing} are to be made")
        with _errors(FAILED), _interruptible(), _bar(missing, loaded) as watch:
            outcome = make(work, settings, watch)
        contacts = outcome.contacts
        if contacts.poses:
            _say(
                f"{output}: in {contacts.corrected} of {contacts.poses} poses parts of the hand met"
                f" and were moved apart, {contacts.redrawn} draws were thrown away,"
                f" {contacts.unresolved} poses unresolved; deepest contact kept"
                f" {1000 * contacts.worst_depth:.1f} mm"
            )
        _say(
            f"{output}: made {outcome.samples} images in {outcome.seconds:.0f} s;"
            f" {FILE_NAME} lists {_counted(work.dataset.counts())}"
        )


@app.command()
def preview(
    source: Annotated[
        Path,
        typer.Argument(metavar="MANIFEST", help="Manifest to render from, or folder of a dataset."),
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="SHEET.png", help="The contact sheet.")
    ],
    images: Annotated[int, typer.Option(min=1, max=400, help="Images on the sheet.")] = 24,
    skeleton: Annotated[bool, typer.Option(help="Draw the landmarks over the hands.")] = True,
    workers: WorkersOption = None,
    device: DeviceOption = "auto",
) -> None:
    """Write a contact sheet with the skeletons drawn over the hands.

    From a manifest the first frame of some sequences is rendered; from a dataset's folder images
    are picked evenly.
    """
    from synth.preview import pick_samples, preview_manifest, render_samples, write_sheet

    with _errors(BAD_INPUT):
        if output.suffix.lower() != ".png":
            raise UserError(f"{output}: a contact sheet is a PNG, name it so")
        settings = _settings(workers, device)
        loaded = None if source.is_dir() else load_manifest(source)
    with _errors(FAILED), _interruptible("the same command begins anew"):
        if loaded is None:
            samples = pick_samples(source, images)
        else:
            reduced = preview_manifest(loaded, images)
            with _bar(reduced.sequences, reduced) as watch:
                samples = render_samples(loaded, images, settings, _say, watch)
        write_sheet(output, samples, skeleton)
    _say(f"{output}: contact sheet of {len(samples)} images")


@app.command()
def bench(
    manifest: ManifestArgument,
    images: Annotated[int, typer.Option(min=1, help="Images to make, at least.")] = 300,
    workers: WorkersOption = None,
    device: DeviceOption = "auto",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object and nothing else.")
    ] = False,
) -> None:
    """Measure the seconds an image takes, by stage, on the path that generate takes.

    The images go to a temporary folder. Seconds are those of the processes' time: with two of
    them, two pass in a second.
    """
    from synth.bench import bench as run
    from synth.bench import figures, sequences_for

    with _errors(BAD_INPUT):
        settings = _settings(workers, device)
        loaded = load_manifest(manifest)
    with (
        _errors(FAILED),
        _interruptible("the same command begins anew"),
        _bar(sequences_for(loaded, images), loaded) as watch,
    ):
        measured = figures(run(loaded, images, settings, _say, watch), settings)
    print(json.dumps(measured) if as_json else _table(measured))


def _table(measured: dict[str, Any]) -> str:
    per_image = measured["seconds_per_image"]
    total = sum(per_image.values())
    lines = [f"{'stage':<14}{'s an image':>12}{'share':>9}"]
    lines += [
        f"{stage:<14}{value:>12.4f}{100 * value / total:>8.1f}%"
        for stage, value in per_image.items()
    ]
    lines += [
        f"{'all':<14}{total:>12.4f}{100:>8.1f}%",
        "",
        f"{measured['images']} images in {measured['seconds']:.1f} s"
        f" after {measured['start_seconds']:.1f} s of starting,"
        f" {measured['workers']} processes on {', '.join(measured['devices'])}",
        f"images_per_second {measured['images_per_second']:.3f}",
        f"outside_render_share {measured['outside_render_share']:.3f}",
    ]
    return "\n".join(lines)


def _settings(workers: int | None, device: str) -> EngineSettings:
    if device not in DEVICES:
        raise UserError(f"--device: {device!r} is none of {', '.join(DEVICES)}")
    cores = available_cores()
    if workers is None:
        workers = default_workers(device, cores, 0 if device == "cpu" else count_gpus())
    return EngineSettings(workers=workers, threads=max(1, cores // workers), device=device)


def _say(line: str) -> None:
    tqdm.write(line, file=sys.stderr)


def _counted(counts: dict[str, dict[str, int]]) -> str:
    return ", ".join(f"{split} {count['samples']}" for split, count in counts.items()) + " images"


@contextlib.contextmanager
def _bar(sequences: int, manifest: Manifest) -> Iterator[Any]:
    """A bar of sequences with images a second and the time left; gives what watches events."""
    with tqdm(total=sequences, unit="seq", dynamic_ncols=True, smoothing=0.05) as bar:

        def watch(event: Event) -> None:
            if isinstance(event, Finished):
                bar.update(1)
                rate = bar.format_dict["rate"]
                if rate:
                    text = f"{rate * manifest.images_per_sequence:.2f} images/s"
                    bar.set_postfix_str(text, refresh=False)
            elif isinstance(event, Retried):
                _say(f"sequence {event.sequence} is begun again: {event.reason}")

        yield watch


def _errors(status: int) -> contextlib.AbstractContextManager[None]:
    return errors_as_lines(PROGRAM, status)


def _interruptible(
    advice: str = "run the same command again to go on",
) -> contextlib.AbstractContextManager[None]:
    return interruptible(PROGRAM, f"stopped, everything finished is kept: {advice}")


if __name__ == "__main__":
    main()
