"""Where hair line, brows, beard, eyes and nose are on the average head, as smooth fields in space.

Positions are those of `average_skin`, metres, read off its front and side views. Fields are given
for points, so that texels and vertices share them; what holds for a vertex of the average head
holds for that vertex of every other one.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from synth.body.model import BodyModel
from synth.hand.model import load_hand_model
from synth.skin.noise import Field, smoothstep

Array = NDArray[np.float64]

#: Centre and radius of the left eyeball.
EYE: Final = np.array([0.0295, -0.1193, 0.6969])
EYE_RADIUS: Final = 0.0150
MOUTH: Final = np.array([0.0, -0.150, 0.6295])
NOSE_TIP: Final = np.array([0.0, -0.160, 0.660])
NOSTRIL: Final = np.array([0.0085, -0.1490, 0.6555])
CHEEK: Final = np.array([0.043, -0.128, 0.670])
CHIN: Final = np.array([0.0, -0.144, 0.603])
#: The vertical axis about which azimuths of the head are counted, from the front.
_AXIS_Y: Final = -0.05
#: Height of the hair line by azimuth, degrees from the front.
_HAIR_LINE: Final = np.array(
    [
        [0.0, 0.768], [20.0, 0.768], [38.0, 0.771], [52.0, 0.757], [62.0, 0.733], [70.0, 0.712],
        [76.0, 0.690], [84.0, 0.678], [92.0, 0.692], [100.0, 0.705], [112.0, 0.702],
        [124.0, 0.680], [135.0, 0.655], [150.0, 0.640], [180.0, 0.636],
    ]
)  # fmt: skip
#: Line below which a beard grows, by y.
_BEARD_LINE: Final = np.array(
    [[-0.15, 0.640], [-0.137, 0.640], [-0.125, 0.642], [-0.10, 0.650], [-0.078, 0.668],
     [-0.066, 0.692], [-0.055, 0.70]]
)  # fmt: skip
#: Middle line and half height of a brow, by distance from the face's middle.
_BROW: Final = np.array(
    [
        [0.0095, 0.7090, 0.0042], [0.016, 0.7115, 0.0056], [0.026, 0.7150, 0.0052],
        [0.036, 0.7165, 0.0044], [0.044, 0.7142, 0.0032], [0.053, 0.7080, 0.0012],
    ]
)  # fmt: skip


@lru_cache(maxsize=2)
def average_skin(model: BodyModel) -> Array:
    """(V, 3) the average adult at rest, on whom fields are defined."""
    return model.shape(load_hand_model(), {}, {}).vertices


def hair_line(points: NDArray[np.floating]) -> Field:
    """(N,) metres below the hair line; negative on the scalp."""
    x, y, z = points.T
    azimuth = np.degrees(np.arctan2(np.abs(x), -(y - _AXIS_Y)))
    line = np.interp(azimuth, *_HAIR_LINE.T)
    # Ears stand off the head, and no hair grows on them.
    ear = (np.abs(x) > 0.0722) & (y > -0.058) & (y < -0.024) & (z > 0.645) & (z < 0.704)
    return np.where(ear, np.float32(0.01), line - z).astype(np.float32)


def beard(points: NDArray[np.floating]) -> Field:
    """(N,) 0 … 1: where a beard grows, lips included."""
    x, y, z = points.T
    line = np.interp(y, *_BEARD_LINE.T)
    jaw = smoothstep(0.003, -0.005, z - line) * smoothstep(-0.050, -0.060, y)
    jaw = jaw * smoothstep(0.572, 0.590, z + 0.35 * np.clip(-y - 0.09, -0.02, 0.03))
    lip = smoothstep(0.031, 0.024, np.abs(x)) * smoothstep(0.0535, 0.0490, z - 0.600)
    lip = lip * smoothstep(-0.128, -0.136, y) * smoothstep(0.61, 0.62, z)
    # Cheeks beside the mouth bear less.
    bare = _bump(points, np.array([0.038, -0.13, 0.640]), 0.012)
    return np.maximum(jaw * (1 - 0.55 * bare), lip).astype(np.float32)


def brow(points: NDArray[np.floating], reach: float = 0.0) -> Field:
    """(N,) 0 … 1 on the brows, widened by some metres."""
    x, y, z = np.abs(points[:, 0]), points[:, 1], points[:, 2]
    middle, half = (np.interp(x, _BROW[:, 0], _BROW[:, k]) for k in (1, 2))
    across = smoothstep(1.35, 0.55, np.abs(z - middle) / (half + reach))
    along = smoothstep(0.0075 - reach, 0.0115, x) * smoothstep(0.056 + reach, 0.050, x)
    return across * along * smoothstep(-0.09, -0.10, y)


def lashes(points: NDArray[np.floating]) -> Field:
    """(N,) 0 … 1 on the edges of the lids, where the lashes stand."""
    from_eye = _mirrored(points) - EYE
    gap = np.linalg.norm(from_eye, axis=1) - EYE_RADIUS
    front = smoothstep(0.004, -0.004, from_eye[:, 1] + 0.002)
    upper = smoothstep(-0.002, 0.002, from_eye[:, 2] + 0.05 * from_eye[:, 0])
    return smoothstep(0.0026, 0.0009, gap) * front * (0.3 + 0.7 * upper)


def lid(points: NDArray[np.floating]) -> Field:
    """(N,) 0 … 1 on the upper lid and towards the brow."""
    about = (_mirrored(points) - EYE) / [0.021, 0.04, 0.010] - [0.1, 0.0, 0.95]
    return smoothstep(1.25, 0.35, np.linalg.norm(about, axis=1))


def under_eye(points: NDArray[np.floating]) -> Field:
    """(N,) 0 … 1 on the thin skin below and about the eye."""
    about = (_mirrored(points) - EYE) / [0.018, 0.04, 0.008] - [-0.15, 0.0, -1.1]
    return smoothstep(1.4, 0.2, np.linalg.norm(about, axis=1))


def nostril(points: NDArray[np.floating]) -> Field:
    """(N,) 0 … 1 in the nostrils."""
    about = (_mirrored(points) - NOSTRIL) / [0.0045, 0.0065, 0.0035]
    return smoothstep(1.25, 0.55, np.linalg.norm(about, axis=1))


def mouth_gap(points: NDArray[np.floating]) -> Field:
    """(N,) 0 … 1 where the lips meet and behind."""
    about = (points - MOUTH - [0.0, 0.006, 0.0]) / [0.026, 0.010, 0.0016]
    return smoothstep(1.3, 0.5, np.linalg.norm(about, axis=1))


def flush(points: NDArray[np.floating]) -> Field:
    """(N,) how much more blood the face shows than the arm: cheeks, nose, chin."""
    cheeks = _bump(points, CHEEK, 0.020)
    nose = _bump(points, NOSE_TIP, 0.013)
    chin = _bump(points, CHIN, 0.014)
    return 0.22 * cheeks + 0.24 * nose + 0.12 * chin


def _bump(points: NDArray[np.floating], centre: Array, radius: float) -> Field:
    distance = np.linalg.norm(_mirrored(points) - centre, axis=1)
    return np.exp(-((distance / radius) ** 2)).astype(np.float32)


def _mirrored(points: NDArray[np.floating]) -> NDArray[np.floating]:
    """Points on the right side of the face brought to its left."""
    return np.concatenate([np.abs(points[:, :1]), points[:, 1:]], axis=1)
