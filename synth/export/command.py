"""`hand-synth export`."""

from __future__ import annotations

import sys
from typing import Annotated, Final, cast

import typer
from tqdm import tqdm

from synth.console import BAD_INPUT, FAILED, HAND_SYNTH, errors_as_lines, interruptible
from synth.errors import UserError
from synth.manifest import SPLITS
from synth.scene import Split

FORMATS: Final = ("coco", "freihand", "parquet")
ALL: Final = "all"


def export(
    source: Annotated[
        str, typer.Argument(metavar="DIR|URL", help="Folder of a dataset, here or in a store.")
    ],
    output: Annotated[
        str, typer.Option("--output", "-o", metavar="OUT", help="A new or an empty folder.")
    ],
    format_: Annotated[
        str, typer.Option("--format", "-f", metavar="|".join(FORMATS), help="What is written.")
    ],
    split: Annotated[
        str, typer.Option(metavar="|".join((*SPLITS, ALL)), help="What is exported.")
    ] = ALL,
    limit: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="The first N images of each split only."),
    ] = None,
) -> None:
    """Write a dataset in a format that other tools read.

    The folder takes its name when all of it is written; until then it ends in ".partial".
    """
    with errors_as_lines(HAND_SYNTH, BAD_INPUT):
        if format_ not in FORMATS:
            raise UserError(f"--format: {format_!r} is none of {', '.join(FORMATS)}")
        if split not in (*SPLITS, ALL):
            raise UserError(f"--split: {split!r} is none of {', '.join((*SPLITS, ALL))}")
        wanted = None if split == ALL else cast(Split, split)
    _export(source, output, format_, wanted, limit)


def _export(source: str, output: str, format_: str, split: Split | None, limit: int | None) -> None:
    from synth.export import coco, freihand, parquet
    from synth.export.selection import select
    from synth.export.staging import staged

    write, losses = {
        "coco": (coco.write_coco, coco.LOSSES),
        "freihand": (freihand.write_freihand, freihand.LOSSES),
        "parquet": (parquet.write_parquet, parquet.LOSSES),
    }[format_]
    with errors_as_lines(HAND_SYNTH, BAD_INPUT):
        selection = select(source, split, limit)
    with (
        errors_as_lines(HAND_SYNTH, BAD_INPUT),
        staged(output) as folder,
        errors_as_lines(HAND_SYNTH, FAILED),
        interruptible(HAND_SYNTH, "stopped: nothing is written, the same command begins anew"),
        tqdm(total=selection.samples, unit="image", dynamic_ncols=True, smoothing=0.05) as bar,
    ):
        exported = write(selection, folder, bar.update)
    images = ", ".join(f"{name} {count}" for name, count in exported.images.items())
    left_out = ", ".join(f"{count} {reason}" for reason, count in exported.left_out.items())
    tqdm.write(
        f"{output}: {images} images, {exported.hands} hands"
        f"{f' ({left_out} left out)' if left_out else ''}. {losses}",
        file=sys.stderr,
    )
