"""What is carried stiffly by a part of the body: head or trunk."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Carried:
    """Vertices of the body that a stiff thing moves with, and where they are at rest."""

    def __init__(self, vertices: NDArray[np.intp], rest: Array) -> None:
        self.vertices = vertices
        self.middle = rest[vertices].mean(0)
        self.about = rest[vertices] - self.middle


def fitted(carried: Carried, skin: Array) -> Array:
    """(4, 4) rigid transform that takes the vertices' rest to where they are in (V, 3) skin.

    Least squares (Kabsch 1976).
    """
    now = skin[carried.vertices]
    middle = now.mean(0)
    u, _, vt = np.linalg.svd((now - middle).T @ carried.about)
    flip = np.diag([1.0, 1.0, np.linalg.det(u @ vt)])
    matrix = np.eye(4)
    matrix[:3, :3] = u @ flip @ vt
    matrix[:3, 3] = middle - matrix[:3, :3] @ carried.middle
    return matrix
