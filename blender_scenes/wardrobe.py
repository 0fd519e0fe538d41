"""One object for one thing that a person wears, whatever it is made of."""

from __future__ import annotations

from dataclasses import dataclass

import bpy
import numpy as np

from blender_scenes.cloth import build_plain_cloth, set_plain_cloth
from blender_scenes.mesh_data import write_mesh
from blender_scenes.surface import UV_MAP, build_surface, set_surface
from synth.body.mesh_parts import Piece
from synth.body.shell import Shell
from synth.sample import CLOTH_IN_MASK
from synth.scene import Surface


@dataclass
class Cloth:
    """An object with two materials, of which it wears one."""

    object: bpy.types.Object
    plain: bpy.types.Material
    patterned: bpy.types.Material


def build_cloth(name: str, collection: bpy.types.Collection) -> Cloth:
    """An object without a mesh yet."""
    mesh = bpy.data.meshes.new(name)
    plain, patterned = build_plain_cloth(f"{name}_plain"), build_surface(name)
    mesh.materials.append(plain)
    cloth = bpy.data.objects.new(name, mesh)
    cloth.pass_index = CLOTH_IN_MASK
    collection.objects.link(cloth)
    return Cloth(cloth, plain, patterned)


def set_cloth(cloth: Cloth, part: Shell | Piece, surface: Surface, wrinkles: float) -> None:
    """Make it this part; where its vertices are has to be written afterwards.

    Args:
        wrinkles: metres, amplitude of the folds.
    """
    if isinstance(part, Shell):
        (corners, sizes), points = part.polygons, np.zeros((part.count, 3))
    else:
        corners, sizes, points = part.corners, part.sizes, part.points
    write_mesh(cloth.object.data, points, corners, sizes, {UV_MAP: part.uv})
    if surface.pattern == "plain":
        set_plain_cloth(cloth.plain, surface, wrinkles)
        cloth.object.data.materials[0] = cloth.plain
    else:
        set_surface(cloth.patterned, surface)
        cloth.object.data.materials[0] = cloth.patterned
