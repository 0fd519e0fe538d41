"""Stiff pieces worn on the head, as plain meshes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Piece:
    """A mesh of polygons.

    Attributes:
        points: (N, 3); corners (C,) of its polygons one after the other, of sizes (P,).
        uv: (C, 2) metres.
    """

    points: Array
    corners: NDArray[np.intp]
    sizes: NDArray[np.intp]
    uv: Array


def joined(pieces: Sequence[Piece]) -> Piece:
    """One mesh of several."""
    starts = np.cumsum([0, *(len(piece.points) for piece in pieces)])
    return Piece(
        np.concatenate([piece.points for piece in pieces]),
        np.concatenate(
            [piece.corners + start for piece, start in zip(pieces, starts[:-1], strict=True)]
        ),
        np.concatenate([piece.sizes for piece in pieces]),
        np.concatenate([piece.uv for piece in pieces]),
    )


def grid(points: Array, closed: bool = False) -> Piece:
    """A sheet over (R, K, 3) points; `closed` joins the last of a row to its first."""
    rows, columns = points.shape[:2]
    along = np.linalg.norm(np.diff(points, axis=0), axis=-1).mean(1)
    across = np.linalg.norm(np.diff(points, axis=1), axis=-1).mean(0)
    v = np.concatenate([[0.0], np.cumsum(along)])
    u = np.concatenate([[0.0], np.cumsum(across)])
    reach = columns if closed else columns - 1
    ring = np.arange(rows - 1)[:, None] * columns
    here, after = np.arange(reach), (np.arange(reach) + 1) % columns
    quads = np.stack(
        [ring + here, ring + after, ring + columns + after, ring + columns + here], axis=-1
    ).reshape(-1, 4)
    flat = np.stack(np.broadcast_arrays(u[None], v[:, None]), axis=-1).reshape(-1, 2)
    corners = quads.reshape(-1)
    return Piece(points.reshape(-1, 3), corners, np.full(len(quads), 4), flat[corners])


def tube(path: Array, radius: float | Array, closed: bool = False, flat: float = 1.0) -> Piece:
    """A tube of eight sides about a path (K, 3).

    Args:
        radius: metres, or (K,).
        flat: how much wider it is upwards than across.
    """
    after, before = np.roll(path, -1, axis=0), np.roll(path, 1, axis=0)
    if not closed:
        after[-1], before[0] = path[-1], path[0]
    along = after - before
    along /= np.linalg.norm(along, axis=1, keepdims=True) + 1e-12
    up = np.array([0.02, 0.05, 1.0])
    side = np.cross(along, up)
    side /= np.linalg.norm(side, axis=1, keepdims=True) + 1e-12
    up = np.cross(side, along)
    turn = np.arange(8) * np.pi / 4
    size = np.broadcast_to(np.asarray(radius, dtype=np.float64), (len(path),))[:, None, None]
    rings = path[:, None] + size * (
        np.cos(turn)[:, None] * side[:, None] + flat * np.sin(turn)[:, None] * up[:, None]
    )
    if closed:
        rings = np.concatenate([rings, rings[:1]])
    return grid(rings, closed=True)


def fan(outline: Array) -> Piece:
    """A flat face with an outline (K, 3)."""
    count = len(outline)
    about = outline - outline.mean(0)
    uv = np.stack([about[:, 0], about[:, 2]], axis=1)
    return Piece(outline, np.arange(count), np.array([count]), uv)
