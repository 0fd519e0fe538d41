"""A thousand sequences, and twenty kills while they are made: the bytes are those of a calm run.

What is killed in turn: a process that renders, the command itself (which is then run again, on
this machine's processes or on a Ray cluster), and a node of that cluster with all that runs on it.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

import psutil
import pytest

from synth.dataset import read_dataset
from synth.errors import UserError
from synth.generation.on_disk import count_on_disk
from synth.shards.parts import PARTS_FOLDER

ray = pytest.importorskip("ray")

pytestmark = [pytest.mark.render, pytest.mark.slow]

ROOT = Path(__file__).parents[3]
SEQUENCES, KILLS = 1000, 20
MANIFEST = f"""
name: kills
seed: 12
sequences: {SEQUENCES}
frames_per_sequence: 1
cameras: 1
image: {{width: 48, height: 48, samples: 2}}
output: {{sequences_per_shard: 20}}
"""
#: Most seconds from a moment that is drawn by progress to its kill: in the middle of anything.
LATER = 2.0
#: Seconds that a run may take.
LIMIT = 3600
_MEMORY = 80 * 1024 * 1024

Victim = Literal["worker", "command", "node"]


@pytest.fixture
def nodes(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A cluster of a head without cores and two nodes of one core each."""
    from ray.cluster_utils import Cluster

    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    head = {"num_cpus": 0, "object_store_memory": _MEMORY, "include_dashboard": False}
    cluster = Cluster(initialize_head=True, head_node_args=head)
    for _ in range(2):
        cluster.add_node(num_cpus=1, object_store_memory=_MEMORY)
    yield cluster
    cluster.shutdown()


def begin(manifest: Path, folder: Path, address: str | None) -> subprocess.Popen[str]:
    options = ["-o", str(folder), "--workers", "2", "--device", "cpu"]
    if address is not None:
        options += ["--engine", "ray", "--address", address]
    with (folder.parent / f"{folder.name}.log").open("a") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "synth.cli", "generate", str(manifest), *options],
            cwd=ROOT,
            stderr=log,
        )


def rendering() -> list[psutil.Process]:
    """Processes that render, below this one: those of the command, and those of the nodes."""
    found = []
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            if "multiprocessing.spawn" in " ".join(process.cmdline()):
                found.append(process)
    return found


def kill(victim: Victim, command: subprocess.Popen[str], nodes: Any, rng: random.Random) -> bool:
    """Kill one; False if there is none of the kind now."""
    if victim == "command":
        command.send_signal(signal.SIGKILL)
        command.wait()
    elif victim == "worker":
        there = rendering()
        if not there:
            return False
        os.kill(rng.choice(there).pid, signal.SIGKILL)
    else:
        node = rng.choice(sorted(nodes.worker_nodes, key=lambda node: node.node_id))
        nodes.remove_node(node, allow_graceful=False)
        nodes.add_node(num_cpus=1, object_store_memory=_MEMORY)
    return True


def made(folder: Path) -> int:
    """Sequences that are in a folder, or nearly."""
    with suppress(OSError, UserError):
        return count_on_disk(read_dataset(folder).shards, folder / PARTS_FOLDER)
    return 0


def content(folder: Path) -> dict[str, bytes]:
    """All files, but logs and when and how it was made."""
    described = json.loads((folder / "dataset.json").read_text())
    del described["made"]
    assert described["complete"]
    files = {"dataset.json": json.dumps(described, sort_keys=True).encode()}
    return files | {path.name: path.read_bytes() for path in folder.glob("*.tar")}


def test_twenty_kills_leave_no_trace(tmp_path: Path, nodes: Any) -> None:
    manifest = tmp_path / "kills.yaml"
    manifest.write_text(MANIFEST)
    calm, disturbed = tmp_path / "calm", tmp_path / "disturbed"
    assert begin(manifest, calm, None).wait(timeout=LIMIT) == 0

    rng = random.Random(0)
    engines = itertools.cycle((nodes.address, None))
    turns: Iterator[Victim] = itertools.cycle(("worker", "node", "command"))
    address, victim = next(engines), next(turns)
    command = begin(manifest, disturbed, address)
    killed: Counter[str] = Counter()
    deadline = time.monotonic() + LIMIT

    def wait_a_little() -> None:
        nonlocal command
        if command.poll() is not None:
            assert command.returncode != 0, "it was finished before it was killed often enough"
            # A command ends with the node that it is attached to.
            assert address is not None
            command = begin(manifest, disturbed, address)
        assert time.monotonic() < deadline
        time.sleep(0.2)

    for moment in sorted(rng.sample(range(SEQUENCES - 20), KILLS)):
        while made(disturbed) < moment:
            wait_a_little()
        time.sleep(rng.uniform(0, LATER))
        if address is None and victim == "node":
            victim = next(turns)
        while not kill(victim, command, nodes, rng):
            wait_a_little()
        killed[f"{victim} of {'this machine' if address is None else 'the cluster'}"] += 1
        if victim == "command":
            address = next(engines)
            command = begin(manifest, disturbed, address)
        victim = next(turns)
    if command.wait(timeout=LIMIT) != 0 and address is not None:
        command = begin(manifest, disturbed, address)
    assert command.wait(timeout=LIMIT) == 0, (tmp_path / "disturbed.log").read_text()[-2000:]

    print(dict(killed))
    assert killed.total() == KILLS
    assert len(killed) == 5  # a node is the cluster's alone
    there, expected = content(disturbed), content(calm)
    assert there.keys() == expected.keys()
    assert len(expected) == 1 + SEQUENCES // 20
    assert [name for name in expected if there[name] != expected[name]] == []
