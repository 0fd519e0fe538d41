"""The worker process: it plans, renders, encodes and writes one sequence after the other.

It ends when its parent does, ignores Ctrl-C (the parent decides) and keeps its standard streams
in a log, because Blender talks a lot.
"""

from __future__ import annotations

import ctypes
import errno
import importlib
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Literal

import psutil

from synth.engine.blender_libraries import explain_import_error
from synth.engine.job import EngineSettings
from synth.errors import UserError
from synth.manifest import Manifest
from synth.sample import Sample, Timings
from synth.scene import Contacts
from synth.shards.parts import encode_part, write_part
from synth.shards.plan import sample_keys


@dataclass(frozen=True)
class Failure:
    """Why a worker could not do something.

    `user` is for the user to mend and ends the run, `disk` is a full disk and does too, `error`
    is worth another try.
    """

    kind: Literal["user", "disk", "error"]
    reason: str


@dataclass(frozen=True)
class Made:
    """A sequence lies in its part.

    Attributes:
        part: its path.
        samples: how many it holds.
        seconds: by stage.
        contacts: of its poses.
        memory: bytes that this process has resident.
    """

    part: Path
    samples: int
    seconds: dict[str, float]
    contacts: Contacts
    memory: int


def run_worker(
    connection: Connection,
    manifest: Manifest,
    parts_folder: Path,
    log: Path,
    settings: EngineSettings,
    parent: int,
    number: int,
) -> None:
    """Main function of the process, worker `number`.

    Sends the device's name, then for each sequence number received a Made; or a Failure in place
    of either. Ends when the connection does.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _end_with_parent(parent)
    _redirect_streams(log)
    try:
        with few_cores(number, settings):
            plan, render, device = _set_up(settings)
    except BaseException as error:
        _send(connection, _failure(error))
        return
    _send(connection, device)
    while True:
        try:
            sequence = connection.recv()
        except (EOFError, OSError):
            return
        try:
            answer: Any = _make(plan, render, manifest, sequence, parts_folder)
        except BaseException as error:
            answer = _failure(error)
        _send(connection, answer)


def _set_up(
    settings: EngineSettings,
) -> tuple[Callable[..., Any], Callable[..., list[Sample]], str]:
    plan = _function(settings.planner)
    render = _function(settings.renderer)
    configure = sys.modules[render.__module__].__dict__.get("configure")
    if configure is None:
        configure = _function(settings.renderer.partition(":")[0] + ":configure")
    return plan, render, str(configure(settings.device, settings.threads))


def _function(path: str) -> Callable[..., Any]:
    module, _, name = path.partition(":")
    return getattr(importlib.import_module(module), name)


def _make(
    plan: Callable[..., Any],
    render: Callable[..., list[Sample]],
    manifest: Manifest,
    sequence: int,
    parts_folder: Path,
) -> Made:
    timings = Timings()
    start = time.perf_counter()
    scene = plan(manifest, sequence)
    planned = time.perf_counter()
    timings.add("sampling", planned - start)
    samples = render(scene, timings)
    rendered = time.perf_counter()
    keys = [sample.key for sample in samples]
    if keys != sample_keys(manifest, sequence):
        raise RuntimeError(f"the renderer gave the samples {keys}")
    path = write_part(parts_folder, sequence, encode_part(samples))
    end = time.perf_counter()
    timings.add("writing", end - rendered)
    timings.add("other", end - start - sum(timings.seconds.values()))
    _return_freed_memory()
    memory = psutil.Process().memory_info().rss
    return Made(path, len(samples), timings.seconds, scene.contacts, memory)


def _return_freed_memory() -> None:
    """Give the system what was freed; glibc keeps it in pieces that the next scene may not fit."""
    if sys.platform == "linux" and hasattr(libc := ctypes.CDLL(None), "malloc_trim"):
        libc.malloc_trim(0)


def _failure(error: BaseException) -> Failure:
    traceback.print_exception(error)
    if isinstance(error, UserError):
        return Failure("user", str(error))
    if isinstance(error, ImportError) and (explanation := explain_import_error(error)):
        return Failure("user", explanation)
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Failure("disk", error.strerror or "No space left on device")
    return Failure("error", " ".join(f"{type(error).__name__}: {error}".split()))


def _send(connection: Connection, answer: Any) -> None:
    try:
        connection.send(answer)
    except OSError:
        # The parent is gone; there is nobody left to work for.
        os._exit(1)


@contextmanager
def few_cores(number: int, settings: EngineSettings) -> Iterator[None]:
    """Let Blender see only `settings.threads` cores while it is loaded.

    Its task scheduler makes a thread for every core that it may run on when it starts, and idle
    ones spin: a render with one thread would burn a second core that another worker needs.
    Afterwards the process may run anywhere again. Where the system has no such call, nothing
    happens.
    """
    if sys.platform != "linux":
        yield
        return
    everywhere = os.sched_getaffinity(0)
    cores = sorted(everywhere)
    chosen = {cores[(number * settings.threads + i) % len(cores)] for i in range(settings.threads)}
    os.sched_setaffinity(0, chosen)
    try:
        yield
    finally:
        os.sched_setaffinity(0, everywhere)


def _end_with_parent(parent: int) -> None:
    if sys.platform == "linux":
        pr_set_pdeathsig = 1  # <linux/prctl.h>
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _redirect_streams(log: Path) -> None:
    # At the level of file descriptors, because Blender's C++ code writes there.
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    sys.stdout.flush()
    sys.stderr.flush()
    os.dup2(file, 1)
    os.dup2(file, 2)
    os.close(file)
