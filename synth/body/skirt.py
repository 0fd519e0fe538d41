"""A skirt: rings about both legs, each point of which lies between two points of the skin."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix
from scipy.spatial import ConvexHull

from synth.body.measures import Limbs, Measures
from synth.body.model import BodyModel, BodyShape

Array = NDArray[np.float64]

_AROUND: Final = 64
#: Metres between rings, and half the height of the slice of skin that one is drawn about.
_STEP: Final = 0.018
_SLICE: Final = 0.014


def skirt_rings(
    model: BodyModel, shape: BodyShape, limbs: Limbs, measures: Measures, length: float
) -> tuple[NDArray[np.intp], csr_matrix]:
    """A tube from the waist down over both legs: its quads, and its vertices from the body's.

    Args:
        length: share of the leg.
    """
    points = shape.vertices
    waist = measures.hip[2] + 0.30 * measures.trunk
    end = measures.hip[2] + max(length, 0.2) * (measures.ankle[2] - measures.hip[2])
    levels = np.arange(waist, end, -_STEP)
    own = (limbs.arm.max(0) < 0.1) & ~model.is_eye
    angles = np.arange(_AROUND) * 2 * np.pi / _AROUND
    ends, shares = [], []
    for level in levels:
        near = np.flatnonzero(own & (np.abs(points[:, 2] - level) < _SLICE))
        hull = near[ConvexHull(points[near, :2]).vertices]
        a, b, share = _crossed(points[hull, :2], angles)
        ends.append(np.stack([hull[a], hull[b]], axis=1))
        shares.append(np.stack([1 - share, share], axis=1))
    columns, values = np.concatenate(ends), np.concatenate(shares)
    count = len(columns)
    rows = coo_matrix(
        (values.ravel(), (np.repeat(np.arange(count), 2), columns.ravel())),
        shape=(count, len(points)),
    ).tocsr()
    ring = np.arange(len(levels) - 1)[:, None] * _AROUND
    here, after = np.arange(_AROUND), (np.arange(_AROUND) + 1) % _AROUND
    quads = np.stack(
        [ring + here, ring + _AROUND + here, ring + _AROUND + after, ring + after], axis=-1
    ).reshape(-1, 4)
    return quads, rows


def _crossed(hull: Array, angles: Array) -> tuple[NDArray[np.intp], NDArray[np.intp], Array]:
    """Where rays from the hull's middle cross it: edge (a, b) and share of the way to b.

    Args:
        hull: (H, 2) counterclockwise.
    """
    about = hull - hull.mean(0)
    turn = np.arctan2(about[:, 1], about[:, 0])
    start = int(np.argmin(turn))
    order = np.roll(np.arange(len(hull)), -start)
    sorted_turn = turn[order]
    place = np.searchsorted(sorted_turn, (angles + np.pi) % (2 * np.pi) - np.pi)
    a, b = order[place - 1], order[place % len(order)]
    ray = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    # Solve a + s (b − a) ∥ ray.
    edge = about[b] - about[a]
    across_a = about[a, 0] * ray[:, 1] - about[a, 1] * ray[:, 0]
    across = edge[:, 0] * ray[:, 1] - edge[:, 1] * ray[:, 0]
    share = np.clip(-across_a / np.where(np.abs(across) < 1e-9, 1e-9, across), 0, 1)
    return a, b, share
