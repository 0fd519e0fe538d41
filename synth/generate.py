"""Generate a dataset: find out what is missing in its folder, have it made, put it in shards."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from synth.dataset import (
    FILE_NAME,
    Dataset,
    new_dataset,
    read_dataset,
    refuse_other,
    write_dataset,
)
from synth.engine.job import EngineSettings, Event, Finished, Job, Ready, Retried
from synth.engine.local import run_job
from synth.errors import UserError
from synth.hardware import describe_hardware
from synth.inputs import check_gestures, check_hdris
from synth.manifest import SPLITS, Manifest
from synth.sample import Timings
from synth.scene import Contacts
from synth.shards.parts import PARTS_FOLDER, find_parts, split_into_parts
from synth.shards.plan import ShardPlan, plan_shards
from synth.shards.writer import ShardRecord, assemble_shard, find_fault
from synth.splits import hdris_of, photos_of, sequence_ranges

LOGS_FOLDER = "logs"

Report = Callable[[str], None]
Watch = Callable[[Event], None]


@dataclass
class Work:
    """What a dataset's folder holds and what is still to be made in it.

    Attributes:
        manifest: of the dataset.
        folder: of the dataset.
        dataset: what its dataset.json says.
        open_shards: those not there in full, by name.
        parts: finished sequences that wait for their shard.
    """

    manifest: Manifest
    folder: Path
    dataset: Dataset
    open_shards: dict[str, ShardPlan]
    parts: dict[int, Path]

    @property
    def parts_folder(self) -> Path:
        return self.folder / PARTS_FOLDER

    def missing(self) -> tuple[int, ...]:
        """Sequences to be made, in the order of the shards."""
        return tuple(
            sequence
            for plan in self.open_shards.values()
            for sequence in plan.sequences
            if sequence not in self.parts
        )


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
        devices: that the processes rendered on.
        contacts: of the poses made in this run.
    """

    sequences: int = 0
    samples: int = 0
    seconds: float = 0.0
    start_seconds: float = 0.0
    timings: Timings = field(default_factory=Timings)
    retries: int = 0
    devices: set[str] = field(default_factory=set)
    contacts: Contacts = field(default_factory=Contacts)


def check_inputs(manifest: Manifest) -> None:
    """See that the manifest's gestures exist, that the HDRIs are whole and each split has some, and
    photographs if asked for.

    Raises:
        UserError: one line, if not.
    """
    check_gestures(manifest)
    check_hdris(manifest)
    for split in SPLITS:
        if sequence_ranges(manifest)[split]:
            hdris_of(manifest, split)
            photos_of(manifest, split)


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other runs out of a dataset's folder; the folder is made if needed.

    The lock is the system's and ends with the process, however that ends.

    Raises:
        UserError: if another run is at work there, or the folder cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise UserError(f"{folder}: cannot be made a folder: {error.strerror}") from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise UserError(f"{folder}: another run is writing this dataset") from None
    try:
        yield
    finally:
        os.close(descriptor)


def prepare(manifest: Manifest, folder: Path, limit: int | None, report: Report) -> Work:
    """Look at what a folder holds: check its shards and parts, drop the broken ones.

    Args:
        manifest: of the dataset.
        folder: of the dataset, see `locked`.
        limit: sequences in all, those of an earlier run included; None means all.
        report: takes a line for each broken shard and part.

    Raises:
        UserError: if the folder holds something else, or the manifest's inputs are not in order.
    """
    check_inputs(manifest)
    wanted = new_dataset(manifest)
    if (folder / FILE_NAME).exists():
        dataset = read_dataset(folder)
        refuse_other(folder, dataset, wanted)
    elif any(not path.name.startswith(".") for path in folder.iterdir()):
        raise UserError(f"{folder}: is not empty and is no dataset: choose another folder")
    else:
        dataset = wanted
        write_dataset(folder, dataset)
    (folder / PARTS_FOLDER).mkdir(exist_ok=True)
    parts, broken = find_parts(folder / PARTS_FOLDER)
    for sequence in broken:
        report(f"sequence {sequence}: its part was broken, it is rendered again")
    dataset, spans = _drop_broken_shards(manifest, folder, dataset, report)
    return _lay_out(Work(manifest, folder, dataset, {}, parts), spans, limit)


def _drop_broken_shards(
    manifest: Manifest, folder: Path, dataset: Dataset, report: Report
) -> tuple[Dataset, dict[str, int]]:
    """The dataset without its broken shards, and how many sequences each shard had before."""
    spans = {record.name: record.sequences for record in dataset.shards}
    whole = []
    for record in dataset.shards:
        fault = find_fault(folder, record, manifest)
        if fault is None:
            whole.append(record)
        else:
            report(f"{folder / record.name}: {fault}, its sequences are rendered again")
    if len(whole) < len(dataset.shards):
        faulty = {record.name for record in dataset.shards} - {record.name for record in whole}
        dataset = replace(dataset, shards=tuple(whole))
        write_dataset(folder, dataset)
        for name in faulty:
            (folder / name).unlink(missing_ok=True)
    return dataset, spans


def _lay_out(work: Work, spans: dict[str, int], limit: int | None) -> Work:
    """Fill in the open shards; the sequences of a shard cut short earlier become parts again."""
    records = {record.name: record for record in work.dataset.shards}
    limited = {plan.name: plan for plan in plan_shards(work.manifest, limit)}
    for full in plan_shards(work.manifest):
        # A smaller limit than before takes nothing away.
        count = max(
            len(limited[full.name].sequences) if full.name in limited else 0,
            spans.get(full.name, 0),
        )
        record = records.get(full.name)
        if count == (record.sequences if record else 0):
            continue
        plan = replace(full, sequences=full.sequences[:count])
        work.open_shards[plan.name] = plan
        if record is not None:
            work.parts.update(split_into_parts(work.folder / plan.name, work.parts_folder))
    return work


def make(work: Work, settings: EngineSettings, watch: Watch) -> Outcome:
    """Make what is missing. However it ends, what is finished is kept.

    Args:
        work: from `prepare`; changed as it goes on.
        settings: of the executor.
        watch: is told each event.

    Raises:
        UserError: one line, if a sequence cannot be made or the disk is full.
    """
    outcome = Outcome()
    started = time.perf_counter()
    made = work.dataset.made
    begun = made.started or _now()
    try:
        with _disk_errors(work.folder):
            _make(work, settings, watch, outcome, started)
    finally:
        outcome.seconds = time.perf_counter() - started
        if outcome.sequences:
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
            with contextlib.suppress(OSError):
                write_dataset(work.folder, work.dataset)
    return outcome


def _make(
    work: Work, settings: EngineSettings, watch: Watch, outcome: Outcome, started: float
) -> None:
    logs = work.folder / LOGS_FOLDER
    logs.mkdir(exist_ok=True)
    missing = work.missing()
    shard_of = {sequence: plan for plan in work.open_shards.values() for sequence in plan.sequences}
    for plan in list(work.open_shards.values()):
        _close_if_full(work, plan, outcome)
    job = Job(work.manifest, missing, work.parts_folder, logs)
    to_be_ready = min(settings.workers, len(missing))
    with contextlib.closing(run_job(job, settings)) as events:
        for event in events:
            match event:
                case Ready():
                    outcome.devices.add(event.device)
                    to_be_ready -= 1
                    if to_be_ready >= 0:
                        outcome.start_seconds = time.perf_counter() - started
                case Retried():
                    outcome.retries += 1
                case Finished():
                    work.parts[event.sequence] = event.part
                    outcome.sequences += 1
                    outcome.samples += event.samples
                    outcome.contacts += event.contacts
                    for stage, seconds in event.seconds.items():
                        outcome.timings.add(stage, seconds)
                    _close_if_full(work, shard_of[event.sequence], outcome)
            watch(event)
    with contextlib.suppress(OSError):
        work.parts_folder.rmdir()


def _close_if_full(work: Work, plan: ShardPlan, outcome: Outcome) -> None:
    """Assemble a shard once all of its sequences are there, then remove their parts.

    In this order nothing is lost if the process is killed between two steps: a shard that
    dataset.json does not know yet is assembled again from the parts.
    """
    if any(sequence not in work.parts for sequence in plan.sequences):
        return
    start = time.perf_counter()
    parts = [work.parts[sequence] for sequence in plan.sequences]
    record = assemble_shard(work.folder, plan, parts, work.manifest.images_per_sequence)
    work.dataset = replace(work.dataset, shards=_with(work.dataset.shards, record))
    write_dataset(work.folder, work.dataset)
    del work.open_shards[plan.name]
    for sequence in plan.sequences:
        work.parts.pop(sequence).unlink()
    outcome.timings.add("writing", time.perf_counter() - start)


def _with(records: tuple[ShardRecord, ...], record: ShardRecord) -> tuple[ShardRecord, ...]:
    others = [old for old in records if old.name != record.name]
    return tuple(sorted([*others, record], key=lambda item: item.first_sequence))


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
