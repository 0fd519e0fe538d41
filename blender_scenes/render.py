"""From a scene description to images and labels: `configure` once a process, then `render_scene`.

The stage is built once and mutated per frame; nothing is ever reloaded. Nothing here draws a random
number: what varies is in the description.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from blender_scenes.camera import set_camera
from blender_scenes.hand import set_identity
from blender_scenes.motion import clear_motion, key_motion
from blender_scenes.picture import render_picture
from blender_scenes.settings import apply_settings, set_least_samples
from blender_scenes.skin import set_skin
from blender_scenes.sleeve import set_sleeve
from blender_scenes.stage import Stage, configure, current_stage
from blender_scenes.truth import PosedHand, blocker_tree, landmark_visibility, read_posed_hand
from blender_scenes.world import set_light
from synth.labels import label_of_view
from synth.photo.photograph import take_photograph
from synth.sample import Sample, Timings
from synth.scene import Frame, Scene, View
from synth.shards.plan import sample_key

if TYPE_CHECKING:
    from mathutils.bvhtree import BVHTree

__all__ = ["configure", "render_scene"]


def render_scene(scene: Scene, timings: Timings) -> list[Sample]:
    """All images of one sequence with their labels, frame by frame and camera by camera.

    Raises:
        UserError: a file named by the description cannot be read.
    """
    stage = current_stage()
    with _timed(timings, "scene_update"):
        set_light(stage.world, scene.light)
        set_identity(stage.hand, scene.hand)
        stage.hand.subdivision.levels = scene.render.subdivision
        stage.hand.subdivision.render_levels = scene.render.subdivision
        set_skin(stage.skin, scene.hand.skin)
        set_sleeve(stage.sleeve, stage.hand, scene.hand.sleeve)
        apply_settings(stage.scene, scene.render)
    samples = []
    for frame in scene.frames:
        with _timed(timings, "scene_update"):
            key_motion(stage.scene, stage.hand, frame)
        with _timed(timings, "labels"):
            posed = read_posed_hand(stage.hand)
            blockers = [blocker_tree(stage.sleeve.mesh)]
        for camera_index, view in enumerate(frame.views):
            samples.append(
                _render_view(stage, scene, frame, camera_index, view, posed, blockers, timings)
            )
    clear_motion(stage.scene, stage.hand)
    return samples


def _render_view(
    stage: Stage,
    scene: Scene,
    frame: Frame,
    camera_index: int,
    view: View,
    posed: PosedHand,
    blockers: list[BVHTree],
    timings: Timings,
) -> Sample:
    blurred = frame.shutter > 0 or view.camera.f_stop is not None
    with _timed(timings, "scene_update"):
        set_camera(stage.scene, stage.camera, view.camera)
        set_least_samples(stage.scene, scene.render, blurred)
        stage.scene.cycles.seed = view.render_seed
    with _timed(timings, "render"):
        picture = render_picture(stage, scene.render)
    with _timed(timings, "labels"):
        label = label_of_view(
            scene,
            frame,
            camera_index,
            posed.landmarks_world,
            posed.vertices,
            lambda landmarks: landmark_visibility(posed, landmarks, view.camera, blockers),
        )
    with _timed(timings, "encoding"):
        jpeg = take_photograph(picture.rgba, scene, view, blurred)
    key = sample_key(scene.sequence, frame.frame, camera_index)
    return Sample(key, jpeg, label, picture.mask, picture.depth)


@contextmanager
def _timed(timings: Timings, stage: str) -> Iterator[None]:
    start = time.perf_counter()
    try:
        yield
    finally:
        timings.add(stage, time.perf_counter() - start)
