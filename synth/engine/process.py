"""One worker process as its parent sees it: started, asked for a sequence, ended."""

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
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path

from synth.child_processes import SINGLE_THREADED, environment, interrupts_held_back
from synth.engine.devices import own_gpu
from synth.engine.job import EngineSettings
from synth.engine.worker import run_worker
from synth.errors import UserError
from synth.manifest import Manifest


@dataclass
class WorkerProcess:
    """A process that renders.

    Attributes:
        number: of the worker.
        deadline: `time.monotonic()` until which it must have answered.
        ready: whether it has said so.
        sequence: that it is making.
        done: sequences that it has made.
        memory: bytes that it had resident after the last one.
    """

    number: int
    process: SpawnProcess
    connection: Connection
    deadline: float
    ready: bool = False
    sequence: int | None = None
    done: int = 0
    memory: int = 0


def start_worker(
    number: int,
    manifest: Manifest,
    parts_folder: Path,
    logs_folder: Path,
    settings: EngineSettings,
    scratch: Path,
) -> WorkerProcess:
    """Start a process that answers as `synth.engine.worker.run_worker` says.

    Args:
        number: of the worker, which names its log.
        scratch: folder for its temporary files.
    """
    here, there = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(
        target=run_worker,
        args=(there, manifest, parts_folder, log_of(logs_folder, number), settings)
        + (os.getpid(), number),
        name=f"worker-{number}",
        daemon=True,
    )
    own = {**SINGLE_THREADED, **own_gpu(number, settings.device), "TMPDIR": str(scratch)}
    with interrupts_held_back(), environment(own):
        process.start()
    there.close()
    return WorkerProcess(number, process, here, time.monotonic() + settings.start_limit)


def is_used_up(worker: WorkerProcess, settings: EngineSettings) -> bool:
    """Whether a process has made so much, or grown so heavy, that another is to take its place."""
    heavy = settings.memory_limit is not None and worker.memory > settings.memory_limit
    return heavy or worker.done >= settings.recycle_after


def end_worker(worker: WorkerProcess) -> None:
    """End a process at once; parts are renamed into place, so none is left half."""
    worker.process.kill()
    worker.process.join()
    worker.connection.close()


def log_of(logs_folder: Path, number: int) -> Path:
    return logs_folder / f"worker-{number}.log"


def prepare_machine(module: str) -> None:
    """Run a module once before the processes start.

    Raises:
        UserError: with its last line, if it fails.
    """
    with environment(SINGLE_THREADED):
        command = [sys.executable, "-m", module]
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode in (130, -signal.SIGINT):
        raise KeyboardInterrupt
    if done.returncode != 0:
        reason = done.stdout.strip().splitlines()[-1:] or [describe_exit(done.returncode)]
        raise UserError(reason[0])


@contextmanager
def scratch_folder(parts_folder: Path) -> Iterator[Path]:
    """Temporary files of the processes, in memory if possible.

    Processes are killed, so they cannot be trusted to clean up. The name hangs on the dataset's
    folder, so that a run also removes what a killed one before it left.
    """
    memory = Path("/dev/shm")
    base = memory if os.access(memory, os.W_OK) else Path(tempfile.gettempdir())
    place = hashlib.sha256(str(parts_folder.resolve()).encode()).hexdigest()[:16]
    folder = base / f"handsynth-{os.getuid()}-{place}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def describe_exit(code: int | None) -> str:
    if code == -signal.SIGKILL:
        return "the process was killed, perhaps for want of memory"
    if code is not None and code < 0:
        return f"the process died of {signal.Signals(-code).name}"
    return f"the process ended with status {code}"
