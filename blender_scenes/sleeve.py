"""The sleeve: a cloth tube over the forearm that goes on along the arm, out of the picture."""

from __future__ import annotations

from dataclasses import dataclass

import bpy
import numpy as np
from mathutils import Matrix
from numpy.typing import NDArray

from blender_scenes.hand import Hand
from synth.hand.arm import (
    UPPER_ARM_GROWTH,
    arm_line,
    elbow_distance,
    forearm_skin,
    sleeve_looseness,
)
from synth.scene import Sleeve

Array = NDArray[np.float64]

_AROUND = 48
_ALONG = 56
_CUFF_RINGS = 4  # first rings: the inner side and the rounded edge of the cuff


@dataclass
class SleeveObject:
    mesh: bpy.types.Object
    material: bpy.types.Material


def build_sleeve(hand: Hand, collection: bpy.types.Collection) -> SleeveObject:
    """A tube of fixed topology, carried by the forearm's bone."""
    rows = np.arange(_ALONG - 1)[:, None] * _AROUND
    around = np.arange(_AROUND)[None]
    after = (around + 1) % _AROUND
    quads = np.stack(
        [rows + around, rows + after, rows + _AROUND + after, rows + _AROUND + around], axis=-1
    ).reshape(-1, 4)
    mesh = bpy.data.meshes.new("sleeve")
    mesh.from_pydata(np.zeros((_ALONG * _AROUND, 3)).tolist(), [], quads.tolist())
    mesh.polygons.foreach_set("use_smooth", np.ones(len(mesh.polygons), dtype=bool))
    layer = mesh.uv_layers.new(name="cloth")
    corners = quads.reshape(-1)
    u = (corners % _AROUND) / _AROUND
    wraps = np.tile([0, 1, 1, 0], len(quads)) & (u < 1e-9)
    uv = np.stack([np.where(wraps, 1.0, u), (corners // _AROUND) / _ALONG], axis=-1)
    layer.uv.foreach_set("vector", uv.reshape(-1).astype(np.float32))
    sleeve = bpy.data.objects.new("sleeve", mesh)
    collection.objects.link(sleeve)
    sleeve.parent = hand.armature
    sleeve.parent_type, sleeve.parent_bone = "BONE", "forearm_distal"
    material = _cloth_material()
    mesh.materials.append(material)
    return SleeveObject(sleeve, material)


def set_sleeve(sleeve: SleeveObject, hand: Hand, wanted: Sleeve) -> None:
    """Shape and dress the sleeve for the hand's present identity."""
    assert hand.shape is not None
    points = sleeve_surface(hand, wanted)
    sleeve.mesh.data.vertices.foreach_set("co", points.reshape(-1).astype(np.float32))
    sleeve.mesh.data.update()
    # A bone's child lives at the bone's tail; bring it back to the head.
    bone = hand.armature.data.bones["forearm_distal"]
    sleeve.mesh.matrix_parent_inverse = Matrix.Translation((0.0, -bone.length, 0.0))
    nodes = sleeve.material.node_tree.nodes
    nodes["color"].inputs[6].default_value = (*wanted.color, 1.0)
    nodes["color"].inputs[7].default_value = (*wanted.color2, 1.0)
    pattern = ("plain", "stripes", "checks", "knit", "noise").index(wanted.pattern)
    nodes["pattern"].outputs[0].default_value = float(pattern)
    nodes["scale"].outputs[0].default_value = 1.0 / max(wanted.pattern_scale, 1e-3)
    nodes["seed"].outputs[0].default_value = float(wanted.seed % 1000)
    nodes["cloth"].inputs["Roughness"].default_value = wanted.roughness
    nodes["folds"].inputs["Strength"].default_value = min(1.0, wanted.wrinkles / 0.003)


def sleeve_surface(hand: Hand, wanted: Sleeve) -> Array:
    """(_ALONG, _AROUND, 3) vertices in the frame of the forearm's bone (+Y to the elbow)."""
    assert hand.shape is not None
    shape = hand.shape
    elbow = elbow_distance(shape)
    total = wanted.start + wanted.length
    # Rings lie close at the cuff and the elbow, and far apart where the arm is a plain tube.
    share = np.linspace(0, 1, _ALONG - _CUFF_RINGS)
    detailed = min(total, elbow + 0.15)
    along = np.concatenate(
        [
            wanted.start + (detailed - wanted.start) * share[:-8],
            np.linspace(detailed, max(total, detailed + 0.01), 9)[1:],
        ]
    )
    angles = np.linspace(0, 2 * np.pi, _AROUND, endpoint=False)
    skin = _forearm_radius(hand, np.minimum(along, elbow * 0.85), angles)
    upper = np.clip((along - elbow) / 0.25, 0, 1)[:, None]
    skin = skin * (1 + (UPPER_ARM_GROWTH - 1) * upper)
    loose = sleeve_looseness(along, elbow, wanted.looseness, wanted.flare)
    radius = skin + loose[:, None] + wanted.thickness
    radius = radius + _folds(along, angles, wanted)
    edge = wanted.thickness
    cuff = np.stack(
        [
            radius[0] - edge,
            radius[0] - 0.75 * edge,
            radius[0] - 0.2 * edge,
            radius[0] - 0.03 * edge,
        ]
    )
    radius = np.concatenate([cuff, radius])
    along = np.concatenate(
        [
            wanted.start + np.array([0.02, -0.001, -0.0035, -0.002]),
            along,
        ]
    )
    return _along_bent_arm(along, radius, angles, elbow, wanted)


def _forearm_radius(hand: Hand, along: Array, angles: Array) -> Array:
    """(rings, angles) distance of the forearm's skin from the bone's axis at rest, metres."""
    assert hand.shape is not None
    arm = forearm_skin(hand.model, hand.shape)
    direction = np.arctan2(arm[:, 2], arm[:, 0])
    reach = np.hypot(arm[:, 0], arm[:, 2])
    nearness = -(
        ((along[:, None, None] - arm[:, 1]) / 0.012) ** 2
        + ((1 - np.cos(angles[None, :, None] - direction)) / 0.12) ** 2
    )
    weight = np.exp(nearness - nearness.max(-1, keepdims=True))
    mean = (weight * reach).sum(-1) / weight.sum(-1)
    # Cloth lies on what stands out: a ring is nowhere tighter than most of it.
    return np.maximum(mean, 0.92 * mean.mean(1, keepdims=True))


def _folds(along: Array, angles: Array, wanted: Sleeve) -> Array:
    """Soft folds around the arm: a few crossed waves whose phases come from the sleeve's seed."""
    phases = (wanted.seed * np.array([0.7548776662, 0.5698402910, 0.3247179572])) % 1.0
    s = along[:, None]
    waves = (
        np.sin(2 * np.pi * (s / 0.031 + phases[0]) + 2.0 * np.sin(angles + 6.28 * phases[1]))
        + 0.6 * np.sin(2 * np.pi * (s / 0.017 + phases[1]) + 3.0 * np.sin(2 * angles + phases[2]))
        + 0.8 * np.sin(2 * np.pi * phases[2] + 3 * angles + s / 0.05)
    )
    fade_in = np.clip((s - wanted.start) / 0.03, 0.15, 1.0)
    return 0.4 * wanted.wrinkles * fade_in * waves


def _along_bent_arm(
    along: Array, radius: Array, angles: Array, elbow: float, wanted: Sleeve
) -> Array:
    """Put rings of radii on the arm's centre line, which bends at the elbow in an arc."""
    path, direction = arm_line(along, elbow, wanted.elbow_angle)
    aside = np.array([np.cos(wanted.elbow_azimuth), 0.0, np.sin(wanted.elbow_azimuth)])
    up = np.array([0.0, 1.0, 0.0])
    other = np.cross(aside, up)
    centre = path[:, :1] * aside + path[:, 1:] * up
    # The ring's own axes turn with the path: `across` in the bend's plane, `other` stays.
    across = direction[:, 1:] * aside - direction[:, :1] * up
    relative = angles - wanted.elbow_azimuth
    return (
        centre[:, None]
        + (radius * np.cos(relative))[..., None] * across[:, None]
        - (radius * np.sin(relative))[..., None] * other
    )


def _cloth_material() -> bpy.types.Material:
    """Principled cloth whose pattern, scale and colours are values set per sleeve."""
    material = bpy.data.materials.new("cloth")
    material.use_nodes = True
    tree = material.node_tree
    nodes, links = tree.nodes, tree.links
    cloth = nodes["Principled BSDF"]
    cloth.name = "cloth"
    cloth.inputs["Sheen Weight"].default_value = 0.25
    cloth.inputs["Specular IOR Level"].default_value = 0.25

    def value(name: str) -> bpy.types.NodeSocket:
        node = nodes.new("ShaderNodeValue")
        node.name = name
        return node.outputs[0]

    def math(operation: str, *inputs: object) -> bpy.types.NodeSocket:
        node = nodes.new("ShaderNodeMath")
        node.operation = operation
        for socket, given in zip(node.inputs, inputs, strict=False):
            if isinstance(given, (int, float)):
                socket.default_value = given
            else:
                links.new(given, socket)
        return node.outputs[0]

    pattern, scale, seed = value("pattern"), value("scale"), value("seed")
    coordinates = nodes.new("ShaderNodeTexCoord")
    split = nodes.new("ShaderNodeSeparateXYZ")
    links.new(coordinates.outputs["UV"], split.inputs[0])
    position = nodes.new("ShaderNodeSeparateXYZ")
    links.new(coordinates.outputs["Object"], position.inputs[0])
    turn = math("MULTIPLY", split.outputs["X"], 0.24)  # metres around the arm
    along = position.outputs["Y"]
    stripes = math("GREATER_THAN", math("FRACT", math("MULTIPLY", along, scale)), 0.5)
    columns = math("GREATER_THAN", math("FRACT", math("MULTIPLY", turn, scale)), 0.5)
    checks = math("MULTIPLY", math("ADD", stripes, columns), 0.5)
    rib = math("ABSOLUTE", math("SINE", math("MULTIPLY", math("MULTIPLY", turn, scale), 12.6)))
    noise = nodes.new("ShaderNodeTexNoise")
    noise.noise_dimensions = "4D"
    noise.inputs["Detail"].default_value = 1.0
    links.new(coordinates.outputs["Object"], noise.inputs["Vector"])
    links.new(seed, noise.inputs["W"])
    links.new(scale, noise.inputs["Scale"])
    blotches = math("GREATER_THAN", noise.outputs["Fac"], 0.52)
    choice: object = 0.0
    for number, mask in ((1, stripes), (2, checks), (3, rib), (4, blotches)):
        chosen = math("COMPARE", pattern, float(number), 0.1)
        choice = math("ADD", choice, math("MULTIPLY", chosen, mask))
    color = nodes.new("ShaderNodeMix")
    color.name = "color"
    color.data_type = "RGBA"
    links.new(choice, color.inputs["Factor"])  # type: ignore[arg-type]
    links.new(color.outputs[2], cloth.inputs["Base Color"])

    folds = nodes.new("ShaderNodeBump")
    folds.name = "folds"
    folds.inputs["Distance"].default_value = 0.004
    fine = nodes.new("ShaderNodeTexNoise")
    fine.inputs["Scale"].default_value = 60.0
    fine.inputs["Detail"].default_value = 1.0
    links.new(coordinates.outputs["Object"], fine.inputs["Vector"])
    links.new(fine.outputs["Fac"], folds.inputs["Height"])
    links.new(folds.outputs["Normal"], cloth.inputs["Normal"])
    return material
