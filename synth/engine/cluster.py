"""The executor for many machines: Ray places one station on each core or GPU of a cluster.

Stations hand finished sequences over as bytes and this process alone writes them, so that the
machines need no common disk and nothing is written twice. What a lost machine was making is made
again elsewhere. Every machine needs this package in the same version, and the manifest's HDRIs and
photographs under the same paths.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from synth.dataset import package_versions
from synth.engine.backlog import KEPT, Backlog
from synth.engine.connection import connected
from synth.engine.job import (
    Begun,
    EngineSettings,
    Event,
    Finished,
    Job,
    Ready,
    Retried,
    default_time_limit,
)
from synth.engine.process import log_of
from synth.engine.station import Delivered, Station
from synth.engine.worker import Failure
from synth.errors import UserError
from synth.shards.parts import write_part

#: Seconds beyond a station's own limits after which a station is given up that says nothing.
_GRACE: Final = 60.0
#: Seconds between looks at stations that say nothing.
_LOOK: Final = 1.0
#: Seconds between looks at the node that this process is attached to.
_LOOK_HOME: Final = 5.0
#: Seconds that all stations may be lost without a new one getting ready.
_ALONE: Final = 600.0


@dataclass
class _Seat:
    """A place for a station.

    Attributes:
        number: of the worker.
        actor: Ray's handle of the station.
        pending: Ray's reference to the answer that is waited for.
        since: `time.monotonic()` of the question.
        sequence: that is being made; None while the station starts.
    """

    number: int
    actor: Any
    pending: Any
    since: float
    sequence: int | None = None


def run_on_cluster(
    job: Job, settings: EngineSettings, address: str | None = None
) -> Generator[Event, None, None]:
    """Make all sequences of a job on the machines of a Ray cluster.

    Args:
        job: what to make.
        settings: `workers` stations are asked for; those that the cluster has no room for wait.
        address: of the cluster's head, as `ray.init` takes it; None for the one that this machine
            belongs to, or one of this machine alone.

    Raises:
        UserError: as `synth.engine.local.run_job`; and if Ray is missing or not to be reached, dies
            on this machine, or a machine has other versions of the packages.
    """
    ray = connected(address)
    backlog = Backlog(job.sequences, settings)
    if not backlog:
        return
    run = _ClusterRun(ray, job, settings, backlog)
    try:
        yield from run.events()
    finally:
        run.stop()


def cluster_workers(address: str | None, threads: int, device: str) -> int:
    """Stations that a cluster has room for now: one a GPU, or one for every `threads` cores.

    Raises:
        UserError: as `run_on_cluster`.
    """
    resources = connected(address).cluster_resources()
    gpus = 0 if device == "cpu" else int(resources.get("GPU", 0))
    return max(1, gpus or int(resources.get("CPU", 1)) // threads)


class _Remote(Station):
    """A station, and what the machine is that it stands on."""

    def versions(self) -> dict[str, str]:
        return package_versions()


class _ClusterRun:
    def __init__(self, ray: Any, job: Job, settings: EngineSettings, backlog: Backlog) -> None:
        self.ray = ray
        self.job = job
        self.settings = settings
        self.backlog = backlog
        self.seats: dict[int, _Seat] = {}
        self.failed_starts = 0
        self.alive_at = self.looked_home = time.monotonic()
        self.home = ray.get_runtime_context().get_node_id()
        gpus = settings.device != "cpu" and ray.cluster_resources().get("GPU", 0) > 0
        self.remote = ray.remote(
            num_cpus=0 if gpus else settings.threads,
            num_gpus=1 if gpus else 0,
            max_restarts=0,
            max_task_retries=0,
        )(_Remote)
        limit = settings.time_limit or default_time_limit(job.manifest)
        self.limits = {True: limit + _GRACE, False: settings.start_limit + _GRACE}

    def events(self) -> Iterator[Event]:
        while self.backlog or any(seat.sequence is not None for seat in self.seats.values()):
            self._staff()
            waiting = {seat.pending: seat for seat in self.seats.values()}
            done, _ = self.ray.wait(list(waiting), num_returns=1, timeout=_LOOK)
            for reference in done:
                yield from self._listen(waiting[reference])
            yield from self._give_up_silent()
            self._look_home()

    def stop(self) -> None:
        """End all stations at once."""
        for seat in self.seats.values():
            self._end(seat)
        self.seats.clear()

    def _staff(self) -> None:
        """As many stations as there is work for."""
        starting = sum(seat.sequence is None for seat in self.seats.values())
        for number in range(self.settings.workers):
            if number not in self.seats and starting < len(self.backlog):
                actor = self.remote.remote(self.job.manifest, self.settings, number)
                seat = _Seat(number, actor, actor.versions.remote(), time.monotonic())
                self.seats[number] = seat
                starting += 1

    def _listen(self, seat: _Seat) -> Iterator[Event]:
        try:
            answer = self.ray.get(seat.pending)
        except self.ray.exceptions.RayActorError:
            yield from self._lose(seat, "its machine was lost")
            return
        except self.ray.exceptions.RayError as error:
            yield from self._fail(seat, Failure("error", " ".join(str(error).split())[:300]))
            return
        self.alive_at = time.monotonic()
        match answer:
            case dict():
                _refuse_other_versions(answer)
                self._ask(seat, seat.actor.start.remote())
            case Failure():
                yield from self._fail(seat, answer)
            case Delivered():
                yield self._keep(seat, answer)
                yield from self._assign(seat)
            case _:
                self.failed_starts = 0
                yield Ready(seat.number, str(answer))
                yield from self._assign(seat)

    def _assign(self, seat: _Seat) -> Iterator[Event]:
        if not self.backlog:
            self._dismiss(seat)
            return
        seat.sequence = self.backlog.take()
        self._ask(seat, seat.actor.make.remote(seat.sequence))
        yield Begun(seat.number, seat.sequence)

    def _ask(self, seat: _Seat, reference: Any) -> None:
        seat.pending, seat.since = reference, time.monotonic()

    def _keep(self, seat: _Seat, delivered: Delivered) -> Finished:
        sequence, seat.sequence = seat.sequence, None
        assert sequence is not None
        path = write_part(self.job.parts_folder, sequence, delivered.part)
        self.backlog.finished(sequence)
        return Finished(
            sequence,
            path,
            delivered.samples,
            delivered.seconds,
            delivered.contacts,
            seat.number,
            delivered.memory,
        )

    def _fail(self, seat: _Seat, failure: Failure) -> Iterator[Event]:
        """A station that said that something went wrong."""
        reason, _, log = failure.reason.partition("\n")
        path = self._write_log(seat.number, log)
        where = "" if seat.sequence is None else f"sequence {seat.sequence}: "
        if failure.kind == "user":
            raise UserError(f"{where}{reason}")
        if failure.kind == "disk":
            raise UserError(f"{where}the disk of a machine of the cluster is full: {KEPT}")
        sequence, seat.sequence = seat.sequence, None
        if sequence is None:
            self._dismiss(seat)
            self._count_start(reason)
            return
        yield self.backlog.failed(sequence, reason, path)
        yield from self._assign(seat)

    def _lose(self, seat: _Seat, reason: str) -> Iterator[Event]:
        """A station that is gone: that is no fault of its sequence."""
        self._dismiss(seat)
        if seat.sequence is not None:
            self.backlog.put_back(seat.sequence)
            yield Retried(seat.sequence, reason)
        elif time.monotonic() - self.alive_at > _ALONE:
            raise UserError(f"no machine of the cluster has answered for {_ALONE:.0f} s: {KEPT}")

    def _give_up_silent(self) -> Iterator[Event]:
        for seat in list(self.seats.values()):
            limit = self.limits[seat.sequence is not None]
            if time.monotonic() - seat.since > limit:
                yield from self._lose(seat, f"its station said nothing for {limit:.0f} s")

    def _look_home(self) -> None:
        """Without the node that this process is attached to Ray starts nothing more, and waits for
        it forever."""
        if time.monotonic() - self.looked_home < _LOOK_HOME:
            return
        self.looked_home = time.monotonic()
        if any(node["NodeID"] == self.home and not node["Alive"] for node in self.ray.nodes()):
            raise UserError(
                "Ray on this machine has died (the node that this command was attached to):"
                f" {KEPT}; start Ray here again, then run the same command"
            )

    def _count_start(self, reason: str) -> None:
        self.failed_starts += 1
        if self.failed_starts > self.settings.retries:
            raise UserError(
                f"a worker does not start, tried {self.failed_starts} times ({reason}): {KEPT}"
            )

    def _dismiss(self, seat: _Seat) -> None:
        self.seats.pop(seat.number, None)
        self._end(seat)

    def _end(self, seat: _Seat) -> None:
        # A station that is asked kindly removes its files; its process dies with it either way.
        with suppress(Exception):
            self.ray.get(seat.actor.stop.remote(), timeout=2.0 if seat.sequence is None else 0.0)
        with suppress(Exception):
            self.ray.kill(seat.actor)

    def _write_log(self, number: int, text: str) -> Path:
        path = log_of(self.job.logs_folder, number)
        if text:
            with path.open("a", encoding="utf-8") as file:
                file.write(text)
        return path


def _refuse_other_versions(there: dict[str, str]) -> None:
    here = package_versions()
    for name in sorted({*here, *there}):
        if here.get(name) != there.get(name):
            raise UserError(
                f"a machine of the cluster has {name} {there.get(name, 'missing')}, this one"
                f" {here.get(name, 'none')}: the bytes could differ; install the same everywhere"
            )
