"""What a process rendered before leaves no trace in what it renders now."""

from __future__ import annotations

import numpy as np

from blender_scenes.render import render_scene
from blender_scenes.stage import Stage
from synth.sample import Sample, Timings
from synth.sampling.sequence import plan_scene
from tests.blender_scenes.scenes import tiny_manifest


def equal(a: list[Sample], b: list[Sample]) -> None:
    assert [sample.key for sample in a] == [sample.key for sample in b]
    for one, other in zip(a, b, strict=True):
        assert one.jpeg == other.jpeg
        assert one.label == other.label
        assert np.array_equal(one.mask, other.mask)
        assert np.array_equal(one.depth, other.depth)


def test_a_sequence_after_another_has_the_same_bytes(stage: Stage) -> None:
    manifest = tiny_manifest(
        image={"width": 48, "height": 48, "samples": 4, "mask": True, "depth": True},
        camera={"motion_blur_share": 0.5, "depth_of_field_share": 0.5},
        frames_per_sequence=2,
        cameras=2,
    )
    scenes = [plan_scene(manifest, sequence) for sequence in (0, 5)]
    alone = [render_scene(scene, Timings()) for scene in scenes]
    assert alone[0][0].jpeg != alone[1][0].jpeg
    for index in (0, 0, 1):
        equal(render_scene(scenes[index], Timings()), alone[index])
