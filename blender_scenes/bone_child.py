"""Stiff meshes of quads that a bone of a hand carries."""

from __future__ import annotations

import bpy
import numpy as np
from mathutils import Matrix

from blender_scenes.hand import Hand
from blender_scenes.surface import UV_MAP
from synth.things.mesh import Mesh


def build_bone_child(
    hand: Hand, collection: bpy.types.Collection, name: str, materials: list[bpy.types.Material]
) -> bpy.types.Object:
    """An object without a shape yet, hidden, whose faces' parts number the materials."""
    child = bpy.data.objects.new(name, bpy.data.meshes.new(name))
    collection.objects.link(child)
    child.parent, child.parent_type, child.parent_bone = hand.armature, "BONE", "wrist"
    for material in materials:
        child.data.materials.append(material)
    child.hide_render = True
    return child


def set_bone_child(child: bpy.types.Object, hand: Hand, bone: str, mesh: Mesh) -> None:
    """Show a mesh given in the frame of a bone at rest, and have that bone carry it."""
    old = child.data
    # Cycles keeps what it knows of a mesh: another shape is another mesh.
    child.data = _mesh_data(child.name, mesh, list(old.materials))
    bpy.data.meshes.remove(old)
    child.parent_bone = bone
    # A bone's child lives at the bone's tail; bring it back to the head.
    length = hand.armature.data.bones[bone].length
    child.matrix_parent_inverse = Matrix.Translation((0.0, -length, 0.0))
    child.hide_render = False


def _mesh_data(name: str, mesh: Mesh, materials: list[bpy.types.Material]) -> bpy.types.Mesh:
    data = bpy.data.meshes.new(name)
    count = len(mesh.quads)
    data.vertices.add(len(mesh.vertices))
    data.vertices.foreach_set("co", mesh.vertices.reshape(-1).astype(np.float32))
    data.loops.add(4 * count)
    data.loops.foreach_set("vertex_index", mesh.quads.reshape(-1))
    data.polygons.add(count)
    data.polygons.foreach_set("loop_start", np.arange(0, 4 * count, 4, dtype=np.int32))
    data.polygons.foreach_set("use_smooth", mesh.smooth)
    data.polygons.foreach_set("material_index", mesh.part.astype(np.int32))
    layer = data.uv_layers.new(name=UV_MAP)
    layer.uv.foreach_set("vector", mesh.uv.reshape(-1).astype(np.float32))
    for material in materials:
        data.materials.append(material)
    data.update(calc_edges=True)
    return data
