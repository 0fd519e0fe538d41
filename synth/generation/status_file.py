"""A run's status, kept in a file beside its logs while it works so that others can look."""

from __future__ import annotations

import contextlib
import os
import platform
import signal
import time
from collections import deque
from collections.abc import Callable, Iterator
from typing import Final

import psutil

from synth.child_processes import signals_held_back
from synth.engine.job import Begun, Event, Finished, Ready, Retried, SetAside
from synth.errors import UserError
from synth.generation.on_disk import count_on_disk
from synth.generation.status import FILE_NAME, End, Status, WorkerStatus
from synth.generation.work import LOGS_FOLDER, Work
from synth.storage.files import write_atomically

#: Seconds between two writings.
_EVERY: Final = 2.0
#: Seconds over which the speed is taken.
_LATELY: Final = 300.0
#: What a person or a scheduler ends a run with.
_ENDING: Final = {signal.SIGINT, signal.SIGTERM}


class StatusFile:
    """Watches a run's events and writes what they come to, every few seconds."""

    def __init__(self, work: Work) -> None:
        now = time.time()
        there = work.count_there()
        self.work = work
        self.path = work.folder / LOGS_FOLDER / FILE_NAME
        self.status = Status(
            dataset=work.place.url,
            host=platform.node(),
            pid=os.getpid(),
            pid_started=psutil.Process().create_time(),
            started=now,
            updated=now,
            planned=there + work.count_missing(),
            there=there,
        )
        self.lately: deque[tuple[float, int]] = deque([(now, 0)])
        self.path.parent.mkdir(exist_ok=True)
        self._write(now)

    def watch(self, event: Event) -> None:
        """Take in an event."""
        status, now = self.status, time.time()
        match event:
            case Ready():
                status.workers[event.worker] = WorkerStatus(device=event.device, since=now)
            case Begun():
                worker = status.workers.setdefault(event.worker, WorkerStatus())
                worker.sequence, worker.since = event.sequence, now
            case Finished():
                worker = status.workers.setdefault(event.worker, WorkerStatus())
                worker.sequence, worker.memory = None, event.memory
                worker.done += 1
                status.made += 1
                status.images += event.samples
                self.lately.append((now, status.images))
            case Retried():
                status.retries += 1
            case SetAside():
                status.set_aside[event.sequence] = event.reason
        if now - status.updated >= _EVERY:
            self._write(now)

    def end(self, how: End, reason: str = "") -> None:
        """The run is over.

        Args:
            reason: of a failed one, its line.
        """
        status = self.status
        status.ended, status.end, status.reason = True, how, reason
        status.workers.clear()
        # Workers may have finished sequences of which no event came any more: they are kept.
        new = count_on_disk(self.work.records.values(), self.work.parts_folder) - status.there
        if new > status.made:
            status.images += (new - status.made) * self.work.manifest.images_per_sequence
            status.made = new
        self._write(time.time())

    def _write(self, now: float) -> None:
        while len(self.lately) > 2 and now - self.lately[0][0] > _LATELY:
            self.lately.popleft()
        (before, images), status = self.lately[0], self.status
        if status.images > images:
            status.images_a_second = (status.images - images) / max(now - before, 1e-9)
        status.updated = now
        write_atomically(self.path, [status.model_dump_json(indent=1).encode()])


@contextlib.contextmanager
def status_of(work: Work) -> Iterator[Callable[[Event], None]]:
    """Keep a run's status while the context lasts; gives what watches its events.

    How the context is left is how the run ended.
    """
    # A second Ctrl-C, or one right at the start, does not leave what the run before has written.
    with signals_held_back(_ENDING):
        file = StatusFile(work)
    end: End = "finished"
    reason = ""
    try:
        yield file.watch
    except KeyboardInterrupt:
        end = "stopped"
        raise
    except BaseException as error:
        end, reason = "failed", _line_of(error)
        raise
    finally:
        # A full disk ends the run in its own words.
        with contextlib.suppress(OSError), signals_held_back(_ENDING):
            file.end(end, reason)


def _line_of(error: BaseException) -> str:
    """As the run prints it, or with the error's kind where it is none that is meant for people."""
    text = " ".join(str(error).split())
    return text if isinstance(error, UserError) else f"{type(error).__name__}: {text}"
