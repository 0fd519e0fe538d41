"""Plain cloth: what most garments are made of, at a fraction of a patterned surface's cost."""

from __future__ import annotations

import bpy

from blender_scenes.shader_graph import Graph
from synth.scene import Surface

#: Metres of the creases that are finer than the mesh, and their height.
_CREASES = (0.035, 0.0035)
#: How much lighter and darker cloth is from place to place.
_UNEVEN = 0.16


def build_plain_cloth(name: str) -> bpy.types.Material:
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    graph = Graph(material.node_tree)
    surface = material.node_tree.nodes["Principled BSDF"]
    surface.name = "surface"
    place = graph.node("ShaderNodeUVMap")
    place.uv_map = "surface"
    noise = graph.node("ShaderNodeTexNoise")
    noise.noise_dimensions = "2D"
    noise.inputs["Scale"].default_value = 1.0 / _CREASES[0]
    noise.inputs["Detail"].default_value = 2.0
    noise.inputs["Distortion"].default_value = 0.8
    graph.link(place.outputs[0], noise.inputs["Vector"])
    creases = noise.outputs["Fac"]
    tone = graph.math("ADD", graph.math("MULTIPLY", creases, _UNEVEN), 1.0 - _UNEVEN / 2)
    color = graph.scale(graph.node("ShaderNodeRGB", "color").outputs[0], tone)
    graph.link(color, surface.inputs["Base Color"])
    bump = graph.node("ShaderNodeBump", "creases")
    bump.inputs["Strength"].default_value = 1.0
    graph.link(creases, bump.inputs["Height"])
    graph.link(bump.outputs["Normal"], surface.inputs["Normal"])
    surface.inputs["Sheen Weight"].default_value = 0.12
    surface.inputs["Specular IOR Level"].default_value = 0.3
    return material


def set_plain_cloth(material: bpy.types.Material, surface: Surface, wrinkles: float) -> None:
    """Write a plain surface's values.

    Args:
        wrinkles: metres, amplitude of the folds.
    """
    nodes = material.node_tree.nodes
    nodes["color"].outputs[0].default_value = (*surface.color, 1.0)
    nodes["surface"].inputs["Roughness"].default_value = surface.roughness
    nodes["creases"].inputs["Distance"].default_value = _CREASES[1] * min(wrinkles / 0.004, 1.5)
