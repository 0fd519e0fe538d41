"""What an executor is asked to do and what it reports, as plain data."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from pathlib import Path

from synth.manifest import Manifest
from synth.scene import Contacts

DEVICES = ("auto", "cpu", "cuda", "optix")


@dataclass(frozen=True)
class EngineSettings:
    """How sequences are made; none of it changes what comes out of a device.

    Attributes:
        workers: processes.
        threads: of each process while it renders.
        device: one of DEVICES.
        recycle_after: sequences after which a process is replaced, against growing memory.
        memory_limit: bytes of memory beyond which a process is replaced after its sequence; None
            for no limit, on a cluster for each machine's own.
        retries: how often a sequence whose process died or failed is begun again before it is set
            aside.
        most_set_aside: sequences set aside with none finished in between, after which the run is
            ended: it is not the sequences then.
        time_limit: seconds for one sequence; None takes a generous one from its size.
        start_limit: seconds for a process to be ready, the first-time building of the hand
            included.
        planner: `module:function` from (manifest, sequence) to a scene description.
        renderer: `module:function` from (scene, timings) to samples; its module also has
            `configure(device, threads)`, which names the device.
        preparation: module that is run once before the processes start, if there is anything to
            make; None for nothing.
    """

    workers: int = 1
    threads: int = 1
    device: str = "auto"
    recycle_after: int = 100
    memory_limit: int | None = None
    retries: int = 2
    most_set_aside: int = 5
    time_limit: float | None = None
    start_limit: float = 1800.0
    planner: str = "synth.sampling.sequence:plan_scene"
    renderer: str = "blender_scenes.render:render_scene"
    preparation: str | None = "synth.engine.build_assets"


@dataclass(frozen=True)
class Job:
    """Sequences to make, in this order, and where to. They are gone through once and may be many:
    they need not be in memory."""

    manifest: Manifest
    sequences: Iterable[int]
    parts_folder: Path
    logs_folder: Path


@dataclass(frozen=True)
class Ready:
    """A worker is ready to render on `device`."""

    worker: int
    device: str


@dataclass(frozen=True)
class Begun:
    """A worker has begun a sequence."""

    worker: int
    sequence: int


@dataclass(frozen=True)
class Finished:
    """A sequence lies in its part.

    Attributes:
        sequence: its number.
        part: path of the part.
        samples: how many it holds.
        seconds: by stage; what no stage claims is under "other", so that they sum up to the time
            that the worker was busy with it.
        contacts: of its poses.
        worker: that made it.
        memory: bytes that the worker had resident afterwards.
    """

    sequence: int
    part: Path
    samples: int
    seconds: dict[str, float]
    contacts: Contacts
    worker: int = 0
    memory: int = 0


@dataclass(frozen=True)
class Retried:
    """A sequence failed and is begun again."""

    sequence: int
    reason: str


@dataclass(frozen=True)
class SetAside:
    """A sequence failed too often; the others go on."""

    sequence: int
    reason: str


Event = Ready | Begun | Finished | Retried | SetAside

#: Makes all sequences of a job; what is done lies in the parts folder, whatever happens. Closing
#: the generator, or an exception in its consumer (Ctrl-C too), ends everything that was started.
Executor = Callable[[Job, EngineSettings], Generator[Event, None, None]]


def default_time_limit(manifest: Manifest) -> float:
    """Seconds that one sequence can hardly need: some 40 times the usual on one core."""
    image = manifest.image
    rays = image.width * image.height * image.samples
    return 300.0 + manifest.images_per_sequence * (10.0 + 2e-5 * rays)
