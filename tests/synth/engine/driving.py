"""Uses of a Ray cluster in processes of their own.

Ray ends the process that uses it, without a word, when the node that it is attached to dies or
its heart beats too slowly: that must not be the process of the tests.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from synth.engine import cluster
from synth.engine.cluster import cluster_workers, run_on_cluster
from synth.engine.connection import connected
from synth.engine.job import EngineSettings, Finished, Job
from synth.errors import UserError

Say = Callable[[object], None]


@dataclass(frozen=True)
class Driving:
    """A use of a cluster that goes on in another process.

    Attributes:
        node: ID of the node that the process is attached to.
        said: what the process says, one after the other; what it raises is raised here.
    """

    node: str
    said: Iterator[Any]


@contextmanager
def driving(
    use: Callable[..., None], address: str, *arguments: object, home: str | None = None
) -> Iterator[Driving]:
    """Call one of the functions below as `use(say, address, *arguments)` in a new process.

    Args:
        home: ID of the node that the process is to be attached to; None leaves it to Ray, which
            takes any of its machine, in one cluster always the same.
    """
    here, there = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("spawn").Process(
        target=_drive, args=(there, home, use, address, *arguments)
    )
    process.start()
    there.close()
    said = _heard(here, process)
    try:
        yield Driving(next(said), said)
    finally:
        process.terminate()
        process.join(timeout=20)
        process.kill()


def all_events(say: Say, address: str, job: Job, settings: EngineSettings) -> None:
    for event in run_on_cluster(job, settings, address):
        say(event)


def closed_in_the_middle(say: Say, address: str, job: Job, settings: EngineSettings) -> None:
    """Says for how many seconds the cores of a run that is closed are not free."""
    ray = connected(address)
    cores = ray.cluster_resources()["CPU"]
    events = run_on_cluster(job, settings, address)
    while not isinstance(next(events), Finished):
        pass
    events.close()
    start = time.monotonic()
    while ray.available_resources().get("CPU") != cores and time.monotonic() < start + 60:
        time.sleep(0.2)
    say(time.monotonic() - start)


def events_beside_other_versions(
    say: Say, address: str, job: Job, settings: EngineSettings
) -> None:
    cluster.package_versions = lambda: {"bpy": "1.0"}  # type: ignore[attr-defined]
    all_events(say, address, job, settings)


def room(say: Say, address: str) -> None:
    say(cluster_workers(address, 1, "auto"))


def _drive(
    there: Connection,
    home: str | None,
    use: Callable[..., None],
    address: str,
    *arguments: object,
) -> None:
    if home is not None:
        from ray._private import services

        # Ray asks for a node by its machine's address alone, which all nodes of a test share.
        services.get_node_to_connect_for_driver = lambda gcs, _ip: services.get_node(gcs, home)
    try:
        there.send(connected(address).get_runtime_context().get_node_id())
        use(there.send, address, *arguments)
        there.send(StopIteration())
    except UserError as error:
        there.send(error)


def _heard(here: Connection, process: Any) -> Iterator[Any]:
    while True:
        try:
            said = here.recv()
        except EOFError:
            process.join()
            raise AssertionError(f"Ray ended the process, exit code {process.exitcode}") from None
        match said:
            case StopIteration():
                return
            case Exception():
                raise said
        yield said
