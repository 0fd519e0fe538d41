"""Rings, watches and bracelets on a hand: a pool of objects, each carried by a bone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import bpy

from blender_scenes.bone_child import build_bone_child, set_bone_child
from blender_scenes.hand import Hand
from blender_scenes.surface import build_surface, set_surface
from synth.scene import Ornament
from synth.worn.ornament_mesh import ornament_mesh

#: What one hand can wear: four rings, a watch, three bracelets.
MAX_ORNAMENTS: Final = 8
_PARTS = ("surface", "front", "strap")


@dataclass
class Ornaments:
    """One hand's; each object has three materials: surface, front and strap."""

    objects: list[bpy.types.Object]


def build_ornaments(
    hand: Hand, collection: bpy.types.Collection, count: int = MAX_ORNAMENTS
) -> Ornaments:
    surface = build_surface("ornament")  # a copy costs a tenth of another one
    objects = []
    for number in range(count):
        materials = [surface.copy() for _ in _PARTS]
        name = f"{hand.mesh.name}_ornament{number}"
        objects.append(build_bone_child(hand, collection, name, materials))
    bpy.data.materials.remove(surface)
    return Ornaments(objects)


def set_ornaments(pool: Ornaments, hand: Hand, wanted: Sequence[Ornament]) -> None:
    """Put ornaments on the hand's present person; objects that are left over are hidden.

    Raises:
        ValueError: more ornaments than the pool has objects.
    """
    if len(wanted) > len(pool.objects):
        raise ValueError(f"{len(wanted)} ornaments on a hand that can wear {len(pool.objects)}")
    assert hand.shape is not None
    for item in pool.objects:
        item.hide_render = True
    for item, ornament in zip(pool.objects, wanted, strict=False):
        mesh = ornament_mesh(hand.model, hand.shape, ornament)
        set_bone_child(item, hand, ornament.bone, mesh)
        surfaces = (ornament.surface, ornament.front, ornament.strap or ornament.surface)
        for material, surface in zip(item.data.materials, surfaces, strict=True):
            set_surface(material, surface)
