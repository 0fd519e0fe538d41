"""Gloves: the hand's own mesh, lifted off the skin and drawn in another material, with a hem.

Labels need no care: the glove's polygons are the skin's. Without a glove both modifiers are
switched off and the shader hands the skin's on, bit for bit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import bpy
import numpy as np

from blender_scenes.bone_child import build_bone_child, set_bone_child
from blender_scenes.glove_material import (
    GLOVE_UV,
    INSIDE,
    PALMAR,
    add_glove,
    fabric_of,
    set_glove_look,
)
from blender_scenes.hand import Hand
from blender_scenes.skin import SkinMaterial
from blender_scenes.surface import build_surface, set_surface
from synth.landmarks import FINGERS
from synth.scene import Glove, Surface
from synth.worn.glove_shape import finger_end, glove_fields, glove_uv, hem_thickness, hem_width
from synth.worn.ornament_mesh import rim_mesh

_LIFT: Final = "glove_lift"
#: How often cloth's shape is averaged: thick cloth hides nails and knuckles.
_SMOOTHING = {"latex": 0, "wool": 4, "leather": 2, "work": 3, "fingerless": 1}


@dataclass
class GloveObjects:
    """One hand's: the modifiers of its mesh, its material, and the hems of cuff and fingers."""

    smooth: bpy.types.NodesModifier
    lift: bpy.types.NodesModifier
    iterations: bpy.types.Node
    material: bpy.types.Material
    hems: list[bpy.types.Object]


def build_glove(hand: Hand, skin: SkinMaterial, collection: bpy.types.Collection) -> GloveObjects:
    """Prepare a hand for gloves; it wears none yet."""
    data = hand.mesh.data
    for name in (INSIDE, PALMAR, _LIFT):
        data.attributes.new(name, "FLOAT", "POINT")
    layer = data.uv_layers.new(name=GLOVE_UV, do_init=False)
    layer.uv.foreach_set("vector", glove_uv(hand.model).reshape(-1).astype(np.float32))
    add_glove(skin.material.node_tree)
    smooth = hand.mesh.modifiers.new("glove_smooth", "NODES")
    smooth.node_group, iterations = _smoothing_nodes()
    lift = hand.mesh.modifiers.new("glove_lift", "NODES")
    lift.node_group = _lifting_nodes()
    order = list(hand.mesh.modifiers)
    hand.mesh.modifiers.move(order.index(smooth), order.index(hand.subdivision))
    hem = build_surface("hem")
    hems = [
        build_bone_child(hand, collection, f"{hand.mesh.name}_hem{number}", [hem])
        for number in range(1 + len(FINGERS))
    ]
    glove = GloveObjects(smooth, lift, iterations, skin.material, hems)
    set_glove(glove, hand, None)
    return glove


def set_glove(glove: GloveObjects, hand: Hand, wanted: Glove | None) -> None:
    """Put a glove on the hand's present person, or take it off."""
    for modifier in (glove.smooth, glove.lift):
        modifier.show_viewport = modifier.show_render = wanted is not None
    set_glove_look(glove.material.node_tree, wanted)
    for hem in glove.hems:
        hem.hide_render = True
    if wanted is None:
        return
    assert hand.shape is not None
    glove.iterations.inputs["Iterations"].default_value = _SMOOTHING[wanted.kind]
    fields = glove_fields(hand.model, hand.shape, wanted)
    attributes = hand.mesh.data.attributes
    for name, values in ((INSIDE, fields.inside), (PALMAR, fields.palmar), (_LIFT, fields.lift)):
        attributes[name].data.foreach_set("value", values.astype(np.float32))
    hand.mesh.data.update()
    ends = [(wanted.cuff, "forearm_distal")]
    if wanted.kind == "fingerless":
        ends += [finger_end(hand.shape, finger) for finger in FINGERS]
    for hem, (along, bone) in zip(glove.hems, ends, strict=False):
        width = hem_width(wanted, bone)
        mesh = rim_mesh(hand.model, hand.shape, bone, along, width, hem_thickness(wanted, bone))
        set_bone_child(hem, hand, bone, mesh)
        hem.pass_index = hand.mesh.pass_index  # the glove is the hand, in masks too
    set_surface(glove.hems[0].data.materials[0], _hem_surface(wanted))


def _hem_surface(glove: Glove) -> Surface:
    knitted = fabric_of(glove) in ("wool", "work")
    return Surface(
        color=glove.color,
        color2=tuple(0.6 * c for c in glove.color),  # type: ignore[arg-type]
        pattern="knit" if knitted else "plain",
        pattern_scale=glove.pattern_scale,
        roughness=glove.roughness,
        seed=glove.seed % 10,
    )


def _smoothing_nodes() -> tuple[bpy.types.NodeTree, bpy.types.Node]:
    """Geometry nodes that average positions where the glove is, and the node that counts."""
    tree, given, result = _geometry_tree("glove_smooth")
    position = tree.nodes.new("GeometryNodeInputPosition")
    blur = tree.nodes.new("GeometryNodeBlurAttribute")
    blur.data_type = "FLOAT_VECTOR"
    tree.links.new(position.outputs[0], _active(blur.inputs, "Value"))
    inside = _attribute(tree, INSIDE)
    ramp = tree.nodes.new("ShaderNodeMath")
    ramp.operation, ramp.use_clamp = "MULTIPLY", True
    ramp.inputs[1].default_value = 100.0  # full a centimetre inside the edge
    tree.links.new(inside, ramp.inputs[0])
    tree.links.new(ramp.outputs[0], blur.inputs["Weight"])
    move = tree.nodes.new("GeometryNodeSetPosition")
    tree.links.new(given, move.inputs["Geometry"])
    tree.links.new(_active(blur.outputs, "Value"), move.inputs["Position"])
    tree.links.new(move.outputs[0], result)
    return tree, blur


def _lifting_nodes() -> bpy.types.NodeTree:
    """Geometry nodes that move every vertex along its normal by an attribute."""
    tree, given, result = _geometry_tree("glove_lift")
    normal = tree.nodes.new("GeometryNodeInputNormal")
    scale = tree.nodes.new("ShaderNodeVectorMath")
    scale.operation = "SCALE"
    tree.links.new(normal.outputs[0], scale.inputs[0])
    tree.links.new(_attribute(tree, _LIFT), scale.inputs["Scale"])
    move = tree.nodes.new("GeometryNodeSetPosition")
    tree.links.new(given, move.inputs["Geometry"])
    tree.links.new(scale.outputs[0], move.inputs["Offset"])
    tree.links.new(move.outputs[0], result)
    return tree


def _geometry_tree(
    name: str,
) -> tuple[bpy.types.NodeTree, bpy.types.NodeSocket, bpy.types.NodeSocket]:
    tree = bpy.data.node_groups.new(name, "GeometryNodeTree")
    for way in ("INPUT", "OUTPUT"):
        tree.interface.new_socket("Geometry", in_out=way, socket_type="NodeSocketGeometry")
    given, result = tree.nodes.new("NodeGroupInput"), tree.nodes.new("NodeGroupOutput")
    return tree, given.outputs[0], result.inputs[0]


def _attribute(tree: bpy.types.NodeTree, name: str) -> bpy.types.NodeSocket:
    node = tree.nodes.new("GeometryNodeInputNamedAttribute")
    node.data_type = "FLOAT"
    node.inputs["Name"].default_value = name
    return _active(node.outputs, "Attribute")


def _active(sockets: bpy.types.bpy_prop_collection, name: str) -> bpy.types.NodeSocket:
    """Of the sockets of that name, one per data type, the one that the node uses."""
    return next(socket for socket in sockets if socket.name == name and socket.enabled)
