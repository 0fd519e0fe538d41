"""The direction to the camera as the palm sees it, and bins of equal area on its sphere.

The palm's frame is that of `synth.scene`: +Y from the wrist to the middle MCP, +X to the thumb's
side, +Z out of the palm; a left hand is taken as the right one that it mirrors. Each half of the
sphere is drawn as a disc by Lambert's azimuthal equal-area projection: at the angle θ from the
disc's middle, r = √(1 − cos θ), which is 1 at the rim. Ring k = 0 … `RINGS` − 1 reaches from
k ÷ RINGS to (k + 1) ÷ RINGS and has 4 · (2k + 1) bins, so that all bins have the same area.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from synth.landmarks import MIDDLE_MCP, WRIST

Array = NDArray[np.float64]

RINGS: Final = 8
#: Bins of one half.
BINS: Final = 4 * RINGS**2

_INDEX_MCP: Final = 5
_LITTLE_MCP: Final = 17


def camera_direction(world: Array, world_to_camera: Array, side: str) -> Array | None:
    """(3,) unit vector to the camera in the palm's frame; None if the palm has no frame.

    Args:
        world: (21, 3) landmarks, metres.
        world_to_camera: (4, 4).
        side: "left" or "right".
    """
    along = world[MIDDLE_MCP] - world[WRIST]
    across = world[_INDEX_MCP] - world[_LITTLE_MCP]
    normal = np.cross(across, along)
    if side == "left":
        normal = -normal
    length, area = np.linalg.norm(along), np.linalg.norm(normal)
    if not length > 0 or not area > 0:
        return None
    y, z = along / length, normal / area
    x = np.cross(y, z) if side == "right" else np.cross(z, y)
    centre = -world_to_camera[:3, :3].T @ world_to_camera[:3, 3]
    toward = centre - (world[MIDDLE_MCP] + world[WRIST]) / 2
    direction = np.array([toward @ x, toward @ y, toward @ z])
    distance = np.linalg.norm(direction)
    return direction / distance if distance > 0 else None


def bin_of(direction: Array) -> tuple[bool, int]:
    """Whether a direction looks at the palm, and its bin in that half."""
    x, y, z = (float(value) for value in direction)
    radius = min(1.0, max(0.0, 1.0 - abs(z))) ** 0.5
    ring = min(RINGS - 1, int(radius * RINGS))
    turn = np.arctan2(y, x) % (2 * np.pi) / (2 * np.pi)
    sectors = 4 * (2 * ring + 1)
    return z >= 0, 4 * ring**2 + min(sectors - 1, int(turn * sectors))


def bin_edges(index: int) -> tuple[float, float, float, float]:
    """Inner and outer radius (1 is the rim), first and last angle from +X towards +Y, radians."""
    ring = int((index // 4) ** 0.5)
    sectors = 4 * (2 * ring + 1)
    place = index - 4 * ring**2
    step = 2 * np.pi / sectors
    return ring / RINGS, (ring + 1) / RINGS, place * step, (place + 1) * step
