"""How far points are from a posed body's head, trunk and legs (arms are left out)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from synth.body.bones import BODY_BONES
from synth.body.model import BodyModel, BodyShape

Array = NDArray[np.float64]

#: Bones whose skin is an arm's.
_ARM: Final = [
    i for i, name in enumerate(BODY_BONES) if name.startswith(("upperarm", "lowerarm", "shoulder"))
]
_HEAD: Final = BODY_BONES.index("head")
#: Metres from the middles of nearly all quads to their farthest corners.
_QUAD: Final = 0.02


@dataclass(frozen=True)
class Trunk:
    """A posed body's skin but for its arms.

    Attributes:
        points: (N, 3) body frame; normals (N, 3) outwards.
        on_head: (N,) skin that no cloth covers.
        tree: of the points.
    """

    points: Array
    normals: Array
    on_head: NDArray[np.bool_]
    tree: cKDTree

    def distance(self, points: Array, cloth: float = 0.0) -> Array:
        """(M,) metres from points (M, 3) to the surface, negative inside.

        Args:
            cloth: metres that clothes stand off the skin.
        """
        distance, nearest = self.tree.query(points)
        along = np.einsum("ij,ij->i", points - self.points[nearest], self.normals[nearest])
        # Near the skin that is it; beyond its borders, where arms begin, it is far too little.
        beside = np.maximum(np.abs(along), distance - _QUAD)
        return np.asarray(np.copysign(beside, along) - np.where(self.on_head[nearest], 0.0, cloth))


@lru_cache(maxsize=2)
def _skin_of_trunk(model: BodyModel) -> tuple[NDArray[np.int32], NDArray[np.intp]]:
    """(F, 4) quads without arms and eyes, and their vertices."""
    own = (model.weights[:, _ARM].sum(1) < 0.2) & ~model.is_eye
    own[model.hand_vertices.reshape(-1)] = False
    quads = model.quads[own[model.quads].all(1)]
    return quads, np.unique(quads).astype(np.intp)


def trunk_of(model: BodyModel, shape: BodyShape, moved: Mapping[str, Array]) -> Trunk:
    """The trunk of a pose; `moved` is that of `synth.body.pose.moved_bones`."""
    quads, used = _skin_of_trunk(model)
    matrices = np.stack([moved[bone] for bone in BODY_BONES])[:, :3]
    blended = np.tensordot(model.weights[used], matrices, 1)
    skin = np.zeros_like(shape.vertices)
    skin[used] = np.einsum("vij,vj->vi", blended[..., :3], shape.vertices[used]) + blended[..., 3]
    corners = skin[quads]
    middles = corners.mean(1)
    normals = np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True) + 1e-12
    on_head = model.weights[quads[:, 0], _HEAD] > 0.5
    return Trunk(middles, normals, on_head, cKDTree(middles))
