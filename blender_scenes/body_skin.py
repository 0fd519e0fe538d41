"""The material of a body's skin and of its eyes: maps shared by all, values set per person.

The arithmetic is that of the hand's skin (`blender_scenes.skin`), so that arms and hands match.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import bpy

from blender_scenes.shader_graph import Graph
from synth.body.bake import RELIEF_RANGE, BodyMaps, ensure_body_maps
from synth.scene import BodyLook, Color
from synth.skin.color import SKINS, shader_tints

#: As in the hand's skin.
_SUBSURFACE_RADIUS: Final = (1.0, 0.35, 0.2)
_SUBSURFACE_SCALE: Final = 0.003
_SUBSURFACE_WEIGHT: Final = 0.15
_YELLOW: Final = (0.02, 0.0, -0.14)
_MELANIN_REACH: Final = 0.45
#: How opaque hair of the brows, the closest beard and the shaved scalp gets.
_BROWS: Final = 0.85
_BEARD: Final = 0.92
#: Scalp under a full head of hair, under hair of some millimetres, and none.
_SCALP: Final = {"bald": 0.0, "shaved": 0.62}
_LASHES: Final = 0.8
_LASH_COLOR: Final = (0.012, 0.009, 0.008)


@dataclass
class BodyMaterials:
    skin: bpy.types.Material
    eyes: bpy.types.Material
    maps: BodyMaps


def build_body_materials(name: str) -> BodyMaterials:
    """The two materials of a person; the maps are painted first if need be."""
    maps = ensure_body_maps()
    return BodyMaterials(_build_skin(name, maps), _build_eyes(f"{name}_eyes", maps), maps)


def set_body_materials(materials: BodyMaterials, look: BodyLook) -> None:
    """Give a person its own skin, brows, beard, lips and eyes."""
    nodes = materials.skin.node_tree.nodes
    skin, order = look.skin, list(SKINS)
    own = order.index(skin.name)
    beside = min(max(own + (1 if skin.melanin > 0 else -1), 0), len(order) - 1)
    nodes["own"].image = _load(materials.maps.color(skin.name), True)
    nodes["next"].image = _load(materials.maps.color(order[beside]), True)
    nodes["melanin"].inputs["Factor"].default_value = _MELANIN_REACH * abs(skin.melanin)
    tints = shader_tints(skin.name)
    changes = {
        "redness": [tint - 1.0 for tint in tints["blood"]],
        "spots": [tint - 1.0 for tint in tints["spots"]],
        "yellowness": _YELLOW,
        "lips": [tint - 1.0 for tint in look.lips],
        "shadow": [tint - 1.0 for tint in _eyeshadow(look.lips)],
    }
    for name, change in changes.items():
        nodes[f"{name}_change"].inputs[0].default_value = change
    scalp = _SCALP.get(look.hair.style, 0.9)
    values = {
        "redness": skin.redness - 1.0,
        "spots": skin.spots,
        "yellowness": skin.yellowness,
        "brightness": skin.brightness,
        "lips": 1.0,
        "shadow": 0.7 * look.makeup,
        "brows": _BROWS * look.brows,
        "beard": _BEARD * min(1.0, 0.06 + 1.3 * look.beard) if look.beard > 0 else 0.0,
        "scalp": scalp,
        "lashes": _LASHES * (0.75 + 0.5 * look.makeup),
        "gloss": -0.18 * look.makeup,
        "roughness": skin.roughness,
        "wrinkles": skin.wrinkles,
    }
    for name, value in values.items():
        nodes[f"{name}_value"].outputs[0].default_value = value
    hair = look.hair.color
    for name, color in (
        ("brow_color", _darker(hair, 0.75)),
        ("beard_color", _darker(hair, 0.8)),
        ("scalp_color", hair),
        ("lash_color", _LASH_COLOR),
    ):
        nodes[name].outputs[0].default_value = (*color, 1.0)
    materials.eyes.node_tree.nodes["iris_color"].outputs[0].default_value = (*look.eye_color, 1.0)


def _build_skin(name: str, maps: BodyMaps) -> bpy.types.Material:
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    graph = Graph(material.node_tree)
    surface = material.node_tree.nodes["Principled BSDF"]
    blood, lips, beard, spot = _channels(graph, maps.face())
    brows, lashes, scalp, lid = _channels(graph, maps.hair())

    own, next_one = graph.image("own"), graph.image("next")
    color = graph.mix("melanin", own.outputs["Color"], next_one.outputs["Color"])
    for change, mask in (("redness", blood), ("spots", spot), ("lips", lips), ("shadow", lid)):
        amount = graph.math("MULTIPLY", graph.value(change), mask)
        color = graph.times(color, graph.one_plus(f"{change}_change", amount))
    color = graph.times(color, graph.one_plus("yellowness_change", graph.value("yellowness")))
    color = graph.scale(color, graph.value("brightness"))
    for part, mask, hair in (
        ("scalp", scalp, "scalp_color"),
        ("beard", beard, "beard_color"),
        ("brows", brows, "brow_color"),
        ("lashes", lashes, "lash_color"),
    ):
        cover = graph.clamped("MULTIPLY", graph.value(part), mask)
        color = graph.mix_by(cover, color, graph.node("ShaderNodeRGB", hair).outputs[0])
    graph.link(color, surface.inputs["Base Color"])

    # The lips are smoother, more so with lipstick; the face's middle is oilier than the rest.
    rough = graph.math("ADD", graph.value("roughness"), graph.math("MULTIPLY", lips, -0.08))
    rough = graph.math("ADD", rough, graph.math("MULTIPLY", lips, graph.value("gloss")))
    rough = graph.math("ADD", rough, graph.math("MULTIPLY", beard, 0.12))
    graph.link(rough, surface.inputs["Roughness"])

    relief = graph.image("relief", is_height=True)
    relief.image = _load(maps.relief(), False)
    height = graph.math("SUBTRACT", relief.outputs["Color"], 0.5)
    height = graph.math("MULTIPLY", height, 2 * RELIEF_RANGE)
    bump = graph.node("ShaderNodeBump")
    bump.inputs["Strength"].default_value = 1.0
    bump.inputs["Distance"].default_value = 1.0
    graph.link(graph.math("MULTIPLY", height, graph.value("wrinkles")), bump.inputs["Height"])
    graph.link(bump.outputs["Normal"], surface.inputs["Normal"])

    surface.subsurface_method = "BURLEY"
    surface.inputs["Subsurface Weight"].default_value = _SUBSURFACE_WEIGHT
    surface.inputs["Subsurface Radius"].default_value = _SUBSURFACE_RADIUS
    surface.inputs["Subsurface Scale"].default_value = _SUBSURFACE_SCALE
    surface.inputs["IOR"].default_value = 1.4
    return material


def _build_eyes(name: str, maps: BodyMaps) -> bpy.types.Material:
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    graph = Graph(material.node_tree)
    surface = material.node_tree.nodes["Principled BSDF"]
    image = graph.image("eye")
    image.image = _load(maps.eye(), False)
    image.extension = "EXTEND"
    channels = graph.node("ShaderNodeSeparateColor")
    graph.link(image.outputs["Color"], channels.inputs[0])
    iris, shade, white = (channels.outputs[i] for i in range(3))
    lit = graph.node("ShaderNodeRGB", "iris_color").outputs[0]
    lit = graph.scale(lit, graph.math("MULTIPLY", shade, 1.5))
    sclera = graph.node("ShaderNodeMix")
    sclera.data_type = "RGBA"
    graph.link(white, sclera.inputs["Factor"])
    sclera.inputs[6].default_value = (0.30, 0.12, 0.10, 1.0)
    sclera.inputs[7].default_value = (0.47, 0.45, 0.43, 1.0)
    graph.link(graph.mix_by(iris, sclera.outputs[2], lit), surface.inputs["Base Color"])
    surface.inputs["Roughness"].default_value = 0.08
    surface.inputs["IOR"].default_value = 1.38
    return material


def _channels(graph: Graph, path: Path) -> tuple[bpy.types.NodeSocket, ...]:
    """Red, green, blue and alpha of a map of masks."""
    image = graph.image("")
    image.image = _load(path, False)
    split = graph.node("ShaderNodeSeparateColor")
    graph.link(image.outputs["Color"], split.inputs[0])
    return (*(split.outputs[i] for i in range(3)), image.outputs["Alpha"])


def _eyeshadow(lips: Color) -> Color:
    """A shade that goes with the lips: darker, less red."""
    red, green, blue = lips
    return (0.55 + 0.3 * red, 0.45 + 0.3 * green, 0.5 + 0.3 * blue)


def _darker(color: Color, factor: float) -> Color:
    red, green, blue = (channel * factor for channel in color)
    return (red, green, blue)


def _load(path: Path, is_color: bool) -> bpy.types.Image:
    image = bpy.data.images.load(str(path), check_existing=True)
    image.colorspace_settings.name = "sRGB" if is_color else "Non-Color"
    image.alpha_mode = "CHANNEL_PACKED"
    return image
