"""Points of the skin as linear functions of the bones, so that many poses of some cost little.

Linear blending moves every vertex by a weighted sum of the bones' matrices. So does it the mean of
a face's corners: one row of numbers for each point is all that is left of weights and rest shape.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synth.hand.contact import PALM, HandSurface
from synth.landmarks import BONES

Array = NDArray[np.float64]
Ints = NDArray[np.intp]


@dataclass(frozen=True)
class SkinPoints:
    """Vertices and face middles of a hand without its forearm.

    Attributes:
        coefficients: (N, 108) by the first three rows of 27 bone matrices, column by column.
        part: (N,) index in `synth.hand.contact.PARTS`.
        bone: (N,) index in BONES of what carries the point; −1 the carpus.
        palmar: (N,) whether the skin looks to the palm's side or sideways: what touches first.
        arm_rest: (3, 4, 4) of the shape.
    """

    coefficients: Array
    part: Ints
    bone: Ints
    palmar: NDArray[np.bool_]
    arm_rest: Array

    def at(self, bones: Array, which: Ints) -> Array:
        """(n, 3) where points are when the bones are at (24, 4, 4); the forearm is at rest."""
        posed = np.concatenate([bones, self.arm_rest])[:, :3]
        return self.coefficients[which] @ posed.transpose(0, 2, 1).reshape(-1, 3)

    def moved_by(self, change: Array, which: Ints) -> Array:
        """(n, 3) how points move when the bones' matrices change by (24, 4, 4)."""
        own = change[:, :3].transpose(0, 2, 1).reshape(-1, 3)
        return self.coefficients[which, : len(own)] @ own


def skin_points(surface: HandSurface) -> SkinPoints:
    """The points of a shape at which it is tested against things."""
    used = np.unique(surface.triangles)
    palm_faces = surface.model.faces[np.isin(surface.model.faces, used).all(axis=1)]
    own = np.isin(palm_faces, surface.triangles[surface.triangle_part == PALM]).all(axis=1)
    palm = np.unique(surface.triangles[surface.triangle_part == PALM])
    palm = palm[~np.isin(palm, surface.points[:, 0])]
    extra = np.concatenate([np.repeat(palm[:, None], 4, axis=1), palm_faces[own]])
    members = np.concatenate([surface.points, extra.astype(np.intp)])
    part = np.concatenate([surface.point_part, np.full(len(extra), PALM)])

    vertices, weights = surface.shape.vertices, surface.model.weights
    rest = np.concatenate([surface.shape.bone_rest, surface.shape.arm_rest])
    local = np.einsum("bij,vj->vbi", np.linalg.inv(rest), _homogeneous(vertices)[used])
    by_vertex = np.zeros((len(vertices), len(rest) * 4))
    by_vertex[used] = (weights[used, :, None] * local).reshape(len(used), -1)
    coefficients = sum(by_vertex[members[:, k]] for k in range(4)) / 4

    strongest = np.argmax(weights[members[:, 0]], axis=1)
    bone = np.concatenate(
        [
            surface.point_bone,
            np.where(strongest < len(BONES), strongest, -1)[len(part) - len(extra) :],
        ]
    )
    return SkinPoints(
        coefficients=coefficients,
        part=part,
        bone=bone,
        palmar=_palmar(surface, members, bone),
        arm_rest=surface.shape.arm_rest,
    )


def _homogeneous(points: Array) -> Array:
    return np.concatenate([points, np.ones((len(points), 1))], axis=1)


def _palmar(surface: HandSurface, members: Ints, bone: Ints) -> NDArray[np.bool_]:
    corners = surface.shape.vertices[surface.triangles]
    cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals = (surface.corner_sum @ cross)[members].mean(1)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True) + 1e-12
    towards = surface.shape.bone_rest[np.maximum(bone, 0), :3, 2]
    towards = np.where(bone[:, None] < 0, np.array([0.0, 0.0, 1.0]), towards)
    facing = (normals * towards).sum(1)
    along = (normals * surface.shape.bone_rest[np.maximum(bone, 0), :3, 1]).sum(1)
    return (facing > -0.35) | (along > 0.7)
