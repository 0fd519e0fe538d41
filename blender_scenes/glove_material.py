"""What a glove's cloth looks like, laid over the skin's material by a per-vertex mask."""

from __future__ import annotations

from typing import Final

import bpy

from blender_scenes.shader_graph import Graph
from synth.scene import Glove

#: Attributes of the vertices, see `synth.worn.glove_shape.GloveFields`, and the UV map in metres.
INSIDE: Final = "glove_inside"
PALMAR: Final = "glove_palmar"
GLOVE_UV: Final = "glove"

#: Heights in metres: of wrinkles at full strength, of leather's grain, of a coating's bumps and of
#: the groove along a seam; of stitches as a share of their width.
_WRINKLE = {
    "latex": 0.0012,
    "wool": 0.0025,
    "leather": 0.0030,
    "work": 0.0040,
    "fingerless": 0.0020,
}
_GRAIN = 0.0005
_BUMPS = 0.0012
_SEAM = 0.0012
_STITCH = 0.3
#: Wrinkles' lengths about and along a finger, metres.
_WRINKLE_SIZE = {"latex": (0.012, 0.004), "leather": (0.016, 0.006)}
_CLOTH_WRINKLE = (0.03, 0.012)
#: Where the ridges on the back of a leather glove lie, metres across the hand (to the thumb).
_POINTS = (-0.022, -0.008, 0.008)
#: The coating of a work glove covers what looks to the palm's side more than this.
_COATED_FROM = -0.15


def add_glove(tree: bpy.types.NodeTree) -> None:
    """Put the glove between the skin's surface and the material's output."""
    graph = Graph(tree)
    output = tree.nodes["Material Output"]
    skin = tree.nodes["Principled BSDF"]
    cloth = graph.node("ShaderNodeBsdfPrincipled", "glove_cloth")

    uv_map = graph.node("ShaderNodeUVMap")
    uv_map.uv_map = GLOVE_UV
    split = graph.node("ShaderNodeSeparateXYZ")
    graph.link(uv_map.outputs[0], split.inputs[0])
    around, along = split.outputs["X"], split.outputs["Y"]
    scale = graph.value("glove_scale")
    u, v = graph.math("MULTIPLY", around, scale), graph.math("MULTIPLY", along, scale)

    stitches = _knit(graph, u, v)
    palmar = _attribute(graph, PALMAR)
    fine = _noise(graph, around, along, 0.0012, 0.0012)
    folds = _noise_at(graph, around, along, "glove_fold")
    # Creases where the noise crosses its middle, soft hills elsewhere.
    crease = graph.math("ABSOLUTE", graph.math("SUBTRACT", folds, 0.5), 0.0)
    folds = graph.math("ADD", folds, graph.clamped("MULTIPLY", crease, 3.0))
    crinkle = _noise(graph, around, along, 0.0028, 0.0028)
    patches = _noise(graph, around, along, 0.03, 0.03)

    seam = _line(graph, palmar, 0.0, 0.12)
    # Three ridges run down the back, as on most leather gloves.
    points = 0.0
    for at in _POINTS:
        points = graph.math("MAXIMUM", points, _line(graph, around, at, 0.0013))
    on_back = graph.math("LESS_THAN", palmar, -0.3)
    points = graph.math(
        "MULTIPLY", points, graph.math("MULTIPLY", on_back, _line(graph, along, 0.062, 0.06))
    )
    seam = graph.math("MAXIMUM", seam, points)
    rough_edge = graph.math("MULTIPLY", graph.math("SUBTRACT", fine, 0.5), 0.35)
    coated = graph.math("GREATER_THAN", graph.math("ADD", palmar, rough_edge), _COATED_FROM)
    coated = graph.math("MULTIPLY", coated, graph.value("glove_coat"))
    band = graph.math("FRACT", graph.math("MULTIPLY", v, 0.09), 0.0)
    rows = graph.math("GREATER_THAN", band, 0.5)
    diamonds = graph.math(
        "LESS_THAN",
        graph.math("ADD", _zigzag(graph, u, 0.11), _zigzag(graph, v, 0.11)),
        0.36,
    )
    marl = graph.math("GREATER_THAN", _noise(graph, around, along, 0.005, 0.009), 0.53)
    second = graph.math("MULTIPLY", rows, graph.value("glove_rows"))
    for name, mask in (("glove_diamonds", diamonds), ("glove_marl", marl)):
        second = graph.math("ADD", second, graph.math("MULTIPLY", mask, graph.value(name)))
    sewn = graph.math("MULTIPLY", seam, graph.value("glove_seam"))
    second = graph.math("MAXIMUM", graph.math("MAXIMUM", second, sewn), coated)

    color = graph.mix_by(
        second,
        graph.node("ShaderNodeRGB", "glove_color").outputs[0],
        graph.node("ShaderNodeRGB", "glove_color2").outputs[0],
    )
    # Dark between the stitches, uneven by wear.
    knitted = graph.math("MULTIPLY", graph.value("glove_knit"), graph.math("SUBTRACT", 1.0, coated))
    depth = graph.math("MULTIPLY", knitted, graph.math("SUBTRACT", 1.0, stitches))
    shade = graph.math("SUBTRACT", 1.08, graph.math("MULTIPLY", depth, 0.55))
    worn = graph.math("MULTIPLY", graph.math("SUBTRACT", patches, 0.5), 0.3)
    color = graph.scale(color, graph.math("ADD", shade, worn))
    graph.link(color, cloth.inputs["Base Color"])
    roughness = graph.mix_values(coated, graph.value("glove_roughness"), 0.5)
    uneven = graph.math("MULTIPLY", graph.math("SUBTRACT", patches, 0.5), 0.2)
    graph.link(graph.clamped("ADD", roughness, uneven), cloth.inputs["Roughness"])

    stitch_height = graph.math("MULTIPLY", stitches, graph.math("DIVIDE", knitted, scale))
    height = graph.math("MULTIPLY", stitch_height, _STITCH)
    for mask, amount in (
        (folds, graph.value("glove_wrinkle")),
        (fine, graph.value("glove_grain")),
        (crinkle, graph.math("MULTIPLY", coated, _BUMPS)),
        (sewn, -_SEAM),
    ):
        height = graph.math("ADD", height, graph.math("MULTIPLY", mask, amount))
    bump = graph.node("ShaderNodeBump")
    bump.inputs["Distance"].default_value = 1.0
    bump.inputs["Filter Width"].default_value = 0.1
    graph.link(height, bump.inputs["Height"])
    graph.link(bump.outputs["Normal"], cloth.inputs["Normal"])

    there = graph.math("GREATER_THAN", _attribute(graph, INSIDE), 0.0)
    mixed = graph.node("ShaderNodeMixShader")
    graph.link(graph.math("MULTIPLY", graph.value("gloved"), there), mixed.inputs[0])
    graph.link(skin.outputs[0], mixed.inputs[1])
    graph.link(cloth.outputs[0], mixed.inputs[2])
    graph.link(mixed.outputs[0], output.inputs["Surface"])


def set_glove_look(tree: bpy.types.NodeTree, glove: Glove | None) -> None:
    """Write a glove's values; None shows the skin."""
    nodes = tree.nodes
    nodes["gloved_value"].outputs[0].default_value = 0.0 if glove is None else 1.0
    if glove is None:
        return
    fabric = fabric_of(glove)
    pattern = (glove.seed // 3) % 6 if fabric == "wool" else 0
    values = {
        "glove_scale": 1.0 / glove.pattern_scale,
        "glove_roughness": glove.roughness,
        "glove_coat": float(fabric == "work"),
        "glove_seam": float(fabric == "leather"),
        "glove_knit": {"wool": 1.0, "work": 0.8}.get(fabric, 0.0),
        "glove_grain": {"leather": _GRAIN, "work": 0.0001}.get(fabric, 0.0),
        "glove_wrinkle": _WRINKLE[glove.kind] * glove.wrinkles,
        "glove_rows": float(pattern == 1),
        "glove_diamonds": float(pattern == 2),
        "glove_marl": float(pattern == 3),
        "glove_fold_seed": float(glove.seed % 991),
    }
    for name, value in values.items():
        nodes[f"{name}_value"].outputs[0].default_value = value
    for name in ("color", "color2"):
        nodes[f"glove_{name}"].outputs[0].default_value = (*getattr(glove, name), 1.0)
    x, y = _WRINKLE_SIZE.get(fabric, _CLOTH_WRINKLE)
    nodes["glove_fold"].inputs[1].default_value = (1 / x, 1 / y, 0.0)
    cloth = nodes["glove_cloth"]
    cloth.inputs["Sheen Weight"].default_value = 0.3 if fabric == "wool" else 0.0
    cloth.inputs["Specular IOR Level"].default_value = 0.3 if fabric in ("wool", "work") else 0.5
    cloth.inputs["Coat Weight"].default_value = 0.25 if fabric == "latex" else 0.0


def fabric_of(glove: Glove) -> str:
    """latex, wool, leather or work: fingerless gloves are knitted or of leather."""
    if glove.kind != "fingerless":
        return glove.kind
    return "leather" if glove.seed % 3 == 0 else "wool"


def _line(graph: Graph, at: object, middle: float, half: float) -> bpy.types.NodeSocket:
    """1 at a value, 0 from half a width away on."""
    off = graph.math("ABSOLUTE", graph.math("SUBTRACT", at, middle), 0.0)
    return graph.clamped("MULTIPLY", graph.math("SUBTRACT", half, off), 1.6 / half)


def _knit(graph: Graph, u: object, v: object) -> bpy.types.NodeSocket:
    """Height 0 … 1 of columns of V-shaped stitches, one in a repeat."""
    fraction = graph.math("FRACT", u, 0.0)
    aside = graph.math("ABSOLUTE", graph.math("SUBTRACT", fraction, 0.5), 0.0)
    slanted = graph.math("SUBTRACT", v, graph.math("MULTIPLY", aside, 1.6))
    loop = graph.math("ABSOLUTE", graph.math("SINE", graph.math("MULTIPLY", slanted, 3.1416), 0), 0)
    leg = graph.math("ABSOLUTE", graph.math("SINE", graph.math("MULTIPLY", aside, 6.2832), 0), 0)
    return graph.math("SQRT", graph.math("MULTIPLY", loop, leg), 0.0)


def _zigzag(graph: Graph, at: object, frequency: float) -> bpy.types.NodeSocket:
    part = graph.math("FRACT", graph.math("MULTIPLY", at, frequency), 0.0)
    return graph.math("ABSOLUTE", graph.math("SUBTRACT", part, 0.5), 0.0)


def _noise(
    graph: Graph, around: object, along: object, width: float, length: float
) -> bpy.types.NodeSocket:
    """0 … 1, its cells of a size in metres."""
    x = graph.math("MULTIPLY", around, 1 / width)
    y = graph.math("MULTIPLY", along, 1 / length)
    at = graph.node("ShaderNodeCombineXYZ")
    graph.feed(at.inputs[0], x)
    graph.feed(at.inputs[1], y)
    node = graph.node("ShaderNodeTexNoise")
    node.noise_dimensions = "2D"
    node.inputs["Scale"].default_value = 1.0
    node.inputs["Detail"].default_value = 1.0
    graph.link(at.outputs[0], node.inputs["Vector"])
    return node.outputs["Fac"]


def _noise_at(graph: Graph, around: object, along: object, name: str) -> bpy.types.NodeSocket:
    """0 … 1 with cells and a seed that are set later: node `name` scales, its seed shifts."""
    at = graph.node("ShaderNodeCombineXYZ")
    graph.feed(at.inputs[0], around)
    graph.feed(at.inputs[1], along)
    scaled = graph.node("ShaderNodeVectorMath", name)
    scaled.operation = "MULTIPLY"
    graph.link(at.outputs[0], scaled.inputs[0])
    node = graph.node("ShaderNodeTexNoise")
    node.noise_dimensions = "4D"
    node.inputs["Scale"].default_value = 1.0
    node.inputs["Detail"].default_value = 2.0
    graph.link(scaled.outputs[0], node.inputs["Vector"])
    graph.link(graph.value(f"{name}_seed"), node.inputs["W"])
    return node.outputs["Fac"]


def _attribute(graph: Graph, name: str) -> bpy.types.NodeSocket:
    node = graph.node("ShaderNodeAttribute")
    node.attribute_name = name
    return node.outputs["Fac"]
