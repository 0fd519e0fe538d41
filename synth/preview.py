"""A contact sheet: of a dataset that is there, or of a few images rendered for it."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Sequence
from pathlib import Path

import cv2

from synth.bench import sequences_for
from synth.engine.job import EngineSettings
from synth.errors import UserError
from synth.generation.make import Watch, make, raise_if_set_aside
from synth.generation.work import Report, prepare
from synth.manifest import Manifest
from synth.sample import Sample
from synth.shards.reader import read_samples
from synth.storage.files import write_atomically
from synth.storage.place import place_at


def render_samples(
    manifest: Manifest, images: int, settings: EngineSettings, report: Report, watch: Watch
) -> list[Sample]:
    """Render the first frame of as many sequences as give `images` images.

    One frame a sequence, so that a sheet shows many people, poses and lights.

    Raises:
        UserError: as `synth.generation.work.prepare` and `make`.
    """
    manifest = preview_manifest(manifest, images)
    with tempfile.TemporaryDirectory(prefix="hand-synth-preview-") as folder:
        work = prepare(manifest, place_at(folder), Path(folder), None, report)
        outcome = make(work, settings, watch)
        raise_if_set_aside(outcome)
        return list(read_samples(folder))[:images]


def preview_manifest(manifest: Manifest, images: int) -> Manifest:
    """The manifest with one frame a sequence and as many sequences as the images need."""
    copy = manifest.model_copy(update={"frames_per_sequence": 1})
    return copy.model_copy(update={"sequences": sequences_for(copy, images)}).with_folder(
        manifest.folder
    )


def pick_samples(folder: Path, images: int) -> list[Sample]:
    """Up to `images` samples of a dataset, spread evenly over it.

    Raises:
        UserError: if it has no shard or one cannot be read.
    """
    count = sum(1 for _ in read_samples(folder))
    images = min(images, count)
    wanted = {round(i * (count - 1) / max(1, images - 1)) for i in range(images)}
    return [sample for i, sample in enumerate(read_samples(folder)) if i in wanted]


def write_sheet(path: Path, samples: Sequence[Sample], skeleton: bool) -> None:
    """Write samples as one PNG.

    Args:
        path: of the PNG.
        samples: at least one.
        skeleton: draw the landmarks over the hands, hidden ones differently.

    Raises:
        UserError: if the file cannot be written.
    """
    from synth.drawing import contact_sheet

    sheet = contact_sheet(samples, columns_for(len(samples)), skeleton=skeleton)
    ok, png = cv2.imencode(".png", cv2.cvtColor(sheet, cv2.COLOR_RGB2BGR))
    try:
        if not ok:
            raise OSError(0, "it cannot be encoded")
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, [png.tobytes()])
    except OSError as error:
        raise UserError(f"{path}: cannot be written: {error.strerror}") from None


def columns_for(count: int) -> int:
    """Columns of a sheet about as wide as high, with as few empty cells as can be."""
    narrow = max(1, math.ceil(math.sqrt(count)))
    wide = max(narrow, math.ceil(math.sqrt(2 * count)))
    return min(range(narrow, wide + 1), key=lambda columns: (-count % columns, columns))
