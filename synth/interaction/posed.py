"""A posed hand of a pair: its skin, where it moves, and the frame that both hands share.

The pair frame is the first hand's `wrist_to_world` frame (rigid; metres). A hand's own frame is
the right hand's wrist frame of `synth.scene`; a left hand is mirrored on its way to the pair frame.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.spatial import cKDTree

from synth.hand.arm import posed_arm
from synth.hand.contact import HandSurface, hand_surface
from synth.hand.joint_angles import HandAngles, angles_to_rotations, wrist_to_forearm
from synth.hand.joint_axes import MOVED_BONES, JointAxes, joint_axes
from synth.hand.model import HandModel, HandShape, blended_skin, forward_kinematics
from synth.scene import Side

Array = NDArray[np.float64]
Ints = NDArray[np.intp]

#: Metres between the samples of a triangle by which it is found; the forearm's are long.
_SAMPLE_SPACING = 0.014
#: (27, 29) which angles each of SKINNED_BONES follows: carpus and forearm none.
_FOLLOWS = np.concatenate([MOVED_BONES.T, np.zeros((3, len(MOVED_BONES)), bool)])
MIRROR: Final = np.diag([-1.0, 1.0, 1.0, 1.0])


@dataclass(frozen=True)
class PairSkin:
    """One shape's skin, prepared for contact with another hand.

    Bones are indices in SKINNED_BONES: 24 the carpus, 25 and 26 the forearm.

    Attributes:
        model, shape: what it was made from.
        surface: the same, prepared for the hand's contact with itself.
        triangles: (T, 3) and the bone that carries most of each.
        corner_sum: (V, T) sparse, adds a number of each triangle to its corners.
        points: (P, 4) the vertices whose mean is a query point, and the bone of each.
        vertex_bone: (V,) that carries most of each vertex.
        sample_triangle: (S,) triangle of each sample, and the (S, 3) weights of its corners.
    """

    model: HandModel
    shape: HandShape
    surface: HandSurface
    triangles: Ints
    triangle_bone: Ints
    corner_sum: csr_matrix
    points: Ints
    point_bone: Ints
    vertex_bone: Ints
    sample_triangle: Ints
    sample_weight: Array


def pair_skin(model: HandModel, shape: HandShape) -> PairSkin:
    """Prepare a shape; the result serves all poses of it."""
    faces = model.faces.astype(np.intp)
    triangles = np.concatenate([faces[:, [0, 1, 2]], faces[:, [0, 2, 3]]])
    used = np.unique(faces)
    points = np.concatenate([np.repeat(used[:, None], 4, axis=1), faces])
    by_bone = np.argmax(model.weights, axis=1)
    corner = triangles.ravel()
    sums = csr_matrix(
        (np.ones(len(corner)), (corner, np.arange(len(corner)) // 3)),
        shape=(len(model.weights), len(triangles)),
    )
    sample_triangle, sample_weight = _samples(shape.vertices[triangles])
    return PairSkin(
        model=model,
        shape=shape,
        surface=hand_surface(model, shape),
        triangles=triangles,
        triangle_bone=by_bone[triangles[:, 0]],
        corner_sum=sums,
        points=points,
        point_bone=by_bone[points[:, 0]],
        vertex_bone=by_bone,
        sample_triangle=sample_triangle,
        sample_weight=sample_weight,
    )


def _samples(corners: Array) -> tuple[Ints, Array]:
    """Triangles (S,) and corner weights (S, 3) of points spread over all triangles (T, 3, 3)."""
    edge = np.linalg.norm(corners - np.roll(corners, 1, axis=1), axis=2).max(1)
    cuts = np.maximum(1, np.ceil(edge / _SAMPLE_SPACING).astype(int))
    triangles, weights = [], []
    for n in np.unique(cuts).tolist():
        # Middles of the n² triangles into which a triangle is cut.
        i, j = np.meshgrid(np.arange(n), np.arange(n), indexing="ij")
        upright = np.stack([i, j], -1)[i + j < n] + 1 / 3
        inverted = np.stack([i, j], -1)[i + j < n - 1] + 2 / 3
        uv = np.concatenate([upright, inverted]) / n
        own = np.flatnonzero(cuts == n)
        triangles.append(np.repeat(own, len(uv)))
        weights.append(np.tile(np.column_stack([1 - uv.sum(1), uv]), (len(own), 1)))
    return np.concatenate(triangles), np.concatenate(weights)


@dataclass(frozen=True)
class PosedHand:
    """A hand of a pair in one posture, at one place.

    Attributes:
        angles: its posture.
        hand_to_pair: (4, 4) from the right hand's wrist frame to the pair frame; mirrors a left
            hand.
        bones: (27, 4, 4) posed bones in the hand's own frame, in the order of SKINNED_BONES.
        axes: of its joints, in the hand's own frame.
        vertices: (V, 3) skin in the pair frame.
    """

    skin: PairSkin
    angles: HandAngles
    hand_to_pair: Array
    bones: Array
    axes: JointAxes
    vertices: Array

    @cached_property
    def corners(self) -> Array:
        """(T, 3, 3) corners of the triangles in the pair frame, wound outwards."""
        corners = self.vertices[self.skin.triangles]
        return corners[:, ::-1] if np.linalg.det(self.hand_to_pair[:3, :3]) < 0 else corners

    @cached_property
    def face_normals(self) -> Array:
        """(T, 3) normals out of the skin, as long as twice the triangle's area."""
        corners = self.corners
        return np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])

    @cached_property
    def unit_normals(self) -> Array:
        """(T, 3) the same at unit length."""
        length = np.linalg.norm(self.face_normals, axis=1, keepdims=True)
        return np.asarray(self.face_normals / (length + 1e-12))

    @cached_property
    def normals(self) -> Array:
        """(V, 3) unit normals out of the skin."""
        normals = self.skin.corner_sum @ self.face_normals
        return np.asarray(normals / (np.linalg.norm(normals, axis=1, keepdims=True) + 1e-12))

    @cached_property
    def samples(self) -> Array:
        """(S, 3) points spread over the skin, to find triangles by."""
        corners = self.vertices[self.skin.triangles[self.skin.sample_triangle]]
        return np.einsum("sk,skd->sd", self.skin.sample_weight, corners)

    @cached_property
    def tree(self) -> cKDTree:
        return cKDTree(self.samples, balanced_tree=False, compact_nodes=False)

    @cached_property
    def queries(self) -> Array:
        """(P, 3) vertices and faces' middles in the pair frame."""
        points = self.skin.points
        return np.asarray(sum(self.vertices[points[:, k]] for k in range(4)) / 4)

    def to_pair(self, points: Array) -> Array:
        """(…, 3) points of the hand's own frame in the pair frame."""
        return np.asarray(points @ self.hand_to_pair[:3, :3].T + self.hand_to_pair[:3, 3])

    def velocities(self, points: Array, bones: Ints) -> Array:
        """(N, 29, 3) metres per radian that points (N, 3) of the pair frame, carried by bones (N,),
        move while the wrist stands still."""
        rotation = self.hand_to_pair[:3, :3]
        own = (points - self.hand_to_pair[:3, 3]) @ rotation
        x, y, z = np.moveaxis(own[:, None] - self.axes.origin, -1, 0)
        u, v, w = self.axes.direction.T
        turned = np.stack([v * z - w * y, w * x - u * z, u * y - v * x], axis=-1)
        turned *= _FOLLOWS[bones][..., None]
        return np.asarray(turned @ rotation.T)

    def velocity(self, point: Array, bone: int) -> Array:
        """(29, 3) the same for one point."""
        return np.asarray(self.velocities(point[None], np.array([bone]))[0])


def posed_hand(skin: PairSkin, angles: HandAngles, side: Side, wrist_to_pair: Array) -> PosedHand:
    """Pose a hand.

    Args:
        wrist_to_pair: (4, 4) rigid place of its wrist frame in the pair frame, without the mirror.
    """
    shape = skin.shape
    bones = forward_kinematics(shape, angles_to_rotations(shape, angles))
    arm = posed_arm(shape, wrist_to_forearm(shape, angles.wrist), angles.wrist.pronation)
    matrix = wrist_to_pair @ MIRROR if side == "left" else wrist_to_pair
    vertices = blended_skin(skin.model, shape, bones, arm)
    return PosedHand(
        skin=skin,
        angles=angles,
        hand_to_pair=matrix,
        bones=np.concatenate([bones, arm]),
        axes=joint_axes(angles, bones),
        vertices=vertices @ matrix[:3, :3].T + matrix[:3, 3],
    )
