"""The stage: everything in Blender that is built once per process and then mutated per frame."""

from __future__ import annotations

from dataclasses import dataclass
from tempfile import TemporaryDirectory

import bpy

from blender_scenes.camera import build_camera
from blender_scenes.hand import Hand, build_hand
from blender_scenes.settings import configure_device
from blender_scenes.skin import SkinMaterial, build_skin
from blender_scenes.sleeve import SleeveObject, build_sleeve
from blender_scenes.world import World, build_world
from synth.hand.model import load_hand_model
from synth.sample import CLOTH_IN_MASK


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
    folder: TemporaryDirectory[str]


_stage: Stage | None = None


def current_stage() -> Stage:
    """This process's stage, built when it is first asked for."""
    global _stage
    if _stage is None:
        _stage = build_stage()
    return _stage


def configure(device: str = "cpu", threads: int = 1) -> str:
    """Build this process's stage (a second or two) and choose the device.

    Returns:
        A line naming the device in use.

    Raises:
        UserError: the device asked for is not there.
    """
    return configure_device(current_stage().scene, device, threads)


def build_stage() -> Stage:
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    hand = build_hand(load_hand_model(), scene.collection)
    hand.mesh.pass_index = 1
    sleeve = build_sleeve(hand, scene.collection)
    sleeve.mesh.pass_index = CLOTH_IN_MASK
    return Stage(
        scene,
        build_world(scene),
        build_camera(scene),
        hand,
        build_skin(hand),
        sleeve,
        TemporaryDirectory(prefix="handsynth-"),
    )
