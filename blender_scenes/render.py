"""From a scene description to images and labels: `configure` once a process, then `render_scene`.

The stage is built once and mutated per frame; nothing is ever reloaded. Nothing here draws a random
number: what varies is in the description.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from blender_scenes.camera import set_camera
from blender_scenes.cast import Cast, hide_absent, pose_bodies, read_truth, set_cast
from blender_scenes.motion import clear_motion, key_motion
from blender_scenes.picture import render_picture
from blender_scenes.settings import apply_settings, set_least_samples
from blender_scenes.stage import Stage, configure, current_stage
from blender_scenes.truth import Truth, landmark_visibility
from blender_scenes.world import set_light
from synth.labels import label_of_view
from synth.photo.photograph import take_photograph
from synth.sample import Sample, Timings
from synth.scene import Frame, Scene, View
from synth.shards.plan import sample_key

__all__ = ["configure", "render_scene"]


def render_scene(scene: Scene, timings: Timings) -> list[Sample]:
    """All images of one sequence with their labels, frame by frame and camera by camera.

    Raises:
        UserError: a file named by the description cannot be read.
    """
    stage = current_stage()
    with _timed(timings, "scene_update"):
        set_light(stage.world, scene.light)
        cast = set_cast(stage, scene)
        apply_settings(stage.scene, scene.render, scene.render.mask or cast.is_mixed)
    samples = []
    for frame in scene.frames:
        with _timed(timings, "scene_update"):
            key_motion(stage.scene, cast.rigs, cast.things, frame)
            pose_bodies(cast, scene, frame.moment)
        with _timed(timings, "labels"):
            truth = read_truth(cast)
        for camera_index, view in enumerate(frame.views):
            samples.append(
                _render_view(stage, cast, scene, frame, camera_index, view, truth, timings)
            )
    clear_motion(stage.scene, cast.rigs, cast.things)
    return samples


def _render_view(
    stage: Stage,
    cast: Cast,
    scene: Scene,
    frame: Frame,
    camera_index: int,
    view: View,
    truth: Truth,
    timings: Timings,
) -> Sample:
    blurred = frame.shutter > 0 or view.camera.f_stop is not None
    with _timed(timings, "scene_update"):
        set_camera(stage.scene, stage.camera, view.camera)
        hide_absent(cast, view.absent)
        set_least_samples(stage.scene, scene.render, blurred)
        stage.scene.cycles.seed = view.render_seed
    with _timed(timings, "render"):
        picture = render_picture(stage, scene.render)
    with _timed(timings, "labels"):
        label = label_of_view(
            scene,
            frame,
            camera_index,
            truth.hands,
            lambda number, landmarks: landmark_visibility(
                truth, number, landmarks, view.camera, view.absent
            ),
        )
    with _timed(timings, "encoding"):
        mask = picture.mask if cast.is_mixed else None
        jpeg = take_photograph(picture.rgba, mask, scene, view, blurred)
    key = sample_key(scene.sequence, frame.frame, camera_index)
    return Sample(key, jpeg, label, picture.mask if scene.render.mask else None, picture.depth)


@contextmanager
def _timed(timings: Timings, stage: str) -> Iterator[None]:
    start = time.perf_counter()
    try:
        yield
    finally:
        timings.add(stage, time.perf_counter() - start)
