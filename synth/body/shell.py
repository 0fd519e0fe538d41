"""Cloth as a shell off posed skin: it bridges hollows, hangs, folds, and has an edge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from synth.body.collar import Collar, stood, strip
from synth.body.patch import Patch

Array = NDArray[np.float64]

#: Metres that the turned-in edge of cloth reaches back under it.
_TURNED_IN: Final = 0.015


@dataclass(frozen=True, eq=False)
class Shell:
    """One piece of cloth over a body.

    Attributes:
        patch: what of the body it covers.
        offset: (N,) metres off the skin at rest.
        least: (N,) metres off the skin that it never goes below.
        folds: (N,) metres, the folds' height.
        smoothing: how often it is smoothed: how far it bridges.
        thickness: metres, of its edge.
        uv: (C', 2) metres, of every corner of `polygons`.
        collar: on its neckline.
    """

    patch: Patch
    offset: Array
    least: Array
    folds: Array
    smoothing: int
    thickness: float
    uv: Array
    collar: Collar | None = None

    @property
    def polygons(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Corners and sizes of the polygons of patch, edge and collar."""
        corners, sizes = with_edge(self.patch)
        if self.collar is None:
            return corners, sizes
        quads = self.count - self.collar.count + strip(len(self.collar.run))
        return np.append(corners, quads), np.append(sizes, np.full(len(quads) // 4, 4))

    @property
    def count(self) -> int:
        """Of the vertices of `laid`."""
        collar = 0 if self.collar is None else self.collar.count
        return self.patch.count + 2 * len(edge_vertices(self.patch)) + collar


def edge_vertices(patch: Patch) -> NDArray[np.intp]:
    """(R,) vertices on the rim."""
    return np.unique(patch.rim)


def with_edge(patch: Patch) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Corners (C',) and sizes (P',) with two rings of quads that turn the rim in."""
    rim = edge_vertices(patch)
    place = np.zeros(patch.count, np.intp)
    place[rim] = np.arange(len(rim))
    a, b = patch.rim.T
    first, second = patch.count, patch.count + len(rim)
    rings = [
        np.stack([b, a, first + place[a], first + place[b]], 1),
        np.stack([first + place[b], first + place[a], second + place[a], second + place[b]], 1),
    ]
    corners = np.concatenate([patch.corners, *(ring.reshape(-1) for ring in rings)])
    return corners, np.concatenate([patch.sizes, np.full(2 * len(patch.rim), 4)])


def with_edge_uv(patch: Patch, uv: Array) -> Array:
    """(C', 2) of `with_edge` from (C, 2): the edge goes on with its corner's."""
    at = np.zeros((patch.count, 2))
    at[patch.corners] = uv
    a, b = patch.rim.T
    ring = np.stack([at[b], at[a], at[a], at[b]], axis=1).reshape(-1, 2)
    return np.concatenate([uv, ring, ring])


def laid(shell: Shell, skin: Array, skin_normals: Array) -> Array:
    """(N', 3) the cloth's vertices over posed skin (V, 3) with unit normals (V, 3)."""
    patch = shell.patch
    under = np.asarray(patch.rows @ skin)
    out = _unit(np.asarray(patch.rows @ skin_normals))
    mean = patch.neighbours
    for _ in range(2):
        out = _unit(0.5 * out + 0.5 * (mean @ out))
    cloth = under + shell.offset[:, None] * out
    for _ in range(shell.smoothing):
        cloth = 0.4 * cloth + 0.6 * (mean @ cloth)
        lack = shell.least - np.einsum("ij,ij->i", cloth - under, out)
        cloth += np.maximum(lack, 0.0)[:, None] * out
    normals = patch.normals(cloth)
    cloth += shell.folds[:, None] * normals
    lack = shell.least - np.einsum("ij,ij->i", cloth - under, out)
    cloth += np.maximum(lack, 0.0)[:, None] * out
    parts = [cloth, *_edge(shell, cloth, normals)]
    if shell.collar is not None:
        parts.append(stood(shell.collar, cloth))
    return np.concatenate(parts)


def vertex_normals(corner_sum: csr_matrix, quads: NDArray[np.integer], skin: Array) -> Array:
    """(V, 3) unit normals of a mesh of quads.

    Args:
        corner_sum: of `Patch.corner_to_vertex`.
    """
    points = skin[quads]
    area = np.cross(points[:, 2] - points[:, 0], points[:, 3] - points[:, 1])
    return _unit(np.asarray(corner_sum @ np.repeat(area, 4, axis=0)))


def _edge(shell: Shell, cloth: Array, normals: Array) -> tuple[Array, Array]:
    """Two rings: the inner side of the edge, and where it ends under the cloth."""
    rim = edge_vertices(shell.patch)
    inwards = np.asarray(shell.patch.inwards[rim] @ cloth)
    lonely = shell.patch.inwards[rim].getnnz(1) == 0
    inwards[lonely] = cloth[rim][lonely]
    towards = _unit(inwards - cloth[rim])
    under = shell.thickness * normals[rim]
    return (
        cloth[rim] - under,
        cloth[rim] - 1.5 * under + _TURNED_IN * towards,
    )


def _unit(vectors: Array) -> Array:
    return np.asarray(vectors / (np.linalg.norm(vectors, axis=-1, keepdims=True) + 1e-12))
