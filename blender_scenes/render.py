"""From a scene description to images and labels: `configure` once a process, then `render_scene`.

One stage is built per process and mutated per frame; nothing is ever reloaded. This module draws
no random number: what varies is in the description.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import bpy
import numpy as np
import OpenEXR
from mathutils.bvhtree import BVHTree
from numpy.typing import NDArray

from blender_scenes.camera import build_camera, set_camera
from blender_scenes.hand import Hand, build_hand, set_identity
from blender_scenes.motion import clear_motion, key_motion
from blender_scenes.settings import apply_settings, configure_device
from blender_scenes.skin import SkinMaterial, build_skin, set_skin
from blender_scenes.sleeve import SleeveObject, build_sleeve, set_sleeve
from blender_scenes.truth import PosedHand, landmark_visibility, read_posed_hand
from blender_scenes.world import World, build_world, set_light
from synth.hand.model import load_hand_model
from synth.labels import label_of_view
from synth.photo.backdrop import make_backdrop
from synth.photo.develop import composite, develop
from synth.photo.metering import light_on_subject
from synth.photo.panorama import hdri_backdrop
from synth.sample import Sample, Timings
from synth.scene import Frame, RenderSettings, Scene, View

#: Mean luminance that each skin reflects, palm and back together: the mean of its colour maps.
SKIN_ALBEDO = {
    "very_light": 0.42,
    "light": 0.37,
    "intermediate": 0.33,
    "tan": 0.28,
    "dark": 0.19,
}


@dataclass
class Stage:
    """Everything that is built once; `folder` takes the frame that Cycles writes (the executor
    points TMPDIR at memory where it can)."""

    scene: bpy.types.Scene
    world: World
    camera: bpy.types.Object
    hand: Hand
    skin: SkinMaterial
    sleeve: SleeveObject
    folder: tempfile.TemporaryDirectory[str]


_stage: Stage | None = None


def configure(device: str = "cpu", threads: int = 1) -> str:
    """Build this process's stage (a second or two) and choose the device.

    Returns:
        A line naming the device in use.

    Raises:
        UserError: the device asked for is not there.
    """
    global _stage
    if _stage is None:
        _stage = build_stage()
    return configure_device(_stage.scene, device, threads)


def build_stage() -> Stage:
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    hand = build_hand(load_hand_model(), scene.collection)
    hand.mesh.pass_index = 1
    return Stage(
        scene,
        build_world(scene),
        build_camera(scene),
        hand,
        build_skin(hand),
        build_sleeve(hand, scene.collection),
        tempfile.TemporaryDirectory(prefix="handsynth-"),
    )


def render_scene(scene: Scene, timings: Timings) -> list[Sample]:
    """All images of one sequence with their labels, frame by frame and camera by camera.

    Raises:
        UserError: a file named by the description cannot be read.
    """
    if _stage is None:
        configure()
    assert _stage is not None
    stage = _stage
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
            blockers = [_world_tree(stage.sleeve.mesh)]
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
    with _timed(timings, "scene_update"):
        set_camera(stage.scene, stage.camera, view.camera)
        stage.scene.cycles.seed = view.render_seed
    with _timed(timings, "render"):
        picture = _render(stage, scene.render)
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
        skin = scene.hand.skin
        white = light_on_subject(picture.rgba, SKIN_ALBEDO[skin.name] * skin.brightness)
        if view.background.kind == "hdri":
            backdrop = hdri_backdrop(scene.light, view.camera)
        else:
            # A photograph's own light is not the hand's: it is made as bright as that.
            backdrop = make_backdrop(view.background, view.camera.width, view.camera.height)
            backdrop = backdrop * np.float32(white or 1.0)
        jpeg = develop(composite(picture.rgba, backdrop), view.sensor, white)
    key = f"{scene.sequence:08d}_{frame.frame:03d}_{camera_index}"
    return Sample(key, jpeg, label, picture.mask, picture.depth)


@dataclass(frozen=True)
class Picture:
    """Linear premultiplied RGBA (H, W, 4), and what else was asked for."""

    rgba: NDArray[np.float32]
    mask: NDArray[np.uint8] | None
    depth: NDArray[np.float32] | None


def _render(stage: Stage, settings: RenderSettings) -> Picture:
    path = Path(stage.folder.name) / "frame.exr"
    stage.scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True)
    with OpenEXR.File(str(path), separate_channels=True) as file:
        channels = {
            name.split(".", 1)[-1]: np.asarray(channel.pixels)
            for name, channel in file.channels().items()
        }
    rgba = np.stack([channels[f"Combined.{c}"] for c in "RGBA"], axis=-1).astype(np.float32)
    mask = depth = None
    if settings.mask:
        mask = np.rint(channels[_pass(channels, "IndexOB")]).astype(np.uint8)
    if settings.depth:
        far = channels[_pass(channels, "Depth")].astype(np.float32)
        depth = np.where(far > 1e6, np.float32(np.inf), far)
    return Picture(rgba, mask, depth)


def _pass(channels: dict[str, NDArray[np.float32]], word: str) -> str:
    return next(name for name in channels if word in name)


def _world_tree(thing: bpy.types.Object) -> BVHTree:
    """Ray-castable copy of an object's evaluated mesh in world coordinates."""
    graph = bpy.context.evaluated_depsgraph_get()
    evaluated = thing.evaluated_get(graph)
    mesh = evaluated.data
    world = evaluated.matrix_world
    vertices = [world @ vertex.co for vertex in mesh.vertices]
    return BVHTree.FromPolygons(vertices, [tuple(p.vertices) for p in mesh.polygons])


@contextmanager
def _timed(timings: Timings, stage: str) -> Iterator[None]:
    start = time.perf_counter()
    try:
        yield
    finally:
        timings.add(stage, time.perf_counter() - start)
