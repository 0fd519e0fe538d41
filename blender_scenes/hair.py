"""Hair in Blender: curves with a hair shader."""

from __future__ import annotations

import bpy
import numpy as np
from numpy.typing import NDArray

from synth.body.hair import Strands
from synth.scene import Color

Array = NDArray[np.float64]


def build_hair(name: str, collection: bpy.types.Collection) -> bpy.types.Object:
    """Curves without any strand yet."""
    curves = bpy.data.hair_curves.new(name)
    curves.materials.append(_hair_material(name))
    hair = bpy.data.objects.new(name, curves)
    collection.objects.link(hair)
    settings = bpy.context.scene.cycles_curves
    settings.shape, settings.subdivisions = "RIBBONS", 0
    return hair


def set_hair(hair: bpy.types.Object, strands: Strands, color: Color) -> None:
    """Give it as many strands as these are, and their colour."""
    count, points = strands.fray.shape[:2]
    curves = hair.data
    if len(curves.curves):
        curves.remove_curves()
    curves.add_curves([points] * count)
    radius = np.tile(strands.radius, count).astype(np.float32)
    attribute = curves.attributes.get("radius") or curves.attributes.new("radius", "FLOAT", "POINT")
    attribute.data.foreach_set("value", radius)
    node = hair.data.materials[0].node_tree.nodes["color"]
    node.outputs[0].default_value = (*color, 1.0)


def move_hair(hair: bpy.types.Object, points: Array) -> None:
    """Put the strands (S, K, 3) in the world."""
    hair.data.position_data.foreach_set("vector", points.reshape(-1).astype(np.float32))
    hair.data.update_tag()


def _hair_material(name: str) -> bpy.types.Material:
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    tree = material.node_tree
    nodes, links = tree.nodes, tree.links
    nodes.remove(nodes["Principled BSDF"])
    color = nodes.new("ShaderNodeRGB")
    color.name = "color"
    info = nodes.new("ShaderNodeHairInfo")
    # No two strands have quite the same tone, and the tips are a little lighter.
    tone = nodes.new("ShaderNodeMapRange")
    tone.inputs["To Min"].default_value, tone.inputs["To Max"].default_value = 0.6, 1.5
    links.new(info.outputs["Random"], tone.inputs["Value"])
    toned = nodes.new("ShaderNodeVectorMath")
    toned.operation = "SCALE"
    links.new(color.outputs[0], toned.inputs[0])
    links.new(tone.outputs["Result"], toned.inputs["Scale"])
    shine = nodes.new("ShaderNodeBsdfHairPrincipled")
    shine.model, shine.parametrization = "CHIANG", "COLOR"
    shine.inputs["Roughness"].default_value = 0.35
    # Few thick strands shine more than many thin ones.
    shine.inputs["IOR"].default_value = 1.38
    shine.inputs["Radial Roughness"].default_value = 0.45
    links.new(toned.outputs[0], shine.inputs["Color"])
    links.new(shine.outputs[0], nodes["Material Output"].inputs["Surface"])
    return material
