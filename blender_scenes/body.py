"""People in Blender: skin, eyes, hair, what they wear; built once, dressed per person, posed."""

from __future__ import annotations

from dataclasses import dataclass, field

import bpy
import numpy as np
from numpy.typing import NDArray

from blender_scenes.body_skin import BodyMaterials, build_body_materials, set_body_materials
from blender_scenes.hair import build_hair, move_hair, set_hair
from blender_scenes.mesh_data import move_mesh, write_mesh
from blender_scenes.wardrobe import Cloth, build_cloth, set_cloth
from synth.body.eye import eye_uv
from synth.body.eyewear import frame_of
from synth.body.garment import dressed
from synth.body.hair import Strands, grown, hung
from synth.body.hair_cover import HungHair, hung_hair
from synth.body.headwear import headpiece
from synth.body.measures import limbs_of
from synth.body.mesh_parts import Piece
from synth.body.model import BodyModel, BodyShape
from synth.body.patch import Patch, whole
from synth.body.rigid import Carried, fitted
from synth.body.shell import Shell, laid, vertex_normals
from synth.sample import CLOTH_IN_MASK
from synth.scene import BodyLook, Eyewear, Surface

Array = NDArray[np.float64]

#: Height of the folds of what is worn on the head, metres.
_HEADWEAR_WRINKLES = 0.002


@dataclass
class BodyObjects:
    """The Blender objects of one person, and what they were last made of.

    Attributes:
        surface: the whole skin, for its normals.
        hung: the hair where it was last posed; None where there is none.
        cloths: objects for what is worn; `worn` says what the first of them are now: cloth that
            is laid over the skin, or a stiff piece that goes with the head.
    """

    model: BodyModel
    collection: bpy.types.Collection
    surface: Patch
    skin: bpy.types.Object
    materials: BodyMaterials
    hair: bpy.types.Object
    is_shown: bool = False
    strands: Strands | None = None
    hung: HungHair | None = None
    head: Carried | None = None
    cloths: list[Cloth] = field(default_factory=list)
    worn: list[Shell | Piece] = field(default_factory=list)


def build_body(model: BodyModel, collection: bpy.types.Collection, name: str) -> BodyObjects:
    """Make a person's objects, hidden until `show_body`."""
    mesh = bpy.data.meshes.new(name)
    skin = bpy.data.objects.new(name, mesh)
    collection.objects.link(skin)
    materials = build_body_materials(name)
    mesh.materials.append(materials.skin)
    mesh.materials.append(materials.eyes)
    hair = build_hair(f"{name}_hair", collection)
    skin.pass_index = hair.pass_index = CLOTH_IN_MASK
    surface = whole(model.quads, len(model.template))
    body = BodyObjects(model, collection, surface, skin, materials, hair)
    show_body(body, False)
    return body


def set_body(body: BodyObjects, look: BodyLook, shape: BodyShape) -> None:
    """Give a person its skin, hair and clothes; `pose_body` has to follow."""
    set_body_materials(body.materials, look)
    body.head = Carried(np.flatnonzero(limbs_of(body.model).head > 0.9), shape.vertices)
    hidden = body.model.quad_in_hand.any(0)
    worn: list[tuple[Shell | Piece, Surface, float]] = []
    for garment, one in zip(look.garments, dressed(body.model, shape, look.garments), strict=True):
        worn.append((one.shell, garment.surface, garment.wrinkles))
        hidden = hidden | one.hidden
    under_headwear = None
    if (headwear := look.headwear) is not None:
        piece = headpiece(body.model, shape, headwear)
        worn += [
            (part, headwear.surface, _HEADWEAR_WRINKLES)
            for part in (piece.stiff, piece.cloth)
            if part is not None
        ]
        hidden = hidden | piece.hidden
        under_headwear = piece.hidden
    if look.eyewear is not None:
        frame, lenses = frame_of(body.model, shape, look.eyewear)
        worn.append((frame, _plastic(look.eyewear), 0.0))
        if lenses is not None:
            worn.append((lenses, _glass(), 0.0))
    _write_skin(body, shape, ~hidden)
    body.strands = grown(body.model, shape, look.hair, under_headwear)
    if body.strands is not None:
        set_hair(body.hair, body.strands, look.hair.color)
    while len(body.cloths) < len(worn):
        name = f"{body.skin.name}_cloth{len(body.cloths)}"
        body.cloths.append(build_cloth(name, body.collection))
    for cloth, (part, surface, wrinkles) in zip(body.cloths, worn, strict=False):
        set_cloth(cloth, part, surface, wrinkles)
    body.worn = [part for part, _, _ in worn]
    show_body(body, body.is_shown)


def pose_body(body: BodyObjects, skin_world: Array) -> None:
    """Put everything where the posed skin (V, 3) is, in the world."""
    assert body.head is not None
    move_mesh(body.skin.data, skin_world)
    normals = vertex_normals(body.surface.corner_to_vertex, body.model.quads, skin_world)
    body.hung = None
    if body.strands is not None:
        body.hung = hung_hair(hung(body.strands, skin_world, normals), body.strands.radius)
        move_hair(body.hair, body.hung.strands)
    head = fitted(body.head, skin_world)
    for cloth, part in zip(body.cloths, body.worn, strict=False):
        if isinstance(part, Shell):
            points = laid(part, skin_world, normals)
        else:
            points = part.points @ head[:3, :3].T + head[:3, 3]
        move_mesh(cloth.object.data, points)


def show_body(body: BodyObjects, visible: bool) -> None:
    """Show or hide a person with all that it wears now."""
    body.is_shown = visible
    body.skin.hide_render = not visible
    body.hair.hide_render = not visible or body.strands is None
    for number, cloth in enumerate(body.cloths):
        cloth.object.hide_render = not visible or number >= len(body.worn)


def body_parts(body: BodyObjects) -> list[bpy.types.Object]:
    """The meshes that can hide a hand."""
    return [body.skin, *(cloth.object for cloth in body.cloths[: len(body.worn)])]


def _write_skin(body: BodyObjects, shape: BodyShape, shown: NDArray[np.bool_]) -> None:
    quads = body.model.quads[shown]
    is_eye = body.model.is_eye[quads[:, 0]]
    uv = np.where(is_eye[:, None, None], eye_uv(body.model)[quads], body.model.quad_uv[shown])
    write_mesh(
        body.skin.data,
        shape.vertices,
        quads.reshape(-1),
        np.full(len(quads), 4),
        {"skin": uv.reshape(-1, 2)},
    )
    body.skin.data.polygons.foreach_set("material_index", is_eye.astype(np.int32))


def _plastic(eyewear: Eyewear) -> Surface:
    color = eyewear.color
    return Surface(color=color, color2=color, pattern="plain", pattern_scale=0.01, roughness=0.25)


def _glass() -> Surface:
    dark = (0.004, 0.004, 0.004)
    return Surface(color=dark, color2=dark, pattern="plain", pattern_scale=0.01, roughness=0.04)
