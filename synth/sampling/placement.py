"""Where the hand is in the world and how it is turned."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from synth.rotations import rotation_about, turn_between
from synth.scene import Side

Array = NDArray[np.float64]

#: Share of sequences in which the fingers point roughly up, as raised hands do; the others are
#: turned anyhow. Cameras stand all around either way.
_RAISED_SHARE = 0.5
_RAISED_TILT = np.radians(35.0)  # standard deviation of the tilt of a raised hand
_MEANT_TILT = np.radians(15.0)  # and of one whose direction carries the meaning
_NEAR_ORIGIN = 0.04  # metres


def sample_placement(rng: np.random.Generator, up: Array | None, side: Side) -> Array:
    """(4, 4) wrist_to_world: origin near the world's, any rotation, raised hands more often.

    Args:
        up: (3,) direction in the wrist frame, of any length, that a gesture wants upwards (a
            thumb's, say), or None.
        side: a left hand is mirrored before it is placed, and so is its `up`.
    """
    placement = np.eye(4)
    raised = rng.uniform() < _RAISED_SHARE
    anyhow = random_rotation(rng)
    heading = rotation_about(np.array([0.0, 0.0, 1.0]), rng.uniform(0, 2 * np.pi))
    angle = rng.uniform(0, 2 * np.pi)
    spread = _RAISED_TILT if up is None else _MEANT_TILT
    tilt = rotation_about(np.array([np.cos(angle), np.sin(angle), 0.0]), rng.normal(0, spread))
    if raised or up is not None:
        direction = np.array([0.0, 1.0, 0.0]) if up is None else np.array(up, dtype=float)
        if side == "left":
            direction = direction * [-1.0, 1.0, 1.0]
        stand = turn_between(direction / np.linalg.norm(direction), np.array([0.0, 0.0, 1.0]))
        placement[:3, :3] = tilt @ heading @ stand
    else:
        placement[:3, :3] = anyhow
    placement[:3, 3] = rng.uniform(-_NEAR_ORIGIN, _NEAR_ORIGIN, 3)
    return placement


def random_rotation(rng: np.random.Generator) -> Array:
    """(3, 3) uniform over all rotations (QR of a Gaussian matrix with signs fixed)."""
    q, r = np.linalg.qr(rng.normal(size=(3, 3)))
    q = q * np.sign(np.diag(r))
    if np.linalg.det(q) < 0:
        q[:, 0] = -q[:, 0]
    return q
