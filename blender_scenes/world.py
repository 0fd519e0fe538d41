"""The HDRI world and the lamps."""

from __future__ import annotations

from dataclasses import dataclass

import bpy
from mathutils import Vector

from synth.errors import UserError
from synth.hdris import resolve_hdri
from synth.manifest import MAX_LAMPS
from synth.scene import Lamp, Light

#: Side of the importance map. Cycles' automatic map costs 1.3 CPU-seconds per HDRI, this one a
#: tenth of it with about the same noise.
_IMPORTANCE_MAP = 512


@dataclass
class World:
    """Nodes that a light is written into, and MAX_LAMPS lamps.

    All lamps are there from the start and an unused one has no power: a lamp that is made or
    hidden later would change Cycles' random numbers, and with them the pictures, depending on
    what the process had rendered before.
    """

    world: bpy.types.World
    mapping: bpy.types.ShaderNode
    image: bpy.types.ShaderNode
    tint: bpy.types.ShaderNode
    background: bpy.types.ShaderNode
    lamps: list[bpy.types.Object]


def build_world(scene: bpy.types.Scene) -> World:
    world = bpy.data.worlds.new("world")
    scene.world = world
    world.use_nodes = True
    world.cycles.sampling_method = "MANUAL"
    world.cycles.sample_map_resolution = _IMPORTANCE_MAP
    nodes, links = world.node_tree.nodes, world.node_tree.links
    nodes.clear()
    coordinates = nodes.new("ShaderNodeTexCoord")
    mapping = nodes.new("ShaderNodeMapping")
    mapping.vector_type = "TEXTURE"
    image = nodes.new("ShaderNodeTexEnvironment")
    tint = nodes.new("ShaderNodeMix")
    tint.data_type, tint.blend_type = "RGBA", "MULTIPLY"
    tint.inputs["Factor"].default_value = 1.0
    background = nodes.new("ShaderNodeBackground")
    output = nodes.new("ShaderNodeOutputWorld")
    links.new(coordinates.outputs["Generated"], mapping.inputs["Vector"])
    links.new(mapping.outputs["Vector"], image.inputs["Vector"])
    links.new(image.outputs["Color"], tint.inputs[6])
    links.new(tint.outputs[2], background.inputs["Color"])
    links.new(background.outputs["Background"], output.inputs["Surface"])
    lamps = [_new_lamp(scene.collection) for _ in range(MAX_LAMPS)]
    return World(world, mapping, image, tint, background, lamps)


def set_light(world: World, light: Light) -> None:
    """Turn, tint and dim the HDRI, and place the lamps.

    Raises:
        UserError: the HDRI cannot be read.
    """
    path = resolve_hdri(light.hdri)
    try:
        picture = bpy.data.images.load(str(path), check_existing=True)
    except RuntimeError as error:
        raise UserError(
            f"light.hdris: Blender cannot read {path}: replace or remove the file"
        ) from error
    if picture.size[0] == 0:
        raise UserError(f"light.hdris: {path} is no readable HDRI: replace or remove the file")
    world.image.image = picture
    world.mapping.inputs["Rotation"].default_value = (light.tilt, 0.0, light.rotation)
    world.tint.inputs[7].default_value = (*light.tint, 1.0)
    world.background.inputs["Strength"].default_value = light.strength
    for lamp, wanted in zip(world.lamps, light.lamps, strict=False):
        _set_lamp(lamp, wanted)
    for unused in world.lamps[len(light.lamps) :]:
        unused.data.energy = 0.0


def _new_lamp(collection: bpy.types.Collection) -> bpy.types.Object:
    data = bpy.data.lights.new("lamp", "AREA")
    data.energy = 0.0
    lamp = bpy.data.objects.new("lamp", data)
    lamp.visible_camera = False
    collection.objects.link(lamp)
    return lamp


def _set_lamp(lamp: bpy.types.Object, wanted: Lamp) -> None:
    lamp.data.size, lamp.data.energy, lamp.data.color = wanted.size, wanted.power, wanted.color
    position = Vector(wanted.position)
    lamp.location = position
    lamp.rotation_mode = "QUATERNION"
    lamp.rotation_quaternion = (Vector(wanted.target) - position).to_track_quat("-Z", "Y")
