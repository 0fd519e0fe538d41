"""Clothes: what of the body each covers, how far off the skin it lies, and how it folds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, map_coordinates
from scipy.sparse import identity

from synth.body.bones import sided
from synth.body.cloth_uv import cloth_uv
from synth.body.figure import Figure, Limbs, figure_of, limbs_of
from synth.body.model import SIDES, BodyModel, BodyShape
from synth.body.patch import Patch, cut, divided
from synth.body.shell import Shell, with_edge_uv
from synth.scene import Garment
from synth.skin.noise import noise, smoothstep

Array = NDArray[np.float64]

#: Metres that each garment lies further out than the one below it.
_LAYER: Final = 0.004
#: Skin this far under cloth's edge is not drawn, metres.
_HIDDEN: Final = 0.03
#: The plane of a collar falls to the front by this angle, radians.
_COLLAR_SLANT: Final = 0.5
_SMOOTHING: Final = {"top": 12, "jacket": 18, "trousers": 10, "skirt": 10, "shoes": 40}


@dataclass(frozen=True, eq=False)
class Worn:
    """A garment on one person.

    Attributes:
        shell: the cloth.
        hidden: (F,) the body's quads that it hides whatever the pose.
    """

    shell: Shell
    hidden: NDArray[np.bool_]


def worn(model: BodyModel, shape: BodyShape, garment: Garment, layer: int) -> Worn:
    """Cut a garment for a person.

    Args:
        layer: how many garments lie under it.
    """
    limbs, figure = limbs_of(model), figure_of(shape)
    field = _field(limbs, figure, shape, garment)
    near = (field < 0.05)[model.quads].any(1)
    if garment.kind != "shoes":
        near &= ~model.is_eye[model.quads[:, 0]]
    quads, rows = divided(model.quads[near], identity(len(field), format="csr"))
    used, quads = np.unique(quads, return_inverse=True)
    quads, rows = quads.reshape(-1, 4), rows[used]
    patch = cut(quads, rows, np.asarray(rows @ field))
    rest = np.asarray(patch.rows @ shape.vertices)
    offset = _offset(limbs, figure, shape, garment)
    least = 0.6 * garment.looseness + 0.001 + _LAYER * layer
    shell = Shell(
        patch=patch,
        offset=np.asarray(patch.rows @ offset) + _LAYER * layer,
        least=np.full(patch.count, least),
        folds=_folds(limbs, figure, shape, garment, patch, rest),
        smoothing=_SMOOTHING[garment.kind],
        thickness=garment.thickness,
        uv=with_edge_uv(patch, cloth_uv(limbs, shape, patch, rest)),
    )
    return Worn(shell, (field < -_HIDDEN)[model.quads].all(1))


def _field(limbs: Limbs, figure: Figure, shape: BodyShape, garment: Garment) -> Array:
    """(V,) about the distance to the garment's edge, negative under it."""
    if garment.kind in ("top", "jacket"):
        return _upper_field(limbs, figure, shape, garment)
    z, hip, ankle = shape.vertices[:, 2], figure.hip[2], figure.ankle[2]
    if garment.kind == "shoes":
        return np.where(limbs.leg > 0.5, z - (ankle + 0.02), 1.0)
    waist = hip + 0.30 * figure.trunk
    end = hip + max(garment.sleeve, 0.15) * (ankle - hip)
    field = np.maximum(z - waist, end - z)
    return np.maximum(field, 0.2 * (limbs.arm.max(0) - 0.1))


def _upper_field(limbs: Limbs, figure: Figure, shape: BodyShape, garment: Garment) -> Array:
    points = shape.vertices
    # The collar: a slanting plane about the neck's base, and a scoop in front.
    about = points - figure.neck
    slant = np.array([0.0, -np.sin(_COLLAR_SLANT), np.cos(_COLLAR_SLANT)])
    front = smoothstep(0.02, -0.06, about[:, 1])
    scoop = garment.neckline * front * np.exp(-((about[:, 0] / 0.085) ** 2))
    field = about @ slant + scoop - 0.012 + 0.25 * garment.neckline
    hem = figure.hip[2] + (0.04 + 0.08 * _unit_of(garment.seed, 1)) * figure.trunk
    field = np.maximum(field, np.where(limbs.arm.max(0) < 0.3, hem - points[:, 2], -1.0))
    for index in range(2):
        arm, hand = limbs.arm[index], limbs.hand[index]
        if garment.sleeve >= 1.0:
            field = np.maximum(
                field, np.where(hand, garment.cuff - figure.from_wrist[index], -1.0)
            )
            continue
        past = figure.along_arm[index] - (garment.sleeve * figure.upper_arm - 0.01)
        field = np.maximum(field, np.minimum(past, 0.15 * (arm - 0.35)))
    if garment.kind == "jacket" and _unit_of(garment.seed, 2) < 0.6:
        open_by = 0.03 + 0.05 * _unit_of(garment.seed, 3)
        drop = np.clip((figure.neck[2] - points[:, 2]) / figure.trunk, 0, 1)
        gap = open_by * (0.6 + 0.9 * drop) - np.abs(points[:, 0])
        is_front = smoothstep(0.0, -0.03, about[:, 1] + 0.02) * (limbs.arm.max(0) < 0.3)
        field = np.maximum(field, np.where(is_front > 0.5, gap, -1.0))
    return np.asarray(field)


def _offset(limbs: Limbs, figure: Figure, shape: BodyShape, garment: Garment) -> Array:
    """(V,) metres off the skin: looser at hems, and hanging straight from what stands out."""
    points, loose = shape.vertices, garment.looseness
    offset = np.full(len(points), loose + 0.002)
    if garment.kind == "shoes":
        return offset
    if garment.kind in ("trousers", "skirt"):
        down = np.clip((figure.hip[2] - points[:, 2]) / (figure.hip[2] - figure.ankle[2]), 0, 1)
        return np.asarray(offset * (0.7 + 1.2 * down))
    arm = limbs.arm.max(0)
    along = figure.along_arm.max(0) / figure.upper_arm
    flare = np.where(garment.sleeve < 1.0, np.clip(along, 0, 1.0) * loose * 1.5, 0.4 * loose)
    hang = _hang(shape, figure, arm, slope=0.5 - 0.35 * min(loose / 0.016, 1.0))
    trunk = smoothstep(0.5, 0.1, arm)
    return np.asarray(offset + (1 - trunk) * flare + trunk * hang)


def _hang(shape: BodyShape, figure: Figure, arm: Array, slope: float) -> Array:
    """(V,) metres that cloth hangs off the trunk below the chest and the shoulder blades.

    Args:
        slope: by how much it falls back to the body per metre downwards.
    """
    points = shape.vertices
    top, bottom = figure.neck[2] - 0.12 * figure.trunk, figure.hip[2] - 0.05
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


def _folds(
    limbs: Limbs,
    figure: Figure,
    shape: BodyShape,
    garment: Garment,
    patch: Patch,
    rest: Array,
) -> Array:
    """(N,) metres: long hanging folds, and cross ones where the body bends."""
    seed = garment.seed
    if garment.kind == "shoes":
        return np.zeros(patch.count)
    hanging = _ridged(rest, (0.055, 0.055, 0.22), seed)
    crossing = _ridged(rest + 0.3 * rest[:, [2, 0, 1]], (0.16, 0.16, 0.045), seed + 1)
    if garment.kind in ("trousers", "skirt"):
        return garment.wrinkles * (0.5 * hanging + 0.8 * crossing)
    arm = np.asarray(patch.rows @ limbs.arm.max(0))
    height = (rest[:, 2] - figure.hip[2]) / figure.trunk
    waist = np.exp(-(((height - 0.28) / 0.2) ** 2))
    trunk = (0.35 + 0.5 * smoothstep(0.75, 0.2, height)) * hanging + (0.25 + waist) * crossing
    sleeve = np.zeros(patch.count)
    for index, side in enumerate(SIDES):
        shoulder, elbow = (shape.head(sided(b, side)) for b in ("upperarm01", "lowerarm01"))
        wrist = shape.wrist(side)
        upper = _ridged(_in_arm(rest, shoulder, elbow), (0.09, 0.09, 0.035), seed + 2 + index)
        lower = _ridged(_in_arm(rest, elbow, wrist), (0.09, 0.09, 0.035), seed + 4 + index)
        along = np.asarray(patch.rows @ figure.along_arm[index]) / figure.upper_arm
        is_lower = smoothstep(0.85, 1.05, along)
        own = np.asarray(patch.rows @ limbs.arm[index]) > 0.3
        bend = 0.6 + 0.7 * np.exp(-(((along - 1.0) / 0.25) ** 2))
        sleeve += own * bend * (upper + is_lower * (lower - upper))
    share = smoothstep(0.2, 0.6, arm)
    return garment.wrinkles * (trunk + share * (sleeve - trunk))


def _in_arm(points: Array, start: Array, end: Array) -> Array:
    """Points in axes whose third goes along the arm."""
    along = (end - start) / np.linalg.norm(end - start)
    side = np.cross(along, [0.0, 1.0, 0.0])
    side /= np.linalg.norm(side)
    return np.asarray((points - start) @ np.stack([side, np.cross(along, side), along]).T)


def _ridged(points: Array, cell: tuple[float, float, float], seed: int) -> Array:
    """(N,) about −1 … 1: rounded ridges with sharper valleys."""
    value = noise(points, cell, seed)
    return np.asarray(1.2 - 2.0 * np.abs(np.tanh(value)), dtype=np.float64)


def _unit_of(seed: int, number: int) -> float:
    """One of some values 0 … 1 that belong to a seed."""
    return float(seed * (0.7548776662, 0.5698402910, 0.3247179572, 0.8191725134)[number - 1] % 1.0)
