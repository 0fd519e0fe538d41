"""The cluster's executor on a real Ray cluster of several nodes on this machine."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from synth.engine.job import Begun, EngineSettings, Event, Finished, Job, Ready, Retried, SetAside
from synth.errors import UserError
from synth.manifest import Manifest
from synth.sample import Timings
from synth.shards.parts import encode_part, find_parts
from tests.synth import fake_renderer
from tests.synth.engine.driving import (
    all_events,
    closed_in_the_middle,
    driving,
    events_beside_other_versions,
    room,
)
from tests.synth.fake_renderer import PLANNER, RENDERER, times

pytest.importorskip("ray")

SETTINGS = EngineSettings(
    workers=3, device="cpu", planner=PLANNER, renderer=RENDERER, preparation=None
)
ROOT = Path(__file__).parents[3]


def rendering_with(function: Callable[..., object], **changes: object) -> EngineSettings:
    renderer = f"tests.synth.fake_renderer:{function.__name__}"
    return replace(SETTINGS, renderer=renderer, **changes)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def nodes() -> Iterator[Any]:
    """A cluster of a head without cores and three nodes of one core each."""
    from ray.cluster_utils import Cluster

    with pytest.MonkeyPatch.context() as patch:
        # The processes of the nodes find the tests' renderer, and no usage is reported.
        patch.setenv("PYTHONPATH", f"{ROOT}{os.pathsep}{os.environ.get('PYTHONPATH', '')}")
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        memory = 80 * 1024 * 1024
        whole = Cluster(
            initialize_head=True,
            head_node_args={
                "num_cpus": 0,
                "object_store_memory": memory,
                "include_dashboard": False,
            },
        )
        for _ in range(3):
            whole.add_node(num_cpus=1, object_store_memory=memory)
        yield whole
        whole.shutdown()


@pytest.fixture
def job(make_manifest: Callable[..., Manifest], tmp_path: Path) -> Job:
    for name in ("parts", "logs"):
        (tmp_path / name).mkdir()
    return Job(make_manifest(sequences=12), range(12), tmp_path / "parts", tmp_path / "logs")


def finished(events: list[Event]) -> list[int]:
    return sorted(event.sequence for event in events if isinstance(event, Finished))


def check_parts(job: Job) -> None:
    """Every sequence lies there once, with the bytes that this process would make."""
    parts, broken = find_parts(job.parts_folder)
    assert not broken
    assert len(list(job.parts_folder.iterdir())) == len(parts) == 12
    for sequence, path in parts.items():
        plan = fake_renderer.plan_scene(job.manifest, sequence)
        assert path.read_bytes() == encode_part(fake_renderer.render_scene(plan, Timings()))


def events_of(nodes: Any, job: Job, settings: EngineSettings) -> list[Event]:
    with driving(all_events, nodes.address, job, settings) as run:
        return list(run.said)


def test_all_sequences_are_made_by_several_nodes(nodes: Any, job: Job) -> None:
    settings = rendering_with(fake_renderer.render_behind_gate)
    events: list[Event] = []
    with driving(all_events, nodes.address, job, settings) as run:
        for event in run.said:
            events.append(event)
            if sum(isinstance(event, Begun) for event in events) == 3:
                fake_renderer.open_gate(job.manifest)
    assert finished(events) == list(range(12))
    assert len({event.worker for event in events if isinstance(event, Ready)}) == 3
    assert len({event.worker for event in events if isinstance(event, Finished)}) == 3
    check_parts(job)


def test_there_is_room_for_one_a_core(nodes: Any) -> None:
    with driving(room, nodes.address) as run:
        assert list(run.said) == [3]


def test_what_a_lost_node_was_making_is_made_elsewhere(nodes: Any, job: Job) -> None:
    settings = rendering_with(fake_renderer.render_behind_gate)
    events: list[Event] = []
    with driving(all_events, nodes.address, job, settings) as run:
        for event in run.said:
            events.append(event)
            at_work = sum(isinstance(event, Begun) for event in events)
            if isinstance(event, Begun) and at_work == 3:
                # The node that the run is attached to would take it along.
                victim = next(node for node in nodes.worker_nodes if node.node_id != run.node)
                nodes.remove_node(victim, allow_graceful=False)
                nodes.add_node(num_cpus=1, object_store_memory=80 * 1024 * 1024)
            elif isinstance(event, Retried):
                # Processes may outlive their node by a second: no earlier.
                fake_renderer.open_gate(job.manifest)
    assert finished(events) == list(range(12))
    assert sum(isinstance(event, Retried) for event in events) == 1
    assert not any(isinstance(event, SetAside) for event in events)
    check_parts(job)


def test_a_run_ends_with_the_node_that_it_is_attached_to(nodes: Any, job: Job) -> None:
    settings = rendering_with(fake_renderer.render_behind_gate)
    home = nodes.add_node(num_cpus=1, object_store_memory=80 * 1024 * 1024)
    with driving(all_events, nodes.address, job, settings, home=home.node_id) as run:
        assert run.node == home.node_id
        while not isinstance(next(run.said), Begun):
            pass
        nodes.remove_node(home, allow_graceful=False)
        with pytest.raises(UserError, match="Ray on this machine has died .* is kept; start"):
            list(run.said)


def test_processes_that_die_hang_and_raise(nodes: Any, job: Job) -> None:
    dying = rendering_with(fake_renderer.render_dying_once, workers=2)
    events = events_of(nodes, job, dying)
    assert finished(events) == list(range(12))
    assert {e.sequence for e in events if isinstance(e, Retried)} == {0, 3, 6, 9}
    check_parts(job)


def test_a_sequence_that_always_fails_is_set_aside(nodes: Any, job: Job) -> None:
    raising = rendering_with(fake_renderer.render_raising, workers=1, retries=1)
    events = events_of(nodes, replace(job, sequences=(1, 2, 3)), raising)
    assert finished(events) == [1, 3]
    (aside,) = [event for event in events if isinstance(event, SetAside)]
    assert aside == SetAside(2, "ValueError: two is no number")
    logs = "".join(path.read_text() for path in job.logs_folder.iterdir())
    assert "Traceback" in logs


def test_a_stuck_render_is_ended(nodes: Any, job: Job) -> None:
    stuck = rendering_with(fake_renderer.render_stuck_once, workers=1, time_limit=2.0)
    events = events_of(nodes, replace(job, sequences=(0, 1)), stuck)
    assert finished(events) == [0, 1]
    assert [e for e in events if isinstance(e, Retried)] == [Retried(1, "took longer than 2 s")]


def test_closing_ends_the_stations(nodes: Any, job: Job) -> None:
    settings = rendering_with(fake_renderer.render_slowly)
    with driving(closed_in_the_middle, nodes.address, job, settings) as run:
        (seconds,) = run.said
    assert seconds < 30, "the stations still hold their cores"
    made = [times(job.manifest, "rendered", n) for n in range(12)]
    time.sleep(1)
    assert [times(job.manifest, "rendered", n) for n in range(12)] == made


def test_other_versions_are_refused(nodes: Any, job: Job) -> None:
    with (
        pytest.raises(UserError, match=r"a machine of the cluster has \w+ \S+, this one"),
        driving(events_beside_other_versions, nodes.address, job, SETTINGS) as run,
    ):
        list(run.said)


def test_a_file_that_the_renderer_refuses_ends_the_run(nodes: Any, job: Job) -> None:
    refusing = rendering_with(fake_renderer.render_refusing)
    with pytest.raises(UserError, match="sequence 2: /some/light.exr: cannot be read"):
        events_of(nodes, job, refusing)
