"""`hand-synth validate`."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from synth.console import BAD_INPUT, FAILED, HAND_SYNTH, errors_as_lines, interruptible


def validate(
    dataset: Annotated[
        str, typer.Argument(metavar="DIR|URL", help="Folder of a dataset, here or in a store.")
    ],
    workers: Annotated[
        int | None,
        typer.Option(min=1, max=1024, help="Processes that read. [default: one a CPU core]"),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object and nothing else.")
    ] = False,
    limit_errors: Annotated[
        int, typer.Option(min=1, max=100_000, help="Faults of each check that are shown.")
    ] = 5,
) -> None:
    """Read a dataset again and look for faults in its files, labels, images and splits.

    The exit status is 0 if there is none, 1 if there are, and 2 if the dataset cannot be read.
    """
    from tqdm import tqdm

    from synth.hardware import available_cores
    from synth.validation.dataset_check import check_dataset
    from synth.validation.verdict_text import as_json as to_json
    from synth.validation.verdict_text import as_table

    with (
        errors_as_lines(HAND_SYNTH, BAD_INPUT),
        interruptible(HAND_SYNTH, "stopped: nothing was changed"),
        tqdm(unit=" images", dynamic_ncols=True, disable=as_json or None) as bar,
    ):
        verdict = check_dataset(
            dataset,
            workers or available_cores(),
            limit_errors,
            watch=lambda checked: bar.update(checked.samples),
        )
    print(json.dumps(to_json(verdict), ensure_ascii=False) if as_json else as_table(verdict))
    if verdict.faults.total:
        raise typer.Exit(FAILED)
