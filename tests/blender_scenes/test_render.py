"""What a process rendered before leaves no trace in what it renders now."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from blender_scenes.render import render_scene
from blender_scenes.stage import Stage
from synth.manifest import load_manifest
from synth.sample import Sample, Timings
from synth.sampling.sequence import plan_scene
from synth.scene import KINDS
from tests.blender_scenes.scenes import tiny_manifest

MANIFESTS = Path(__file__).parents[2] / "manifests"
#: Two sequences of different kinds of each.
SEQUENCES = {"detector": (1, 6), "landmarks": (8, 10), "interaction": (1, 2), "gloves": (4, 9)}


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


def test_scenes_of_all_kinds_leave_no_trace(stage: Stage) -> None:
    """Each alone the first time; then in another order, several hands, people and things before
    and after few."""
    scenes = {}
    for kind in KINDS:
        manifest = tiny_manifest(
            image={"width": 48, "height": 48, "samples": 2, "mask": True, "depth": True},
            scenes={"hand": 0.0, kind: 1.0},
            worn=dict.fromkeys(("glove_share", "ring_share", "tattoo_share", "polish_share"), 0.4),
            things={"occluder_share": 0.5, "clutter_share": 0.5},
            people={"second_share": 1.0, "held_share": 0.5},
            camera={"motion_blur_share": 0.5, "depth_of_field_share": 0.3},
            light={"back_share": 0.3},
            cameras=1,
        )
        scenes[kind] = plan_scene(manifest, 2)
    first = {kind: render_scene(scene, Timings()) for kind, scene in scenes.items()}
    for kind in ("held", "people", "hand", "pair", "empty"):
        equal(render_scene(scenes[kind], Timings()), first[kind])  # type: ignore[index]
    assert len({samples[0].jpeg for samples in first.values()}) == len(KINDS)


@pytest.mark.parametrize("name", SEQUENCES)
def test_the_manifests_that_come_along_render(stage: Stage, name: str) -> None:
    """Small: the same people, shares and cameras, one picture of two sequences each."""
    full = load_manifest(MANIFESTS / f"{name}.yaml")
    image = full.image.model_copy(
        update={"width": 64, "height": 48, "samples": 1, "denoise": False, "subdivision": 0}
    )
    small = full.model_copy(
        update={"sequences": 30, "frames_per_sequence": 1, "cameras": 1, "image": image}
    ).with_folder(full.folder)
    kinds = set()
    for sequence in SEQUENCES[name]:
        scene = plan_scene(small, sequence)
        (sample,) = render_scene(scene, Timings())
        kinds.add(scene.kind)
        assert sample.image().shape == (48, 64, 3)
        assert sample.mask is not None
        assert sample.mask.shape == (48, 64)
        assert sample.label["kind"] == scene.kind
        if name == "gloves":
            assert all(hand.glove is not None for hand in scene.hands)
    assert kinds <= {kind for kind in KINDS if getattr(full.scenes, kind) > 0}
    assert len(kinds) == 2
