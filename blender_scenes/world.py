"""The HDRI world and the lamps."""

from __future__ import annotations

from dataclasses import dataclass, field

import bpy
from mathutils import Vector

from synth.errors import UserError
from synth.hdris import resolve_hdri
from synth.scene import Lamp, Light

#: Side of the importance map. Cycles' automatic map costs 1.3 CPU-seconds per HDRI, this one a
#: tenth of it with about the same noise.
_IMPORTANCE_MAP = 512


@dataclass
class World:
    """Nodes that a light is written into, and the lamps made so far."""

    world: bpy.types.World
    mapping: bpy.types.ShaderNode
    image: bpy.types.ShaderNode
    tint: bpy.types.ShaderNode
    background: bpy.types.ShaderNode
    collection: bpy.types.Collection
    lamps: list[bpy.types.Object] = field(default_factory=list)


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
    return World(world, mapping, image, tint, background, scene.collection)


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
    while len(world.lamps) < len(light.lamps):
        world.lamps.append(_new_lamp(world))
    for lamp, wanted in zip(world.lamps, light.lamps, strict=False):
        _set_lamp(lamp, wanted)
    for unused in world.lamps[len(light.lamps) :]:
        unused.hide_render = True


def _new_lamp(world: World) -> bpy.types.Object:
    data = bpy.data.lights.new("lamp", "AREA")
    lamp = bpy.data.objects.new("lamp", data)
    lamp.visible_camera = False
    world.collection.objects.link(lamp)
    return lamp


def _set_lamp(lamp: bpy.types.Object, wanted: Lamp) -> None:
    lamp.hide_render = False
    lamp.data.size, lamp.data.energy, lamp.data.color = wanted.size, wanted.power, wanted.color
    position = Vector(wanted.position)
    lamp.location = position
    lamp.rotation_mode = "QUATERNION"
    lamp.rotation_quaternion = (Vector(wanted.target) - position).to_track_quat("-Z", "Y")
