"""Meshes of quads: what one is, and closed ones made of rings of points.

All meshes here are closed: every edge belongs to two faces of opposite sense, normals point
outwards, and the parts of a mesh may stand in each other. Coordinates are metres.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Ints = NDArray[np.int32]

#: A face whose UV along rings would be stretched more than this is mapped plane instead.
_STRETCH = 1.3


@dataclass(frozen=True)
class Mesh:
    """A thing's surface.

    Attributes:
        vertices: (V, 3) metres.
        quads: (F, 4) indices, counter-clockwise seen from outside.
        uv: (F, 4, 2) metres, of each face's corners.
        part: (F,) 0 or 1, which of the thing's two surfaces.
        smooth: (F,) whether the face is shaded as part of a curved one.
    """

    vertices: Array
    quads: Ints
    uv: Array
    part: NDArray[np.int8]
    smooth: NDArray[np.bool_]


def joined(*meshes: Mesh) -> Mesh:
    """Several meshes as one; they may stand in each other."""
    offsets = np.cumsum([0, *(len(mesh.vertices) for mesh in meshes[:-1])])
    return Mesh(
        vertices=np.concatenate([mesh.vertices for mesh in meshes]),
        quads=np.concatenate(
            [mesh.quads + np.int32(offset) for mesh, offset in zip(meshes, offsets, strict=True)]
        ),
        uv=np.concatenate([mesh.uv for mesh in meshes]),
        part=np.concatenate([mesh.part for mesh in meshes]),
        smooth=np.concatenate([mesh.smooth for mesh in meshes]),
    )


def moved(mesh: Mesh, offset: Sequence[float] = (0.0, 0.0, 0.0), turn: Array | None = None) -> Mesh:
    """Turned about the origin by the rotation `turn` (3, 3), then shifted by `offset` (metres)."""
    vertices = mesh.vertices if turn is None else mesh.vertices @ turn.T
    return replace(mesh, vertices=vertices + np.asarray(offset, dtype=float))


def of_part(mesh: Mesh, part: int) -> Mesh:
    """All faces of surface `part`."""
    return replace(mesh, part=np.full(len(mesh.quads), part, np.int8))


def flat_shaded(mesh: Mesh) -> Mesh:
    """All faces plane, as of a box with sharp edges."""
    return replace(mesh, smooth=np.zeros(len(mesh.quads), bool))


def boxed_uv(mesh: Mesh) -> Mesh:
    """UV by the side of a box that a face looks to: both coordinates from the box's corner."""
    corners = mesh.vertices[mesh.quads]
    normal = np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1])
    side = np.argmax(np.abs(normal), axis=1)
    facing = np.sign(np.take_along_axis(normal, side[:, None], 1)[:, 0])
    low, high = mesh.vertices.min(0), mesh.vertices.max(0)
    # Upright (+Y) stays upright on the four sides around it.
    right, up = np.array([2, 0, 0])[side], np.array([1, 2, 1])[side]
    rightwards = np.where(side == 1, 1.0, facing * np.array([-1.0, 1.0, 1.0])[side])
    upwards = np.where(side == 1, -facing, 1.0)
    rows = np.arange(len(side))[:, None]
    columns = np.arange(4)[None]

    def measured(axis: NDArray[np.intp], sense: Array) -> Array:
        value = corners[rows, columns, axis[:, None]]
        forward = value - low[axis][:, None]
        return np.where(sense[:, None] > 0, forward, high[axis][:, None] - value)

    uv = np.stack([measured(right, rightwards), measured(up, upwards)], axis=-1)
    return replace(mesh, uv=uv)


def loft(
    rings: Array,
    side: int | None = None,
    looped: bool = False,
    caps: tuple[int, int] = (0, 0),
    part: int = 0,
) -> Mesh:
    """A closed surface through rings of points, its two ends filled with grids.

    Args:
        rings: (R, N, 3) metres, each counter-clockwise seen from where the rings go to. N is even,
            and without `side` a multiple of 4.
        side: of the N segments, how many lie on the first of the four sides of the grid that fills
            an end (the third has as many, the others share the rest). Its corner is point 0.
        looped: the last ring joins the first, as in a torus; then there are no ends.
        caps: surfaces of the first and the last end.
        part: surface of the rest.
    """
    rings = np.asarray(rings, dtype=float)
    count, around, _ = rings.shape
    ids = np.arange(count * around).reshape(count, around)
    if looped:
        ids = np.concatenate([ids, ids[:1]])
    wrapped = np.concatenate([ids, ids[:, :1]], axis=1)
    quads = _grid_quads(wrapped)
    uv = _ring_uv(rings, looped)
    sides = Mesh(
        vertices=rings.reshape(-1, 3),
        quads=quads,
        uv=uv,
        part=np.full(len(quads), part, np.int8),
        smooth=np.ones(len(quads), bool),
    )
    if looped:
        return sides
    side = around // 4 if side is None else side
    first = _cap(rings[0], ids[0], len(sides.vertices), side, True, caps[0])
    inner = len(first.vertices)
    last = _cap(rings[-1], ids[-1], len(sides.vertices) + inner, side, False, caps[1])
    return Mesh(
        vertices=np.concatenate([sides.vertices, first.vertices, last.vertices]),
        quads=np.concatenate([sides.quads, first.quads, last.quads]),
        uv=np.concatenate([sides.uv, first.uv, last.uv]),
        part=np.concatenate([sides.part, first.part, last.part]),
        smooth=np.concatenate([sides.smooth, first.smooth, last.smooth]),
    )


def _grid_quads(ids: NDArray[np.intp]) -> Ints:
    """(F, 4) faces of a grid of vertex numbers (R, C): next column first, then next row."""
    corners = [ids[:-1, :-1], ids[:-1, 1:], ids[1:, 1:], ids[1:, :-1]]
    return np.stack(corners, axis=-1).reshape(-1, 4).astype(np.int32)


def _ring_uv(rings: Array, looped: bool) -> Array:
    """(F, 4, 2): u the length along a ring from its far side, v the length from ring to ring."""
    closed = np.concatenate([rings, rings[:, :1]], axis=1)
    if looped:
        closed = np.concatenate([closed, closed[:1]])
    u = _lengths(closed, 1)
    # What tapers is sheared least at the middle, where u is 0.
    u = u - u[:, -1:] / 2
    v = np.broadcast_to(_lengths(closed, 0).mean(1, keepdims=True), u.shape)
    uv, corners = _corners(np.stack([u, v], axis=-1)), _corners(closed)
    stretch = _edges(uv) / (_edges(corners) + 1e-9)
    sheared = (stretch > _STRETCH).any(1)
    uv[sheared] = _projected(corners[sheared])
    return uv


def _edges(corners: Array) -> Array:
    return np.asarray(np.linalg.norm(corners - np.roll(corners, -1, axis=1), axis=-1))


def _projected(corners: Array) -> Array:
    """(F, 4, 2) the two coordinates of (F, 4, 3) that the face is seen in best, unmirrored."""
    normal = np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1])
    side = np.argmax(np.abs(normal), axis=1)
    right = np.take_along_axis(corners, ((side + 1) % 3)[:, None, None], 2)[..., 0]
    up = np.take_along_axis(corners, ((side + 2) % 3)[:, None, None], 2)[..., 0]
    facing = np.sign(np.take_along_axis(normal, side[:, None], 1))
    return np.stack([right * np.where(facing == 0, 1, facing), up], axis=-1)


def _lengths(grid: Array, axis: int) -> Array:
    steps = np.linalg.norm(np.diff(grid, axis=axis), axis=-1)
    start = np.zeros_like(np.take(steps, [0], axis=axis))
    return np.asarray(np.cumsum(np.concatenate([start, steps], axis=axis), axis=axis))


def _corners(grid: Array) -> Array:
    """(F, 4, K) values at the corners of the faces of `_grid_quads`."""
    corners = [grid[:-1, :-1], grid[:-1, 1:], grid[1:, 1:], grid[1:, :-1]]
    return np.stack(corners, axis=2).reshape(-1, 4, grid.shape[-1])


def _cap(
    ring: Array, ids: NDArray[np.intp], next_id: int, side: int, start: bool, part: int
) -> Mesh:
    """A grid that fills a ring (Coons patch); `vertices` are the new ones inside it."""
    around = len(ring)
    other = around // 2 - side
    edge = np.arange(side + 1)
    wall = np.arange(other + 1)
    bottom, right = edge, side + wall
    top = (2 * side + other - edge) % around
    left = (around - wall) % around
    s, t = (edge / side)[:, None, None], (wall / other)[None, :, None]
    points = (
        (1 - t) * ring[bottom][:, None]
        + t * ring[top][:, None]
        + (1 - s) * ring[left][None]
        + s * ring[right][None]
        - (1 - s) * (1 - t) * ring[bottom[0]]
        - s * (1 - t) * ring[bottom[-1]]
        - (1 - s) * t * ring[top[0]]
        - s * t * ring[top[-1]]
    )
    numbers = np.zeros((side + 1, other + 1), np.intp)
    numbers[1:-1, 1:-1] = next_id + np.arange(max(side - 1, 0) * max(other - 1, 0)).reshape(
        side - 1, other - 1
    )
    numbers[:, 0], numbers[:, -1] = ids[bottom], ids[top]
    numbers[0], numbers[-1] = ids[left], ids[right]
    along = points[-1, 0] - points[0, 0]
    along = along / (np.linalg.norm(along) + 1e-12)
    up = points[0, -1] - points[0, 0]
    up = up - (up @ along) * along
    up = up / (np.linalg.norm(up) + 1e-12)
    flat = np.stack([(points - points[0, 0]) @ along, (points - points[0, 0]) @ up], axis=-1)
    quads = _grid_quads(numbers.T)
    uv = _corners(flat.transpose(1, 0, 2))
    if start:
        quads, uv = quads[:, ::-1], uv[:, ::-1] * [-1.0, 1.0]
    return Mesh(
        vertices=points[1:-1, 1:-1].reshape(-1, 3),
        quads=np.ascontiguousarray(quads),
        uv=np.ascontiguousarray(uv),
        part=np.full(len(quads), part, np.int8),
        smooth=np.zeros(len(quads), bool),
    )


def sheet(grid: Array, thickness: float, back: int = 0, flat: Array | None = None) -> Mesh:
    """A curved surface with a thickness, closed by a rim.

    Args:
        grid: (R, C, 3) metres of the middle surface; its front is on the side of columns × rows.
        thickness: metres.
        back: surface of the back; front and rim are surface 0.
        flat: (R, C, 2) metres, UV of the grid; by default lengths along rows and columns.
    """
    across = np.gradient(grid, axis=1)
    along = np.gradient(grid, axis=0)
    normal = np.cross(across, along)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True) + 1e-12
    rows, columns, _ = grid.shape
    front, behind = grid + normal * thickness / 2, grid - normal * thickness / 2
    ids = np.arange(rows * columns).reshape(rows, columns)
    other = ids + rows * columns
    rim = np.concatenate([ids[0], ids[1:, -1], ids[-1, -2::-1], ids[-2:0:-1, 0]])
    rim = np.append(rim, rim[:1])
    faces = _grid_quads(ids)
    rim_faces = _grid_quads(np.stack([rim + rows * columns, rim]))
    if flat is None:
        u = _lengths(grid, 1)
        u = u - u[:, columns // 2, None]
        v = np.broadcast_to(_lengths(grid, 0)[:, columns // 2, None], u.shape)
        flat = np.stack([u, v], axis=-1)
    face_uv = _corners(flat)
    rim_length = _lengths(grid.reshape(-1, 3)[rim][None], 1)[0]
    rim_uv = np.stack(
        [
            np.stack([rim_length, np.zeros_like(rim_length)], -1),
            np.stack([rim_length, np.full_like(rim_length, thickness)], -1),
        ]
    )
    count, edges = len(faces), len(rim_faces)
    return Mesh(
        vertices=np.concatenate([front.reshape(-1, 3), behind.reshape(-1, 3)]),
        quads=np.concatenate([faces, _grid_quads(other)[:, ::-1], rim_faces]),
        uv=np.concatenate([face_uv, face_uv[:, ::-1] * [1.0, 1.0], _corners(rim_uv)]),
        part=np.concatenate([np.zeros(count), np.full(count, back), np.zeros(edges)]).astype(
            np.int8
        ),
        smooth=np.concatenate([np.ones(2 * count, bool), np.zeros(edges, bool)]),
    )
