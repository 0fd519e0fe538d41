"""One worker process on some machine of a cluster, which hands finished sequences over as bytes.

Nothing here knows of the cluster: `synth.engine.cluster` puts one on each core or GPU.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import psutil

from synth.engine.devices import memory_limit, workers_here
from synth.engine.job import EngineSettings, default_time_limit
from synth.engine.process import (
    WorkerProcess,
    describe_exit,
    end_worker,
    is_used_up,
    log_of,
    prepare_machine,
    start_worker,
)
from synth.engine.worker import Failure, Made
from synth.errors import UserError
from synth.manifest import Manifest
from synth.scene import Contacts

#: Of the folder of a station, followed by the number of its process.
_PREFIX: Final = "handsynth-station-"
#: Bytes of a worker's log that are handed over with a failure.
_LOG_END: Final = 4000


@dataclass(frozen=True)
class Delivered:
    """A finished sequence.

    Attributes:
        part: its content, of which the name is `synth.shards.parts.write_part`'s.
        samples, seconds, contacts, memory: of `synth.engine.worker.Made`.
    """

    part: bytes
    samples: int
    seconds: dict[str, float]
    contacts: Contacts
    memory: int


class Station:
    """A worker process that is replaced when it dies, hangs, or has grown heavy."""

    def __init__(self, manifest: Manifest, settings: EngineSettings, number: int) -> None:
        self.manifest = manifest
        if settings.memory_limit is None:
            limit = memory_limit(workers_here(settings.device))
            settings = replace(settings, memory_limit=limit)
        self.settings = settings
        self.number = number
        _remove_abandoned()
        self.folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))
        for name in ("parts", "logs", "scratch"):
            (self.folder / name).mkdir()
        self.time_limit = settings.time_limit or default_time_limit(manifest)
        self.worker: WorkerProcess | None = None

    def start(self) -> str | Failure:
        """Be ready to render; the device's name."""
        try:
            if self.settings.preparation is not None:
                prepare_machine(self.settings.preparation)
        except UserError as error:
            return Failure("user", str(error))
        return self._start()

    def make(self, sequence: int) -> Delivered | Failure:
        """Render a sequence."""
        if self.worker is None:
            started = self._start()
            if isinstance(started, Failure):
                return started
        worker = self.worker
        assert worker is not None
        answer = self._ask(worker, sequence)
        if isinstance(answer, Failure):
            if answer.kind == "error":
                self._end()
                return Failure("error", f"{answer.reason}{self._end_of_log()}")
            return answer
        content = answer.part.read_bytes()
        answer.part.unlink()
        worker.done += 1
        worker.memory = answer.memory
        if is_used_up(worker, self.settings):
            self._end()
        return Delivered(content, answer.samples, answer.seconds, answer.contacts, answer.memory)

    def stop(self) -> None:
        """End the process and leave nothing behind."""
        self._end()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _start(self) -> str | Failure:
        self.worker = start_worker(
            self.number,
            self.manifest,
            self.folder / "parts",
            self.folder / "logs",
            self.settings,
            self.folder / "scratch",
        )
        answer = self._answer(self.worker, self.settings.start_limit)
        if isinstance(answer, Failure):
            self._end()
            return answer
        return str(answer)

    def _ask(self, worker: WorkerProcess, sequence: int) -> Made | Failure:
        try:
            worker.connection.send(sequence)
        except OSError:
            worker.process.join(timeout=5)
            return Failure("error", describe_exit(worker.process.exitcode))
        answer = self._answer(worker, self.time_limit)
        assert isinstance(answer, Made | Failure)
        return answer

    def _answer(self, worker: WorkerProcess, limit: float) -> object:
        """What the process says within `limit` seconds, or why it says nothing."""
        deadline = time.monotonic() + limit
        try:
            if worker.connection.poll(max(0.0, deadline - time.monotonic())):
                return worker.connection.recv()
        except (EOFError, OSError):
            worker.process.join(timeout=5)
            return Failure("error", describe_exit(worker.process.exitcode))
        return Failure("error", f"took longer than {round(limit)} s")

    def _end(self) -> None:
        if self.worker is not None:
            end_worker(self.worker)
            self.worker = None

    def _end_of_log(self) -> str:
        try:
            text = log_of(self.folder / "logs", self.number).read_text(errors="replace")
        except OSError:
            return ""
        return f"\n{text[-_LOG_END:]}" if text else ""


def _remove_abandoned() -> None:
    """Remove the folders of stations of this machine that were killed."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        process = folder.name.removeprefix(_PREFIX).partition("-")[0]
        if process.isdecimal() and not psutil.pid_exists(int(process)):
            shutil.rmtree(folder, ignore_errors=True)
