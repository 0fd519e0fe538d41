"""Stands in for sampling and rendering in tests of the pipeline: quick, and as bad as is asked.

It counts and misbehaves through files in the manifest's folder, because it runs in processes of
its own.
"""

from __future__ import annotations

import errno
import os
import signal
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

import cv2
import numpy as np

from synth.errors import UserError
from synth.manifest import Manifest
from synth.sample import Sample, Timings
from synth.scene import Contacts
from synth.seeding import component_rng
from synth.shards.plan import sample_key
from synth.splits import identity_of, split_of

PLANNER = "tests.synth.fake_renderer:plan_scene"
RENDERER = "tests.synth.fake_renderer:render_scene"


class Plan(NamedTuple):
    manifest: Manifest
    sequence: int
    contacts: Contacts = Contacts(poses=3, corrected=1, worst_depth=0.001)


def configure(device: str, threads: int) -> str:
    print(f"configured for {device} with {threads} threads")
    return f"fake {device}"


def plan_scene(manifest: Manifest, sequence: int) -> Plan:
    return Plan(manifest, sequence)


def render_scene(plan: Plan, timings: Timings) -> list[Sample]:
    manifest, sequence = plan.manifest, plan.sequence
    start = time.perf_counter()
    rng = component_rng(manifest.seed, sequence, "fake")
    samples = [
        _sample(manifest, sequence, frame, camera_index, rng)
        for frame in range(manifest.frames_per_sequence)
        for camera_index in range(manifest.cameras)
    ]
    timings.add("render", time.perf_counter() - start)
    note(manifest, "rendered", sequence)
    return samples


def _sample(
    manifest: Manifest, sequence: int, frame: int, camera_index: int, rng: np.random.Generator
) -> Sample:
    image = manifest.image
    pixels = rng.integers(0, 256, (image.height, image.width, 3), dtype=np.uint8)
    label: dict[str, Any] = {
        "sequence": sequence,
        "frame": frame,
        "camera_index": camera_index,
        "split": split_of(manifest, sequence),
        "identity": identity_of(manifest, sequence),
        "hands": [
            {
                "side": "left",
                "gesture": None,
                "skin": "tan",
                "landmarks_image": rng.normal(size=(21, 3)) * 100,
            }
        ],
    }
    return Sample(
        key=sample_key(sequence, frame, camera_index),
        jpeg=cv2.imencode(".jpg", pixels)[1].tobytes(),
        label=label,
        mask=np.uint8(pixels[..., 0] > 128) if image.mask else None,
        depth=np.float32(pixels[..., 1] / 64) if image.depth else None,
    )


def note(manifest: Manifest, what: str, sequence: int) -> None:
    with (manifest.folder / f"{what}-{sequence}").open("a") as file:
        file.write(f"{os.getpid()}\n")


def times(manifest: Manifest, what: str, sequence: int) -> int:
    path: Path = manifest.folder / f"{what}-{sequence}"
    return len(path.read_text().splitlines()) if path.exists() else 0


def render_slowly(plan: Plan, timings: Timings) -> list[Sample]:
    time.sleep(0.15)
    return render_scene(plan, timings)


def open_gate(manifest: Manifest) -> None:
    (manifest.folder / "gate").touch()


def render_behind_gate(plan: Plan, timings: Timings) -> list[Sample]:
    """Nothing is finished before the gate is open."""
    deadline = time.monotonic() + 60
    while not (plan.manifest.folder / "gate").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    return render_scene(plan, timings)


def render_dying_once(plan: Plan, timings: Timings) -> list[Sample]:
    """Every third sequence kills its process the first time."""
    manifest, sequence = plan.manifest, plan.sequence
    note(manifest, "tried", sequence)
    if sequence % 3 == 0 and times(manifest, "tried", sequence) == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return render_scene(plan, timings)


def render_always_dying(plan: Plan, timings: Timings) -> list[Sample]:
    manifest, sequence = plan.manifest, plan.sequence
    note(manifest, "tried", sequence)
    if sequence == 3:
        os.kill(os.getpid(), signal.SIGSEGV)
    return render_scene(plan, timings)


def render_stuck_once(plan: Plan, timings: Timings) -> list[Sample]:
    manifest, sequence = plan.manifest, plan.sequence
    note(manifest, "tried", sequence)
    if sequence == 1 and times(manifest, "tried", sequence) == 1:
        time.sleep(60)
    return render_scene(plan, timings)


def render_raising(plan: Plan, timings: Timings) -> list[Sample]:
    if plan.sequence == 2:
        raise ValueError("two is\nno number")
    return render_scene(plan, timings)


def render_refusing(plan: Plan, timings: Timings) -> list[Sample]:
    if plan.sequence == 2:
        raise UserError("/some/light.exr: cannot be read")
    return render_scene(plan, timings)


def render_on_full_disk(plan: Plan, timings: Timings) -> list[Sample]:
    if plan.sequence == 2:
        raise OSError(errno.ENOSPC, "No space left on device")
    return render_scene(plan, timings)


def render_other_keys(plan: Plan, timings: Timings) -> list[Sample]:
    return render_scene(plan, timings)[1:]


def render_leaving_files(plan: Plan, timings: Timings) -> list[Sample]:
    with (plan.manifest.folder / f"left-{plan.sequence}").open("a") as file:
        file.write(tempfile.mkdtemp() + "\n")
    return render_scene(plan, timings)
