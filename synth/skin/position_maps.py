"""From texels of the UV layout to points on the average hand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from synth.hand.model import HandModel

Field = NDArray[np.float32]


@dataclass(frozen=True)
class Texels:
    """The N texels that lie on the skin.

    Attributes:
        resolution: side R of the square map in texels.
        index: (N,) position in the flattened R×R map (row-major, row 0 at V = 1).
        nearest: (R·R,) for every texel of the map, the nearest of the N: it spreads values over
            the islands' borders.
        position: (N, 3) metres, wrist frame, average hand.
        normal: (N, 3) outward unit normals, smooth.
        weights: (N, B) skin weights, columns as `synth.hand.recipe.SKINNED_BONES`.
    """

    resolution: int
    index: NDArray[np.int64]
    nearest: NDArray[np.int32]
    position: Field
    normal: Field
    weights: Field

    def image(self, values: NDArray[np.generic]) -> NDArray[np.generic]:
        """(R, R, …) map of (N, …) values, dilated over everything that is no skin."""
        side = self.resolution
        return values[self.nearest].reshape(side, side, *values.shape[1:])


def vertex_normals(vertices: NDArray[np.float64], faces: NDArray[np.int32]) -> NDArray[np.float64]:
    """(V, 3) area-weighted normals of a quad mesh."""
    corners = vertices[faces]
    area = np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1])
    normals = np.zeros_like(vertices)
    for corner in range(4):
        np.add.at(normals, faces[:, corner], area)
    return normals / (np.linalg.norm(normals, axis=1, keepdims=True) + 1e-12)


def rasterise(model: HandModel, resolution: int) -> Texels:
    """Texels whose centre lies in a face, with what the face carries interpolated to them."""
    triangle, barycentric = _cover(model.face_uv, resolution)
    index = np.flatnonzero(triangle >= 0)
    triangle, barycentric = triangle[index], barycentric[index]
    corners = np.concatenate([model.faces[:, [0, 1, 2]], model.faces[:, [0, 2, 3]]])[triangle]

    def carry(per_vertex: NDArray[np.float64]) -> Field:
        per_vertex = per_vertex.astype(np.float32)
        return sum(per_vertex[corners[:, c]] * barycentric[:, c, None] for c in range(3))

    normal = carry(vertex_normals(model.average, model.faces))
    normal /= np.linalg.norm(normal, axis=1, keepdims=True) + 1e-9
    outside = np.ones(resolution * resolution, bool)
    outside[index] = False
    rows, columns = distance_transform_edt(
        outside.reshape(resolution, resolution), return_distances=False, return_indices=True
    )
    number = np.zeros(resolution * resolution, np.int32)
    number[index] = np.arange(len(index))
    return Texels(
        resolution,
        index,
        number[rows.ravel() * resolution + columns.ravel()],
        carry(model.average),
        normal,
        carry(model.weights),
    )


def _cover(face_uv: NDArray[np.float64], resolution: int) -> tuple[NDArray[np.int32], Field]:
    """(R·R,) triangle of each texel or −1, and its (R·R, 3) barycentric coordinates."""
    uv = np.concatenate([face_uv[:, [0, 1, 2]], face_uv[:, [0, 2, 3]]])
    # In texels, with the centre of texel (row, column) at (column, row).
    points = np.stack([uv[..., 0], 1 - uv[..., 1]], -1) * resolution - 0.5
    triangle = np.full((resolution, resolution), -1, np.int32)
    barycentric = np.zeros((resolution, resolution, 3), np.float32)
    low = np.maximum(np.ceil(points.min(1)).astype(int), 0)
    high = np.minimum(np.floor(points.max(1)).astype(int), resolution - 1)
    for t, (a, b, c) in enumerate(points):
        (x0, y0), (x1, y1) = low[t], high[t]
        area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
        if x1 < x0 or y1 < y0 or area == 0:
            continue
        x, y = np.arange(x0, x1 + 1)[None], np.arange(y0, y1 + 1)[:, None]
        wb = ((x - a[0]) * (c[1] - a[1]) - (y - a[1]) * (c[0] - a[0])) / area
        wc = ((b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0])) / area
        wa = 1 - wb - wc
        inside = (wa >= -1e-9) & (wb >= -1e-9) & (wc >= -1e-9)
        triangle[y0 : y1 + 1, x0 : x1 + 1][inside] = t
        barycentric[y0 : y1 + 1, x0 : x1 + 1][inside] = np.stack([wa, wb, wc], -1)[inside]
    return triangle.reshape(-1), barycentric.reshape(-1, 3)
