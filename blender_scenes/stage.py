"""The stage: everything in Blender that is built once per process and then mutated per frame."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from tempfile import TemporaryDirectory
from typing import TypeVar

import bpy

from blender_scenes.body import BodyObjects, build_body, show_body
from blender_scenes.camera import build_camera
from blender_scenes.glove import GloveObjects, build_glove
from blender_scenes.hand import Hand, build_hand
from blender_scenes.ornament import Ornaments, build_ornaments
from blender_scenes.settings import configure_device
from blender_scenes.skin import SkinMaterial, build_skin
from blender_scenes.sleeve import SleeveObject, build_sleeve
from blender_scenes.thing import ThingObject, build_thing, hide_thing
from blender_scenes.world import World, build_world
from synth.body.model import load_body_model
from synth.hand.model import load_hand_model
from synth.sample import CLOTH_IN_MASK, THING_IN_MASK

_Built = TypeVar("_Built")


@dataclass
class Dressed:
    """One hand with what is on it."""

    hand: Hand
    skin: SkinMaterial
    sleeve: SleeveObject
    glove: GloveObjects
    ornaments: Ornaments


@dataclass
class Stage:
    """Everything that is built once; hands, bodies and things when a scene first needs so many.

    `folder` takes the frame that Cycles writes (the executor points TMPDIR at memory where it can).
    """

    scene: bpy.types.Scene
    world: World
    camera: bpy.types.Object
    folder: TemporaryDirectory[str]
    hands: list[Dressed] = field(default_factory=list)
    bodies: list[BodyObjects] = field(default_factory=list)
    things: list[ThingObject] = field(default_factory=list)


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
    stage = Stage(
        scene, build_world(scene), build_camera(scene), TemporaryDirectory(prefix="handsynth-")
    )
    hands_on(stage, 1)
    return stage


def hands_on(stage: Stage, count: int) -> list[Dressed]:
    """The first `count` hands, to be seen; all others are hidden."""
    _fill(stage.hands, count, lambda number: _build_hand(stage, number))
    for number, dressed in enumerate(stage.hands):
        dressed.hand.mesh.hide_render = number >= count
        dressed.sleeve.mesh.hide_render = number >= count
        for extra in (*dressed.ornaments.objects, *dressed.glove.hems):
            extra.hide_render = True
    return stage.hands[:count]


def bodies_on(stage: Stage, count: int) -> list[BodyObjects]:
    """The first `count` bodies, to be seen; all others are hidden."""
    _fill(
        stage.bodies,
        count,
        lambda number: build_body(load_body_model(), stage.scene.collection, f"body{number}"),
    )
    for number, body in enumerate(stage.bodies):
        show_body(body, number < count)
    return stage.bodies[:count]


def things_on(stage: Stage, count: int) -> list[ThingObject]:
    """The first `count` things, to be set and placed; all others are hidden."""
    _fill(stage.things, count, lambda number: _build_thing(stage, number))
    for thing in stage.things:
        hide_thing(thing)
    return stage.things[:count]


def _fill(built: list[_Built], count: int, build: Callable[[int], _Built]) -> None:
    while len(built) < count:
        built.append(build(len(built)))


def _build_hand(stage: Stage, number: int) -> Dressed:
    collection = stage.scene.collection
    hand = build_hand(load_hand_model(), collection, "hand" if not number else f"hand{number}")
    hand.mesh.pass_index = number + 1
    sleeve = build_sleeve(hand, collection)
    sleeve.mesh.pass_index = CLOTH_IN_MASK
    ornaments = build_ornaments(hand, collection)
    for ornament in ornaments.objects:
        ornament.pass_index = THING_IN_MASK
    skin = build_skin(hand)
    return Dressed(hand, skin, sleeve, build_glove(hand, skin, collection), ornaments)


def _build_thing(stage: Stage, number: int) -> ThingObject:
    thing = build_thing(stage.scene.collection, f"thing{number}")
    thing.object.pass_index = THING_IN_MASK
    return thing
