"""A glove as numbers on the hand's own mesh: where it is, how far it stands off, and its UVs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synth.hand.model import HandModel, HandShape
from synth.landmarks import BONES, FINGERS
from synth.scene import Glove
from synth.skin.noise import fractal
from synth.skin.position_maps import vertex_normals
from synth.worn.section import bone_frame, limb_weight

Array = NDArray[np.float64]

#: Fingerless gloves end at this share of the proximal phalanx.
FINGERLESS_SHARE = 0.78
#: Metres over which the cloth rises from the skin, inside its edge; a rim covers it.
_RISE = 0.004
#: Unevenness of the cloth: size of the lumps, metres, and their height relative to the thickness.
_LUMP_SIZE = 0.018
_LUMPS = {"latex": 0.0, "wool": 0.22, "leather": 0.3, "work": 0.3, "fingerless": 0.25}
#: How much further than on the hand the cuff's end stands off, in thicknesses.
_FLARE = {"latex": 0.6, "wool": 0.15, "leather": 0.8, "work": 0.7, "fingerless": 0.1}
#: Radius that turns angles about a finger and the forearm into metres.
_FINGER_RADIUS, _ARM_RADIUS = 0.008, 0.028
_POLE = 1.2  # radians that no face about a limb spans, and those around a tip do


@dataclass(frozen=True)
class GloveFields:
    """Of every vertex (V,): `inside` metres that it lies inside the glove's edges (negative on
    bare skin), `lift` metres that the glove stands off there, `palmar` −1 the back … 1 the palm
    (more at the dipped fingertips of a work glove)."""

    inside: Array
    lift: Array
    palmar: Array


def glove_fields(model: HandModel, shape: HandShape, glove: Glove) -> GloveFields:
    inside = glove.cuff - _along(shape.vertices, shape, "forearm_distal")
    up_the_arm = np.clip(1 - inside / max(glove.cuff, 1e-3), 0, 1)
    if glove.kind == "fingerless":
        for finger in FINGERS:
            end, bone = finger_end(shape, finger)
            own = limb_weight(model, bone) > 0.5
            inside[own] = np.minimum(inside[own], (end - _along(shape.vertices, shape, bone))[own])
    palmar = _palmar(model)
    if glove.kind == "work":  # fingertips are dipped in the coating all around
        for finger in FINGERS:
            past = _along(shape.vertices, shape, f"{finger}_distal")
            reach = float(shape.bone_length[BONES.index(f"{finger}_distal")])
            own = limb_weight(model, f"{finger}_distal") > 0.5
            palmar = np.where(own, palmar + 2.0 * np.clip(past / reach - 0.3, 0, 0.9), palmar)
    lumps = fractal(model.average, _LUMP_SIZE, glove.seed % 100_000, 2).astype(np.float64)
    lift = 1 + _LUMPS[glove.kind] * np.tanh(lumps) + _FLARE[glove.kind] * up_the_arm**2
    return GloveFields(
        inside,
        glove.thickness * lift * np.clip(inside / _RISE, 0, 1),
        palmar,
    )


def finger_end(shape: HandShape, finger: str) -> tuple[float, str]:
    """Where a fingerless glove ends on a finger: metres along a bone, and the bone."""
    bone = f"{finger}_proximal"
    return FINGERLESS_SHARE * float(shape.bone_length[BONES.index(bone)]), bone


def glove_uv(model: HandModel) -> Array:
    """(F, 4, 2) metres on the average hand: v along the fingers and the arm, u across or around.

    Palm and back are seen flat, fingers and the arm unrolled; there are seams between them.
    """
    shape = model.shape()
    vertices = shape.vertices
    uv = vertices[model.faces][:, :, :2].copy()
    for finger in FINGERS:
        own = (limb_weight(model, f"{finger}_proximal") > 0.6)[model.faces].all(1)
        bones = [b for b in BONES if b.startswith(finger) and not b.endswith("metacarpal")]
        heads = np.cumsum([0.0] + [shape.bone_length[BONES.index(b)] for b in bones])
        bone = model.weights[:, [BONES.index(b) for b in bones]].argmax(1)
        frames = np.stack([bone_frame(shape, b) for b in bones])[bone]
        local = np.einsum("vji,vj->vi", frames[:, :3, :3], vertices - frames[:, :3, 3])
        base = frames[0, 1, 3] if len(frames) else 0.0
        _unroll(uv, own, model.faces, local, _FINGER_RADIUS, base + heads[bone] + local[:, 1])
    arm = (limb_weight(model, "forearm_distal") > 0.6)[model.faces].all(1)
    frame = bone_frame(shape, "forearm_distal")
    local = (vertices - frame[:3, 3]) @ frame[:3, :3]
    _unroll(uv, arm, model.faces, local, _ARM_RADIUS, vertices[:, 1])
    return uv


def _unroll(
    uv: Array,
    faces: NDArray[np.bool_],
    corners: NDArray[np.int32],
    local: Array,
    radius: float,
    v: Array,
) -> None:
    """Write (angle · radius, v) into the faces' corners, each face on one side of the cut."""
    turn = np.arctan2(local[:, 0], -local[:, 2])[corners[faces]]
    turn = turn - 2 * np.pi * np.round((turn - turn[:, :1]) / (2 * np.pi))
    around = radius * turn
    # At a fingertip the cuts meet: its faces are seen flat.
    at_pole = np.ptp(turn, axis=1) > _POLE
    around[at_pole] = local[:, 0][corners[faces]][at_pole]
    uv[faces] = np.stack([around, v[corners[faces]]], -1)


def _along(vertices: Array, shape: HandShape, bone: str) -> Array:
    frame = bone_frame(shape, bone)
    return np.asarray((vertices - frame[:3, 3]) @ frame[:3, 1])


def _palmar(model: HandModel) -> Array:
    """(V,) cosine between the skin's normal and its limb's palm side, on the average hand."""
    normals = vertex_normals(model.average, model.faces)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True) + 1e-12
    toward = np.tile([0.0, 0.0, 1.0], (len(normals), 1))
    for number, finger in enumerate(FINGERS):
        share = limb_weight(model, f"{finger}_proximal")[:, None]
        toward = (1 - share) * toward - share * model.nail_axes[number, :, 2]
    return np.asarray((normals * toward).sum(1) / np.linalg.norm(toward, axis=1))


def hem_width(glove: Glove, bone: str) -> float:
    """Metres that the hem at a glove's edge reaches back over it."""
    if not bone.startswith("forearm"):
        return 0.004
    widest = {"latex": 0.0022, "wool": 0.05, "leather": 0.006, "work": 0.035, "fingerless": 0.03}
    # On the forearm alone: cloth over the wrist bends.
    return float(min(widest[glove.kind], max(glove.cuff - 0.012, 0.002)))


def hem_thickness(glove: Glove, bone: str) -> float:
    """Metres that a hem stands off the skin: over everything that the glove may reach there."""
    flare = _FLARE[glove.kind] if bone.startswith("forearm") else 0.0
    return glove.thickness * (1 + _LUMPS[glove.kind] + flare) + 0.0004
