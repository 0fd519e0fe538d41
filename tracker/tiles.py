"""Overlapping squares of an image, in which small hands are large enough for the palm detector.

The detector sees an image of any size in 192 pixels: a hand across the room is a dozen of them. In
a tile it is more than twice as large (as in slicing aided inference, Akyon et al. 2022).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tracker.palms import Palms

#: Longer side of the image ÷ side of a tile.
ZOOM: Final = 2.25
#: Part of a tile that its neighbour shows, too: any palm that tiles are meant for is whole in one.
OVERLAP: Final = 0.25
#: Palms larger than this, in tiles' sides, are left to the search in the whole image: a tile cuts
#: their hands.
LARGEST_PALM: Final = 0.35
#: Smallest tile, in pixels: in smaller ones the image itself has nothing more to show.
SMALLEST: Final = 96


@dataclass(frozen=True)
class Tile:
    """An upright square of an image: its top-left corner and its side in pixels. What lies beyond
    the image's border is no part of it."""

    x: int
    y: int
    side: int

    def cut(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """(h, w, 3) the image's part, a view."""
        return image[self.y : self.y + self.side, self.x : self.x + self.side]

    def in_image(self, palms: Palms) -> Palms:
        """Palms in pixels of the tile, without those too large for it, in pixels of the image."""
        corner = np.array([self.x, self.y, 0.0])
        small = palms[palms.boxes[:, 2] <= LARGEST_PALM * self.side]
        return Palms(small.scores, small.boxes + corner, small.keypoints + corner[:2])


def tiles_of(width: int, height: int) -> list[Tile]:
    """Tiles that cover an image, row by row, evenly spread: six of one of 4:3. None of an image so
    small that there would be nothing to see in them."""
    side = math.ceil(max(width, height) / ZOOM)
    if side < SMALLEST:
        return []
    return [Tile(x, y, side) for y in _starts(height, side) for x in _starts(width, side)]


def _starts(length: int, side: int) -> list[int]:
    if length <= side:
        return [0]
    steps = math.ceil((length - side) / ((1 - OVERLAP) * side))
    return [round(i * (length - side) / steps) for i in range(steps + 1)]
