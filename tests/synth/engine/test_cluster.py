"""The cluster's executor on a real Ray cluster of several nodes on this machine."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from synth.engine import cluster
from synth.engine.cluster import cluster_workers, run_on_cluster
from synth.engine.job import EngineSettings, Event, Finished, Job, Ready, Retried, SetAside
from synth.errors import UserError
from synth.manifest import Manifest
from synth.sample import Timings
from synth.shards.parts import encode_part, find_parts
from tests.synth import fake_renderer
from tests.synth.fake_renderer import PLANNER, RENDERER, times

ray = pytest.importorskip("ray")

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
        ray.shutdown()
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


def test_all_sequences_are_made_by_several_nodes(nodes: Any, job: Job) -> None:
    settings = rendering_with(fake_renderer.render_slowly)
    events = list(run_on_cluster(job, settings, nodes.address))
    assert finished(events) == list(range(12))
    assert len({event.worker for event in events if isinstance(event, Ready)}) > 1
    assert len({event.worker for event in events if isinstance(event, Finished)}) > 1
    check_parts(job)
    assert cluster_workers(nodes.address, 1, "auto") == 3


def test_what_a_lost_node_was_making_is_made_elsewhere(nodes: Any, job: Job) -> None:
    settings = rendering_with(fake_renderer.render_slowly)
    events: list[Event] = []
    victim = None
    for event in run_on_cluster(job, settings, nodes.address):
        events.append(event)
        if victim is None and len(finished(events)) == 3:
            victim = nodes.worker_nodes.copy().pop()
            nodes.remove_node(victim, allow_graceful=False)
            nodes.add_node(num_cpus=1, object_store_memory=80 * 1024 * 1024)
    assert finished(events) == list(range(12))
    assert any(isinstance(event, Retried) for event in events)
    assert not any(isinstance(event, SetAside) for event in events)
    check_parts(job)


def test_processes_that_die_hang_and_raise(nodes: Any, job: Job) -> None:
    dying = rendering_with(fake_renderer.render_dying_once, workers=2)
    events = list(run_on_cluster(job, dying, nodes.address))
    assert finished(events) == list(range(12))
    assert {e.sequence for e in events if isinstance(e, Retried)} == {0, 3, 6, 9}
    check_parts(job)


def test_a_sequence_that_always_fails_is_set_aside(nodes: Any, job: Job) -> None:
    raising = rendering_with(fake_renderer.render_raising, workers=1, retries=1)
    job = replace(job, sequences=(1, 2, 3))
    events = list(run_on_cluster(job, raising, nodes.address))
    assert finished(events) == [1, 3]
    (aside,) = [event for event in events if isinstance(event, SetAside)]
    assert aside == SetAside(2, "ValueError: two is no number")
    logs = "".join(path.read_text() for path in job.logs_folder.iterdir())
    assert "Traceback" in logs


def test_a_stuck_render_is_ended(nodes: Any, job: Job) -> None:
    stuck = rendering_with(fake_renderer.render_stuck_once, workers=1, time_limit=2.0)
    events = list(run_on_cluster(replace(job, sequences=(0, 1)), stuck, nodes.address))
    assert finished(events) == [0, 1]
    assert [e for e in events if isinstance(e, Retried)] == [Retried(1, "took longer than 2 s")]


def test_closing_ends_the_stations(nodes: Any, job: Job) -> None:
    events = run_on_cluster(job, rendering_with(fake_renderer.render_slowly), nodes.address)
    while not isinstance(next(events), Finished):
        pass
    events.close()
    deadline = time.monotonic() + 30
    while ray.available_resources().get("CPU") != 3:
        assert time.monotonic() < deadline, "the stations still hold their cores"
        time.sleep(0.2)
    made = [times(job.manifest, "rendered", n) for n in range(12)]
    time.sleep(1)
    assert [times(job.manifest, "rendered", n) for n in range(12)] == made


def test_other_versions_are_refused(nodes: Any, job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "package_versions", lambda: {"bpy": "1.0"})
    with pytest.raises(UserError, match=r"a machine of the cluster has \w+ \S+, this one"):
        list(run_on_cluster(job, SETTINGS, nodes.address))


def test_a_file_that_the_renderer_refuses_ends_the_run(nodes: Any, job: Job) -> None:
    with pytest.raises(UserError, match="sequence 2: /some/light.exr: cannot be read"):
        list(run_on_cluster(job, rendering_with(fake_renderer.render_refusing), nodes.address))
