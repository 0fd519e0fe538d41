from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import pytest

from synth.engine.job import EngineSettings
from synth.manifest import Manifest
from synth.preview import columns_for, pick_samples, preview_manifest, render_samples
from synth.sample import Timings
from synth.shards.parts import encode_part, write_part
from synth.shards.plan import ShardPlan
from synth.shards.writer import assemble_shard
from tests.synth.fake_renderer import PLANNER, RENDERER, plan_scene, render_scene


@pytest.mark.parametrize(
    ("count", "columns"), [(1, 1), (2, 2), (12, 4), (24, 6), (36, 6), (7, 4), (31, 8)]
)
def test_columns(count: int, columns: int) -> None:
    assert columns_for(count) == columns


def test_a_preview_shows_many_people(make_manifest: Callable[..., Manifest]) -> None:
    manifest = make_manifest()
    reduced = preview_manifest(manifest, 7)
    assert (reduced.frames_per_sequence, reduced.sequences) == (1, 4)
    assert reduced.folder == manifest.folder
    settings = EngineSettings(planner=PLANNER, renderer=RENDERER, preparation=None)
    samples = render_samples(manifest, 7, settings, print, lambda _event: None)
    assert len(samples) == 7
    assert [sample.label["sequence"] for sample in samples] == [0, 0, 1, 1, 2, 2, 3]


def test_samples_are_picked_evenly(make_manifest: Callable[..., Manifest], tmp_path: Path) -> None:
    manifest = make_manifest()
    parts = [
        write_part(tmp_path, n, encode_part(render_scene(plan_scene(manifest, n), Timings())))
        for n in range(6)
    ]
    assemble_shard(tmp_path, ShardPlan("train", 0, range(6), 6), parts, 4)
    keys = [sample.key for sample in pick_samples(tmp_path, 3)]
    assert keys == ["00000000_000_0", "00000003_000_0", "00000005_001_1"]
    assert len(pick_samples(tmp_path, 100)) == 24
    assert len(pick_samples(tmp_path, 1)) == 1


def test_the_sheet_is_a_picture(make_manifest: Callable[..., Manifest], tmp_path: Path) -> None:
    from synth.preview import write_sheet

    samples = render_scene(plan_scene(make_manifest(), 0), Timings())
    write_sheet(tmp_path / "new" / "sheet.png", samples, skeleton=False)
    sheet = cv2.imread(str(tmp_path / "new" / "sheet.png"))
    assert sheet is not None
    assert sheet.shape[0] > 256
