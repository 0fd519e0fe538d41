"""A run's status, and a dataset in which no run has worked, in lines for a person."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final

from synth.dataset import Dataset
from synth.generation.status import State, Status, state_of
from synth.storage.place import Place

_WORDS: Final[dict[State, str]] = {
    "finished": "finished",
    "stopped": "was stopped",
    "failed": "failed",
    "ended": "ended",
    "running": "running",
    "killed": "was killed",
    "elsewhere": "elsewhere",
}
_GO_ON: Final = "run the same command again to go on: everything finished is kept"


def describe(status: Status, now: float) -> str:
    """What a run does, or how it ended and how to go on.

    Args:
        now: seconds since 1970.
    """
    state = state_of(status)
    done = status.there + status.made
    head = (
        f"{status.dataset}: {_WORDS[state]}, {done} of {status.planned} sequences"
        f" ({100 * done / max(status.planned, 1):.1f} %), {status.images} images in this run,"
        f" {status.retries} begun again, {len(status.set_aside)} set aside"
    )
    lines = _at_work if state in ("running", "elsewhere") else _over
    aside = [f"set aside: sequence {n}: {why}" for n, why in sorted(status.set_aside.items())]
    return "\n".join([head, *lines(status, state, now), *aside])


def describe_dataset(place: Place, dataset: Dataset, there: int, status_file: Path) -> str:
    """What lies in a dataset in which no run has worked that can be seen.

    Args:
        there: sequences that are there.
        status_file: where its status would be.
    """
    images = sum(record.samples for record in dataset.shards)
    of = dataset.manifest.get("sequences", "?")
    share = f"part {dataset.part} of {of}" if dataset.part else f"of {of}"
    complete = "complete" if dataset.complete else "not complete"
    lines = [
        f"{place}: no run is known, {there} sequences ({share}), {images} images in"
        f" {len(dataset.shards)} shards: {'a part' if dataset.part else complete}"
    ]
    if place.folder is None:
        lines.append(
            f"there is no {status_file}: the status of a run is on the machine that runs it, in the"
            " folder that generate was given with --work"
        )
    else:
        lines.append("it was merged, copied or not rendered: a run would have left its status")
    return "\n".join(lines)


def _at_work(status: Status, state: State, now: float) -> list[str]:
    where = f"process {status.pid} on {status.host}, {_span(now - status.started)} since its start"
    lines = [f"{where}, {_span(now - status.updated)} since it last wrote"]
    if state == "elsewhere":
        lines.append(f"whether it still runs is seen on {status.host} alone")
    if status.images_a_second:
        left = status.planned - status.there - status.made - len(status.set_aside)
        images = left * status.images / max(status.made, 1)
        lines.append(
            f"{status.images_a_second:.2f} images a second,"
            f" {_span(images / status.images_a_second)} to go"
        )
    for number, worker in sorted(status.workers.items()):
        doing = (
            "idle or starting"
            if worker.sequence is None
            else f"sequence {worker.sequence} for {_span(now - worker.since)}"
        )
        memory = f", {worker.memory / 1e6:.0f} MB" if worker.memory else ""
        lines.append(f"worker {number} ({worker.device}): {doing}, {worker.done} done{memory}")
    return lines


def _over(status: Status, state: State, now: float) -> list[str]:
    when = f"{_moment(status.updated)}, {_span(now - status.updated)} ago"
    after = f"{_span(status.updated - status.started)} after its start"
    lines = [f"{'last wrote' if state == 'killed' else 'ended'} {when}, {after}"]
    if state == "killed":
        lines[0] += f"; process {status.pid} on {status.host} is gone"
    if state == "stopped":
        lines[0] += ", by Ctrl-C or SIGTERM"
    if status.reason:
        lines.append(f"reason: {status.reason}")
    done = status.there + status.made >= status.planned and state in ("finished", "ended")
    if status.set_aside and state == "finished":
        lines.append("the same command tries again what was set aside")
    elif not done and "same command again" not in status.reason:
        lines.append(_GO_ON)
    return lines


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).astimezone().strftime("%Y-%m-%d %H:%M:%S %Z")


def _span(seconds: float) -> str:
    """A time in two of its units."""
    whole = max(0, round(seconds))
    days, hours, minutes = whole // 86400, whole // 3600 % 24, whole // 60 % 60
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {whole % 60} s" if minutes else f"{whole} s"
