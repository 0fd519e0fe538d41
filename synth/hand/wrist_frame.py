"""The hand's own frame, which shapes, poses and cameras are described in."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


#: The joints that `wrist_frame` takes, in its order.
FRAME_JOINTS = ("wrist", "index_mcp", "middle_mcp", "little_mcp")


def wrist_frame(wrist: Array, index_mcp: Array, middle_mcp: Array, little_mcp: Array) -> Array:
    """(4, 4) of the right hand's wrist frame from four joints (see synth.scene)."""
    y = middle_mcp - wrist
    y = y / np.linalg.norm(y)
    x = index_mcp - little_mcp
    x = x - y * (x @ y)
    x = x / np.linalg.norm(x)
    frame = np.eye(4)
    frame[:3, 0], frame[:3, 1], frame[:3, 2], frame[:3, 3] = x, y, np.cross(x, y), wrist
    return frame
