"""The skin's material: five sets of maps, and the continuous differences between people.

The maps are painted by `synth.skin` and shared by all hands of a process; a person's look is a
handful of values written into the nodes.
"""

from __future__ import annotations

from dataclasses import dataclass

import bpy

from blender_scenes.hand import Hand
from blender_scenes.marks import Bare, add_mark_attributes, add_marks, load_map, set_marks
from blender_scenes.shader_graph import Graph
from synth.scene import Marks, SkinLook
from synth.skin.bake import (
    DETAIL_RANGE,
    RELIEF_RANGE,
    MarkMaps,
    SkinMaps,
    ensure_mark_maps,
    ensure_skin_maps,
)
from synth.skin.color import SKINS, shader_tints
from synth.skin.relief import VEIN_HEIGHT

#: Light travels furthest in red (radii relative to red's, metres), as in measured skin.
_SUBSURFACE_RADIUS = (1.0, 0.35, 0.2)
_SUBSURFACE_SCALE = 0.003
_SUBSURFACE_WEIGHT = 0.15
#: How a unit of yellowness (carotene, bile) changes the colour's channels, relatively.
_YELLOW = (0.02, 0.0, -0.14)
#: Largest share of the next skin's colour in a person's.
_MELANIN_REACH = 0.45
_NAIL_TINT = 0.35
_UNMARKED = Marks()
#: Roughness of a dull and of a glossy nail.
_NAIL_ROUGHNESS = (0.45, 0.1)


@dataclass
class SkinMaterial:
    """One hand's skin; the maps are shared by all hands of a process."""

    material: bpy.types.Material
    hand: Hand
    maps: SkinMaps
    marks: MarkMaps


def build_skin(hand: Hand) -> SkinMaterial:
    """Make a material of its own for a hand; the maps are painted first if need be."""
    material = bpy.data.materials.new("skin")
    material.use_nodes = True
    hand.mesh.data.materials.append(material)
    graph = Graph(material.node_tree)
    surface = material.node_tree.nodes["Principled BSDF"]

    own, next_one = graph.image("own"), graph.image("next")
    masks = graph.image("masks")
    channels = graph.node("ShaderNodeSeparateColor")
    graph.link(masks.outputs["Color"], channels.inputs[0])
    blood, vein, nail = (channels.outputs[i] for i in range(3))
    spot = masks.outputs["Alpha"]

    color = graph.mix("melanin", own.outputs["Color"], next_one.outputs["Color"])
    amounts = {}
    for name, mask in (("redness", blood), ("veins", vein), ("spots", spot)):
        amounts[name] = graph.math("MULTIPLY", graph.value(name), mask)
        color = graph.times(color, graph.one_plus(f"{name}_change", amounts[name]))
    color = graph.times(color, graph.one_plus("yellowness_change", graph.value("yellowness")))
    color = graph.scale(color, graph.value("brightness"))
    tinted = graph.mix("nail_tint", color, None)
    color = graph.mix_by(nail, color, tinted)

    rough = graph.math(
        "ADD", graph.image("roughness").outputs["Color"], graph.value("roughness_shift")
    )
    rough = graph.mix_values(nail, rough, graph.value("nail_roughness"))

    level = graph.image("relief", is_height=True).outputs["Color"]
    relief = graph.math("MULTIPLY", graph.math("SUBTRACT", level, 0.5), 2 * RELIEF_RANGE)
    fine = graph.image("detail", is_height=True).outputs["Color"]
    detail = graph.math(
        "MULTIPLY",
        graph.math("SUBTRACT", fine, 0.5),
        graph.math("MULTIPLY", graph.value("wrinkles"), 2 * DETAIL_RANGE),
    )
    swollen = graph.math("MULTIPLY", amounts["veins"], VEIN_HEIGHT)
    relief = graph.math("ADD", relief, swollen)
    bare = Bare(color, rough, graph.math("ADD", relief, detail), _SUBSURFACE_WEIGHT)
    seen = add_marks(graph, bare, nail, level, fine)
    add_mark_attributes(hand.mesh.data)
    graph.link(seen.color, surface.inputs["Base Color"])
    graph.link(seen.roughness, surface.inputs["Roughness"])
    bump = graph.node("ShaderNodeBump")
    bump.inputs["Strength"].default_value = 1.0
    bump.inputs["Filter Width"].default_value = 0.1
    bump.inputs["Distance"].default_value = 1.0
    graph.link(seen.height, bump.inputs["Height"])
    graph.link(bump.outputs["Normal"], surface.inputs["Normal"])

    surface.subsurface_method = "BURLEY"
    graph.link(seen.subsurface, surface.inputs["Subsurface Weight"])
    surface.inputs["Subsurface Radius"].default_value = _SUBSURFACE_RADIUS
    surface.inputs["Subsurface Scale"].default_value = _SUBSURFACE_SCALE
    surface.inputs["IOR"].default_value = 1.4
    return SkinMaterial(material, hand, ensure_skin_maps(), ensure_mark_maps())


def set_skin(skin: SkinMaterial, look: SkinLook, marks: Marks = _UNMARKED) -> None:
    """Give the hand a person's skin, and what is done to it."""
    nodes = skin.material.node_tree.nodes
    order = list(SKINS)
    own = order.index(look.name)
    darker = look.melanin > 0
    beside = min(max(own + (1 if darker else -1), 0), len(order) - 1)
    maps, variant = skin.maps, look.variant
    for name, path, is_color in (
        ("own", maps.color(look.name, variant), True),
        ("next", maps.color(order[beside], variant), True),
        ("masks", maps.masks(variant), False),
        ("roughness", maps.roughness(variant), False),
        ("relief", maps.relief(variant), False),
        ("detail", maps.detail(variant), False),
    ):
        nodes[name].image = load_map(path, is_color)
    nodes["melanin"].inputs["Factor"].default_value = _MELANIN_REACH * abs(look.melanin)
    tints = shader_tints(look.name)
    for name, change in (
        ("redness", [tint - 1.0 for tint in tints["blood"]]),
        ("veins", [tint - 1.0 for tint in tints["veins"]]),
        ("spots", [tint - 1.0 for tint in tints["spots"]]),
        ("yellowness", _YELLOW),
    ):
        nodes[f"{name}_change"].inputs[0].default_value = change
    for name, value in (
        ("redness", look.redness - 1.0),
        ("veins", look.veins),
        ("spots", look.spots),
        ("yellowness", look.yellowness),
        ("brightness", look.brightness),
        ("roughness_shift", look.roughness - 0.5),
        ("wrinkles", look.wrinkles),
        (
            "nail_roughness",
            _NAIL_ROUGHNESS[0] + look.nail_gloss * (_NAIL_ROUGHNESS[1] - _NAIL_ROUGHNESS[0]),
        ),
    ):
        nodes[f"{name}_value"].outputs[0].default_value = value
    nodes["nail_tint"].inputs["Factor"].default_value = _NAIL_TINT
    nodes["nail_tint"].inputs["B"].default_value = (*look.nail_color, 1.0)
    set_marks(skin.material.node_tree, skin.marks, marks, skin.hand.model, skin.hand.mesh.data)
