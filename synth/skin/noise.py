"""Seeded noise in space, so that patterns run across the seams of the UV layout."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

Field = NDArray[np.float32]

#: Lattice cells after which a noise repeats. The finest noises here have cells of 0.4 mm.
_PERIOD = 48
#: Standard deviation of white noise after the quadratic B-spline interpolation: (∫B²)^(3/2),
#: where ∫B² = 0.55 for the quadratic B-spline.
_SPREAD = 0.55**1.5


def noise(
    points: NDArray[np.floating], cell: float | tuple[float, float, float], seed: int
) -> Field:
    """Smooth random field with mean 0 and standard deviation about 1.

    White noise on a cubic lattice, interpolated by quadratic B-splines (C¹, nearly isotropic).

    Args:
        points: (N, 3) metres.
        cell: side of a lattice cell in metres, or one per axis for a stretched pattern.
        seed: chooses the lattice's values and its offset.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    lattice = rng.standard_normal((_PERIOD,) * 3).astype(np.float32)
    offset = rng.uniform(0, _PERIOD, 3)
    scale = np.broadcast_to(1 / np.asarray(cell), 3)
    coordinates = np.stack(
        [points[:, k] * np.float32(scale[k]) + np.float32(offset[k]) for k in range(3)]
    ).astype(np.float32, copy=False)
    field = map_coordinates(
        lattice, coordinates, output=np.float32, order=2, mode="grid-wrap", prefilter=False
    )
    return field / np.float32(_SPREAD)


def fractal(
    points: NDArray[np.floating],
    cell: float | tuple[float, float, float],
    seed: int,
    octaves: int = 3,
    gain: float = 0.55,
) -> Field:
    """Sum of `octaves` noises of halving cell and falling weight, scaled to deviation 1."""
    total = np.zeros(len(points), np.float32)
    weights = gain ** np.arange(octaves)
    for octave, weight in enumerate(weights):
        size = np.asarray(cell) / 2.0**octave
        total += np.float32(weight) * noise(points, tuple(np.broadcast_to(size, 3)), seed + octave)
    return total / np.float32(np.sqrt((weights**2).sum()))


def network(
    points: NDArray[np.floating],
    cell: float | tuple[float, float, float],
    seed: int,
    width: float = 0.25,
) -> Field:
    """Net of thin lines, 1 on a line and 0 off it: the zero crossings of a noise."""
    return np.exp(-np.square(noise(points, cell, seed) / np.float32(width)))


def smoothstep(low: float, high: float, value: NDArray[np.floating]) -> Field:
    """0 below `low`, 1 above `high`, smooth between; falling when `high` < `low`."""
    t = np.clip((value - np.float32(low)) / np.float32(high - low), 0, 1).astype(np.float32)
    return t * t * (3 - 2 * t)


def within(
    mask: NDArray[np.bool_], points: NDArray[np.floating], field: Callable[..., Field]
) -> Field:
    """(N,) values of `field` where the mask is set and 0 elsewhere: spares work."""
    out = np.zeros(len(points), np.float32)
    out[mask] = field(points[mask])
    return out
