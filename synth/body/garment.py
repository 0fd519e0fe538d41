"""Clothes: what of the body each covers, how far off the skin it lies, and how it folds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, map_coordinates
from scipy.sparse import identity

from synth.body.cloth_uv import cloth_uv, on_chest
from synth.body.collar import collar_along
from synth.body.folds import folds
from synth.body.measures import Limbs, Measures, limbs_of, measures_of
from synth.body.model import BodyModel, BodyShape
from synth.body.patch import Patch, cut, divided
from synth.body.shell import Shell, with_edge_uv
from synth.body.skirt import skirt_rings
from synth.scene import Garment
from synth.skin.noise import smoothstep

Array = NDArray[np.float64]

#: Metres that each garment lies further out than the one below it.
_LAYER: Final = 0.004
#: Skin this far under cloth's edge is not drawn, metres.
_HIDDEN: Final = 0.03
#: The plane of a collar falls to the front by this angle, radians.
_COLLAR_SLANT: Final = 0.5
#: Metres that a garment goes on under the one over it.
_OVERLAP: Final = 0.05
#: Shares of jackets that are open, and of tops that have a shirt's collar.
_OPEN_JACKETS: Final = 0.6
_SHIRTS: Final = 0.3
#: How far below the neck a picture on the chest is, as a share of the trunk.
_PICTURE: Final = 0.37
#: Share of the forearm that a rolled sleeve leaves bare at most.
_MOST_CUFF: Final = 0.75
_IRRATIONAL: Final = (0.7548776662, 0.5698402910, 0.3247179572, 0.8191725134)
_SMOOTHING: Final = {"top": 12, "jacket": 18, "trousers": 10, "skirt": 10, "shoes": 25}


@dataclass(frozen=True, eq=False)
class Worn:
    """A garment on one person.

    Attributes:
        shell: the cloth.
        hidden: (F,) the body's quads that it hides whatever the pose.
    """

    shell: Shell
    hidden: NDArray[np.bool_]


def dressed(model: BodyModel, shape: BodyShape, garments: Sequence[Garment]) -> list[Worn]:
    """Cut a person's garments, the first of which lies nearest to the skin.

    What lies deep under a later one is left out.
    """
    limbs, measures = limbs_of(model), measures_of(shape)
    fields = [_field(limbs, measures, shape, garment) for garment in garments]
    result = []
    for layer, (garment, field) in enumerate(zip(garments, fields, strict=True)):
        over = np.min([np.full(len(field), 1.0), *fields[layer + 1 :]], axis=0)
        seen = np.maximum(field, -(over + _OVERLAP))
        hidden = (field < -_HIDDEN)[model.quads].all(1)
        if garment.kind == "skirt":
            quads, rows = skirt_rings(model, shape, limbs, measures, garment.sleeve)
            patch = cut(quads, rows, np.asarray(rows @ -(over + _OVERLAP)))
            hidden = (field < -2 * _HIDDEN)[model.quads].all(1)
        else:
            patch = _patch(model, seen)
        shell = _shell(limbs, measures, shape, garment, layer, patch)
        under = smoothstep(0.015, -0.015, np.asarray(patch.rows @ over)).astype(np.float64)
        result.append(Worn(_pressed(shell, layer, under), hidden))
    return result


def _pressed(shell: Shell, layer: int, under: Array) -> Shell:
    """A shell that lies flat where (N,) it is under another one."""
    flat = np.minimum(shell.offset, 0.003 + _LAYER * layer)
    return replace(
        shell,
        offset=shell.offset + under * (flat - shell.offset),
        least=shell.least + under * (np.minimum(shell.least, flat) - shell.least),
        folds=shell.folds * (1 - 0.9 * under),
    )


def _patch(model: BodyModel, field: Array) -> Patch:
    near = (field < 0.05)[model.quads].any(1) & ~model.is_eye[model.quads[:, 0]]
    quads, rows = divided(model.quads[near], identity(len(field), format="csr"))
    used, quads = np.unique(quads, return_inverse=True)
    rows = rows[used]
    return cut(quads.reshape(-1, 4), rows, np.asarray(rows @ field))


def _shell(
    limbs: Limbs,
    measures: Measures,
    shape: BodyShape,
    garment: Garment,
    layer: int,
    patch: Patch,
) -> Shell:
    rest = np.asarray(patch.rows @ shape.vertices)
    offset = _offset(limbs, measures, shape, garment)
    tight = np.ones(len(offset))
    collar = None
    if garment.kind in ("top", "jacket"):
        below = collar_field(measures, shape, garment)
        tight = 0.25 + 0.75 * smoothstep(0.0, -0.06, below)
        if garment.kind == "jacket" or _unit_of(garment.seed, 4) < _SHIRTS:
            collar = collar_along(patch, rest, np.asarray(patch.rows @ below))
    least = tight * (0.6 * garment.looseness + 0.001) + _LAYER * layer
    if garment.kind == "shoes":
        least = least - 1.0
    flat = cloth_uv(limbs, shape, patch, rest)
    own_collar = np.zeros((0, 2)) if collar is None else collar.uv
    if garment.surface.pattern == "label":
        scale = garment.surface.pattern_scale
        middle = measures.neck[2] - _PICTURE * measures.trunk
        flat = on_chest(flat, limbs, patch, rest, middle, scale)
        own_collar = np.full_like(own_collar, 0.0)
    uv = np.concatenate([with_edge_uv(patch, flat), own_collar])
    return Shell(
        patch=patch,
        offset=np.asarray(patch.rows @ (tight * offset)) + _LAYER * layer,
        least=np.asarray(patch.rows @ least),
        folds=folds(limbs, measures, shape, garment, patch, rest),
        smoothing=_SMOOTHING[garment.kind],
        thickness=garment.thickness,
        uv=uv,
        collar=collar,
    )


def _field(limbs: Limbs, measures: Measures, shape: BodyShape, garment: Garment) -> Array:
    """(V,) about the distance to the garment's edge, negative under it."""
    if garment.kind in ("top", "jacket"):
        return _upper_field(limbs, measures, shape, garment)
    z, hip, ankle = shape.vertices[:, 2], measures.hip[2], measures.ankle[2]
    if garment.kind == "shoes":
        return np.where(limbs.leg > 0.5, z - (ankle + 0.02), 1.0)
    waist = hip + 0.30 * measures.trunk
    end = hip + max(garment.sleeve, 0.15) * (ankle - hip)
    field = np.maximum(z - waist, end - z)
    return np.maximum(field, limbs.arm.max(0) - 0.1)


def collar_field(measures: Measures, shape: BodyShape, garment: Garment) -> Array:
    """(V,) metres above the collar: a slanting plane about the neck's base, a scoop in front."""
    about = shape.vertices - measures.neck
    slant = np.array([0.0, -np.sin(_COLLAR_SLANT), np.cos(_COLLAR_SLANT)])
    front = smoothstep(0.02, -0.06, about[:, 1])
    scoop = garment.neckline * front * np.exp(-((about[:, 0] / 0.085) ** 2))
    return np.asarray(about @ slant + scoop - 0.004 + 0.25 * garment.neckline)


def _upper_field(limbs: Limbs, measures: Measures, shape: BodyShape, garment: Garment) -> Array:
    points = shape.vertices
    about = points - measures.neck
    field = collar_field(measures, shape, garment)
    hem = measures.hip[2] + (0.04 + 0.08 * _unit_of(garment.seed, 1)) * measures.trunk
    field = np.maximum(field, np.where(limbs.arm.max(0) < 0.3, hem - points[:, 2], -1.0))
    for index in range(2):
        arm, hand = limbs.arm[index], limbs.hand[index]
        if garment.sleeve >= 1.0:
            cuff = min(garment.cuff, _MOST_CUFF * measures.forearm)
            field = np.maximum(field, np.where(hand, cuff - measures.from_wrist[index], -1.0))
            continue
        past = measures.along_arm[index] - (garment.sleeve * measures.upper_arm - 0.01)
        field = np.maximum(field, np.minimum(past, 0.3 * (arm - 0.35)))
    if garment.kind == "jacket" and _unit_of(garment.seed, 2) < _OPEN_JACKETS:
        open_by = 0.03 + 0.05 * _unit_of(garment.seed, 3)
        drop = np.clip((measures.neck[2] - points[:, 2]) / measures.trunk, 0, 1)
        gap = open_by * (0.6 + 0.9 * drop) - np.abs(points[:, 0])
        is_front = smoothstep(0.0, -0.03, about[:, 1] + 0.02) * (limbs.arm.max(0) < 0.3)
        field = np.maximum(field, np.where(is_front > 0.5, gap, -1.0))
    return np.asarray(field)


def _offset(limbs: Limbs, measures: Measures, shape: BodyShape, garment: Garment) -> Array:
    """(V,) metres off the skin: looser at hems, and hanging straight from what stands out."""
    points, loose = shape.vertices, garment.looseness
    offset = np.full(len(points), loose + 0.002)
    if garment.kind == "shoes":  # smoothing shrinks the toes, which it may, to one tip
        toes = smoothstep(measures.ankle[1] - 0.03, measures.ankle[1] - 0.12, points[:, 1])
        return np.asarray(offset + 0.016 * toes)
    if garment.kind in ("trousers", "skirt"):
        down = np.clip(
            (measures.hip[2] - points[:, 2]) / (measures.hip[2] - measures.ankle[2]), 0, 1
        )
        return np.asarray(offset * (0.7 + 1.2 * down))
    arm = limbs.arm.max(0)
    along = measures.along_arm.max(0) / measures.upper_arm
    flare = np.where(garment.sleeve < 1.0, np.clip(along, 0, 1.0) * loose * 1.5, 0.4 * loose)
    hang = _hang(shape, measures, arm, slope=0.5 - 0.35 * min(loose / 0.016, 1.0))
    trunk = smoothstep(0.5, 0.1, arm)
    return np.asarray(offset + (1 - trunk) * flare + trunk * hang)


def _hang(shape: BodyShape, measures: Measures, arm: Array, slope: float) -> Array:
    """(V,) metres that cloth hangs off the trunk below the chest and the shoulder blades.

    Args:
        slope: by how much it falls back to the body per metre downwards.
    """
    points = shape.vertices
    top, bottom = measures.neck[2] - 0.12 * measures.trunk, measures.hip[2] - 0.05
    trunk = (arm < 0.2) & (points[:, 2] < top) & (points[:, 2] > bottom)
    middle = np.array([0.0, points[trunk, 1].mean()])
    apart = points[:, :2] - middle
    radius = np.linalg.norm(apart, axis=1)
    columns, rows = 32, 30
    u = (np.arctan2(apart[:, 1], apart[:, 0]) / (2 * np.pi) % 1.0) * columns
    v = np.clip((top - points[:, 2]) / (top - bottom), 0, 1) * (rows - 1)
    widest = np.zeros((rows, columns))
    cell = (np.rint(v[trunk]).astype(int), np.rint(u[trunk]).astype(int) % columns)
    np.maximum.at(widest, cell, radius[trunk])
    for row in range(1, rows):
        fallen = widest[row - 1] - slope * (top - bottom) / rows
        widest[row] = np.maximum(widest[row], fallen)
    hanging = gaussian_filter(widest, 1.0, mode=("nearest", "wrap"))
    reach = map_coordinates(hanging, np.stack([v, u]), order=1, mode="grid-wrap")
    return np.asarray(np.clip(reach - radius, 0.0, 0.08))


def _unit_of(seed: int, number: int) -> float:
    """One of four values 0 … 1 that belong to a seed."""
    return float(seed * _IRRATIONAL[number - 1] % 1.0)
