"""`hand-synth status`."""

from __future__ import annotations

import contextlib
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from synth.console import BAD_INPUT, HAND_SYNTH, errors_as_lines
from synth.errors import UserError

if TYPE_CHECKING:
    from synth.generation.status import Status
    from synth.storage.place import Place


def status(
    dataset: Annotated[
        str, typer.Argument(metavar="DIR|URL", help="What `hand-synth generate -o` was given.")
    ],
    work: Annotated[
        Path | None, typer.Option(metavar="DIR", help="As it was given to generate.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON object and nothing else.")
    ] = False,
) -> None:
    """Say what a run is doing, or how and when the last one ended and how to go on.

    Of a dataset in a store: of the run on this machine. Where none has worked, what lies there.
    """
    from synth.generation.folder import working_folder
    from synth.generation.status import read_status
    from synth.storage.place import place_at

    with errors_as_lines(HAND_SYNTH, BAD_INPUT):
        place = place_at(dataset)
        folder = working_folder(place, work)
        found = read_status(folder)
        if found is None:
            content, text = _without_run(place, folder)
        else:
            content, text = _of_run(found, place, folder)
    print(json.dumps(content, ensure_ascii=False) if as_json else text)


def _of_run(found: Status, place: Place, folder: Path) -> tuple[dict[str, Any], str]:
    """The newest run, as JSON has it and in lines."""
    from synth.dataset import read_dataset
    from synth.generation.on_disk import count_on_disk
    from synth.generation.status import recounted, state_of
    from synth.generation.status_text import describe
    from synth.shards.parts import PARTS_FOLDER

    state = state_of(found)
    if state == "killed":
        # It had no time to write what it kept; a store that cannot be asked is no obstacle.
        with contextlib.suppress(UserError):
            dataset = read_dataset(place)
            found = recounted(
                found,
                count_on_disk(dataset.shards, folder / PARTS_FOLDER),
                dataset.manifest.get("frames_per_sequence", 1) * dataset.manifest.get("cameras", 1),
            )
    seconds = round((time.time() if state == "running" else found.updated) - found.started, 3)
    return {
        **found.model_dump(mode="json"),
        "state": state,
        "seconds": seconds,
    }, describe(found, time.time())


def _without_run(place: Place, folder: Path) -> tuple[dict[str, Any], str]:
    """What dataset.json says, as JSON has it and in lines.

    Raises:
        UserError: if there is no dataset either.
    """
    from synth.dataset import FILE_NAME as DATASET_FILE
    from synth.dataset import read_dataset
    from synth.generation.on_disk import count_on_disk
    from synth.generation.status import FILE_NAME
    from synth.generation.status_text import describe_dataset
    from synth.generation.work import LOGS_FOLDER
    from synth.shards.parts import PARTS_FOLDER
    from synth.storage.place import names_in

    path = folder / LOGS_FOLDER / FILE_NAME
    if place.folder is not None and not place.folder.is_dir():
        what = "is a file" if place.folder.exists() else "there is no such folder"
        raise UserError(f"{place}: {what}: name the folder that generate was given with -o")
    if DATASET_FILE not in names_in(place):
        if place.folder is not None:
            raise UserError(f"{place}: no run has worked here, there is no {path}")
        raise UserError(
            f"{place}: is no dataset yet, and there is no {path}: the status of a run is on the"
            " machine that runs it; if generate was given --work, give the same"
        )
    dataset = read_dataset(place)
    there = count_on_disk(dataset.shards, folder / PARTS_FOLDER)
    content = {
        "dataset": place.url,
        "state": "no run",
        "there": there,
        "complete": dataset.complete,
        "part": dataset.part,
        "counts": dataset.counts(),
    }
    return content, describe_dataset(place, dataset, there, path)
