"""Part of a body's surface, divided finely and cut along a line: what cloth and hair are made from.

A patch's vertices are weighted means of the body's, so that it follows every pose.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix, diags, identity, vstack

Array = NDArray[np.float64]
Index = NDArray[np.intp]

#: Smaller shares of a vertex in a bridge are left out.
_LEAST_SHARE: Final = 0.01


@dataclass(frozen=True, eq=False)
class Patch:
    """A surface of polygons.

    Attributes:
        rows: (N, V) its vertices from the body's; every row sums to 1.
        corners: (C,) vertices of the polygons, one polygon after the other.
        sizes: (P,) number of corners of each polygon.
    """

    rows: csr_matrix
    corners: Index
    sizes: Index

    @property
    def count(self) -> int:
        return int(self.rows.shape[0])

    @cached_property
    def polygon(self) -> Index:
        """(C,) the polygon of each corner."""
        return np.repeat(np.arange(len(self.sizes)), self.sizes)

    @cached_property
    def following(self) -> Index:
        """(C,) the vertex that follows each corner in its polygon."""
        ends = np.cumsum(self.sizes)
        place = np.arange(1, len(self.corners) + 1)
        place[ends - 1] = ends - self.sizes
        return self.corners[place]

    @cached_property
    def rim(self) -> Index:
        """(E, 2) edges that only one polygon has, in its direction."""
        edges = np.stack([self.corners, self.following], axis=1)
        low, high = edges.min(1), edges.max(1)
        _, first, counts = np.unique(low * self.count + high, return_index=True, return_counts=True)
        return edges[first[counts == 1]]

    @cached_property
    def neighbours(self) -> csr_matrix:
        """(N, N) rows that take the mean of a vertex's neighbours; on the rim of those on it."""
        is_rim = np.zeros(self.count, bool)
        is_rim[self.rim.ravel()] = True
        a, b = self.corners, self.following
        pairs = np.concatenate([np.stack([a, b], 1), np.stack([b, a], 1)])
        pairs = np.unique(pairs[~is_rim[pairs[:, 0]]], axis=0)
        pairs = np.concatenate([pairs, self.rim, self.rim[:, ::-1]])
        matrix = coo_matrix(
            (np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(self.count,) * 2
        ).tocsr()
        return (diags(1.0 / np.maximum(matrix.sum(1).A1, 1e-9)) @ matrix).tocsr()

    @cached_property
    def inwards(self) -> csr_matrix:
        """(N, N) as `neighbours`, but of a rim's vertex those that are not on the rim."""
        is_rim = np.zeros(self.count, bool)
        is_rim[self.rim.ravel()] = True
        a, b = self.corners, self.following
        pairs = np.concatenate([np.stack([a, b], 1), np.stack([b, a], 1)])
        pairs = np.unique(pairs[is_rim[pairs[:, 0]] & ~is_rim[pairs[:, 1]]], axis=0)
        matrix = coo_matrix(
            (np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(self.count,) * 2
        ).tocsr()
        return (diags(1.0 / np.maximum(matrix.sum(1).A1, 1e-9)) @ matrix).tocsr()

    @cached_property
    def corner_to_vertex(self) -> csr_matrix:
        """(N, C) sums what a vertex's corners have."""
        ones = np.ones(len(self.corners))
        return csr_matrix(
            (ones, (self.corners, np.arange(len(self.corners)))),
            shape=(self.count, len(self.corners)),
        )

    def normals(self, points: Array) -> Array:
        """(N, 3) unit normals of the surface at points (N, 3)."""
        here, after = points[self.corners], points[self.following]
        # Newell's normal of each polygon, given to all its corners.
        turned = np.cross(here, after)
        starts = np.cumsum(self.sizes) - self.sizes
        area = np.add.reduceat(turned, starts, axis=0)
        normals = self.corner_to_vertex @ area[self.polygon]
        return np.asarray(normals / (np.linalg.norm(normals, axis=1, keepdims=True) + 1e-12))


def bridged(patch: Patch, own: NDArray[np.bool_]) -> Patch:
    """The same patch with some of its vertices (N,) spanned evenly between the others.

    They become weighted means of their neighbours (a discrete harmonic surface), so that what
    stands out of the body there leaves no mark.
    """
    own = own.copy()
    own[patch.rim.ravel()] = False
    inner, outer = np.flatnonzero(own), np.flatnonzero(~own)
    if not len(inner):
        return patch
    mean = patch.neighbours[inner]
    system = np.eye(len(inner)) - mean[:, inner].toarray()
    border = mean[:, outer]
    used = np.flatnonzero(np.diff(border.tocsc().indptr))
    shares = np.linalg.solve(system, border[:, used].toarray())
    shares[shares < _LEAST_SHARE] = 0.0
    shares /= shares.sum(1, keepdims=True)
    place = csr_matrix(
        (np.ones(len(inner)), (inner, np.arange(len(inner)))), shape=(len(own), len(inner))
    )
    spanned = place @ (csr_matrix(shares) @ patch.rows[outer[used]])
    rows = diags((~own).astype(float)) @ patch.rows + spanned
    return Patch(rows.tocsr(), patch.corners, patch.sizes)


def whole(quads: NDArray[np.integer], count: int) -> Patch:
    """The body's own quads as a patch with all its vertices."""
    return Patch(
        identity(count, format="csr"), quads.reshape(-1).astype(np.intp), np.full(len(quads), 4)
    )


def divided(quads: NDArray[np.integer], rows: csr_matrix) -> tuple[NDArray[np.intp], csr_matrix]:
    """Every quad cut into four.

    Args:
        quads: (F, 4).
        rows: (N, V) of the quads' vertices.

    Returns:
        (4F, 4) quads and the rows of their vertices (those of before come first).
    """
    count = rows.shape[0]
    quads = quads.astype(np.intp)
    ends = np.stack([quads, np.roll(quads, -1, axis=1)], axis=-1)
    key = ends.min(-1) * count + ends.max(-1)
    unique, number = np.unique(key, return_inverse=True)
    middle = count + number.reshape(quads.shape)
    centre = count + len(unique) + np.arange(len(quads))
    a, b = unique // count, unique % count
    edge_rows = (rows[a] + rows[b]) * 0.5
    face_rows = sum(rows[quads[:, k]] for k in range(4)) * 0.25
    parts = [
        np.stack([quads[:, k], middle[:, k], centre, middle[:, k - 1]], axis=1) for k in range(4)
    ]
    return np.stack(parts, axis=1).reshape(-1, 4), _stacked([rows, edge_rows, face_rows])


def cut(quads: NDArray[np.intp], rows: csr_matrix, field: Array) -> Patch:
    """The part of a mesh where a field is negative, cut where it is zero.

    Args:
        quads: (F, 4); field (N,) of the vertices, taken as linear along edges.
    """
    inside = field < 0
    kept = inside[quads].all(1)
    crossed = quads[inside[quads].any(1) & ~kept]
    pieces: list[list[int]] = []
    crossings: dict[tuple[int, int], int] = {}
    for quad in crossed.tolist():
        piece: list[int] = []
        for a, b in zip(quad, quad[1:] + quad[:1], strict=True):
            if inside[a]:
                piece.append(a)
            if inside[a] != inside[b]:
                key = (min(a, b), max(a, b))
                piece.append(crossings.setdefault(key, len(field) + len(crossings)))
        pieces.append(piece)
    corners = np.concatenate(
        [quads[kept].reshape(-1), np.array([v for piece in pieces for v in piece], dtype=np.intp)]
    )
    sizes = np.concatenate(
        [np.full(int(kept.sum()), 4), np.array([len(p) for p in pieces], dtype=np.intp)]
    )
    a, b = np.array(list(crossings), dtype=np.intp).reshape(-1, 2).T
    share = field[a] / (field[a] - field[b])
    new = diags(1 - share) @ rows[a] + diags(share) @ rows[b]
    all_rows = _stacked([rows, new.tocsr()])
    used, corners = np.unique(corners, return_inverse=True)
    return Patch(all_rows[used], corners.reshape(-1), sizes)


def _stacked(parts: list[csr_matrix]) -> csr_matrix:
    return vstack(parts).tocsr()
