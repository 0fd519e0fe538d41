"""What is worn on the head: stiff pieces that go with it, and cloth that falls to the shoulders."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import identity

from synth.body.head_regions import average_skin
from synth.body.measures import limbs_of, measures_of
from synth.body.mesh_parts import Piece, fan, grid, joined, tube
from synth.body.model import BodyModel, BodyShape
from synth.body.patch import Patch, bridged, cut, divided, whole
from synth.body.shell import Shell, laid, vertex_normals, with_edge_uv
from synth.scene import Headwear
from synth.skin.noise import noise, smoothstep

Array = NDArray[np.float64]

#: Metres above the eyes of the edge in front, over the ears and behind.
_EDGE: Final = {
    "cap": (0.052, 0.022, 0.000),
    "hat": (0.050, 0.024, 0.005),
    "beanie": (0.050, -0.004, -0.030),
}


@dataclass(frozen=True, eq=False)
class HeadPiece:
    """A stiff piece at rest, or cloth; the body's quads that it hides."""

    stiff: Piece | None
    cloth: Shell | None
    hidden: NDArray[np.bool_]


@dataclass(frozen=True)
class _Head:
    """Measures of a head at rest: height of eyes and crown, y of front, back and ears."""

    eyes: float
    top: float
    front: float
    back: float
    ears: Array


def headpiece(model: BodyModel, shape: BodyShape, headwear: Headwear) -> HeadPiece:
    """Fit what a person wears on its head."""
    limbs = limbs_of(model)
    skull = shape.vertices[(limbs.head > 0.5) & ~model.is_eye]
    eyes = float(shape.vertices[model.is_eye, 2].mean())
    upper = skull[skull[:, 2] > eyes]
    head = _Head(
        eyes,
        float(skull[:, 2].max()),
        float(upper[:, 1].min()),
        float(upper[:, 1].max()),
        shape.vertices[ear_vertices(model)],
    )
    if headwear.kind == "headphones":
        return HeadPiece(_headphones(head, headwear), None, np.zeros(len(model.quads), bool))
    if headwear.kind in ("scarf", "hood"):
        return _covering(model, shape, head, headwear)
    field = _edge_field(model, shape, head, headwear.kind)
    shell = _crown(model, shape, head, headwear, field)
    surface = whole(model.quads, len(model.template))
    points = laid(
        shell,
        shape.vertices,
        vertex_normals(surface.corner_to_vertex, model.quads, shape.vertices),
    )
    corners, sizes = shell.polygons
    pieces = [Piece(points, corners, sizes, shell.uv)]
    rim = points[: shell.patch.count][np.unique(shell.patch.rim)]
    if headwear.kind == "cap":
        pieces.append(_peak(rim, headwear))
    if headwear.kind == "hat":
        pieces.append(_brim(rim, headwear))
    hidden = (field < -0.012)[model.quads].all(1)
    return HeadPiece(joined(pieces), None, hidden)


@lru_cache(maxsize=2)
def ear_vertices(model: BodyModel) -> NDArray[np.intp]:
    """Vertices of both ears."""
    x, y, z = average_skin(model).T
    ear = (np.abs(x) > 0.0715) & (y > -0.060) & (y < -0.024) & (z > 0.645) & (z < 0.705)
    return np.flatnonzero(ear)


def _edge_field(model: BodyModel, shape: BodyShape, head: _Head, kind: str) -> Array:
    """(V,) metres below the edge of a cap, hat or beanie."""
    y, z = shape.vertices[:, 1], shape.vertices[:, 2]
    front, ears, back = _EDGE[kind]
    places = [head.front, head.ears[:, 1].mean(), head.back]
    edge = head.eyes + np.interp(y, places, [front, ears, back])
    on_head = limbs_of(model).head > 0.5
    return np.where(on_head, edge - z, 1.0)


def _crown(
    model: BodyModel, shape: BodyShape, head: _Head, headwear: Headwear, field: Array
) -> Shell:
    patch = _cut(model, field)
    rest = np.asarray(patch.rows @ shape.vertices)
    height = smoothstep(head.eyes, head.top, rest[:, 2])
    inside = np.asarray(-(patch.rows @ field), dtype=np.float64)
    rng = np.random.Generator(np.random.PCG64(headwear.seed))
    offset = headwear.size + np.asarray(height, dtype=np.float64) * 0.006
    folds = np.zeros(patch.count)
    if headwear.kind == "beanie":
        cuff = rng.uniform(0.03, 0.05)
        offset += 0.004 * smoothstep(cuff + 0.003, cuff - 0.003, inside)
        offset += rng.uniform(0.0, 0.04) * height**4  # a slack tip
        folds = 0.0012 * noise(rest, (0.015, 0.015, 0.03), headwear.seed)
    if headwear.kind == "hat":
        offset += 0.010 * height
    least = np.full(patch.count, 0.8 * headwear.size)
    return Shell(patch, offset, least, folds, 14, 0.002, _round_uv(patch, rest))


def _covering(model: BodyModel, shape: BodyShape, head: _Head, headwear: Headwear) -> HeadPiece:
    """A scarf or a hood: all of head and neck but the face."""
    points, limbs, measures = shape.vertices, limbs_of(model), measures_of(shape)
    rng = np.random.Generator(np.random.PCG64(headwear.seed))
    is_hood = headwear.kind == "hood"
    about = points - [0.0, 0.0, head.eyes - 0.028]
    half = np.array([0.070, 0.092]) if is_hood else np.array([0.060, 0.083])
    around = np.hypot(about[:, 0] / half[0], about[:, 2] / half[1])
    middle_y = (head.front + head.back) / 2
    face = np.where(points[:, 1] < middle_y, (1 - around) * 0.06, -1.0)
    slant = np.array([0.0, -np.sin(0.35), np.cos(0.35)])
    drop = 0.03 if is_hood else rng.uniform(0.08, 0.16)
    low = -drop - (points - measures.neck) @ slant
    field = np.maximum(np.maximum(face, low), 4 * (limbs.arm.max(0) - 0.2))
    patch = _cut(model, field)
    rest = np.asarray(patch.rows @ points)
    behind = smoothstep(middle_y - 0.02, head.back, rest[:, 1])
    loose = 0.012 + 0.016 * np.asarray(behind) if is_hood else np.full(patch.count, 0.006)
    offset = headwear.size * 0.5 + loose
    least = np.full(patch.count, 0.7 * headwear.size)
    neck = np.exp(-(((rest[:, 2] - measures.neck[2] - 0.03) / 0.05) ** 2))
    offset += 0.012 * neck
    crossing = noise(rest + 0.4 * rest[:, [2, 0, 1]], (0.05, 0.05, 0.014), headwear.seed)
    folds = (0.0008 + 0.0035 * neck) * (0.9 - np.abs(np.tanh(crossing)) * 1.6)
    cloth = Shell(patch, offset, least, folds, 45, 0.002, _round_uv(patch, rest))
    return HeadPiece(None, cloth, (field < -0.015)[model.quads].all(1))


def _cut(model: BodyModel, field: Array) -> Patch:
    """Where the field is negative; cloth lies over the ears, not around their folds."""
    near = (field < 0.03)[model.quads].any(1) & ~model.is_eye[model.quads[:, 0]]
    quads, rows = divided(model.quads[near], identity(len(field), format="csr"))
    used, quads = np.unique(quads, return_inverse=True)
    rows = rows[used]
    patch = cut(quads.reshape(-1, 4), rows, np.asarray(rows @ field))
    ears = np.zeros(len(field))
    ears[ear_vertices(model)] = 1.0
    return bridged(patch, np.asarray(patch.rows @ ears) > 0.01)


def _round_uv(patch: Patch, rest: Array) -> Array:
    """(C', 2) metres around the head and up, with the edge's."""
    angle = np.arctan2(rest[:, 0], -(rest[:, 1] + 0.05))
    uv = np.stack([0.09 * angle, rest[:, 2]], axis=1)[patch.corners]
    starts = np.cumsum(patch.sizes) - patch.sizes
    first = np.repeat(uv[starts, 0], patch.sizes)
    around = 2 * np.pi * 0.09
    uv[:, 0] -= around * np.rint((uv[:, 0] - first) / around)
    return with_edge_uv(patch, uv)


def _ordered(rim: Array) -> tuple[Array, Array]:
    """Azimuths (from the front, ascending) and places of a rim's vertices."""
    middle = rim.mean(0)
    azimuth = np.arctan2(rim[:, 0] - middle[0], -(rim[:, 1] - middle[1]))
    order = np.argsort(azimuth)
    return azimuth[order], rim[order]


def _on_rim(rim: Array, wanted: Array) -> Array:
    """(K, 3) places on a rim at azimuths (K,)."""
    azimuth, places = _ordered(rim)
    return np.stack([np.interp(wanted, azimuth, places[:, k]) for k in range(3)], axis=1)


def _peak(rim: Array, headwear: Headwear) -> Piece:
    rng = np.random.Generator(np.random.PCG64(headwear.seed + 1))
    reach, bend = rng.uniform(0.055, 0.078), rng.uniform(0.1, 0.5)
    wanted = np.linspace(-1.15, 1.15, 25)
    base = _on_rim(rim, wanted) - [0.0, 0.002, 0.0]
    out = np.clip(np.cos(wanted * np.pi / 2 / 1.15), 0, 1) ** 0.6
    rows = []
    for share in np.linspace(0, 1, 7):
        row = base + np.outer(share * reach * out, [0.0, -1.0, -0.22])
        row[:, 2] -= bend * (row[:, 0] ** 2) * 4 * share + 0.006 * share**2
        rows.append(row)
    upper = np.stack(rows)
    lower = upper[::-1] - [0.0, 0.0, 0.003]
    return grid(np.concatenate([upper, lower]))


def _brim(rim: Array, headwear: Headwear) -> Piece:
    rng = np.random.Generator(np.random.PCG64(headwear.seed + 1))
    reach, fall = rng.uniform(0.045, 0.085), rng.uniform(-0.02, 0.03)
    wanted = np.linspace(-np.pi, np.pi, 49)[:-1]
    base = _on_rim(rim, np.clip(wanted, -3.1, 3.1))
    out = np.stack([np.sin(wanted), -np.cos(wanted), np.zeros_like(wanted)], axis=1)
    curl = 0.25 * np.abs(np.sin(wanted)) ** 2
    rows = []
    for share in np.linspace(0, 1, 6):
        row = base + share * reach * out
        row[:, 2] += share * reach * curl - share * fall
        rows.append(row)
    upper = np.stack(rows)
    return grid(np.concatenate([upper, upper[::-1] - [0.0, 0.0, 0.003]]), closed=True)


def _headphones(head: _Head, headwear: Headwear) -> Piece:
    rng = np.random.Generator(np.random.PCG64(headwear.seed))
    left = head.ears[head.ears[:, 0] > 0]
    ear = left.mean(0)
    wide = float(left[:, 0].max())
    radius = rng.uniform(0.030, 0.040)
    turn = np.linspace(0, np.pi, 31)
    high = head.top + 0.012 - ear[2]
    y = ear[1] + 0.01 * np.sin(turn)
    band = np.stack([(wide + 0.014) * np.cos(turn), y, ear[2] + high * np.sin(turn) ** 0.8], 1)
    parts = [tube(band, 0.006, flat=1.0)]
    for side in (-1.0, 1.0):
        around = np.arange(24) * np.pi / 12
        rings = []
        for at, size in ((-0.004, 0.8), (0.0, 1.0), (0.016, 1.0), (0.022, 0.92), (0.026, 0.6)):
            x = np.full(24, side * (wide - 0.004 + at))
            rings.append(
                np.stack(
                    [
                        x,
                        ear[1] + radius * size * np.cos(around),
                        ear[2] + radius * size * 1.15 * np.sin(around) * side,
                    ],
                    axis=1,
                )
            )
        parts += [grid(np.stack(rings), closed=True), fan(rings[-1])]
    return joined(parts)
