"""Options of the commands that render, and what they say while they do."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Annotated, Final

import typer
from tqdm import tqdm

from synth.engine.devices import memory_limit, threads_here, workers_here
from synth.engine.job import (
    DEVICES,
    EngineSettings,
    Event,
    Executor,
    Finished,
    Retried,
    SetAside,
)
from synth.errors import UserError
from synth.manifest import Manifest

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

ENGINES: Final = ("local", "ray")


def settings_of(workers: int | None, device: str) -> EngineSettings:
    """How this machine renders, as far as the user did not say.

    Raises:
        UserError: there is no such device.
    """
    if device not in DEVICES:
        raise UserError(f"--device: {device!r} is none of {', '.join(DEVICES)}")
    if workers is None:
        workers = workers_here(device)
    return EngineSettings(
        workers=workers,
        threads=threads_here(device, workers),
        device=device,
        memory_limit=memory_limit(workers),
    )


def executor_of(
    engine: str, address: str | None, workers: int | None, device: str
) -> tuple[EngineSettings, Executor]:
    """What renders, and how: this machine's processes or a cluster's.

    Raises:
        UserError: there is no such engine or device, or the cluster cannot be reached.
    """
    if engine not in ENGINES:
        raise UserError(f"--engine: {engine!r} is none of {', '.join(ENGINES)}")
    settings = settings_of(workers, device)
    if engine == "local":
        from synth.engine.local import run_job

        if address is not None:
            raise UserError(f"--address {address}: is of a cluster: add --engine ray")
        return settings, run_job
    from synth.engine.cluster import cluster_workers, run_on_cluster

    # One core a station: the machines differ, and several on one share its cores best so. What
    # memory they have each station sees itself.
    settings = replace(
        settings,
        workers=workers or cluster_workers(address, 1, device),
        threads=1,
        memory_limit=None,
    )
    return settings, partial(run_on_cluster, address=address)


def say(line: str) -> None:
    """A line on stderr that leaves a progress bar whole."""
    tqdm.write(line, file=sys.stderr)


@contextlib.contextmanager
def progress(sequences: int, manifest: Manifest) -> Iterator[Callable[[Event], None]]:
    """A bar of sequences with images a second and the time left, where there are any; gives what
    watches events."""
    disable = sequences == 0
    with tqdm(
        total=sequences, unit="seq", dynamic_ncols=True, smoothing=0.05, disable=disable
    ) as bar:

        def watch(event: Event) -> None:
            if isinstance(event, Finished):
                bar.update(1)
                rate = bar.format_dict["rate"]
                if rate:
                    text = f"{rate * manifest.images_per_sequence:.2f} images/s"
                    bar.set_postfix_str(text, refresh=False)
            elif isinstance(event, Retried):
                say(f"sequence {event.sequence} is begun again: {event.reason}")
            elif isinstance(event, SetAside):
                say(f"sequence {event.sequence} is set aside: {event.reason}")

        yield watch
