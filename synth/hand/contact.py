"""How deep parts of a posed hand stand in each other, measured on its skin.

Every vertex and every face's middle of a finger is compared with the rest of the hand's skin:
the nearest point there, and on which side of it. Parts that join naturally are left out:
consecutive segments of a finger, and skin that is close to it in the rest pose (webs, folds).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.spatial import cKDTree

from synth.hand.model import HandModel, HandShape, skin_vertices
from synth.landmarks import BONES, FINGERS

Array = NDArray[np.float64]
Ints = NDArray[np.intp]

#: Flesh that is pressed together by so much (metres) is in contact; more is penetration.
COMPRESSION: Final = 0.002
#: Metres in the rest pose of the average hand below which two points of the skin are neighbours.
_NEIGHBOURS = 0.010
#: Wrist to middle MCP of the average hand, metres, to which _NEIGHBOURS refers.
_AVERAGE_PALM = 0.091
#: Share of the proximal phalanx, from the MCP, up to which webs reach (in a bent neighbour).
_WEB_SHARE = 0.5
#: Triangles among which the nearest one is looked for, and how far (metres) it may be.
_CANDIDATES = 5
_REACH = 0.014
PALM: Final = len(FINGERS)
PARTS: Final = (*FINGERS, "palm")
#: Bones of each finger's far part (against which its own base is compared) and of its base.
_FAR = [[i for i, b in enumerate(BONES) if b in (f"{f}_distal", f"{f}_tip")] for f in FINGERS]
_BASE = [BONES.index(f"{f}_proximal") for f in FINGERS]


@dataclass(frozen=True)
class Contact:
    """The deepest place in which one part stands in another.

    Attributes:
        finger, other: names from PARTS; equal where a fingertip stands in its own finger's base.
        depth: metres inside the other part's skin.
        point: (3,) of the finger, wrist frame.
        surface: (3,) the nearest point of the other part's skin.
        normal: (3,) out of the other part.
        bone, other_bone: indices in BONES of what carries the two points; −1 the carpus.
    """

    finger: str
    other: str
    depth: float
    point: Array
    surface: Array
    normal: Array
    bone: int
    other_bone: int


@dataclass(frozen=True)
class HandSurface:
    """One shape's skin, prepared for `contacts`.

    Attributes:
        model, shape: what it was made from.
        triangles: (T, 3) of the hand without the forearm, and the part of each.
        triangle_bone: (T,) that carries most of its corners.
        corner_sum: (V, T) sparse, adds a number of each triangle to its corners.
        points: (P, 4) the vertices whose mean is a query point; part and bone as for triangles.
        point_rest: (P, 3) query points at rest.
        point_in_web: (P,) of the part of a proximal segment at which webs pull.
        rim: (5, V) vertices at which the finger's root joins the rest of the hand, and those at
            the ends of its proximal segment.
        neighbours: metres at rest within which two places join naturally.
    """

    model: HandModel
    shape: HandShape
    triangles: Ints
    triangle_part: Ints
    triangle_bone: Ints
    corner_sum: csr_matrix
    points: Ints
    point_part: Ints
    point_bone: Ints
    point_rest: Array
    point_in_web: NDArray[np.bool_]
    rim: NDArray[np.bool_]
    neighbours: float


def hand_surface(model: HandModel, shape: HandShape) -> HandSurface:
    """Prepare a shape; the result serves all poses of it."""
    weights = model.weights
    bone_part = np.array(
        [
            PALM if bone.endswith("metacarpal") else FINGERS.index(bone.split("_")[0])
            for bone in BONES
        ]
    )
    # Columns after the 24 are wrist and forearm: the wrist's skin is palm, the arm's is left out.
    by_bone = np.argmax(weights, axis=1)
    arm = weights[:, len(BONES) + 1 :].sum(1) > 0.5
    vertex_part = np.where(by_bone < len(BONES), bone_part[np.minimum(by_bone, 23)], PALM)
    vertex_bone = np.where(by_bone < len(BONES), by_bone, -1)

    faces = model.faces[~arm[model.faces].any(axis=1)].astype(np.intp)
    triangles = np.concatenate([faces[:, [0, 1, 2]], faces[:, [0, 2, 3]]])
    # A face is a finger's only where all of its corners are: the others are web.
    parts = vertex_part[triangles]
    triangle_part = np.where((parts == parts[:, :1]).all(axis=1), parts[:, 0], PALM)

    used = np.unique(faces)
    points = np.concatenate([np.repeat(used[:, None], 4, axis=1), faces])
    parts = vertex_part[points]
    point_part = np.where((parts == parts[:, :1]).all(axis=1), parts[:, 0], PALM)
    own = point_part != PALM
    points, point_part = points[own], point_part[own]

    corner = triangles.ravel()
    sums = csr_matrix(
        (np.ones(len(corner)), (corner, np.arange(len(corner)) // 3)),
        shape=(len(weights), len(triangles)),
    )
    triangle_bone = _majority(vertex_bone[triangles])
    point_bone = _majority(vertex_bone[points])
    point_rest = shape.vertices[points].mean(1)
    in_web = np.zeros(len(points), bool)
    for base in _BASE:
        along = (point_rest - shape.bone_rest[base, :3, 3]) @ shape.bone_rest[base, :3, 1]
        in_web |= (point_bone == base) & (along < _WEB_SHARE * shape.bone_length[base])
    rim = np.zeros((len(FINGERS), len(weights)), bool)
    for finger in range(len(FINGERS)):
        for own in (triangle_part == finger, triangle_bone == _BASE[finger]):
            rim[finger, np.intersect1d(triangles[own], triangles[~own])] = True
    palm = shape.joints["middle_mcp"][1]
    return HandSurface(
        model=model,
        shape=shape,
        triangles=triangles,
        triangle_part=triangle_part,
        triangle_bone=triangle_bone,
        corner_sum=sums,
        points=points,
        point_part=point_part,
        point_bone=point_bone,
        point_rest=point_rest,
        point_in_web=in_web,
        rim=rim,
        neighbours=_NEIGHBOURS * palm / _AVERAGE_PALM,
    )


def _majority(values: Ints) -> Ints:
    """(N,) the most frequent entry of each row of a few entries."""
    same = (values[:, :, None] == values[:, None, :]).sum(2)
    return np.take_along_axis(values, np.argmax(same, axis=1)[:, None], axis=1)[:, 0]


def contacts(surface: HandSurface, bones: Array, each: int = 1) -> list[Contact]:
    """Places where a part of the posed hand stands in another one, the deepest first.

    Args:
        bones: (24, 4, 4) posed bones in the wrist frame.
        each: at most so many per ordered pair of parts.
    """
    skin = skin_vertices(surface.model, surface.shape, bones)
    corners = skin[surface.triangles]
    cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals = surface.corner_sum @ cross
    normals /= np.linalg.norm(normals, axis=1, keepdims=True) + 1e-12
    middles = (corners[:, 0] + corners[:, 1] + corners[:, 2]) / 3
    queries = sum(skin[surface.points[:, k]] for k in range(4)) / 4

    index, triangle = _near_pairs(surface, queries, middles)
    if not len(index):
        return []
    # Where even the nearest triangle's plane is well behind the point, it is outside.
    nearest = triangle[:, 0]
    unit = cross[nearest] / (np.linalg.norm(cross[nearest], axis=1, keepdims=True) + 1e-12)
    inside = np.einsum("ij,ij->i", queries[index] - middles[nearest], unit) < COMPRESSION
    index, triangle = index[inside], triangle[inside]
    if not len(index):
        return []

    point, weight, best = _closest(queries[index], corners, triangle)
    vertices = surface.triangles[best]
    normal = np.einsum("ij,ijk->ik", weight, normals[vertices])
    normal /= np.linalg.norm(normal, axis=1, keepdims=True) + 1e-12
    apart = queries[index] - point
    depth = np.where(np.einsum("ij,ij->i", apart, normal) < 0, np.linalg.norm(apart, axis=1), 0.0)
    rest = np.einsum("ij,ijk->ik", weight, surface.shape.vertices[vertices])
    grown = np.linalg.norm(surface.point_rest[index] - rest, axis=1) > surface.neighbours
    # Past the rim of the hole that the finger leaves in the rest of the hand is its own inside.
    on_rim = surface.rim[surface.point_part[index][:, None], vertices] | (weight < 1e-6)
    # Between a straight finger and its bent neighbour the web is stretched over both bases.
    web = surface.point_in_web[index] & np.isin(surface.triangle_bone[best], _BASE)
    depth = np.where(grown & ~on_rim.all(axis=1) & ~web, depth, 0.0)
    return _deepest(surface, queries, index, best, depth, point, normal, each)


def _deepest(
    surface: HandSurface,
    queries: Array,
    index: Ints,
    best: Ints,
    depth: Array,
    point: Array,
    normal: Array,
    each: int,
) -> list[Contact]:
    found: list[Contact] = []
    counts: dict[tuple[int, int], int] = {}
    for i in np.argsort(-depth, kind="stable"):
        if depth[i] <= 0:
            break
        pair = int(surface.point_part[index[i]]), int(surface.triangle_part[best[i]])
        counts[pair] = counts.get(pair, 0) + 1
        if counts[pair] > each:
            continue
        found.append(
            Contact(
                finger=PARTS[pair[0]],
                other=PARTS[pair[1]],
                depth=float(depth[i]),
                point=queries[index[i]],
                surface=point[i],
                normal=normal[i],
                bone=int(surface.point_bone[index[i]]),
                other_bone=int(surface.triangle_bone[best[i]]),
            )
        )
    return found


def _near_pairs(surface: HandSurface, queries: Array, middles: Array) -> tuple[Ints, Ints]:
    """Query points near to another part, and the (N, _CANDIDATES) triangles nearest to each."""
    part = surface.point_part
    far = np.isin(surface.point_bone, np.concatenate(_FAR))
    found = []
    for other in range(len(PARTS)):
        own = np.flatnonzero(surface.triangle_part == other)
        wanted = part != other
        if other == PALM:
            # The base of a long finger joins the palm and reaches no other place of it.
            wanted &= ~np.isin(surface.point_bone, _BASE[1:])
        elif other >= 1:
            # A long finger's tip may also stand in its own base.
            base = own[surface.triangle_bone[own] == _BASE[other]]
            found.append(_nearest((part == other) & far, queries, base, middles))
        found.append(_nearest(wanted, queries, own, middles))
    points, distances, triangles = (np.concatenate(column) for column in zip(*found, strict=True))
    # A point counts against the part whose skin is nearest to it.
    order = np.lexsort((distances, points))
    first = np.ones(len(order), bool)
    first[1:] = points[order][1:] != points[order][:-1]
    keep = order[first]
    return points[keep], triangles[keep]


def _nearest(
    wanted: NDArray[np.bool_], queries: Array, own: Ints, middles: Array
) -> tuple[Ints, Array, Ints]:
    """Which wanted points have triangles of `own` in reach, (N,) how far the nearest's middle is,
    and (N, _CANDIDATES) which are nearest."""
    # A box first, axis by axis: a reduction over rows of three is many times slower.
    near = np.flatnonzero(wanted)
    for axis in range(3):
        extent = middles[own, axis]
        value = queries[near, axis]
        near = near[(value > extent.min() - _REACH / 2) & (value < extent.max() + _REACH / 2)]
    if not len(near):
        return near, np.empty(0), np.empty((0, _CANDIDATES), np.intp)
    tree = cKDTree(middles[own], balanced_tree=False, compact_nodes=False)
    distances, nearest = tree.query(queries[near], k=_CANDIDATES, distance_upper_bound=_REACH)
    reached = np.isfinite(distances[:, 0])
    # Missing neighbours are filled with the nearest.
    nearest = np.where(np.isfinite(distances), nearest, nearest[:, :1])[reached]
    return near[reached], distances[reached, 0], own[nearest]


def _closest(points: Array, corners: Array, triangle: Ints) -> tuple[Array, Array, Ints]:
    """Nearest point on the nearest of each point's triangles.

    Returns:
        (N, 3) point, (N, 3) barycentric weights, (N,) triangle.
    """
    weights, distance = nearest_on_triangles(points, corners, triangle)
    best = np.argmin(distance, axis=1)
    rows = np.arange(len(points))
    weight = weights[rows, best]
    chosen = triangle[rows, best]
    a, b, c = (corners[chosen, k] for k in range(3))
    return mix(weight, a, b, c), weight, chosen


def nearest_on_triangles(points: Array, corners: Array, triangle: Ints) -> tuple[Array, Array]:
    """Nearest place on each of every point's own triangles.

    The barycentric coordinates of the projection are used where it is inside; otherwise the
    nearest point on the three edges.

    Args:
        points: (N, 3).
        corners: (T, 3, 3) corners of triangles.
        triangle: (N, K) of them, to be compared with each point.

    Returns:
        (N, K, 3) barycentric weights, (N, K) squared distances.
    """
    a, b, c = (corners[triangle, k] for k in range(3))
    p = points[:, None]
    weights = _inside_weights(p, a, b, c)
    outside = (weights < 0).any(-1)
    distance = np.where(outside, np.inf, _squared(mix(weights, a, b, c) - p))
    corner = [a, b, c]
    for i, j in (*pairwise(range(3)), (2, 0)):
        along = corner[j] - corner[i]
        away = p - corner[i]
        t = _dot(away, along) / (_squared(along) + 1e-18)
        t = np.clip(t, 0.0, 1.0)
        gap = _squared(t[..., None] * along - away)
        better = gap < distance
        distance = np.where(better, gap, distance)
        edge = np.zeros_like(weights)
        edge[..., i], edge[..., j] = 1 - t, t
        weights = np.where(better[..., None], edge, weights)
    return weights, distance


def _dot(a: Array, b: Array) -> Array:
    # Sums over rows of three are many times slower.
    product: Array = np.einsum("...i,...i->...", a, b)
    return product


def _squared(a: Array) -> Array:
    return _dot(a, a)


def _inside_weights(p: Array, a: Array, b: Array, c: Array) -> Array:
    ab, ac, ap = b - a, c - a, p - a
    d00, d01, d11 = _squared(ab), _dot(ab, ac), _squared(ac)
    d20, d21 = _dot(ap, ab), _dot(ap, ac)
    determinant = d00 * d11 - d01 * d01 + 1e-24
    v = (d11 * d20 - d01 * d21) / determinant
    w = (d00 * d21 - d01 * d20) / determinant
    return np.stack([1 - v - w, v, w], axis=-1)


def mix(weights: Array, a: Array, b: Array, c: Array) -> Array:
    """(…, 3) points of (…, 3) barycentric weights in triangles with corners a, b, c (…, 3)."""
    return weights[..., :1] * a + weights[..., 1:2] * b + weights[..., 2:] * c


def deepest(found: list[Contact]) -> float:
    """Depth of the deepest contact in metres, 0 without any."""
    return max((contact.depth for contact in found), default=0.0)
