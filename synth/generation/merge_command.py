"""`hand-synth merge`."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Annotated, Any, cast

import typer
from tqdm import tqdm

from synth.console import FAILED, HAND_SYNTH, errors_as_lines, interruptible
from synth.engine.options import say
from synth.generation.command import several


def merge(
    parts: Annotated[
        list[str], typer.Argument(metavar="PART...", help="Folders or URLs of the parts.")
    ],
    output: Annotated[
        str,
        typer.Option("--output", "-o", metavar="DIR|URL", help="Folder of the whole dataset."),
    ],
) -> None:
    """Join datasets that were made with `hand-synth generate --part`.

    Shards are read, compared with their checksum and joined one by one; the parts stay as they are,
    and on one disk nothing is copied. What is in the output stays; its broken shards are taken from
    the parts again. If a part's shard is broken, what came before it is kept. What no part has can
    be made afterwards: `hand-synth generate` goes on with the output.
    """
    from synth.generation.merge import merge as run
    from synth.storage.place import place_at

    def watch(names: Iterable[Any], count: int) -> Iterable[Any]:
        return cast(Iterable[Any], tqdm(names, "shards", count, dynamic_ncols=True, disable=None))

    with (
        errors_as_lines(HAND_SYNTH),
        interruptible(HAND_SYNTH, "stopped: run the same command again to go on"),
    ):
        merged = run([place_at(part) for part in parts], place_at(output), say, watch)
    counts = merged.dataset.counts().values()
    say(
        f"{output}: {several(sum(c['samples'] for c in counts), 'image')} in"
        f" {several(sum(c['shards'] for c in counts), 'shard')}"
    )
    if merged.lacks is not None:
        say(
            f"{output}: not complete: {merged.lacks}; merge the rest into it, or let `hand-synth"
            " generate` with the same manifest make it"
        )
        sys.exit(FAILED)
