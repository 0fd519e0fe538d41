"""Simple closed meshes, and the distance to each by a formula."""

from __future__ import annotations

import numpy as np

from synth.things.mesh import Mesh

_AROUND = 64


def mesh_of(vertices: np.ndarray, quads: np.ndarray) -> Mesh:
    count = len(quads)
    return Mesh(
        vertices=vertices,
        quads=quads.astype(np.int32),
        uv=np.zeros((count, 4, 2)),
        part=np.zeros(count, np.int8),
        smooth=np.zeros(count, bool),
    )


def turned(profile: list[tuple[float, float]]) -> Mesh:
    """About +Y through (radius, y); the first and the last point are on the axis."""
    angle = 2 * np.pi * np.arange(_AROUND) / _AROUND
    rings = [
        np.stack([r * np.sin(angle), np.full(_AROUND, y), r * np.cos(angle)], 1) for r, y in profile
    ]
    ids = np.arange(len(profile) * _AROUND).reshape(len(profile), _AROUND)
    after = np.roll(ids, -1, axis=1)
    quads = np.stack([ids[:-1], after[:-1], after[1:], ids[1:]], -1).reshape(-1, 4)
    return mesh_of(np.concatenate(rings), quads)


def cylinder(radius: float, length: float) -> Mesh:
    y = length / 2
    return turned([(0.0, -y), (radius, -y), (radius, y), (0.0, y)])


def ball(radius: float) -> Mesh:
    steps = np.linspace(0, np.pi, _AROUND // 2 + 1)
    return turned([(radius * np.sin(s), -radius * np.cos(s)) for s in steps.tolist()])


def box(x: float, y: float, z: float) -> Mesh:
    signs = np.array([(i, j, k) for i in (-1, 1) for j in (-1, 1) for k in (-1, 1)])
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    return mesh_of(signs * np.array([x, y, z]) / 2, np.array(quads))


def cylinder_distance(points: np.ndarray, radius: float, length: float) -> np.ndarray:
    beyond = np.stack(
        [np.hypot(points[:, 0], points[:, 2]) - radius, np.abs(points[:, 1]) - length / 2], 1
    )
    return np.linalg.norm(np.maximum(beyond, 0), axis=1) + np.minimum(beyond.max(1), 0)


def ball_distance(points: np.ndarray, radius: float) -> np.ndarray:
    return np.linalg.norm(points, axis=1) - radius


def box_distance(points: np.ndarray, x: float, y: float, z: float) -> np.ndarray:
    beyond = np.abs(points) - np.array([x, y, z]) / 2
    return np.linalg.norm(np.maximum(beyond, 0), axis=1) + np.minimum(beyond.max(1), 0)
