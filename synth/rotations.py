"""Rotations in space: matrices, unit quaternions (w, x, y, z) and the turns between directions.

Angles are radians; a positive angle turns by the right-hand rule.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def rotation_matrix(quaternion: Array) -> Array:
    """(…, 3, 3) from (…, 4) unit quaternions w, x, y, z."""
    w, x, y, z = np.moveaxis(np.asarray(quaternion, dtype=np.float64), -1, 0)
    return np.stack(
        [
            np.stack([1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)], -1),
            np.stack([2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)], -1),
            np.stack([2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)], -1),
        ],
        -2,
    )


def quaternion_of(matrices: Array) -> Array:
    """(…, 4) unit quaternions w ≥ 0, x, y, z of (…, 3, 3) rotations.

    Shepperd's method: the largest of the four components is taken from the diagonal.
    """
    m = np.asarray(matrices, dtype=np.float64)
    diagonal = np.stack([m[..., i, i] for i in range(3)], -1)
    trace = diagonal.sum(-1)
    # Row k is 4·q_k·q: any row is the quaternion times a number, the longest is the exact one.
    rows = np.empty((*m.shape[:-2], 4, 4))
    rows[..., 0, 0] = 1 + trace
    for i in range(3):
        j, k = (i + 1) % 3, (i + 2) % 3
        rows[..., i + 1, i + 1] = 1 + 2 * diagonal[..., i] - trace
        rows[..., 0, i + 1] = rows[..., i + 1, 0] = m[..., k, j] - m[..., j, k]
        rows[..., j + 1, k + 1] = rows[..., k + 1, j + 1] = m[..., j, k] + m[..., k, j]
    best = np.argmax(np.stack([rows[..., i, i] for i in range(4)], -1), -1)
    quaternion = np.take_along_axis(rows, best[..., None, None], -2)[..., 0, :]
    quaternion = quaternion / np.linalg.norm(quaternion, axis=-1, keepdims=True)
    return np.where(quaternion[..., :1] < 0, -quaternion, quaternion)


def quaternion_about(axis: Array, angle: float) -> Array:
    """(4,) turn about a unit axis."""
    return np.concatenate([[np.cos(angle / 2)], np.sin(angle / 2) * np.asarray(axis)])


def rotation_about(axis: Array, angle: float) -> Array:
    """(3, 3) turn about a unit axis (Rodrigues)."""
    cross = _cross_matrix(axis)
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross


def coordinate_rotation(axis: int, angle: float) -> Array:
    """(3, 3) turn about x (0), y (1) or z (2)."""
    cos, sin = np.cos(angle), np.sin(angle)
    matrix = np.eye(3)
    i, j = (axis + 1) % 3, (axis + 2) % 3
    matrix[i, i] = matrix[j, j] = cos
    matrix[j, i], matrix[i, j] = sin, -sin
    return matrix


def turn_between(a: Array, b: Array) -> Array:
    """(3, 3) smallest rotation that takes the unit vector a to b (half a turn if opposite)."""
    cosine = float(a @ b)
    if cosine < -0.999999:
        aside = np.cross(a, [1.0, 0.0, 0.0] if abs(a[0]) < 0.9 else [0.0, 1.0, 0.0])
        return rotation_about(aside / np.linalg.norm(aside), np.pi)
    skew = _cross_matrix(np.cross(a, b))
    return np.eye(3) + skew + skew @ skew / (1 + cosine)


def _cross_matrix(vector: Array) -> Array:
    """(3, 3) matrix whose product with v is vector × v."""
    x, y, z = vector
    return np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
