"""`hand-synth generate`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from synth.console import BAD_INPUT, FAILED, HAND_SYNTH, errors_as_lines, interruptible
from synth.dataset import FILE_NAME
from synth.engine.job import Event
from synth.engine.options import (
    ENGINES,
    DeviceOption,
    WorkersOption,
    executor_of,
    progress,
    say,
)
from synth.manifest import load_manifest


def generate(
    manifest: Annotated[
        Path, typer.Argument(metavar="MANIFEST", help="YAML file that says what to make.")
    ],
    output: Annotated[
        str,
        typer.Option(
            "--output", "-o", metavar="DIR|URL", help="Folder of the dataset, here or in a store."
        ),
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
    part: Annotated[
        str | None,
        typer.Option(
            metavar="K/N",
            help="Make every N-th shard only, from the K-th on; `hand-synth merge` joins them."
            " Parts are whole shards: a part whose K is above their number is empty.",
        ),
    ] = None,
    work: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Folder for what is not yet in the store, where OUTPUT is a URL."
            " [default: below the cache folder]",
        ),
    ] = None,
    workers: WorkersOption = None,
    device: DeviceOption = "auto",
    engine: Annotated[
        str,
        typer.Option(
            metavar="|".join(ENGINES), help="Processes of this machine, or a Ray cluster."
        ),
    ] = "local",
    address: Annotated[
        str | None,
        typer.Option(metavar="HOST:PORT", help="Of the Ray cluster. [default: this machine's]"),
    ] = None,
) -> None:
    """Make a dataset, or go on with one that was stopped.

    The same command goes on where a run was stopped, whatever stopped it; broken shards are
    noticed and rendered again. The same manifest gives the same bytes, however many processes.
    """
    from synth.generation.folder import working_folder
    from synth.generation.make import make
    from synth.generation.status_file import status_of
    from synth.generation.work import LOGS_FOLDER, prepare
    from synth.shards.plan import parse_part, why_nothing
    from synth.storage.lock import locked
    from synth.storage.place import place_at

    with errors_as_lines(HAND_SYNTH, BAD_INPUT):
        settings, executor = executor_of(engine, address, workers, device)
        loaded = load_manifest(manifest)
        share = None if part is None else parse_part(part)
        place = place_at(output)
        folder = working_folder(place, work)
    with errors_as_lines(HAND_SYNTH, BAD_INPUT), locked(folder):
        todo = prepare(loaded, place, folder, limit, say, share)
        nothing = None if share is None else why_nothing(loaded, limit, share)
        if nothing is not None:
            say(f"{output}: {nothing}")
        missing = todo.count_missing()
        there = todo.count_there()
        if there:
            say(
                f"{output}: {several(there, 'sequence')} {_are(there)} there,"
                f" {missing} {_are(missing)} to be made"
            )
        with (
            errors_as_lines(HAND_SYNTH, FAILED),
            interruptible(
                HAND_SYNTH,
                "stopped, everything finished is kept: run the same command again to go on",
            ),
            progress(missing, loaded) as show,
            status_of(todo) as note,
        ):

            def watch(event: Event) -> None:
                show(event)
                note(event)

            outcome = make(todo, settings, watch, executor)
        contacts = outcome.contacts
        if contacts.poses:
            say(
                f"{output}: in {contacts.corrected} of {contacts.poses} poses parts of the hand met"
                f" and were moved apart, {several(contacts.redrawn, 'draw')} thrown away,"
                f" {several(contacts.unresolved, 'pose')} unresolved; deepest contact kept"
                f" {1000 * contacts.worst_depth:.1f} mm"
            )
        say(
            f"{output}: made {several(outcome.samples, 'image')} in {outcome.seconds:.0f} s;"
            f" {FILE_NAME} lists {_counted(todo.dataset.counts())}"
        )
        if outcome.set_aside:
            numbers = ", ".join(map(str, sorted(outcome.set_aside)[:10]))
            more = ", …" if len(outcome.set_aside) > 10 else ""
            say(
                f"{HAND_SYNTH}: set aside, having failed again and again: sequence {numbers}{more};"
                f" their shards wait for them: see {folder / LOGS_FOLDER}; the same command tries"
                " them again"
            )
            sys.exit(FAILED)


def several(count: int, noun: str) -> str:
    """A number of things whose plural ends in s."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _counted(counts: dict[str, dict[str, int]]) -> str:
    return ", ".join(f"{split} {count['samples']}" for split, count in counts.items()) + " images"
