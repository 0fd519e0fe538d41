"""Second opinions on the labels: pictures of marker spheres and of the skin's segments.

Nothing here reads a label or `blender_scenes.truth`: spheres hang from Blender's own bones, and
the rest is what Cycles draws.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import bpy
import numpy as np
from numpy.typing import NDArray

from blender_scenes.camera import set_camera
from blender_scenes.hand import Hand
from blender_scenes.picture import render_picture
from blender_scenes.settings import apply_settings
from blender_scenes.stage import Stage
from synth.hand.recipe import SKINNED_BONES
from synth.scene import Camera, RenderSettings

Array = NDArray[np.float64]

#: The bone that begins at each landmark, in the order of the landmarks.
BONE_AT_LANDMARK = (
    "wrist",
    *(f"thumb_{segment}" for segment in ("metacarpal", "proximal", "distal", "tip")),
    *(
        f"{finger}_{segment}"
        for finger in ("index", "middle", "ring", "little")
        for segment in ("proximal", "intermediate", "distal", "tip")
    ),
)
#: Radius of a marker's image in pixels.
MARKER_PIXELS = 2.5
_CHANNELS = 3


@contextmanager
def joint_markers(stage: Stage) -> Iterator[list[bpy.types.Object]]:
    """21 glowing spheres at the heads of the bones; hand and sleeve are hidden meanwhile.

    Sphere i glows in channel i % 3 and lets all light behind it through, so that none hides
    another.
    """
    mesh = bpy.data.meshes.new("marker")
    mesh.from_pydata(*_sphere())
    materials = [_glow(channel) for channel in range(_CHANNELS)]
    mesh.materials.append(materials[0])
    armature = stage.hands[0].hand.armature
    spheres = []
    for landmark, bone in enumerate(BONE_AT_LANDMARK):
        sphere = bpy.data.objects.new("marker", mesh)
        stage.scene.collection.objects.link(sphere)
        sphere.material_slots[0].link = "OBJECT"
        sphere.material_slots[0].material = materials[landmark % _CHANNELS]
        sphere.parent = armature
        sphere.parent_type, sphere.parent_bone = "BONE", bone
        # Blender hangs a bone's children on its tail.
        sphere.location = (0.0, -armature.data.bones[bone].length, 0.0)
        spheres.append(sphere)
    dressed = stage.hands[0]
    dressed.hand.mesh.hide_render = dressed.sleeve.mesh.hide_render = True
    try:
        bpy.context.view_layer.update()
        yield spheres
    finally:
        dressed.hand.mesh.hide_render = dressed.sleeve.mesh.hide_render = False
        for sphere in spheres:
            bpy.data.objects.remove(sphere)
        bpy.data.meshes.remove(mesh)
        for material in materials:
            bpy.data.materials.remove(material)


def marker_positions(spheres: Sequence[bpy.types.Object]) -> Array:
    """(21, 3) where Blender has the spheres, world."""
    graph = bpy.context.evaluated_depsgraph_get()
    return np.array([sphere.evaluated_get(graph).matrix_world.translation for sphere in spheres])


def marker_centroids(
    stage: Stage, spheres: Sequence[bpy.types.Object], camera: Camera
) -> tuple[Array, Array]:
    """Where the rendered spheres are.

    Returns:
        (21, 2) centroid of each sphere's light in pixels (nan where there is none), and (21,) its
        light relative to that of a whole sphere.
    """
    set_camera(stage.scene, stage.camera, camera)
    settings = RenderSettings(samples=16, denoise=False, subdivision=0, mask=False, depth=False)
    apply_settings(stage.scene, settings, settings.mask)
    stage.scene.cycles.use_adaptive_sampling = False
    stage.scene.cycles.transparent_max_bounces = 16
    stage.scene.cycles.sample_clamp_indirect = 0.0
    matrix, focal = np.array(camera.world_to_camera), camera.K[0][0]
    for sphere, position in zip(spheres, marker_positions(spheres), strict=True):
        depth = matrix[2, :3] @ position + matrix[2, 3]
        sphere.scale = 3 * (max(MARKER_PIXELS * depth / focal, 1e-5),)
    rows, columns = np.mgrid[: camera.height, : camera.width] + 0.5
    whole = 2 * np.pi * MARKER_PIXELS**2  # its front and its back shine
    centroids, light = np.full((len(spheres), 2), np.nan), np.zeros(len(spheres))
    for first in range(0, len(spheres), _CHANNELS):
        for number, sphere in enumerate(spheres):
            sphere.hide_render = not first <= number < first + _CHANNELS
        rgba = render_picture(stage, settings).rgba.astype(np.float64)
        for channel in range(_CHANNELS):
            picture = rgba[..., channel]
            total = picture.sum()
            light[first + channel] = total / whole
            if total > 0:
                weighted = (picture * columns).sum(), (picture * rows).sum()
                centroids[first + channel] = np.array(weighted) / total
    return centroids, light


def segment_picture(stage: Stage, camera: Camera) -> NDArray[np.int64]:
    """(H, W) index in SKINNED_BONES of the skin at each pixel's centre; −1 nothing, −2 cloth.

    The skin is drawn as a copy whose polygons are numbered by the vertex groups that Blender's
    subdivision made, with one ray a pixel.
    """
    scene, layer = stage.scene, stage.scene.view_layers[0]
    settings = RenderSettings(samples=1, denoise=False, subdivision=0, mask=False, depth=False)
    apply_settings(scene, settings, settings.mask)
    set_camera(scene, stage.camera, camera)
    filter_type, width = scene.cycles.pixel_filter_type, scene.cycles.filter_width
    scene.cycles.pixel_filter_type, scene.cycles.filter_width = "BOX", 0.01
    copy = _numbered_copy(stage.hands[0].hand)
    scene.collection.objects.link(copy)
    stage.hands[0].hand.mesh.hide_render = True
    material = layer.material_override = _numbered()
    try:
        rgba = render_picture(stage, settings).rgba
    finally:
        layer.material_override = None
        stage.hands[0].hand.mesh.hide_render = False
        bpy.data.materials.remove(material)
        mesh = copy.data
        bpy.data.objects.remove(copy)
        bpy.data.meshes.remove(mesh)
        scene.cycles.pixel_filter_type, scene.cycles.filter_width = filter_type, width
    segments = np.rint(rgba[..., 0]).astype(np.int64) - 1
    segments[segments < 0] = -2
    segments[rgba[..., 3] < 0.5] = -1
    return segments


def _numbered_copy(hand: Hand) -> bpy.types.Object:
    """The posed, subdivided skin; a polygon's number is the index of its strongest bone + 1."""
    evaluated = hand.mesh.evaluated_get(bpy.context.evaluated_depsgraph_get())
    mesh = bpy.data.meshes.new_from_object(evaluated)
    numbers = strongest_groups(hand, evaluated.data) + 1
    attribute = mesh.attributes.new("number", "FLOAT", "FACE")
    attribute.data.foreach_set("value", numbers.astype(np.float32))
    copy = bpy.data.objects.new("copy", mesh)
    copy.matrix_world = evaluated.matrix_world
    return copy


def strongest_groups(hand: Hand, mesh: bpy.types.Mesh) -> NDArray[np.int64]:
    """(P,) index in SKINNED_BONES of the vertex group that is strongest in each polygon."""
    columns = [SKINNED_BONES.index(group.name) for group in hand.mesh.vertex_groups]
    weights = np.zeros((len(mesh.vertices), len(SKINNED_BONES)))
    for vertex in mesh.vertices:
        for entry in vertex.groups:
            weights[vertex.index, columns[entry.group]] = entry.weight
    corners = np.array([polygon.vertices for polygon in mesh.polygons])
    return weights[corners].sum(1).argmax(1)


def number_polygons(hand: Hand, numbers: NDArray[np.int64]) -> None:
    attribute = hand.mesh.data.attributes.new("number", "FLOAT", "FACE")
    attribute.data.foreach_set("value", numbers.astype(np.float32))
    hand.mesh.data.update()


def forget_numbers(hand: Hand) -> None:
    hand.mesh.data.attributes.remove(hand.mesh.data.attributes["number"])
    hand.mesh.data.update()


def _sphere(rings: int = 12, around: int = 24) -> tuple[list[tuple[float, ...]], list, list]:
    """Vertices, edges and faces of a unit sphere."""
    heights = np.linspace(0, np.pi, rings + 1)[1:-1]
    angles = np.linspace(0, 2 * np.pi, around, endpoint=False)
    vertices = [(0.0, 0.0, 1.0), (0.0, 0.0, -1.0)]
    vertices += [
        (np.sin(h) * np.cos(a), np.sin(h) * np.sin(a), np.cos(h)) for h in heights for a in angles
    ]

    def at(ring: int, step: int) -> int:
        return 2 + ring * around + step % around

    last = len(heights) - 1
    faces: list[tuple[int, ...]] = []
    for step in range(around):
        faces.append((0, at(0, step), at(0, step + 1)))
        faces.append((1, at(last, step + 1), at(last, step)))
        for ring in range(last):
            faces.append(
                (at(ring, step), at(ring + 1, step), at(ring + 1, step + 1), at(ring, step + 1))
            )
    return vertices, [], faces


def _glow(channel: int) -> bpy.types.Material:
    """Adds 1 to one channel at each surface and lets everything through."""
    material = bpy.data.materials.new("glow")
    material.use_nodes = True
    nodes, links = material.node_tree.nodes, material.node_tree.links
    nodes.clear()
    glow, clear = nodes.new("ShaderNodeEmission"), nodes.new("ShaderNodeBsdfTransparent")
    color = [0.0, 0.0, 0.0, 1.0]
    color[channel] = 1.0
    glow.inputs["Color"].default_value = color
    both, output = nodes.new("ShaderNodeAddShader"), nodes.new("ShaderNodeOutputMaterial")
    links.new(glow.outputs[0], both.inputs[0])
    links.new(clear.outputs[0], both.inputs[1])
    links.new(both.outputs[0], output.inputs["Surface"])
    return material


def _numbered() -> bpy.types.Material:
    """Emits a polygon's number; 0 where there is none."""
    material = bpy.data.materials.new("numbered")
    material.use_nodes = True
    nodes, links = material.node_tree.nodes, material.node_tree.links
    nodes.clear()
    number, glow = nodes.new("ShaderNodeAttribute"), nodes.new("ShaderNodeEmission")
    number.attribute_name = "number"
    output = nodes.new("ShaderNodeOutputMaterial")
    links.new(number.outputs["Fac"], glow.inputs["Strength"])
    links.new(glow.outputs[0], output.inputs["Surface"])
    return material
