"""The material of things, garments and ornaments: built once, its look set as values.

The mesh brings a UV map named "surface" whose unit is the metre. All patterns are drawn in it:
the tree holds the nodes of every pattern, and those of one are linked to the shader, so that no
node is rebuilt per thing and none is evaluated for nothing.
"""

from __future__ import annotations

from typing import Final, TypeAlias

import bpy

from synth.scene import Surface

UV_MAP: Final = "surface"

#: What the outputs of a pattern are called: its colour's mask, and its relief if it has one.
_MASK: Final = "mask"
_HEIGHT: Final = "height"

#: Height of the relief: share of the pattern's repeat, and metres that it never exceeds.
_RELIEF: Final = {"knit": (0.35, 0.0015), "noise": (0.03, 0.0003), "wood": (0.02, 0.0002)}
#: Cloth has a soft rim of light, others have none.
_SHEEN: Final = {"knit": 0.3, "print": 0.1}
#: Metres of the smudges that make worn surfaces uneven, and how strong they are.
_SMUDGE_SCALE = 0.03
_SMUDGE_COLOR = 0.16
_SMUDGE_ROUGHNESS = 0.14
#: Rows of small print below the headline of a label, and letters in a repeat's width.
_ROWS = 9.0
_LETTERS = 34.0

Socket: TypeAlias = bpy.types.NodeSocket | float


def build_surface(name: str) -> bpy.types.Material:
    """A material for `set_surface`; the mesh's UV map "surface" (metres) carries its pattern."""
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    tree = material.node_tree
    # Rays find a screen by chance: as a lamp it would change the random numbers of other pictures.
    material.cycles.emission_sampling = "NONE"
    principled = tree.nodes["Principled BSDF"]
    principled.name = "surface"

    uv_map = tree.nodes.new("ShaderNodeUVMap")
    uv_map.uv_map = UV_MAP
    split = tree.nodes.new("ShaderNodeSeparateXYZ")
    tree.links.new(uv_map.outputs[0], split.inputs[0])
    scale, seed = _value(tree, "scale"), _value(tree, "seed")
    u = _math(tree, "MULTIPLY", split.outputs["X"], scale)
    v = _math(tree, "MULTIPLY", split.outputs["Y"], scale)
    shifted = _vector(tree, _math(tree, "ADD", u, seed), _math(tree, "SUBTRACT", v, seed))

    stripes = _stripes(tree, u, v)
    knit = _knit(tree, u, v)
    blotches = _noise(tree, shifted, 2.2, 1.0)
    wood, fibres = _wood(tree, u, v, seed)
    masks = {
        "stripes": stripes,
        "checks": _checks(tree, u, v),
        "knit": _math(tree, "SUBTRACT", 1.0, knit),
        "noise": _smooth_step(tree, blotches, 0.46, 0.54),
        "label": _label(tree, u, v, seed),
        "wood": wood,
        "print": _print(tree, shifted),
    }
    for pattern, mask in masks.items():
        _output(tree, f"{_MASK} {pattern}", mask)

    smudge_at = tree.nodes.new("ShaderNodeTexCoord").outputs["Object"]
    smudge = _noise(tree, smudge_at, 1.0 / _SMUDGE_SCALE, 1.0, dimensions="3D")
    smudge = _math(tree, "SUBTRACT", smudge, 0.5)
    mix = tree.nodes.new("ShaderNodeMix")
    mix.name, mix.data_type = "color", "RGBA"
    worn = tree.nodes.new("ShaderNodeVectorMath")
    worn.operation = "SCALE"
    tree.links.new(mix.outputs[2], worn.inputs[0])
    tree.links.new(_math(tree, "MULTIPLY_ADD", smudge, _SMUDGE_COLOR * 2, 1.0), worn.inputs[3])
    tree.links.new(worn.outputs[0], principled.inputs["Base Color"])
    tree.links.new(mix.outputs[2], principled.inputs["Emission Color"])
    roughness = _value(tree, "roughness")
    uneven = _math(tree, "MULTIPLY_ADD", smudge, _SMUDGE_ROUGHNESS * 2, roughness)
    uneven.node.use_clamp = True
    tree.links.new(uneven, principled.inputs["Roughness"])

    bump = tree.nodes.new("ShaderNodeBump")
    bump.name = "relief"
    for pattern, height in {"knit": knit, "noise": blotches, "wood": fibres}.items():
        _output(tree, f"{_HEIGHT} {pattern}", height)
    return material


def set_surface(material: bpy.types.Material, surface: Surface) -> None:
    """Write a surface's values into a material of `build_surface`."""
    tree = material.node_tree
    nodes = tree.nodes
    mask, height = (nodes.get(f"{part} {surface.pattern}") for part in (_MASK, _HEIGHT))
    factor = nodes["color"].inputs["Factor"]
    factor.default_value = 0.0
    _link(tree, factor, mask and mask.outputs[0])
    nodes["color"].inputs[6].default_value = (*surface.color, 1.0)
    nodes["color"].inputs[7].default_value = (*surface.color2, 1.0)
    scale = max(surface.pattern_scale, 1e-4)
    values = {
        "scale": 1.0 / scale,
        # A shift by repeats in the plane: small enough for 32-bit floats, different enough.
        "seed": float(surface.seed * 7919 % 997),
        "roughness": surface.roughness,
        # Stripes run along or across, and are narrow or wide.
        "across": float(surface.seed % 2),
        "width": 0.2 + 0.15 * float(surface.seed // 2 % 5),
    }
    for name, value in values.items():
        nodes[name].outputs[0].default_value = value
    principled = nodes["surface"]
    principled.inputs["Metallic"].default_value = surface.metallic
    principled.inputs["Emission Strength"].default_value = surface.emission
    principled.inputs["Sheen Weight"].default_value = _SHEEN.get(surface.pattern, 0.0)
    relief = nodes["relief"]
    _link(tree, relief.inputs["Height"], height and height.outputs[0])
    _link(tree, principled.inputs["Normal"], height and relief.outputs["Normal"])
    if height:
        share, most = _RELIEF[surface.pattern]
        relief.inputs["Distance"].default_value = max(min(share * scale, most), 1e-6)


def _output(tree: bpy.types.NodeTree, name: str, given: bpy.types.NodeSocket) -> None:
    """A node of this name that hands on what `set_surface` may link."""
    node = tree.nodes.new("NodeReroute")
    node.name = name
    tree.links.new(given, node.inputs[0])


def _link(
    tree: bpy.types.NodeTree, target: bpy.types.NodeSocket, given: bpy.types.NodeSocket | None
) -> None:
    """Feed a socket from another, or from nothing."""
    for link in target.links:
        tree.links.remove(link)
    if given is not None:
        tree.links.new(given, target)


def _stripes(tree: bpy.types.NodeTree, u: Socket, v: Socket) -> bpy.types.NodeSocket:
    across, width = _value(tree, "across"), _value(tree, "width")
    along = _math(tree, "SUBTRACT", 1.0, across)
    place = _math(tree, "MULTIPLY_ADD", u, across, _math(tree, "MULTIPLY", v, along))
    return _math(tree, "LESS_THAN", _math(tree, "FRACT", place), width)


def _checks(tree: bpy.types.NodeTree, u: Socket, v: Socket) -> bpy.types.NodeSocket:
    """Woven bands: full where two cross, half where there is one."""
    columns = _math(tree, "GREATER_THAN", _math(tree, "FRACT", u), 0.5)
    rows = _math(tree, "GREATER_THAN", _math(tree, "FRACT", v), 0.5)
    return _math(tree, "MULTIPLY", _math(tree, "ADD", columns, rows), 0.5)


def _knit(tree: bpy.types.NodeTree, u: Socket, v: Socket) -> bpy.types.NodeSocket:
    """Height 0 … 1 of columns of V-shaped stitches, one column and one stitch in a repeat."""
    aside = _math(tree, "ABSOLUTE", _math(tree, "SUBTRACT", _math(tree, "FRACT", u), 0.5))
    slanted = _math(tree, "SUBTRACT", v, _math(tree, "MULTIPLY", aside, 1.6))
    loop = _math(tree, "ABSOLUTE", _math(tree, "SINE", _math(tree, "MULTIPLY", slanted, 3.1416)))
    leg = _math(tree, "ABSOLUTE", _math(tree, "SINE", _math(tree, "MULTIPLY", aside, 6.2832)))
    return _math(tree, "SQRT", _math(tree, "MULTIPLY", loop, leg))


def _wood(
    tree: bpy.types.NodeTree, u: Socket, v: Socket, seed: Socket
) -> tuple[bpy.types.NodeSocket, bpy.types.NodeSocket]:
    """Grain along v: (colour mask, height), both 0 … 1."""
    x = _math(tree, "ADD", u, seed)
    bent = _noise(tree, _vector(tree, x, _math(tree, "MULTIPLY", v, 0.12)), 0.7, 1.0)
    rings = _math(tree, "MULTIPLY_ADD", bent, 9.0, _math(tree, "MULTIPLY", x, 0.5))
    # Slow growth to the dark late wood, then a sharp new ring.
    grown = _math(tree, "POWER", _math(tree, "FRACT", rings), 1.8)
    thin = _vector(tree, _math(tree, "MULTIPLY", x, 24.0), _math(tree, "MULTIPLY", v, 0.8))
    fibres = _noise(tree, thin, 1.0, 0.0)
    streaks = _math(tree, "MULTIPLY_ADD", fibres, 0.9, -0.2)
    mask = _math(tree, "MULTIPLY_ADD", grown, 0.55, _math(tree, "MULTIPLY", streaks, 0.7))
    mask.node.use_clamp = True
    return mask, fibres


def _label(tree: bpy.types.NodeTree, u: Socket, v: Socket, seed: Socket) -> bpy.types.NodeSocket:
    """A block in the middle of each repeat with a headline and rows of small print."""
    x, y = _math(tree, "FRACT", u), _math(tree, "FRACT", v)
    block = _math(
        tree,
        "MULTIPLY",
        _math(tree, "COMPARE", x, 0.5, 0.36),
        _math(tree, "COMPARE", y, 0.5, 0.38),
    )
    headline = _math(tree, "COMPARE", y, 0.72, 0.075)
    small_row = _math(tree, "MULTIPLY", y, _ROWS * 1.6)
    small = _math(tree, "MULTIPLY", _math(tree, "LESS_THAN", y, 0.58), _stroke(tree, small_row))
    letters = _math(tree, "MULTIPLY", x, _LETTERS)
    big = _math(tree, "MULTIPLY", x, _LETTERS / 3.5)
    rows = _math(tree, "ADD", _math(tree, "FLOOR", small_row), seed)
    print_small = _math(tree, "MULTIPLY", small, _ink(tree, letters, rows, 0.3))
    print_big = _math(tree, "MULTIPLY", headline, _ink(tree, big, seed, 0.2))
    margin = _math(tree, "COMPARE", x, 0.5, 0.29)
    ink = _math(tree, "MULTIPLY", _math(tree, "ADD", print_small, print_big), margin)
    return _math(tree, "MULTIPLY", block, _math(tree, "SUBTRACT", 1.0, ink))


def _stroke(tree: bpy.types.NodeTree, row: Socket) -> bpy.types.NodeSocket:
    return _math(tree, "COMPARE", _math(tree, "FRACT", row), 0.5, 0.22)


def _ink(
    tree: bpy.types.NodeTree, letters: Socket, row: Socket, gaps: float
) -> bpy.types.NodeSocket:
    """1 on letters of a row, 0 between them; a share `gaps` of the letters is left out."""
    white = tree.nodes.new("ShaderNodeTexWhiteNoise")
    white.noise_dimensions = "2D"
    cell = _vector(tree, _math(tree, "FLOOR", letters), row)
    tree.links.new(cell, white.inputs["Vector"])
    there = _math(tree, "GREATER_THAN", white.outputs["Value"], gaps)
    body = _math(tree, "COMPARE", _math(tree, "FRACT", letters), 0.5, 0.36)
    return _math(tree, "MULTIPLY", there, body)


def _print(tree: bpy.types.NodeTree, at: bpy.types.NodeSocket) -> bpy.types.NodeSocket:
    """Motifs of differing size and tone on a plain ground, with a larger shape behind them."""
    voronoi = tree.nodes.new("ShaderNodeTexVoronoi")
    voronoi.voronoi_dimensions = "2D"
    voronoi.inputs["Scale"].default_value = 2.0
    tree.links.new(at, voronoi.inputs["Vector"])
    tone = tree.nodes.new("ShaderNodeSeparateXYZ")
    tree.links.new(voronoi.outputs["Color"], tone.inputs[0])
    wavy = _noise(tree, at, 3.0, 0.0)
    size = _math(tree, "MULTIPLY_ADD", tone.outputs["X"], 0.3, 0.08)
    size = _math(tree, "MULTIPLY", size, _math(tree, "MULTIPLY", wavy, 2.0))
    motif = _math(tree, "LESS_THAN", voronoi.outputs["Distance"], size)
    shade = _math(tree, "MULTIPLY_ADD", tone.outputs["Y"], 0.6, 0.4)
    behind = _math(tree, "GREATER_THAN", _noise(tree, at, 0.5, 0.0), 0.56)
    ground = _math(tree, "MULTIPLY", behind, 0.35)
    difference = _math(tree, "SUBTRACT", shade, ground)
    return _math(tree, "MULTIPLY_ADD", motif, difference, ground)


def _noise(
    tree: bpy.types.NodeTree,
    at: bpy.types.NodeSocket,
    scale: float,
    detail: float,
    dimensions: str = "2D",
) -> bpy.types.NodeSocket:
    node = tree.nodes.new("ShaderNodeTexNoise")
    node.noise_dimensions = dimensions
    node.inputs["Scale"].default_value = scale
    node.inputs["Detail"].default_value = detail
    tree.links.new(at, node.inputs["Vector"])
    return node.outputs["Fac"]


def _smooth_step(
    tree: bpy.types.NodeTree, given: Socket, low: float, high: float
) -> bpy.types.NodeSocket:
    ramp = _math(tree, "MULTIPLY_ADD", given, 1 / (high - low), -low / (high - low))
    ramp.node.use_clamp = True
    return ramp


def _vector(tree: bpy.types.NodeTree, x: Socket, y: Socket) -> bpy.types.NodeSocket:
    node = tree.nodes.new("ShaderNodeCombineXYZ")
    for socket, given in zip(node.inputs, (x, y), strict=False):
        _feed(tree, socket, given)
    return node.outputs[0]


def _value(tree: bpy.types.NodeTree, name: str) -> bpy.types.NodeSocket:
    node = tree.nodes.new("ShaderNodeValue")
    node.name = name
    return node.outputs[0]


def _math(tree: bpy.types.NodeTree, operation: str, *inputs: Socket) -> bpy.types.NodeSocket:
    node = tree.nodes.new("ShaderNodeMath")
    node.operation = operation
    for socket, given in zip(node.inputs, inputs, strict=False):
        _feed(tree, socket, given)
    return node.outputs[0]


def _feed(tree: bpy.types.NodeTree, socket: bpy.types.NodeSocket, given: Socket) -> None:
    if isinstance(given, (int, float)):
        socket.default_value = given
    else:
        tree.links.new(given, socket)
