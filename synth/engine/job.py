"""What an executor is asked to do and what it reports, as plain data."""

from __future__ import annotations

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
        retries: how often a sequence whose process died or failed is begun again.
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
    recycle_after: int = 200
    retries: int = 2
    time_limit: float | None = None
    start_limit: float = 1800.0
    planner: str = "synth.sampling.sequence:plan_scene"
    renderer: str = "blender_scenes.render:render_scene"
    preparation: str | None = "synth.engine.build_assets"


@dataclass(frozen=True)
class Job:
    """Sequences to make, in this order, and where to."""

    manifest: Manifest
    sequences: tuple[int, ...]
    parts_folder: Path
    logs_folder: Path


@dataclass(frozen=True)
class Ready:
    """A worker is ready to render on `device`."""

    worker: int
    device: str


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
    """

    sequence: int
    part: Path
    samples: int
    seconds: dict[str, float]
    contacts: Contacts


@dataclass(frozen=True)
class Retried:
    """A sequence failed and is begun again."""

    sequence: int
    reason: str


Event = Ready | Finished | Retried


def default_time_limit(manifest: Manifest) -> float:
    """Seconds that one sequence can hardly need: some 40 times the usual on one core."""
    image = manifest.image
    rays = image.width * image.height * image.samples
    return 300.0 + manifest.images_per_sequence * (10.0 + 2e-5 * rays)
