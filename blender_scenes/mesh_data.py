"""Meshes written from arrays."""

from __future__ import annotations

import bpy
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def write_mesh(
    mesh: bpy.types.Mesh,
    points: Array,
    corners: NDArray[np.integer],
    sizes: NDArray[np.integer],
    uv: dict[str, Array] | None = None,
) -> None:
    """Replace all of a mesh but its materials.

    Args:
        points: (N, 3).
        corners: (C,) vertices of the polygons, one after the other, of sizes (P,).
        uv: (C, 2) by name of the UV map.
    """
    mesh.clear_geometry()
    mesh.vertices.add(len(points))
    mesh.loops.add(len(corners))
    mesh.polygons.add(len(sizes))
    mesh.loops.foreach_set("vertex_index", corners.astype(np.int32))
    mesh.polygons.foreach_set("loop_start", (np.cumsum(sizes) - sizes).astype(np.int32))
    mesh.polygons.foreach_set("use_smooth", np.ones(len(sizes), dtype=bool))
    for name, values in (uv or {}).items():
        layer = mesh.uv_layers.new(name=name)
        layer.uv.foreach_set("vector", values.reshape(-1).astype(np.float32))
    mesh.update(calc_edges=True)
    move_mesh(mesh, points)


def move_mesh(mesh: bpy.types.Mesh, points: Array) -> None:
    """Write the vertices' places (N, 3)."""
    mesh.vertices.foreach_set("co", points.reshape(-1).astype(np.float32))
    mesh.update()
