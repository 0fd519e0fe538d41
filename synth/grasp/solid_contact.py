"""How far the skin of a posed hand is from a solid thing, or how deep it stands in it.

A solid is a closed mesh whose faces look outwards. Nearest points are exact among the triangles
whose middles are near; large faces are divided first, so that the near ones are among them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from synth.hand.contact import mix, nearest_on_triangles

Array = NDArray[np.float64]
Ints = NDArray[np.intp]

#: Metres that skin is pressed into a solid where it touches.
PRESSED: Final = 0.0004
#: Metres beyond which a point's distance is not looked for.
REACH: Final = 0.03
#: Faces are divided until their sides are no longer than this, metres.
_SIDE = 0.006
#: Triangles among which the nearest one is looked for.
_CANDIDATES = 6
#: Cosine to the surface around it, averaged by area, below which a triangle is a fold.
_AGAINST = 0.3
#: Metres from the surface up to which the nearest triangle alone says on which side a point is.
_SHALLOW = 0.003
#: Squared metres by which two triangles may differ and count as equally near.
_TIE = 1e-12


@dataclass(frozen=True)
class Solid:
    """A mesh prepared for `gaps_to`.

    Attributes:
        corners: (T, 3, 3) metres.
        normals: (T, 3) unit, outwards.
        tree: of the triangles' middles.
        coarseness: metres from a triangle's middle to its farthest corner, at most.
        pressed: metres that skin is pressed into it; less for a sheet, whose other side is near.
    """

    corners: Array
    normals: Array
    tree: cKDTree
    coarseness: float
    pressed: float = PRESSED


@dataclass(frozen=True)
class Gaps:
    """Where a solid is, seen from points.

    Attributes:
        gap: (N,) metres to its surface, negative inside; at least REACH where it is far away.
        normal: (N, 3) unit, out of the solid at the nearest place; zero where it is far away.
        triangle: (N,) the nearest; −1 where it is far away.
    """

    gap: Array
    normal: Array
    triangle: Ints


def solid_of_quads(vertices: Array, quads: NDArray[np.integer]) -> Solid:
    """A solid from a closed mesh.

    Args:
        vertices: (V, 3) metres.
        quads: (F, 4) corners, anticlockwise seen from outside; a corner may be there twice.
    """
    return solid_of_triangles(_without_folds(_divided(vertices[np.asarray(quads)])))


def solid_of_triangles(corners: Array) -> Solid:
    """A solid from (T, 3, 3) triangles as they are, such as those of a hand's skin."""
    cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    length = np.linalg.norm(cross, axis=1)
    there = length > 1e-14
    corners, normals = corners[there], cross[there] / length[there, None]
    middles = corners.mean(1)
    tree = cKDTree(middles, balanced_tree=False, compact_nodes=False)
    coarseness = float(np.sqrt(((corners - middles[:, None]) ** 2).sum(-1).max()))
    return Solid(corners, normals, tree, coarseness)


def _without_folds(corners: Array) -> Array:
    """Triangles without small ones that look against the surface around them.

    Where a bevel is wider than the corner it runs round, a mesh is folded: a tiny flap of it looks
    inwards, and points far off such a corner would seem to be inside.
    """
    area = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    size = np.linalg.norm(area, axis=1)
    middles = corners.mean(1)
    around, total = np.zeros_like(area), np.zeros(len(area))
    for shift in (0.0, 1 / 3, 2 / 3):
        cells = np.floor(middles / _SIDE + shift).astype(np.int64)
        cells -= cells.min(0)
        _, rows, columns = cells.max(0) + 1
        number = (cells[:, 0] * rows + cells[:, 1]) * columns + cells[:, 2]
        _, cell = np.unique(number, return_inverse=True)
        sums = np.stack([np.bincount(cell, area[:, k]) for k in range(3)], axis=1)
        around += sums[cell]
        total += np.bincount(cell, size)[cell]
    against = np.einsum("ij,ij->i", area, around) < -_AGAINST * size * total
    return corners[~against]


def _divided(quads: Array) -> Array:
    """(T, 3, 3) triangles of (F, 4, 3) quads, in patches of at most _SIDE."""
    sides = np.linalg.norm(np.roll(quads, -1, axis=1) - quads, axis=2)
    across = np.maximum(1, np.ceil(np.maximum(sides[:, 0], sides[:, 2]) / _SIDE)).astype(int)
    along = np.maximum(1, np.ceil(np.maximum(sides[:, 1], sides[:, 3]) / _SIDE)).astype(int)
    triangles = []
    for m, n in {*zip(across.tolist(), along.tolist(), strict=True)}:
        own = quads[(across == m) & (along == n)]
        u, v = np.linspace(0, 1, m + 1)[:, None, None], np.linspace(0, 1, n + 1)[None, :, None]
        a, b, c, d = (own[:, k, None, None] for k in range(4))
        grid = (1 - v) * ((1 - u) * a + u * b) + v * ((1 - u) * d + u * c)
        low, right = grid[:, :-1, :-1], grid[:, 1:, :-1]
        up, left = grid[:, 1:, 1:], grid[:, :-1, 1:]
        for corners in ((low, right, up), (low, up, left)):
            triangles.append(np.stack(corners, axis=-2).reshape(-1, 3, 3))
    return np.concatenate(triangles)


def gaps_to(solid: Solid, points: Array, reach: float = REACH) -> Gaps:
    """Signed distances of (N, 3) points in the solid's frame.

    Where several triangles are equally near (at an edge or a corner) the one that faces the point
    most says on which side it is.
    """
    far = len(solid.normals)
    _, found = solid.tree.query(
        points, k=_CANDIDATES, distance_upper_bound=reach + solid.coarseness
    )
    near = np.flatnonzero(found[:, 0] < far)
    gap = np.full(len(points), max(reach, REACH))
    normal = np.zeros((len(points), 3))
    triangle = np.full(len(points), -1, dtype=np.intp)
    if len(near):
        candidates = found[near]
        candidates = np.where(candidates < far, candidates, candidates[:, :1])
        gap[near], normal[near], triangle[near] = _signed(solid, points[near], candidates)
    return Gaps(gap, normal, triangle)


def shortest_ways(solid: Solid, points: Array) -> Array:
    """(N,) metres from points to the surface at least: a quick lower bound, REACH at most.

    Says nothing of the side on which a point is.
    """
    distance, _ = solid.tree.query(points, distance_upper_bound=REACH + solid.coarseness)
    return np.clip(distance - solid.coarseness, 0.0, REACH)


def _signed(solid: Solid, points: Array, candidates: Ints) -> tuple[Array, Array, Ints]:
    weights, squared = nearest_on_triangles(points, solid.corners, candidates)
    rows = np.arange(len(points))
    # The direction to a place shared by several triangles is the same for all of them.
    best = np.argmin(squared, axis=1)
    chosen = candidates[rows, best]
    place = mix(weights[rows, best], *(solid.corners[chosen, k] for k in range(3)))
    away = points - place
    facing = np.einsum("nkj,nj->nk", solid.normals[candidates], away)
    tied = squared <= squared[rows, best][:, None] * (1 + 1e-6) + _TIE
    length = np.sqrt(squared[rows, best])
    planes = solid.corners[candidates, 0]
    behind = np.einsum("nkj,nkj->nk", solid.normals[candidates], points[:, None] - planes) < 0
    # What is deep inside has all that is near behind it; else it stands before a fold.
    deep = behind.sum(1) >= _CANDIDATES - 1
    facing = np.where(tied, facing, 0.0)
    most = np.argmax(np.abs(facing), axis=1)
    inside = (facing[rows, most] < 0) & (deep | (length < _SHALLOW))
    sign = np.where(inside, -1.0, 1.0)
    chosen = candidates[rows, most]
    normal = np.where(
        (length > 1e-7)[:, None],
        sign[:, None] * away / (length[:, None] + 1e-15),
        solid.normals[chosen],
    )
    return sign * length, normal, chosen
