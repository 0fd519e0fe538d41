"""The local executor: spawned processes on this machine, each with one sequence at a time.

Blender can die (memory, drivers), so a process is something that may be lost: its sequence is
begun again in a fresh one, a few times.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from contextlib import suppress
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from synth.engine.backlog import KEPT, Backlog
from synth.engine.job import (
    Begun,
    EngineSettings,
    Event,
    Finished,
    Job,
    Ready,
    default_time_limit,
)
from synth.engine.process import (
    WorkerProcess,
    describe_exit,
    end_worker,
    is_used_up,
    log_of,
    prepare_machine,
    scratch_folder,
    start_worker,
)
from synth.engine.worker import Failure, Made
from synth.errors import UserError


def run_job(job: Job, settings: EngineSettings) -> Generator[Event, None, None]:
    """Make all sequences of a job; what is done lies in the parts folder, whatever happens.

    Closing the iterator, or an exception in its consumer (Ctrl-C too), ends all processes at once.

    A sequence that fails more often than `settings.retries` is set aside.

    Raises:
        UserError: if a process' start fails more often than that, or nothing but failing sequences
            come, if the renderer refuses a file, or if the disk is full.
    """
    backlog = Backlog(job.sequences, settings)
    if not backlog:
        return
    if settings.preparation is not None:
        prepare_machine(settings.preparation)
    with scratch_folder(job.parts_folder) as scratch:
        run = _Run(job, settings, backlog, scratch)
        try:
            yield from run.events()
        finally:
            run.stop()


class _Run:
    def __init__(self, job: Job, settings: EngineSettings, backlog: Backlog, scratch: Path) -> None:
        self.job = job
        self.settings = settings
        self.backlog = backlog
        self.failed_starts = 0
        self.workers: dict[int, WorkerProcess] = {}
        self.scratch = scratch
        self.time_limit = settings.time_limit or default_time_limit(job.manifest)

    def events(self) -> Iterator[Event]:
        while self._busy() or self.backlog:
            yield from self._staff()
            waiting: dict[Any, WorkerProcess] = {}
            for worker in self.workers.values():
                waiting[worker.connection] = worker
                waiting[worker.process.sentinel] = worker
            nearest = min(worker.deadline for worker in self.workers.values())
            signalled = wait(list(waiting), timeout=max(0.0, nearest - time.monotonic()))
            for worker in {waiting[item].number: waiting[item] for item in signalled}.values():
                yield from self._listen(worker)
            for worker in list(self.workers.values()):
                # An answer that lies there was in time, however late it is read.
                if time.monotonic() > worker.deadline and not worker.connection.poll():
                    yield from self._lose(worker, f"took longer than {self._limit_of(worker)} s")

    def stop(self) -> None:
        """End all processes at once; parts are renamed into place, so none is left half."""
        for worker in self.workers.values():
            worker.process.kill()
        for worker in self.workers.values():
            end_worker(worker)
        self.workers.clear()

    def _busy(self) -> int:
        return sum(worker.sequence is not None for worker in self.workers.values())

    def _limit_of(self, worker: WorkerProcess) -> int:
        return round(self.time_limit if worker.ready else self.settings.start_limit)

    def _staff(self) -> Iterator[Event]:
        """As many processes as there is work for, each ready one with a sequence."""
        for worker in list(self.workers.values()):
            if worker.ready and worker.sequence is None:
                if is_used_up(worker, self.settings) or not self.backlog:
                    self._dismiss(worker)
                else:
                    yield self._assign(worker)
        starting = sum(not worker.ready for worker in self.workers.values())
        for number in range(self.settings.workers):
            if number not in self.workers and starting < len(self.backlog):
                self.workers[number] = start_worker(
                    number,
                    self.job.manifest,
                    self.job.parts_folder,
                    self.job.logs_folder,
                    self.settings,
                    self.scratch,
                )
                starting += 1

    def _assign(self, worker: WorkerProcess) -> Begun:
        sequence = self.backlog.take()
        worker.sequence = sequence
        worker.deadline = time.monotonic() + self.time_limit
        # If it died idle, its sentinel says so to the next wait.
        with suppress(OSError):
            worker.connection.send(sequence)
        return Begun(worker.number, sequence)

    def _dismiss(self, worker: WorkerProcess) -> None:
        del self.workers[worker.number]
        end_worker(worker)

    def _listen(self, worker: WorkerProcess) -> Iterator[Event]:
        try:
            answer = worker.connection.recv() if worker.connection.poll() else None
        except (EOFError, OSError):
            answer = None
        if answer is None:
            worker.process.join(timeout=5)
            yield from self._lose(worker, describe_exit(worker.process.exitcode))
        elif isinstance(answer, Failure):
            if answer.kind == "user":
                raise UserError(f"{_of_sequence(worker)}{answer.reason}")
            if answer.kind == "disk":
                raise UserError(
                    f"{self.job.parts_folder.parent}: the disk is full: {KEPT};"
                    f" make room and run the same command again"
                )
            yield from self._lose(worker, answer.reason)
        elif not worker.ready:
            worker.ready = True
            self.failed_starts = 0
            worker.deadline = time.monotonic() + self.time_limit
            yield Ready(worker.number, answer)
        else:
            assert isinstance(answer, Made)
            sequence, worker.sequence = worker.sequence, None
            assert sequence is not None
            worker.done += 1
            worker.memory = answer.memory
            self.backlog.finished(sequence)
            yield Finished(
                sequence,
                answer.part,
                answer.samples,
                answer.seconds,
                answer.contacts,
                worker.number,
                answer.memory,
            )

    def _lose(self, worker: WorkerProcess, reason: str) -> Iterator[Event]:
        """Replace a process; its sequence is begun again, or set aside if it failed too often."""
        self._dismiss(worker)
        log = log_of(self.job.logs_folder, worker.number)
        if worker.sequence is not None:
            yield self.backlog.failed(worker.sequence, reason, log)
            return
        self.failed_starts += 1
        if self.failed_starts > self.settings.retries:
            raise UserError(
                f"a worker does not start, tried {self.failed_starts} times ({reason}): {KEPT},"
                f" see {log}"
            )


def _of_sequence(worker: WorkerProcess) -> str:
    return "" if worker.sequence is None else f"sequence {worker.sequence}: "
