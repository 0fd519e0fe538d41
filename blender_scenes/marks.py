"""Marks on the skin: tattoos, henna, nail polish, dirt, plasters and water, mixed over bare skin.

With all strengths 0 every node here hands its input on, bit for bit.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import bpy
import numpy as np

from blender_scenes.shader_graph import Graph
from synth.hand.model import HandModel
from synth.hand.recipe import SKINNED_BONES
from synth.landmarks import FINGERS
from synth.scene import Marks
from synth.skin.bake import MarkMaps
from synth.skin.marks import DROP_HEIGHT, PLASTER_HEIGHT

#: Per-vertex attribute: 1 on the distal segments of the fingers whose nails are polished.
_POLISHED: Final = "polished"
#: What full ink and full stain do to the colour's channels, relatively. Ink is seen through the
#: skin above it, which is why it is blue; henna dyes that skin itself.
_INK = (-0.93, -0.89, -0.85)
_STAIN = (-0.55, -0.84, -0.93)
#: Cover by dirt at strength 1. In the maps of the relief and of its detail, whose level is 0.5,
#: the depth from which on it settles, and how steeply.
_DIRT_COVER = 0.92
_CREASE_FROM, _CREASE_SLOPE = 0.455, 25.0
_LINE_FROM, _LINE_SLOPE = 0.455, 6.0
#: Water darkens skin by this share at most and gives it this roughness.
_WET_DARKER = 0.22
_WET_ROUGHNESS = 0.16
_DROP_ROUGHNESS = 0.04
_PLASTER_ROUGHNESS = 0.62
_PLASTER_SHADE = 0.45
#: Roughness of dull and of glossy polish.
_POLISH_ROUGHNESS = (0.42, 0.07)


@dataclass(frozen=True)
class Bare:
    """Sockets of the skin's colour, roughness, height (metres) and share of subsurface light."""

    color: bpy.types.NodeSocket
    roughness: bpy.types.NodeSocket
    height: bpy.types.NodeSocket
    subsurface: object


def add_marks(
    graph: Graph,
    bare: Bare,
    nail: bpy.types.NodeSocket,
    relief: bpy.types.NodeSocket,
    detail: bpy.types.NodeSocket,
) -> Bare:
    """The skin with everything that `set_marks` may put on it.

    Args:
        nail: mask of the nail plates.
        relief, detail: values of these maps, 0.5 level.
    """
    color, roughness, height = bare.color, bare.roughness, bare.height
    for name, change in (("tattoo", _INK), ("henna", _STAIN)):
        amount = graph.math("MULTIPLY", graph.value(name), graph.image(name).outputs["Color"])
        color = graph.times(color, graph.one_plus(f"{name}_change", amount))
        graph.tree.nodes[f"{name}_change"].inputs[0].default_value = change

    attribute = graph.node("ShaderNodeAttribute")
    attribute.attribute_name = _POLISHED
    chosen = graph.math("GREATER_THAN", attribute.outputs["Fac"], 0.5)
    plate = graph.clamped("MULTIPLY", nail, 1.6)  # polish ends sharply, over the cuticle's edge
    polish = graph.math("MULTIPLY", graph.value("polish"), graph.math("MULTIPLY", plate, chosen))
    color = graph.mix_by(polish, color, _painted(graph, "polish_color"))
    roughness = graph.mix_values(polish, roughness, graph.value("polish_roughness"))

    settled = graph.image("dirt").outputs["Color"]
    for level, start, slope in (
        (relief, _CREASE_FROM, _CREASE_SLOPE),
        (detail, _LINE_FROM, _LINE_SLOPE),
    ):
        depth = graph.math("SUBTRACT", start, level)
        settled = graph.math("MAXIMUM", settled, graph.clamped("MULTIPLY", depth, slope))
    dirt = graph.math("MULTIPLY", graph.value("dirt"), settled)
    color = graph.mix_by(dirt, color, _painted(graph, "dirt_color"))
    roughness = graph.mix_values(dirt, roughness, 0.8)

    split = graph.node("ShaderNodeSeparateColor")
    graph.link(graph.image("plaster").outputs["Color"], split.inputs[0])
    strip = graph.math("MULTIPLY", graph.value("plaster"), split.outputs[0])
    cloth = graph.scale(
        _painted(graph, "plaster_color"),
        graph.math("SUBTRACT", 1.0, graph.math("MULTIPLY", split.outputs[2], _PLASTER_SHADE)),
    )
    color = graph.mix_by(strip, color, cloth)
    roughness = graph.mix_values(strip, roughness, _PLASTER_ROUGHNESS)
    free = graph.math("SUBTRACT", 1.0, strip)
    height = graph.math("MULTIPLY", height, free)
    lift = graph.math("MULTIPLY", graph.value("plaster"), split.outputs[1])
    height = graph.math("ADD", height, graph.math("MULTIPLY", lift, PLASTER_HEIGHT))

    wet = graph.value("wetness")
    darker = graph.math("SUBTRACT", 1.0, graph.math("MULTIPLY", wet, _WET_DARKER))
    color = graph.scale(color, darker)
    bead = graph.image("drops", is_height=True).outputs["Color"]
    film = graph.mix_values(graph.clamped("MULTIPLY", bead, 8.0), _WET_ROUGHNESS, _DROP_ROUGHNESS)
    roughness = graph.mix_values(wet, roughness, film)
    drop = graph.math("MULTIPLY", graph.math("MULTIPLY", wet, bead), DROP_HEIGHT)
    height = graph.math("ADD", height, drop)

    opaque = graph.math("MAXIMUM", graph.math("MAXIMUM", strip, polish), dirt)
    subsurface = graph.math("MULTIPLY", graph.math("SUBTRACT", 1.0, opaque), bare.subsurface)
    return Bare(color, roughness, height, subsurface)


def add_mark_attributes(mesh: bpy.types.Mesh) -> None:
    mesh.attributes.new(_POLISHED, "FLOAT", "POINT")


def set_marks(
    tree: bpy.types.NodeTree,
    maps: MarkMaps,
    marks: Marks,
    model: HandModel,
    mesh: bpy.types.Mesh,
) -> None:
    """Write strengths, variants and colours, and which nails are polished."""
    nodes = tree.nodes
    for name, path in (
        ("tattoo", maps.tattoo(marks.tattoo_variant)),
        ("henna", maps.henna(marks.henna_variant)),
        ("dirt", maps.dirt(marks.dirt_variant)),
        ("plaster", maps.plaster(marks.plaster_variant)),
        ("drops", maps.drops()),
    ):
        nodes[name].image = load_map(path, is_color=False)
    dull, glossy = _POLISH_ROUGHNESS
    for name, value in (
        ("tattoo", marks.tattoo),
        ("henna", marks.henna),
        ("polish", marks.polish),
        ("polish_roughness", dull + marks.polish_gloss * (glossy - dull)),
        ("dirt", _DIRT_COVER * marks.dirt),
        ("plaster", marks.plaster),
        ("wetness", marks.wetness),
    ):
        nodes[f"{name}_value"].outputs[0].default_value = value
    for name in ("polish_color", "dirt_color", "plaster_color"):
        nodes[name].outputs[0].default_value = (*getattr(marks, name), 1.0)
    columns = [SKINNED_BONES.index(f"{FINGERS[i]}_distal") for i in marks.polish_fingers]
    polished = model.weights[:, columns].sum(1)
    mesh.attributes[_POLISHED].data.foreach_set("value", polished.astype(np.float32))


def load_map(path: Path, is_color: bool) -> bpy.types.Image:
    image = bpy.data.images.load(str(path), check_existing=True)
    image.colorspace_settings.name = "sRGB" if is_color else "Non-Color"
    image.alpha_mode = "CHANNEL_PACKED"
    return image


def _painted(graph: Graph, name: str) -> bpy.types.NodeSocket:
    return graph.node("ShaderNodeRGB", name).outputs[0]
