"""The skin's material: five sets of maps, and the continuous differences between people.

The maps are painted by `synth.skin` and shared by all hands of a process; a person's look is a
handful of values written into the nodes.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import bpy

from blender_scenes.hand import Hand
from synth.scene import SkinLook
from synth.skin.bake import DETAIL_RANGE, RELIEF_RANGE, SkinMaps, ensure_skin_maps
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
#: Roughness of a dull and of a glossy nail.
_NAIL_ROUGHNESS = (0.45, 0.1)


@dataclass
class SkinMaterial:
    material: bpy.types.Material
    maps: SkinMaps


def build_skin(hand: Hand) -> SkinMaterial:
    """Make the material and give it to the hand; the maps are painted first if need be."""
    material = bpy.data.materials.new("skin")
    material.use_nodes = True
    hand.mesh.data.materials.append(material)
    graph = _Graph(material.node_tree)
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
    graph.link(color, surface.inputs["Base Color"])

    rough = graph.math(
        "ADD", graph.image("roughness").outputs["Color"], graph.value("roughness_shift")
    )
    rough = graph.mix_values(nail, rough, graph.value("nail_roughness"))
    graph.link(rough, surface.inputs["Roughness"])

    relief = graph.math(
        "MULTIPLY",
        graph.math("SUBTRACT", graph.image("relief").outputs["Color"], 0.5),
        2 * RELIEF_RANGE,
    )
    detail = graph.math(
        "MULTIPLY",
        graph.math("SUBTRACT", graph.image("detail").outputs["Color"], 0.5),
        graph.math("MULTIPLY", graph.value("wrinkles"), 2 * DETAIL_RANGE),
    )
    swollen = graph.math("MULTIPLY", amounts["veins"], VEIN_HEIGHT)
    relief = graph.math("ADD", relief, swollen)
    bump = graph.node("ShaderNodeBump")
    bump.inputs["Strength"].default_value = 1.0
    bump.inputs["Filter Width"].default_value = 0.1
    bump.inputs["Distance"].default_value = 1.0
    graph.link(graph.math("ADD", relief, detail), bump.inputs["Height"])
    graph.link(bump.outputs["Normal"], surface.inputs["Normal"])

    surface.subsurface_method = "BURLEY"
    surface.inputs["Subsurface Weight"].default_value = _SUBSURFACE_WEIGHT
    surface.inputs["Subsurface Radius"].default_value = _SUBSURFACE_RADIUS
    surface.inputs["Subsurface Scale"].default_value = _SUBSURFACE_SCALE
    surface.inputs["IOR"].default_value = 1.4
    return SkinMaterial(material, ensure_skin_maps())


def set_skin(skin: SkinMaterial, look: SkinLook) -> None:
    """Give the hand a person's skin."""
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
        nodes[name].image = _load(path, is_color)
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


def _load(path: Path, is_color: bool) -> bpy.types.Image:
    image = bpy.data.images.load(str(path), check_existing=True)
    image.colorspace_settings.name = "sRGB" if is_color else "Non-Color"
    image.alpha_mode = "CHANNEL_PACKED"
    return image


class _Graph:
    """Short hand for making and linking shader nodes."""

    def __init__(self, tree: bpy.types.NodeTree) -> None:
        self.tree = tree

    def node(self, kind: str, name: str = "") -> bpy.types.ShaderNode:
        node = self.tree.nodes.new(kind)
        if name:
            node.name = name
        return node

    def link(self, source: bpy.types.NodeSocket, target: bpy.types.NodeSocket) -> None:
        self.tree.links.new(source, target)

    def image(self, name: str) -> bpy.types.ShaderNode:
        node = self.node("ShaderNodeTexImage", name)
        if name in ("relief", "detail"):  # linear heights would show their texels as facets
            node.interpolation = "Cubic"
        return node

    def value(self, name: str) -> bpy.types.NodeSocket:
        return self.node("ShaderNodeValue", f"{name}_value").outputs[0]

    def math(self, operation: str, a: object, b: object) -> bpy.types.NodeSocket:
        node = self.node("ShaderNodeMath")
        node.operation = operation
        for socket, given in zip(node.inputs, (a, b), strict=False):
            if isinstance(given, float | int):
                socket.default_value = given
            else:
                self.link(given, socket)  # type: ignore[arg-type]
        return node.outputs[0]

    def mix(self, name: str, a: object, b: object) -> bpy.types.NodeSocket:
        """Colour a where the node's factor is 0, b where it is 1 (or the colour set later)."""
        node = self.node("ShaderNodeMix", name)
        node.data_type = "RGBA"
        self.link(a, node.inputs[6])  # type: ignore[arg-type]
        if b is not None:
            self.link(b, node.inputs[7])  # type: ignore[arg-type]
        return node.outputs[2]

    def mix_by(self, factor: object, a: object, b: object) -> bpy.types.NodeSocket:
        mixed = self.mix("", a, b)
        self.link(factor, mixed.node.inputs["Factor"])  # type: ignore[arg-type]
        return mixed

    def mix_values(self, factor: object, a: object, b: object) -> bpy.types.NodeSocket:
        node = self.node("ShaderNodeMix")
        self.link(factor, node.inputs[0])  # type: ignore[arg-type]
        self.link(a, node.inputs[2])  # type: ignore[arg-type]
        self.link(b, node.inputs[3])  # type: ignore[arg-type]
        return node.outputs[0]

    def one_plus(self, name: str, amount: object) -> bpy.types.NodeSocket:
        """Colour 1 + change · amount; the change is the first input of the node `name`."""
        node = self.node("ShaderNodeVectorMath", name)
        node.operation = "MULTIPLY_ADD"
        self.link(amount, node.inputs[1])  # type: ignore[arg-type]
        node.inputs[2].default_value = (1.0, 1.0, 1.0)
        return node.outputs[0]

    def times(self, a: object, b: object) -> bpy.types.NodeSocket:
        node = self.node("ShaderNodeVectorMath")
        node.operation = "MULTIPLY"
        self.link(a, node.inputs[0])  # type: ignore[arg-type]
        self.link(b, node.inputs[1])  # type: ignore[arg-type]
        return node.outputs[0]

    def scale(self, a: object, amount: object) -> bpy.types.NodeSocket:
        node = self.node("ShaderNodeVectorMath")
        node.operation = "SCALE"
        self.link(a, node.inputs[0])  # type: ignore[arg-type]
        self.link(amount, node.inputs["Scale"])  # type: ignore[arg-type]
        return node.outputs[0]
