"""How deep two posed hands stand in each other, measured on their skins in both directions.

Vertices and faces' middles of each hand (and its forearm) are compared with the skin of the other:
the nearest point there, and on which side of it they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synth.hand.contact import COMPRESSION, mix, nearest_on_triangles
from synth.interaction.posed import PosedHand
from synth.landmarks import BONES

Array = NDArray[np.float64]
Ints = NDArray[np.intp]

#: How far (metres) inside a hand a point is still found, and among how many samples of the skin
#: the nearest triangle is looked for.
_REACH = 0.032
_CANDIDATES = 6
#: Of each pair of bones, so many of the points that look deepest are measured by a solver.
_LOOKED_AT = 3


@dataclass(frozen=True)
class PairContact:
    """A place in which one hand stands in the other, or comes near it.

    Attributes:
        depth: metres inside the other hand's skin, negative outside.
        point: (3,) of the hand that stands in the other, in the pair frame.
        surface: (3,) the nearest point of the other's skin.
        normal: (3,) out of the other hand.
        inner: which hand `point` belongs to, 0 the first or 1 the second.
        bones: of the first and of the second hand, indices in SKINNED_BONES, that carry the places.
    """

    depth: float
    point: Array
    surface: Array
    normal: Array
    inner: int
    bones: tuple[int, int]


@dataclass(frozen=True)
class Nearest:
    """The nearest places of a hand's skin to some points.

    Attributes:
        distance: (N,) metres, negative inside.
        surface, normal: (N, 3) the place and the direction out of the skin there.
        bone: (N,) that carries it, index in SKINNED_BONES.
    """

    distance: Array
    surface: Array
    normal: Array
    bone: Ints


def nearest_skin(hand: PosedHand, points: Array) -> Nearest:
    """Nearest places of a hand's skin to (N, 3) points, all in the pair frame."""
    if not len(points):
        nothing = np.empty((0, 3))
        return Nearest(np.empty(0), nothing, nothing, np.empty(0, np.intp))
    _, sample = hand.tree.query(points, k=_CANDIDATES)
    return _nearest_of(hand, points, hand.skin.sample_triangle[sample])


def _nearest_of(hand: PosedHand, points: Array, triangle: Ints) -> Nearest:
    """The nearest of each point's own (N, K) triangles."""
    corners = hand.corners
    weights, squared = nearest_on_triangles(points, corners, triangle)
    rows = np.arange(len(points))
    best = np.argmin(squared, axis=1)
    chosen, weight = triangle[rows, best], weights[rows, best]
    a, b, c = (corners[chosen, k] for k in range(3))
    surface = mix(weight, a, b, c)
    order = hand.skin.triangles[chosen]
    if np.linalg.det(hand.hand_to_pair[:3, :3]) < 0:
        order = order[:, ::-1]
    normal = np.einsum("ij,ijk->ik", weight, hand.normals[order])
    normal /= np.linalg.norm(normal, axis=1, keepdims=True) + 1e-12
    apart = points - surface
    length = np.linalg.norm(apart, axis=1)
    inside = np.einsum("ij,ij->i", apart, normal) < 0
    return Nearest(
        np.where(inside, -length, length), surface, normal, hand.skin.triangle_bone[chosen]
    )


def hands_contact(
    first: PosedHand, second: PosedHand, each: int = 1, forearms: bool = True
) -> list[PairContact]:
    """Places where one hand stands in the other, the deepest first.

    Args:
        each: at most so many per pair of bones and direction.
        forearms: whether the skin of the forearms counts, too.
    """
    found: list[PairContact] = []
    for inner, (hand, other) in enumerate(((first, second), (second, first))):
        queries = hand.queries if forearms else hand.queries[hand.skin.point_bone <= len(BONES)]
        bones = hand.skin.point_bone
        bones = bones if forearms else bones[bones <= len(BONES)]
        near, _, _ = _candidates(queries, other, 0.0)
        place = nearest_skin(other, queries[near])
        depth = -place.distance
        if not forearms:
            depth = np.where(place.bone <= len(BONES), depth, -np.inf)
        found += _deepest(queries[near], bones[near], place, depth, 0.0, each, inner)
    return sorted(found, key=lambda contact: -contact.depth)


def watched_places(first: PosedHand, second: PosedHand, margin: float) -> list[PairContact]:
    """Where hands stand in each other or are no further apart than `margin` (metres), for a solver:
    vertices only, and for each pair of bones only what looks deepest, one place a direction."""
    found: list[PairContact] = []
    for inner, (hand, other) in enumerate(((first, second), (second, first))):
        near, sample, height = _candidates(hand.vertices, other, margin)
        bones = hand.skin.vertex_bone[near]
        pair = bones * 100 + other.skin.triangle_bone[other.skin.sample_triangle[sample]]
        order = np.lexsort((height, pair))
        rank = np.arange(len(order))
        starts = np.flatnonzero(np.diff(pair[order], prepend=-1))
        rank -= np.repeat(starts, np.diff(np.append(starts, len(order))))
        near = near[order[rank < _LOOKED_AT]]
        points = hand.vertices[near]
        place = nearest_skin(other, points)
        found += _deepest(
            points, hand.skin.vertex_bone[near], place, -place.distance, -margin, 1, inner
        )
    return sorted(found, key=lambda contact: -contact.depth)


def _candidates(points: Array, other: PosedHand, margin: float) -> tuple[Ints, Ints, Array]:
    """Points that may be in another hand or nearer to it than `margin`.

    Returns:
        (N,) which; (N,) the nearest sample of the other's skin; (N,) metres above its plane.
    """
    near = _inside_box(points, other.samples, margin)
    if not len(near):
        return near, near, np.empty(0)
    reached, sample = other.tree.query(points[near], distance_upper_bound=_REACH)
    keep = np.isfinite(reached)
    near, sample = near[keep], sample[keep]
    normals = other.unit_normals[other.skin.sample_triangle[sample]]
    apart = points[near] - other.samples[sample]
    height = apart[:, 0] * normals[:, 0] + apart[:, 1] * normals[:, 1] + apart[:, 2] * normals[:, 2]
    # Where even the nearest sample's plane is well behind the point, it is outside.
    keep = height < COMPRESSION + margin
    return near[keep], sample[keep], height[keep]


def _deepest(
    points: Array, bones: Ints, place: Nearest, depth: Array, least: float, each: int, inner: int
) -> list[PairContact]:
    """Up to `each` places of every pair of bones that are deeper than `least`."""
    found = []
    counts: dict[tuple[int, int], int] = {}
    for i in np.argsort(-depth, kind="stable").tolist():
        if depth[i] <= least:
            break
        pair = int(bones[i]), int(place.bone[i])
        counts[pair] = counts.get(pair, 0) + 1
        if counts[pair] <= each:
            found.append(
                PairContact(
                    depth=float(depth[i]),
                    point=points[i],
                    surface=place.surface[i],
                    normal=place.normal[i],
                    inner=inner,
                    bones=pair if inner == 0 else (pair[1], pair[0]),
                )
            )
    return found


def _inside_box(points: Array, cloud: Array, margin: float) -> Ints:
    """Which points lie in the box around a cloud."""
    inside = np.ones(len(points), bool)
    for axis in range(3):
        value, extent = points[:, axis], cloud[:, axis]
        inside &= (value > extent.min() - margin) & (value < extent.max() + margin)
    return np.flatnonzero(inside)


def pair_depth(found: list[PairContact]) -> float:
    """Depth of the deepest contact in metres, 0 without any."""
    return max(0.0, max((contact.depth for contact in found), default=0.0))
