"""Rays against meshes by the signs of triple products: independent of what the package does."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def triangles_of(quads: NDArray[np.int32]) -> NDArray[np.int32]:
    return np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])


def distances(origin: Array, direction: Array, vertices: Array, quads: NDArray[np.int32]) -> Array:
    """Where a ray from `origin` along a unit `direction` meets a mesh."""
    a, b, c = (vertices[triangles_of(quads)] - origin).transpose(1, 0, 2)
    sides = np.stack([np.cross(p, q) @ direction for p, q in ((a, b), (b, c), (c, a))])
    inside = (sides >= 0).all(0) | (sides <= 0).all(0)
    normal = np.cross(b - a, c - a)
    slope = normal @ direction
    inside &= np.abs(slope) > 1e-16
    found = np.einsum("ij,ij->i", normal, a)[inside] / slope[inside]
    return np.sort(found[found > 0])


def hidden(camera: Array, targets: Array, vertices: Array, quads: NDArray[np.int32]) -> Array:
    """(N,) whether a mesh, all of which is nearer than the targets, is before each of them."""
    a, b, c = (vertices[triangles_of(quads)] - camera).transpose(1, 0, 2)
    rays = (targets - camera).T
    sides = [np.cross(p, q) @ rays for p, q in ((a, b), (b, c), (c, a))]
    same = np.logical_and.reduce([s > 0 for s in sides])
    same |= np.logical_and.reduce([s < 0 for s in sides])
    before = ((a + b + c) @ rays) > 0
    return np.asarray((same & before).any(0))
