"""What a thing hides from a camera, and how much room it takes."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from synth.scene import Camera
from synth.things.mesh import Mesh

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

#: Side, in cells, of the grid over the points in which a thing's silhouette is drawn.
_GRID: Final = 192
#: Fixed-point bits of the drawn corners.
_SHIFT: Final = 4
#: A face turned away is left out only if it is seen so clearly (sine of the corner) that neither
#: of its triangles can look to the camera.
_FOLDED: Final = 0.2
#: Metres in front of the camera below which nothing is projected.
_NEAR: Final = 0.01


def in_camera(points_world: Array, camera: Camera) -> Array:
    """(N, 3) points in the camera's frame, metres."""
    matrix = np.array(camera.world_to_camera)
    return np.asarray(points_world @ matrix[:3, :3].T + matrix[:3, 3])


def projected(points_camera: Array, camera: Camera) -> Array:
    """(N, 2) pixels; what is nearer than a centimetre is moved away to it."""
    (fx, _, cx), (_, fy, cy), _ = camera.K
    depth = np.maximum(points_camera[:, 2], _NEAR)
    return np.stack(
        [fx * points_camera[:, 0] / depth + cx, fy * points_camera[:, 1] / depth + cy], axis=-1
    )


def in_picture(points_camera: Array, camera: Camera) -> Flags:
    """(N,) whether points lie within the picture."""
    x, y = projected(points_camera, camera).T
    within = (x >= 0) & (x < camera.width) & (y >= 0) & (y < camera.height)
    return np.asarray(within & (points_camera[:, 2] > _NEAR))


def covered(targets_camera: Array, mesh: Mesh, vertices_camera: Array, camera: Camera) -> Flags:
    """(N,) whether the thing's silhouette covers each target; rather too many than too few.

    Whether the thing is before or behind a target is not asked. Faces that come nearer to the
    camera's plane than a centimetre are left out.

    Args:
        targets_camera: (N, 3) metres.
        mesh: the thing, with its vertices in the camera's frame beside it.
    """
    targets = projected(targets_camera, camera)
    low, high = targets.min(0), targets.max(0)
    step = float(max((high - low).max(), 1.0)) / (_GRID - 3)
    corners = (projected(vertices_camera, camera) - low) / step + 1.0
    faces = corners[mesh.quads]
    reach = (faces.max(1) > 0).all(1) & (faces.min(1) < _GRID).all(1)
    reach &= vertices_camera[mesh.quads, 2].min(1) > _NEAR
    # A closed surface covers nothing with its far side that its near side does not.
    across, along = faces[:, 2] - faces[:, 0], faces[:, 3] - faces[:, 1]
    turned = across[:, 0] * along[:, 1] - across[:, 1] * along[:, 0]
    reach &= turned <= _FOLDED * (np.abs(across).max(1) * np.abs(along).max(1))
    picture = np.zeros((_GRID, _GRID), np.uint8)
    # Far outside the grid only the direction matters; huge numbers would overflow.
    drawn = np.clip(faces[reach], -1000.0, 1000.0)
    for face in np.round(drawn * (1 << _SHIFT)).astype(np.int32):
        # A quad may be folded in the picture: its two triangles are not.
        cv2.fillConvexPoly(picture, face[:3], 1, shift=_SHIFT)
        cv2.fillConvexPoly(picture, face[[0, 2, 3]], 1, shift=_SHIFT)
    x, y = np.clip(np.round((targets - low) / step + 1.0), 0, _GRID - 1).astype(int).T
    return np.asarray(picture[y, x] > 0)


def boxed(points: Array, mesh: Mesh, margin: float) -> Flags:
    """(N,) whether points in the thing's frame are within its bounding box and a margin."""
    low, high = mesh.vertices.min(0) - margin, mesh.vertices.max(0) + margin
    return np.asarray(((points >= low) & (points <= high)).all(1))
