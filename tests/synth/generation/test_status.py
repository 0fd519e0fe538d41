from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from synth.engine.job import Begun, Finished, Ready, Retried, SetAside
from synth.errors import UserError
from synth.generation.status import Status, WorkerStatus, read_status, state_of
from synth.generation.status_file import StatusFile, status_of
from synth.generation.status_text import describe
from synth.generation.work import Work, prepare
from synth.manifest import Manifest
from synth.scene import Contacts
from synth.storage.lock import locked
from synth.storage.place import place_at
from tests.synth.generation.test_make import run


@pytest.fixture
def work(make_manifest: Callable[..., Manifest], tmp_path: Path) -> Work:
    """Three sequences of eight are there."""
    run(make_manifest(), tmp_path / "out", 3)
    with locked(tmp_path / "out"):
        place = place_at(tmp_path / "out")
        return prepare(make_manifest(), place, tmp_path / "out", None, pytest.fail)


@pytest.fixture
def file(work: Work) -> StatusFile:
    return StatusFile(work)


def read(folder: Path) -> Status:
    found = read_status(folder)
    assert found is not None
    return found


def put_part(work: Work, sequence: int) -> None:
    (work.parts_folder / f"{sequence:08d}-{'ab' * 32}.tar").touch()


def done(sequence: int, worker: int = 0) -> Finished:
    return Finished(sequence, Path("part"), 4, {}, Contacts(), worker, memory=123_000_000)


def test_events_come_to_a_status(file: StatusFile, tmp_path: Path) -> None:
    before = read(tmp_path / "out")
    assert (before.planned, before.there, before.made) == (8, 3, 0)
    file.status.updated -= 10
    for event in (
        Ready(0, "CPU"),
        Ready(1, "CPU"),
        Begun(0, 2),
        Begun(1, 3),
        done(2),
        Begun(0, 4),
        Retried(3, "died"),
        SetAside(3, "died again"),
        done(4),
    ):
        file.watch(event)
    file._write(file.status.started + 4.0)
    status = read(tmp_path / "out")
    assert (status.made, status.images, status.retries) == (2, 8, 1)
    assert status.images_a_second == pytest.approx(2.0)
    assert status.set_aside == {3: "died again"}
    assert status.workers[0].done == 2
    assert status.workers[0].sequence is None
    assert status.workers[1].sequence == 3
    assert state_of(status) == "running"
    text = describe(status, status.updated + 65)
    assert "running, 5 of 8 sequences (62.5 %), 8 images in this run" in text
    # Three are left, one is set aside: two of 4 images each at 2 images a second.
    assert "2.00 images a second, 4 s to go" in text
    assert "worker 0 (CPU): idle or starting, 2 done, 123 MB" in text
    assert "worker 1 (CPU): sequence 3 for 1 min" in text
    assert "set aside: sequence 3: died again" in text
    assert "1 min 5 s since it last wrote" in text


def test_writing_is_seldom(file: StatusFile, tmp_path: Path) -> None:
    path = tmp_path / "out" / "logs" / "status.json"
    before = path.stat().st_mtime_ns
    for sequence in range(1000):
        file.watch(done(sequence))
    assert path.stat().st_mtime_ns == before


def test_a_killed_and_a_distant_run(file: StatusFile) -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    own = file.status.model_copy(
        update={
            "pid": child.pid,
            "pid_started": psutil.Process(child.pid).create_time(),
            "updated": file.status.started + 60,
            "images_a_second": 1.0,
            "images": 60,
            "workers": {0: WorkerStatus(device="CPU")},
        }
    )
    assert state_of(own) == "running"
    assert state_of(own.model_copy(update={"pid_started": own.pid_started - 100})) == "killed"
    child.kill()
    child.wait()
    assert state_of(own) == "killed"
    head, when, how = describe(own, own.updated + 30).splitlines()
    assert ": was killed, 3 of 8 sequences" in head
    assert when.startswith("last wrote 20")
    assert f", 30 s ago, 1 min 0 s after its start; process {child.pid} on" in when
    assert how == "run the same command again to go on: everything finished is kept"
    distant = own.model_copy(update={"host": "far-away"})
    assert state_of(distant) == "elsewhere"
    assert "whether it still runs is seen on far-away alone" in describe(distant, own.updated)


def ending(work: Work, *events: Finished, error: BaseException | None = None) -> Status:
    """The status of a run that ends with an error, or without one."""
    with contextlib.suppress(BaseException), status_of(work) as watch:
        for event in events:
            watch(event)
        if error is not None:
            raise error
    return read(work.folder)


def test_a_run_that_was_stopped(work: Work) -> None:
    status = ending(work, done(5), error=KeyboardInterrupt())
    assert (status.ended, status.end, status.made, status.images) == (True, "stopped", 1, 4)
    status.updated = status.started + 65
    head, when, how = describe(status, status.updated + 3).splitlines()
    assert ": was stopped, 4 of 8 sequences" in head
    assert when.startswith("ended 20")
    assert when.endswith(", 3 s ago, 1 min 5 s after its start, by Ctrl-C or SIGTERM")
    assert how.startswith("run the same command again to go on")


def test_a_run_that_failed(work: Work) -> None:
    status = ending(work, error=UserError("no room:\n make some and run the same command again"))
    assert (status.end, status.reason) == (
        "failed",
        "no room: make some and run the same command again",
    )
    head, _, why = describe(status, status.updated).splitlines()
    assert ": failed, 3 of 8 sequences" in head
    assert why == f"reason: {status.reason}"
    other = ending(work, error=ValueError("two"))
    assert other.reason == "ValueError: two"
    assert "run the same command again" in describe(other, other.updated).splitlines()[-1]


def test_a_run_that_finished(work: Work) -> None:
    status = ending(work, *(done(sequence) for sequence in range(3, 8)))
    assert (status.end, status.made) == ("finished", 5)
    head, when = describe(status, status.updated).splitlines()
    assert ": finished, 8 of 8 sequences (100.0 %), 20 images in this run" in head
    assert "by Ctrl-C" not in when


def test_sequences_of_which_no_event_came_are_counted(work: Work) -> None:
    for sequence in (4, 5):
        put_part(work, sequence)
    (work.parts_folder / "00000006-ab.tar.123.tmp").touch()
    status = ending(work, done(4), error=KeyboardInterrupt())
    assert (status.there, status.made, status.images) == (3, 2, 8)


def test_a_second_interrupt_does_not_keep_the_end_from_being_written(work: Work) -> None:
    held: list[set[int]] = []
    write = StatusFile._write

    def watched(file: StatusFile, now: float) -> None:
        held.append({int(number) for number in signal.pthread_sigmask(signal.SIG_BLOCK, ())})
        write(file, now)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StatusFile, "_write", watched)
        ending(work, error=KeyboardInterrupt())
    assert held == [{signal.SIGINT, signal.SIGTERM}] * 2


def test_the_status_of_an_older_version(work: Work) -> None:
    status = ending(work)
    old = Status.model_validate(status.model_dump(exclude={"end", "reason"}))
    assert state_of(old) == "ended"
    assert ": ended, " in describe(old, old.updated)


def test_no_run_and_a_damaged_file(tmp_path: Path) -> None:
    assert read_status(tmp_path) is None
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "status.json").write_text('{"dataset": 1')
    with pytest.raises(UserError, match="is damaged"):
        read_status(tmp_path)
    (tmp_path / "logs" / "status.json").unlink()
    (tmp_path / "logs" / "status.json").mkdir()
    with pytest.raises(UserError, match=r"status.json: cannot be read"):
        read_status(tmp_path)
