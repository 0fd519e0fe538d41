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
    first: PosedHand,
    second: PosedHand,
    each: int = 1,
    forearms: bool = True,
    margin: float = 0.0,
) -> list[PairContact]:
    """Places where one hand stands in the other, the deepest first.

    Args:
        each: at most so many per pair of bones and direction.
        forearms: whether the skin of the forearms counts, too.
        margin: metres; places that are no further from the other hand are found, too.
    """
    found: list[PairContact] = []
    for inner, (hand, other) in enumerate(((first, second), (second, first))):
        near = _inside_box(hand.queries, other.samples, margin)
        if not forearms:
            near = near[hand.skin.point_bone[near] <= len(BONES)]
        if not len(near):
            continue
        points = hand.queries[near]
        reached, sample = other.tree.query(points, distance_upper_bound=_REACH)
        # Where even the nearest sample's plane is well behind the point, it is outside.
        keep = np.isfinite(reached)
        nearest = other.skin.sample_triangle[sample[keep]]
        behind = np.einsum(
            "ij,ij->i", points[keep] - other.samples[sample[keep]], other.unit_normals[nearest]
        )
        keep[keep] = behind < COMPRESSION + margin
        if not keep.any():
            continue
        place = nearest_skin(other, points[keep])
        depth = -place.distance
        if not forearms:
            depth = np.where(place.bone <= len(BONES), depth, -np.inf)
        own_bone = hand.skin.point_bone[near[keep]]
        counts: dict[tuple[int, int], int] = {}
        for i in np.argsort(-depth, kind="stable").tolist():
            if depth[i] <= -margin:
                break
            pair = int(own_bone[i]), int(place.bone[i])
            counts[pair] = counts.get(pair, 0) + 1
            if counts[pair] <= each:
                found.append(
                    PairContact(
                        depth=float(depth[i]),
                        point=points[keep][i],
                        surface=place.surface[i],
                        normal=place.normal[i],
                        inner=inner,
                        bones=pair if inner == 0 else (pair[1], pair[0]),
                    )
                )
    return sorted(found, key=lambda contact: -contact.depth)


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
