"""The skin about the elbow, where the body's mesh and the hand's meet."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from synth.body.model import BodyModel

Array = NDArray[np.float64]

#: Metres from the forearm's end within which the upper arm's skin follows it.
_REACH: Final = 0.07


@dataclass(frozen=True)
class ElbowSkin:
    """Skin of the upper arm that follows the forearm's end.

    Attributes:
        ring: (R,) vertices of the body at which the hand's mesh ends; in_hand (R,) the same in it.
        near: (N,) vertices that follow.
        share: (N, R) of the displacement of each of the ring's vertices.
    """

    ring: NDArray[np.intp]
    in_hand: NDArray[np.intp]
    near: NDArray[np.intp]
    share: Array


@lru_cache(maxsize=4)
def elbow_skin(model: BodyModel, index: int) -> ElbowSkin:
    """Of the right (0) or the left (1) arm."""
    own = model.quad_in_hand[index]
    ring = np.intersect1d(model.quads[own], model.quads[~own])
    place = {int(vertex): i for i, vertex in enumerate(model.hand_vertices[index])}
    rest = model.template.astype(np.float64)
    others = np.setdiff1d(np.unique(model.quads[~own]), ring)
    distance, _ = cKDTree(rest[ring]).query(rest[others])
    close = distance < _REACH
    near = others[close]
    fade = np.cos(np.pi / 2 * distance[close] / _REACH) ** 2
    gap = np.linalg.norm(rest[near][:, None] - rest[ring], axis=-1)
    nearness = 1.0 / (gap + 1e-4) ** 2
    share = fade[:, None] * nearness / nearness.sum(1, keepdims=True)
    return ElbowSkin(ring, np.array([place[int(v)] for v in ring]), near, share)
