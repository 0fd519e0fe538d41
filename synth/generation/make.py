"""Have what is missing in a dataset made, and put it in shards."""

from __future__ import annotations

import bisect
import contextlib
import errno
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from synth.engine.job import (
    EngineSettings,
    Event,
    Executor,
    Finished,
    Job,
    Ready,
    Retried,
    SetAside,
)
from synth.engine.local import run_job
from synth.errors import UserError
from synth.generation.closing import Closing, list_shards_of
from synth.generation.work import LOGS_FOLDER, Work
from synth.hardware import describe_hardware
from synth.sample import Timings
from synth.scene import Contacts
from synth.shards.plan import ShardPlan

Watch = Callable[[Event], None]


@dataclass
class Outcome:
    """What one run did.

    Attributes:
        sequences: made in this run.
        samples: made in this run.
        seconds: from the first process' start to the last shard.
        start_seconds: until all processes that the run began with were ready.
        timings: seconds by stage, summed over the processes.
        retries: how often a sequence was begun again.
        set_aside: why, by sequence, for those that failed too often.
        devices: that the processes rendered on.
        contacts: of the poses made in this run.
    """

    sequences: int = 0
    samples: int = 0
    seconds: float = 0.0
    start_seconds: float = 0.0
    timings: Timings = field(default_factory=Timings)
    retries: int = 0
    set_aside: dict[int, str] = field(default_factory=dict)
    devices: set[str] = field(default_factory=set)
    contacts: Contacts = field(default_factory=Contacts)


def make(
    work: Work, settings: EngineSettings, watch: Watch, executor: Executor = run_job
) -> Outcome:
    """Make what is missing. However it ends, what is finished is kept.

    Args:
        work: from `prepare`; changed as it goes on.
        settings: of the executor.
        watch: is told each event.
        executor: that has the sequences made.

    Raises:
        UserError: one line, if nothing can be made or the disk is full.
    """
    outcome = Outcome()
    started = time.perf_counter()
    begun = work.dataset.made.started or _now()
    try:
        with _disk_errors(work.folder):
            _make(work, settings, watch, executor, outcome, started)
    finally:
        outcome.seconds = time.perf_counter() - started
        if outcome.sequences:
            made = work.dataset.made
            made = replace(
                made,
                started=begun,
                finished=_now(),
                seconds=round(made.seconds + outcome.seconds, 3),
                runs=made.runs + 1,
                devices=tuple(sorted({*made.devices, *outcome.devices})),
                hardware=describe_hardware(),
                contacts=made.contacts + outcome.contacts,
            )
            work.dataset = replace(work.dataset, made=made)
        if outcome.sequences or work.unlisted:
            with contextlib.suppress(OSError):
                list_shards_of(work)
        with contextlib.suppress(OSError):
            work.parts_folder.rmdir()
    return outcome


def raise_if_set_aside(outcome: Outcome) -> None:
    """Where all sequences are needed, one that could not be made is an error.

    Raises:
        UserError: naming the first.
    """
    for sequence, reason in outcome.set_aside.items():
        raise UserError(f"sequence {sequence} cannot be made: {reason}")


def _make(
    work: Work,
    settings: EngineSettings,
    watch: Watch,
    executor: Executor,
    outcome: Outcome,
    started: float,
) -> None:
    logs = work.folder / LOGS_FOLDER
    logs.mkdir(exist_ok=True)
    plan_of = _finder(list(work.open_shards.values()))
    to_be_ready = min(settings.workers, work.count_missing())
    closing = Closing(work)
    closing.close_ready()
    job = Job(work.manifest, work.missing(), work.parts_folder, logs)
    with contextlib.closing(executor(job, settings)) as events:
        for event in events:
            match event:
                case Ready():
                    outcome.devices.add(event.device)
                    to_be_ready -= 1
                    if to_be_ready >= 0:
                        outcome.start_seconds = time.perf_counter() - started
                case Retried():
                    outcome.retries += 1
                case SetAside():
                    outcome.set_aside[event.sequence] = event.reason
                case Finished():
                    work.parts[event.sequence] = event.part
                    outcome.sequences += 1
                    outcome.samples += event.samples
                    outcome.contacts += event.contacts
                    for stage, seconds in event.seconds.items():
                        outcome.timings.add(stage, seconds)
                    start = time.perf_counter()
                    closing.add(plan_of(event.sequence))
                    outcome.timings.add("writing", time.perf_counter() - start)
            watch(event)


def _finder(plans: list[ShardPlan]) -> Callable[[int], ShardPlan]:
    """What finds the shard of a sequence, without a table of all sequences."""
    starts = [plan.sequences.start for plan in plans]
    return lambda sequence: plans[bisect.bisect_right(starts, sequence) - 1]


@contextlib.contextmanager
def _disk_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise UserError(
                f"{folder}: the disk is full: everything finished is kept;"
                f" make room and run the same command again"
            ) from None
        raise UserError(
            f"{error.filename or folder}: cannot be written: {error.strerror};"
            f" everything finished is kept"
        ) from None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
