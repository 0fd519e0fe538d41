"""`hand-synth report`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from synth.console import BAD_INPUT, HAND_SYNTH, errors_as_lines, interruptible


def report(
    dataset: Annotated[
        str, typer.Argument(metavar="DIR|URL", help="Folder of a dataset, here or in a store.")
    ],
    output: Annotated[str, typer.Option("--output", "-o", metavar="REPORT.html", help="The page.")],
    images: Annotated[
        int, typer.Option(min=1, max=1000, help="Pictures on the contact sheets, about.")
    ] = 480,
) -> None:
    """Write a page about a dataset: contact sheets, how it is spread, and its worst images.

    The page is one file, which needs no network.
    """
    from tqdm import tqdm

    from synth.errors import UserError
    from synth.report.collect import collect
    from synth.report.page import page
    from synth.storage.files import write_atomically
    from synth.storage.place import is_url

    with (
        errors_as_lines(HAND_SYNTH, BAD_INPUT),
        interruptible(HAND_SYNTH, "stopped: nothing was written"),
        tqdm(unit=" images", dynamic_ncols=True, disable=None) as bar,
    ):
        if is_url(output):
            raise UserError(f"{output}: reports are written to this machine: name a file")
        path = Path(output)
        if path.suffix.lower() != ".html":
            raise UserError(f"{output}: a report is an HTML page, name it so")
        content = page(collect(dataset, images, bar.update)).encode()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, [content])
        except OSError as error:
            raise UserError(f"{output}: cannot be written: {error.strerror}") from None
    print(f"{output}: {len(content) / 1e6:.1f} MB", file=sys.stderr)
