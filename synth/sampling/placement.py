"""Where the hand is in the world and how it is turned."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

#: Share of sequences in which the fingers point roughly up, as raised hands do; the others are
#: turned anyhow. Cameras stand all around either way.
_RAISED_SHARE = 0.5
_RAISED_TILT = np.radians(35.0)  # standard deviation of the tilt of a raised hand
_NEAR_ORIGIN = 0.04  # metres


def sample_placement(rng: np.random.Generator) -> Array:
    """(4, 4) wrist_to_world: origin near the world's, any rotation, raised hands more often."""
    placement = np.eye(4)
    if rng.uniform() < _RAISED_SHARE:
        # Fingers (+Y) up the world's Z, any heading, tilted.
        up = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])
        heading = _about(np.array([0.0, 0.0, 1.0]), rng.uniform(0, 2 * np.pi))
        angle = rng.uniform(0, 2 * np.pi)
        tilt = _about(np.array([np.cos(angle), np.sin(angle), 0.0]), rng.normal(0, _RAISED_TILT))
        placement[:3, :3] = tilt @ heading @ up
    else:
        placement[:3, :3] = random_rotation(rng)
    placement[:3, 3] = rng.uniform(-_NEAR_ORIGIN, _NEAR_ORIGIN, 3)
    return placement


def random_rotation(rng: np.random.Generator) -> Array:
    """(3, 3) uniform over all rotations (QR of a Gaussian matrix with signs fixed)."""
    q, r = np.linalg.qr(rng.normal(size=(3, 3)))
    q = q * np.sign(np.diag(r))
    if np.linalg.det(q) < 0:
        q[:, 0] = -q[:, 0]
    return q


def _about(axis: Array, angle: float) -> Array:
    """(3, 3) rotation about a unit axis (Rodrigues)."""
    x, y, z = axis
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross
