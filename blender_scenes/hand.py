"""The hand in Blender: one skinned mesh with 36 shape keys on an armature of 24 bones.

It is built once per process; identities and poses are written into it. The armature's object
carries the hand into the world, and mirrors it for a left hand, so that both sides share one mesh.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import bpy
import numpy as np
from mathutils import Matrix, Quaternion, Vector
from numpy.typing import NDArray

from synth.hand.arm import forearm_twists
from synth.hand.model import HandModel, HandShape
from synth.hand.recipe import ARM_BONES, SKINNED_BONES
from synth.landmarks import BLENDSHAPES, BONE_PARENTS, BONES
from synth.scene import HandLook, HandPose

#: The forearm hangs from the wrist in the rig, so that the wrist can be the root.
_PARENTS: dict[str, str | None] = {
    "wrist": None,
    "forearm_distal": "wrist",
    "forearm_proximal": "forearm_distal",
    **{
        bone: "wrist" if parent < 0 else BONES[parent]
        for bone, parent in zip(BONES, BONE_PARENTS, strict=True)
    },
}
_MIRROR = Matrix.Diagonal((-1.0, 1.0, 1.0, 1.0))


@dataclass
class Hand:
    """The Blender objects of one hand and the numbers they were made from."""

    model: HandModel
    mesh: bpy.types.Object
    armature: bpy.types.Object
    subdivision: bpy.types.SubsurfModifier
    shape: HandShape | None = None
    side: str = "right"


def build_hand(model: HandModel, collection: bpy.types.Collection, name: str = "hand") -> Hand:
    """Create mesh, UVs, vertex groups, shape keys and armature of a right hand in `collection`."""
    mesh = bpy.data.meshes.new(name)
    mesh.from_pydata(model.average.tolist(), [], model.faces.tolist())
    mesh.polygons.foreach_set("use_smooth", np.ones(len(mesh.polygons), dtype=bool))
    layer = mesh.uv_layers.new(name="skin")
    layer.uv.foreach_set("vector", model.face_uv.reshape(-1).astype(np.float32))
    skin = bpy.data.objects.new(name, mesh)
    collection.objects.link(skin)
    for column, bone in enumerate(SKINNED_BONES):
        group = skin.vertex_groups.new(name=bone)
        for vertex in np.flatnonzero(model.weights[:, column]):
            group.add([int(vertex)], float(model.weights[vertex, column]), "REPLACE")
    skin.shape_key_add(name="Basis", from_mix=False)
    for blendshape in BLENDSHAPES:
        key = skin.shape_key_add(name=blendshape, from_mix=False)
        key.slider_min, key.slider_max = -10.0, 10.0

    rig = bpy.data.armatures.new(f"{name}_rig")
    armature = bpy.data.objects.new(f"{name}_rig", rig)
    collection.objects.link(armature)
    with _edit_mode(armature):
        for bone in (*ARM_BONES, *BONES):
            edit = rig.edit_bones.new(bone)
            edit.head, edit.tail = (0.0, 0.0, 0.0), (0.0, 0.01, 0.0)
        for bone, parent in _PARENTS.items():
            if parent:
                rig.edit_bones[bone].parent = rig.edit_bones[parent]
    armature.rotation_mode = "QUATERNION"
    for pose_bone in armature.pose.bones:
        pose_bone.rotation_mode = "QUATERNION"

    skin.parent = armature
    modifier = skin.modifiers.new("armature", "ARMATURE")
    modifier.object = armature
    modifier.use_deform_preserve_volume = False
    relax = skin.modifiers.new("relax", "CORRECTIVE_SMOOTH")
    relax.smooth_type = "LENGTH_WEIGHTED"
    relax.factor, relax.iterations = 0.5, 4
    relax.rest_source = "ORCO"
    subdivision = skin.modifiers.new("subdivision", "SUBSURF")
    subdivision.levels = subdivision.render_levels = 1
    subdivision.use_limit_surface = False
    hand = Hand(model, skin, armature, subdivision)
    set_shape(hand, {}, {}, "right")
    return hand


def set_identity(hand: Hand, look: HandLook) -> None:
    """Give the hand a person's shape: phenotype into the mesh, bones after it, blendshapes."""
    set_shape(hand, look.phenotype, look.blendshapes, look.side)


def set_shape(
    hand: Hand, phenotype: dict[str, float], blendshapes: dict[str, float], side: str
) -> None:
    basis, deltas = hand.model.shape_keys(phenotype, blendshapes)
    shape = hand.model.shape(phenotype, blendshapes)
    keys = hand.mesh.data.shape_keys.key_blocks
    keys["Basis"].points.foreach_set("co", basis.reshape(-1).astype(np.float32))
    for name, delta in zip(BLENDSHAPES, deltas, strict=True):
        keys[name].points.foreach_set("co", (basis + delta).reshape(-1).astype(np.float32))
        keys[name].value = blendshapes.get(name, 0.0)
    # The mesh's own coordinates are what "original coordinates" modifiers compare with.
    hand.mesh.data.vertices.foreach_set("co", shape.vertices.reshape(-1).astype(np.float32))
    _place_bones(hand.armature, shape)
    hand.shape, hand.side = shape, side
    hand.mesh.data.update()


def _place_bones(armature: bpy.types.Object, shape: HandShape) -> None:
    rest = np.concatenate([shape.bone_rest, shape.arm_rest])
    joints = shape.joints
    lengths = np.concatenate(
        [
            shape.bone_length,
            [
                0.02,
                np.linalg.norm(joints["forearm_middle"] - joints["wrist"]),
                np.linalg.norm(joints["elbow"] - joints["forearm_middle"]),
            ],
        ]
    )
    with _edit_mode(armature):
        bones = armature.data.edit_bones
        for name, matrix, length in zip(SKINNED_BONES, rest, lengths, strict=True):
            bone = bones[name]
            bone.use_connect = False
            bone.head = Vector(matrix[:3, 3])
            bone.tail = Vector(matrix[:3, 3] + matrix[:3, 1] * length)
            bone.align_roll(Vector(matrix[:3, 2]))


def set_pose(hand: Hand, pose: HandPose) -> None:
    """Write the 24 rotations, the forearm's bend and twist, and the place in the world.

    The forearm's bones point from the wrist to the elbow, and pronation turns a right hand about
    that direction (looking along the forearm to the hand, counterclockwise). The hand is the rig's
    root, so the forearm turns back under it.
    """
    bones = hand.armature.pose.bones
    for name, quaternion in pose.bones.items():
        bones[name].rotation_quaternion = Quaternion(quaternion)
    forearm = Quaternion(pose.forearm)
    for name, angle in forearm_twists(pose.forearm_twist).items():
        twist = Quaternion((0.0, 1.0, 0.0), angle)
        bones[name].rotation_quaternion = forearm @ twist if name == "forearm_distal" else twist
    world = Matrix([list(row) for row in pose.wrist_to_world])
    hand.armature.matrix_world = world @ _MIRROR if hand.side == "left" else world


def posed_bones(hand: Hand) -> dict[str, NDArray[np.float64]]:
    """World matrices (4, 4) of all bones as Blender evaluated them."""
    graph = bpy.context.evaluated_depsgraph_get()
    armature = hand.armature.evaluated_get(graph)
    world = armature.matrix_world
    return {bone.name: np.array(world @ bone.matrix) for bone in armature.pose.bones}


@contextmanager
def _edit_mode(armature: bpy.types.Object) -> Iterator[None]:
    """Edit mode of one armature, for the duration of a `with`."""
    bpy.context.view_layer.objects.active = armature
    bpy.ops.object.mode_set(mode="EDIT")
    try:
        yield
    finally:
        bpy.ops.object.mode_set(mode="OBJECT")
