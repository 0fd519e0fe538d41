"""The local executor: spawned processes on this machine, each with one sequence at a time.

Blender can die (memory, drivers), so a process is something that may be lost: its sequence is
begun again in a fresh one, a few times.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter, deque
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any

from synth.engine.job import (
    EngineSettings,
    Event,
    Finished,
    Job,
    Ready,
    Retried,
    default_time_limit,
)
from synth.engine.worker import Failure, run_worker
from synth.errors import UserError

#: Thread pools of numerical libraries stay off in workers: they would compete with the renderer,
#: and sums in another order would change last bits, and so the bytes.
_SINGLE_THREADED = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1"
)

_KEPT = "everything finished is kept"


@dataclass
class _Worker:
    number: int
    process: SpawnProcess
    connection: Connection
    deadline: float
    ready: bool = False
    sequence: int | None = None
    done: int = 0


def run_job(job: Job, settings: EngineSettings) -> Generator[Event, None, None]:
    """Make all sequences of a job; what is done lies in the parts folder, whatever happens.

    Closing the iterator, or an exception in its consumer (Ctrl-C too), ends all processes at once.

    Raises:
        UserError: if a sequence or a process' start fails more often than `settings.retries`, if
            the renderer refuses a file, or if the disk is full.
    """
    if not job.sequences:
        return
    if settings.preparation is not None:
        _prepare(settings.preparation)
    with _scratch_folder(job) as scratch:
        run = _Run(job, settings, scratch)
        try:
            yield from run.events()
        finally:
            run.stop()


class _Run:
    def __init__(self, job: Job, settings: EngineSettings, scratch: Path) -> None:
        self.job = job
        self.settings = settings
        self.todo = deque(job.sequences)
        self.failures: Counter[int | None] = Counter()
        self.workers: dict[int, _Worker] = {}
        self.environment = {**_SINGLE_THREADED, "TMPDIR": str(scratch)}
        self.time_limit = settings.time_limit or default_time_limit(job.manifest)

    def events(self) -> Iterator[Event]:
        while self._busy() or self.todo:
            self._staff()
            waiting: dict[Any, _Worker] = {}
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
            worker.process.join()
            worker.connection.close()
        self.workers.clear()

    def _busy(self) -> int:
        return sum(worker.sequence is not None for worker in self.workers.values())

    def _limit_of(self, worker: _Worker) -> int:
        return round(self.time_limit if worker.ready else self.settings.start_limit)

    def _staff(self) -> None:
        """As many processes as there is work for, each ready one with a sequence."""
        for worker in list(self.workers.values()):
            if worker.ready and worker.sequence is None:
                if worker.done >= self.settings.recycle_after or not self.todo:
                    self._dismiss(worker)
                else:
                    self._assign(worker)
        starting = sum(not worker.ready for worker in self.workers.values())
        for number in range(self.settings.workers):
            if number not in self.workers and starting < len(self.todo):
                self.workers[number] = self._start(number)
                starting += 1

    def _start(self, number: int) -> _Worker:
        here, there = multiprocessing.get_context("spawn").Pipe()
        process = multiprocessing.get_context("spawn").Process(
            target=run_worker,
            args=(
                there,
                self.job.manifest,
                self.job.parts_folder,
                self.job.logs_folder / f"worker-{number}.log",
                self.settings,
                os.getpid(),
                number,
            ),
            name=f"worker-{number}",
            daemon=True,
        )
        with _interrupts_held_back(), _environment(self.environment):
            process.start()
        there.close()
        return _Worker(number, process, here, time.monotonic() + self.settings.start_limit)

    def _assign(self, worker: _Worker) -> None:
        worker.sequence = self.todo.popleft()
        worker.deadline = time.monotonic() + self.time_limit
        try:
            worker.connection.send(worker.sequence)
        except OSError:
            # It died idle; its sentinel says so to the next wait.
            return

    def _dismiss(self, worker: _Worker) -> None:
        del self.workers[worker.number]
        worker.process.kill()
        worker.process.join()
        worker.connection.close()

    def _listen(self, worker: _Worker) -> Iterator[Event]:
        try:
            answer = worker.connection.recv() if worker.connection.poll() else None
        except (EOFError, OSError):
            answer = None
        if answer is None:
            worker.process.join(timeout=5)
            yield from self._lose(worker, _describe_exit(worker.process.exitcode))
        elif isinstance(answer, Failure):
            if answer.kind == "user":
                raise UserError(f"{_of_sequence(worker)}{answer.reason}")
            if answer.kind == "disk":
                raise UserError(
                    f"{self.job.parts_folder.parent}: the disk is full: {_KEPT};"
                    f" make room and run the same command again"
                )
            yield from self._lose(worker, answer.reason)
        elif not worker.ready:
            worker.ready = True
            self.failures[None] = 0
            worker.deadline = time.monotonic() + self.time_limit
            yield Ready(worker.number, answer)
        else:
            part, samples, seconds, contacts = answer
            sequence, worker.sequence = worker.sequence, None
            worker.done += 1
            assert sequence is not None
            yield Finished(sequence, part, samples, seconds, contacts)

    def _lose(self, worker: _Worker, reason: str) -> Iterator[Event]:
        """Replace a process; its sequence goes back to the front, unless it failed too often."""
        self._dismiss(worker)
        sequence = worker.sequence
        self.failures[sequence] += 1
        log = self.job.logs_folder / f"worker-{worker.number}.log"
        if self.failures[sequence] > self.settings.retries:
            what = "a worker does not start" if sequence is None else f"sequence {sequence} failed"
            raise UserError(
                f"{what}, tried {self.failures[sequence]} times ({reason}): {_KEPT}, see {log}"
            )
        if sequence is not None:
            self.todo.appendleft(sequence)
            yield Retried(sequence, reason)


def _prepare(module: str) -> None:
    with _environment(_SINGLE_THREADED):
        command = [sys.executable, "-m", module]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode in (130, -signal.SIGINT):
        raise KeyboardInterrupt
    if done.returncode != 0:
        reason = done.stdout.strip().splitlines()[-1:] or [_describe_exit(done.returncode)]
        raise UserError(reason[0])


@contextmanager
def _scratch_folder(job: Job) -> Iterator[Path]:
    """Temporary files of the processes, in memory if possible.

    Processes are killed, so they cannot be trusted to clean up. The name hangs on the dataset's
    folder, so that a run also removes what a killed one before it left.
    """
    memory = Path("/dev/shm")
    base = memory if os.access(memory, os.W_OK) else Path(tempfile.gettempdir())
    place = hashlib.sha256(str(job.parts_folder.resolve()).encode()).hexdigest()[:16]
    folder = base / f"handsynth-{os.getuid()}-{place}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _of_sequence(worker: _Worker) -> str:
    return "" if worker.sequence is None else f"sequence {worker.sequence}: "


def _describe_exit(code: int | None) -> str:
    if code == -signal.SIGKILL:
        return "the process was killed, perhaps for want of memory"
    if code is not None and code < 0:
        return f"the process died of {signal.Signals(-code).name}"
    return f"the process ended with status {code}"


@contextmanager
def _interrupts_held_back() -> Iterator[None]:
    # A child inherits the mask, so that Ctrl-C cannot hit it before it ignores the signal itself.
    old = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, old)


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    old = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in old.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
