"""Rigid things in Blender: built empty once, then given another mesh and look for each sequence."""

from __future__ import annotations

from dataclasses import dataclass

import bpy
import numpy as np
from mathutils import Matrix

from blender_scenes.surface import UV_MAP, build_surface, set_surface
from synth.scene import Matrix4, Thing
from synth.things.kinds import thing_mesh
from synth.things.mesh import Mesh


@dataclass
class ThingObject:
    object: bpy.types.Object
    materials: tuple[bpy.types.Material, bpy.types.Material]


def build_thing(collection: bpy.types.Collection, name: str) -> ThingObject:
    """An empty, hidden thing with its two materials."""
    materials = build_surface(name), build_surface(name)
    thing = bpy.data.objects.new(name, _mesh_data(name, materials))
    thing.rotation_mode = "QUATERNION"
    thing.hide_render = True
    collection.objects.link(thing)
    return ThingObject(thing, materials)


def set_thing(thing: ThingObject, wanted: Thing) -> None:
    """Give it a thing's mesh and surfaces. It stays where it is, and hidden if it was."""
    old = thing.object.data
    data = _mesh_data(thing.object.name, thing.materials)
    _fill(data, thing_mesh(wanted))
    thing.object.data = data
    bpy.data.meshes.remove(old)
    for material, surface in zip(thing.materials, (wanted.surface, wanted.surface2), strict=True):
        set_surface(material, surface)


def place_thing(thing: ThingObject, thing_to_world: Matrix4) -> None:
    """Put it somewhere, and show it."""
    thing.object.matrix_world = Matrix(thing_to_world)
    thing.object.hide_render = False


def hide_thing(thing: ThingObject) -> None:
    thing.object.hide_render = True


def _mesh_data(
    name: str, materials: tuple[bpy.types.Material, bpy.types.Material]
) -> bpy.types.Mesh:
    data = bpy.data.meshes.new(name)
    for material in materials:
        data.materials.append(material)
    return data


def _fill(data: bpy.types.Mesh, mesh: Mesh) -> None:
    count = len(mesh.quads)
    data.vertices.add(len(mesh.vertices))
    data.vertices.foreach_set("co", mesh.vertices.reshape(-1).astype(np.float32))
    data.loops.add(4 * count)
    data.loops.foreach_set("vertex_index", mesh.quads.reshape(-1))
    data.polygons.add(count)
    data.polygons.foreach_set("loop_start", np.arange(0, 4 * count, 4, dtype=np.int32))
    data.polygons.foreach_set("material_index", mesh.part.astype(np.int32))
    data.polygons.foreach_set("use_smooth", mesh.smooth)
    layer = data.uv_layers.new(name=UV_MAP)
    layer.uv.foreach_set("vector", mesh.uv.reshape(-1).astype(np.float32))
    data.update(calc_edges=True)
