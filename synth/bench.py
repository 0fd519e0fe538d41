"""Where the time of an image goes, measured on the path that `generate` takes."""

from __future__ import annotations

import math
import tempfile
from pathlib import Path

from synth.engine.job import EngineSettings
from synth.generation.make import Outcome, Watch, make, raise_if_set_aside
from synth.generation.work import Report, prepare
from synth.manifest import Manifest
from synth.storage.place import place_at

#: In the order in which they happen; "other" is a process' time that no stage claims.
STAGES = ("sampling", "scene_update", "render", "labels", "encoding", "writing", "other")


def bench(
    manifest: Manifest,
    images: int,
    settings: EngineSettings,
    report: Report,
    watch: Watch,
) -> Outcome:
    """Generate at least `images` images into a temporary folder.

    Raises:
        UserError: as `synth.generation.work.prepare` and `make`.
    """
    sequences = sequences_for(manifest, images)
    if sequences > manifest.sequences:
        manifest = manifest.model_copy(update={"sequences": sequences}).with_folder(manifest.folder)
    with tempfile.TemporaryDirectory(prefix="hand-synth-bench-") as folder:
        work = prepare(manifest, place_at(folder), Path(folder), sequences, report)
        outcome = make(work, settings, watch)
        raise_if_set_aside(outcome)
        return outcome


def sequences_for(manifest: Manifest, images: int) -> int:
    """Number of sequences that hold at least `images` images."""
    return math.ceil(images / manifest.images_per_sequence)


def figures(outcome: Outcome, settings: EngineSettings) -> dict[str, object]:
    """What was measured, ready for JSON.

    `images_per_second` is of the time in which the processes were ready, `seconds_per_image` is
    process time by stage (with W processes W of them pass a second), and
    `outside_render_share` is the part of that time in all stages but "render".
    """
    seconds = {stage: outcome.timings.seconds.get(stage, 0.0) for stage in STAGES}
    for stage, value in outcome.timings.seconds.items():
        seconds.setdefault(stage, value)
    total = sum(seconds.values())
    return {
        "images": outcome.samples,
        "sequences": outcome.sequences,
        "workers": settings.workers,
        "threads": settings.threads,
        "devices": sorted(outcome.devices),
        "start_seconds": round(outcome.start_seconds, 3),
        "seconds": round(outcome.seconds - outcome.start_seconds, 3),
        "images_per_second": round(outcome.samples / (outcome.seconds - outcome.start_seconds), 4),
        "images_per_second_with_start": round(outcome.samples / outcome.seconds, 4),
        "seconds_per_image": {
            stage: round(value / outcome.samples, 5) for stage, value in seconds.items()
        },
        "outside_render_share": round(1.0 - seconds["render"] / total, 4),
    }
