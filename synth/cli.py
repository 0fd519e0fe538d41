"""`hand-synth`: the command line. Errors are one line on stderr; 2 for bad input, 1 otherwise."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Annotated, Any

import typer

from synth.console import BAD_INPUT, FAILED, HAND_SYNTH, errors_as_lines, interruptible, new_app
from synth.engine.options import DeviceOption, WorkersOption, progress, say, settings_of
from synth.errors import UserError
from synth.export.command import export
from synth.generation.command import generate
from synth.generation.merge_command import merge
from synth.generation.status_command import status
from synth.manifest import load_manifest
from synth.report.command import report
from synth.validation.command import validate

app = new_app(
    HAND_SYNTH, "Render synthetic photographs of hands with exact labels, as WebDataset shards."
)

ManifestArgument = Annotated[
    Path, typer.Argument(metavar="MANIFEST", help="YAML file that says what to make.")
]
app.command()(generate)
app.command()(status)
app.command()(merge)
app.command()(validate)
app.command()(report)
app.command()(export)


def main() -> None:
    """Entry point of the console script."""
    app()


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
        settings = settings_of(workers, device)
        loaded = None if source.is_dir() else load_manifest(source)
    with _errors(FAILED), _interruptible("the same command begins anew"):
        if loaded is None:
            samples = pick_samples(source, images)
        else:
            reduced = preview_manifest(loaded, images)
            with progress(reduced.sequences, reduced) as watch:
                samples = render_samples(loaded, images, settings, say, watch)
        write_sheet(output, samples, skeleton)
    say(f"{output}: contact sheet of {len(samples)} images")


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
        settings = settings_of(workers, device)
        loaded = load_manifest(manifest)
    with (
        _errors(FAILED),
        _interruptible("the same command begins anew"),
        progress(sequences_for(loaded, images), loaded) as watch,
    ):
        measured = figures(run(loaded, images, settings, say, watch), settings)
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


def _errors(status: int) -> contextlib.AbstractContextManager[None]:
    return errors_as_lines(HAND_SYNTH, status)


def _interruptible(
    advice: str,
) -> contextlib.AbstractContextManager[None]:
    return interruptible(HAND_SYNTH, f"stopped, everything finished is kept: {advice}")


if __name__ == "__main__":
    main()
