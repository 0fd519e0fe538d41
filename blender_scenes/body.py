"""People in Blender: skin, eyes, hair, what they wear; built once, dressed per person, posed."""

from __future__ import annotations

from dataclasses import dataclass, field

import bpy
import numpy as np
from numpy.typing import NDArray

from blender_scenes.body_skin import BodyMaterials, build_body_materials, set_body_materials
from blender_scenes.hair import build_hair, move_hair, set_hair
from blender_scenes.mesh_data import move_mesh, write_mesh
from blender_scenes.surface import build_surface, set_surface
from synth.body.eye import eye_uv
from synth.body.garment import Worn, dressed
from synth.body.hair import Strands, grown, hung
from synth.body.model import BodyModel, BodyShape
from synth.body.patch import Patch, whole
from synth.body.shell import laid, vertex_normals
from synth.sample import CLOTH_IN_MASK
from synth.scene import BodyLook

Array = NDArray[np.float64]


@dataclass
class BodyObjects:
    """The Blender objects of one person, and what they were last made of."""

    model: BodyModel
    collection: bpy.types.Collection
    surface: Patch
    skin: bpy.types.Object
    materials: BodyMaterials
    hair: bpy.types.Object
    strands: Strands | None = None
    garments: list[bpy.types.Object] = field(default_factory=list)
    worn: list[Worn] = field(default_factory=list)


def build_body(model: BodyModel, collection: bpy.types.Collection, name: str) -> BodyObjects:
    """Make a person's objects, hidden until `show_body`."""
    mesh = bpy.data.meshes.new(name)
    skin = bpy.data.objects.new(name, mesh)
    skin.pass_index = CLOTH_IN_MASK
    collection.objects.link(skin)
    materials = build_body_materials(name)
    mesh.materials.append(materials.skin)
    mesh.materials.append(materials.eyes)
    body = BodyObjects(
        model,
        collection,
        whole(model.quads, len(model.template)),
        skin,
        materials,
        build_hair(f"{name}_hair", collection),
    )
    body.hair.pass_index = CLOTH_IN_MASK
    show_body(body, False)
    return body


def set_body(body: BodyObjects, look: BodyLook, shape: BodyShape) -> None:
    """Give a person its skin, hair and clothes; `pose_body` has to follow."""
    set_body_materials(body.materials, look)
    body.worn = dressed(body.model, shape, look.garments)
    own = ~body.model.quad_in_hand.any(0)
    for one in body.worn:
        own &= ~one.hidden
    quads = body.model.quads[own]
    is_eye = body.model.is_eye[quads[:, 0]]
    uv = np.where(is_eye[:, None, None], eye_uv(body.model)[quads], body.model.quad_uv[own])
    write_mesh(
        body.skin.data,
        shape.vertices,
        quads.reshape(-1),
        np.full(len(quads), 4),
        {"skin": uv.reshape(-1, 2)},
    )
    body.skin.data.polygons.foreach_set("material_index", is_eye.astype(np.int32))
    body.strands = grown(body.model, shape, look.hair, look.headwear is not None)
    if body.strands is not None:
        set_hair(body.hair, body.strands, look.hair.color)
    body.hair.hide_render = body.skin.hide_render or body.strands is None
    while len(body.garments) < len(body.worn):
        body.garments.append(_new_cloth(body))
    for number, cloth in enumerate(body.garments):
        cloth.hide_render = body.skin.hide_render or number >= len(body.worn)
    for cloth, one, garment in zip(body.garments, body.worn, look.garments, strict=False):
        corners, sizes = one.shell.polygons
        points = np.zeros((one.shell.count, 3))
        write_mesh(cloth.data, points, corners, sizes, {"surface": one.shell.uv})
        set_surface(cloth.data.materials[0], garment.surface)


def pose_body(body: BodyObjects, skin_world: Array) -> None:
    """Put everything where the posed skin (V, 3) is, in the world."""
    move_mesh(body.skin.data, skin_world)
    normals = vertex_normals(body.surface.corner_to_vertex, body.model.quads, skin_world)
    if body.strands is not None:
        move_hair(body.hair, hung(body.strands, skin_world, normals))
    for cloth, one in zip(body.garments, body.worn, strict=False):
        move_mesh(cloth.data, laid(one.shell, skin_world, normals))


def show_body(body: BodyObjects, visible: bool) -> None:
    body.skin.hide_render = not visible
    body.hair.hide_render = not visible or body.strands is None
    for number, cloth in enumerate(body.garments):
        cloth.hide_render = not visible or number >= len(body.worn)


def body_parts(body: BodyObjects) -> list[bpy.types.Object]:
    """What can hide a hand."""
    return [body.skin, *(g for g in body.garments if not g.hide_render)]


def _new_cloth(body: BodyObjects) -> bpy.types.Object:
    name = f"{body.skin.name}_cloth{len(body.garments)}"
    mesh = bpy.data.meshes.new(name)
    mesh.materials.append(build_surface(name))
    cloth = bpy.data.objects.new(name, mesh)
    cloth.pass_index = CLOTH_IN_MASK
    body.collection.objects.link(cloth)
    return cloth
