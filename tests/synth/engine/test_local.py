"""The executor with a fake renderer: death, delay, errors, a full disk."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from synth.engine.job import EngineSettings, Event, Finished, Job, Ready, Retried, SetAside
from synth.engine.local import run_job
from synth.errors import UserError
from synth.manifest import Manifest
from synth.sample import Timings
from synth.shards.parts import encode_part, find_parts
from tests.synth import fake_renderer
from tests.synth.fake_renderer import PLANNER, RENDERER, times

SETTINGS = EngineSettings(workers=2, planner=PLANNER, renderer=RENDERER, preparation=None)


def rendering_with(function: Callable[..., object], **changes: object) -> EngineSettings:
    renderer = f"tests.synth.fake_renderer:{function.__name__}"
    return replace(SETTINGS, renderer=renderer, **changes)  # type: ignore[arg-type]


@pytest.fixture
def job(make_manifest: Callable[..., Manifest], tmp_path: Path) -> Job:
    for name in ("parts", "logs"):
        (tmp_path / name).mkdir()
    return Job(make_manifest(), tuple(range(8)), tmp_path / "parts", tmp_path / "logs")


def finished(events: list[Event]) -> list[int]:
    return [event.sequence for event in events if isinstance(event, Finished)]


def is_alive(pid: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


def test_all_sequences_are_made(job: Job) -> None:
    events = list(run_job(job, SETTINGS))
    assert sorted(finished(events)) == list(range(8))
    ready = {event for event in events if isinstance(event, Ready)}
    assert ready
    assert ready <= {Ready(0, "fake auto"), Ready(1, "fake auto")}
    for event in events:
        if isinstance(event, Finished):
            samples = fake_renderer.render_scene(
                fake_renderer.plan_scene(job.manifest, event.sequence), Timings()
            )
            assert event.part.read_bytes() == encode_part(samples)
            assert event.samples == 4
            assert set(event.seconds) == {"sampling", "render", "writing", "other"}
    for event in ready:
        log = job.logs_folder / f"worker-{event.worker}.log"
        assert "configured for auto with 1 threads" in log.read_text()


def test_processes_are_replaced_after_a_while(job: Job) -> None:
    events = list(run_job(job, replace(SETTINGS, workers=1, recycle_after=3)))
    assert finished(events) == list(range(8))
    assert sum(isinstance(event, Ready) for event in events) == 3
    pids = [(job.manifest.folder / f"rendered-{n}").read_text() for n in range(8)]
    assert len(set(pids)) == 3


def test_a_sequence_whose_process_dies_is_begun_again(job: Job) -> None:
    events = list(run_job(job, rendering_with(fake_renderer.render_dying_once)))
    assert sorted(finished(events)) == list(range(8))
    retried = {event.sequence for event in events if isinstance(event, Retried)}
    assert retried == {0, 3, 6}
    assert all("killed" in event.reason for event in events if isinstance(event, Retried))


def test_a_sequence_that_always_kills_is_set_aside(job: Job) -> None:
    events = list(run_job(job, rendering_with(fake_renderer.render_always_dying)))
    (aside,) = [event for event in events if isinstance(event, SetAside)]
    assert aside.sequence == 3
    assert "SIGSEGV" in aside.reason
    assert times(job.manifest, "tried", 3) == 3
    assert sorted(finished(events)) == [0, 1, 2, 4, 5, 6, 7]
    whole, broken = find_parts(job.parts_folder)
    assert sorted(whole) == [0, 1, 2, 4, 5, 6, 7]
    assert not broken


def test_nothing_but_failures_end_the_run(job: Job) -> None:
    settings = rendering_with(fake_renderer.render_other_keys, most_set_aside=3, retries=0)
    with pytest.raises(UserError, match=r"3 sequences in a row failed, .* tried 1 times") as error:
        list(run_job(job, settings))
    assert "everything finished is kept" in str(error.value)
    assert "\n" not in str(error.value)


def test_sequences_are_asked_for_as_they_are_needed(job: Job) -> None:
    asked = 0

    def endless() -> Iterator[int]:
        nonlocal asked
        while True:
            asked += 1
            yield asked - 1

    with contextlib.closing(run_job(replace(job, sequences=endless()), SETTINGS)) as events:
        made = 0
        for event in events:
            made += isinstance(event, Finished)
            # Two are being made and two wait.
            assert asked <= made + 2 * SETTINGS.workers + 1
            if made == 6:
                break


def test_a_heavy_process_is_replaced(job: Job) -> None:
    events = list(run_job(job, replace(SETTINGS, workers=1, memory_limit=1)))
    assert finished(events) == list(range(8))
    assert sum(isinstance(event, Ready) for event in events) == 8
    light = list(run_job(job, replace(SETTINGS, workers=1, memory_limit=1 << 40)))
    assert sum(isinstance(event, Ready) for event in light) == 1
    assert all(e.memory > 10_000_000 for e in light if isinstance(e, Finished))


def test_a_stuck_render_is_ended(job: Job) -> None:
    settings = rendering_with(fake_renderer.render_stuck_once, time_limit=2.0)
    events = list(run_job(job, settings))
    assert sorted(finished(events)) == list(range(8))
    assert [e for e in events if isinstance(e, Retried)] == [Retried(1, "took longer than 2 s")]


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (fake_renderer.render_refusing, "sequence 2: /some/light.exr: cannot be read"),
        (fake_renderer.render_on_full_disk, "the disk is full: everything finished is kept"),
    ],
)
def test_errors_end_the_run_in_one_line(
    job: Job, function: Callable[..., object], message: str
) -> None:
    with pytest.raises(UserError, match=message) as error:
        list(run_job(replace(job, sequences=(2, 3)), rendering_with(function)))
    assert "\n" not in str(error.value)


def test_an_error_is_told_in_one_line(job: Job) -> None:
    settings = rendering_with(fake_renderer.render_raising)
    events = list(run_job(replace(job, sequences=(2, 3)), settings))
    (aside,) = [event for event in events if isinstance(event, SetAside)]
    assert aside == SetAside(2, "ValueError: two is no number")


def test_a_worker_that_cannot_start(job: Job) -> None:
    with pytest.raises(UserError, match=r"a worker does not start, .*ModuleNotFoundError"):
        list(run_job(job, replace(SETTINGS, renderer="synth.no_such_module:render")))


def test_closing_ends_the_processes(job: Job) -> None:
    events = run_job(job, rendering_with(fake_renderer.render_slowly))
    pids = set()
    for event in events:
        if isinstance(event, Finished):
            path = job.manifest.folder / f"rendered-{event.sequence}"
            pids.add(int(path.read_text()))
            break
    start = time.monotonic()
    events.close()
    assert time.monotonic() - start < 2
    assert not any(is_alive(pid) for pid in pids)


def test_temporary_files_do_not_outlive_the_run(job: Job) -> None:
    settings = rendering_with(fake_renderer.render_leaving_files)
    list(run_job(job, settings))
    folders = {Path(text) for text in (job.manifest.folder / "left-0").read_text().split()}
    assert folders
    assert not any(folder.exists() for folder in folders)


def test_a_preparation_that_fails_ends_the_run(job: Job) -> None:
    settings = replace(SETTINGS, preparation="tests.synth.failing_preparation")
    with pytest.raises(UserError, match=r"^the hand cannot be built: no space$"):
        list(run_job(job, settings))
    assert not list(job.parts_folder.iterdir())
    # Where there is nothing to make, nothing is prepared.
    assert list(run_job(replace(job, sequences=()), settings)) == []
