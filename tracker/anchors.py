"""Anchors of the palm detector: squares of fixed size on a grid, as in SSD (Liu et al. 2016)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class AnchorLevel:
    """Anchors of one feature map: `sizes` (fractions of the input's side) at each of its cells."""

    stride: int
    sizes: tuple[float, ...]


#: Palms from 1/20 to all of the input's side, a factor of about 1.45 apart. 2 anchors in each cell
#: of 8 pixels and 6 in each of 16: at 192 pixels 2,016, as many as MediaPipe's detector has.
PALM_ANCHORS: Final = (
    AnchorLevel(8, (0.05, 0.073)),
    AnchorLevel(16, (0.106, 0.154, 0.223, 0.324, 0.47, 0.68)),
)


def anchors_of(side: int, levels: tuple[AnchorLevel, ...] = PALM_ANCHORS) -> NDArray[np.float32]:
    """(A, 3): centre x, y and side of each anchor, in fractions of the input's side.

    Order: level, row, column, size; that of a feature map (rows, columns, sizes) laid flat.

    Args:
        side: pixels of the square input, a multiple of each stride.
    """
    parts = []
    for level in levels:
        if side % level.stride:
            raise ValueError(f"an input of {side} pixels does not divide into {level.stride}")
        cells = side // level.stride
        centers = (np.arange(cells) + 0.5) / cells
        y, x, size = np.meshgrid(centers, centers, np.array(level.sizes), indexing="ij")
        parts.append(np.stack([x, y, size], axis=-1).reshape(-1, 3))
    return np.concatenate(parts).astype(np.float32)
