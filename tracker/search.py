"""When the palm detector runs while hands are followed."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

#: A hand more is looked for when both have passed since the last search.
SEARCH_SECONDS: Final = 0.25
SEARCH_FRAMES: Final = 3
#: Least time from one tile that is looked at to the next, every third frame at 30 a second: six of
#: them in little more than half a second, for a third more of the time of a search.
TILE_SECONDS: Final = 0.09


@dataclass(frozen=True)
class LastSearch:
    """When the detector last ran.

    Attributes:
        timestamp: seconds.
        frames: number of frames since, the present one included.
        tile_timestamp: when it last ran on a tile, seconds.
        tiles: how many tiles it has looked at so far.
    """

    timestamp: float = -math.inf
    frames: int = 0
    tile_timestamp: float = -math.inf
    tiles: int = 0

    def one_frame_later(self) -> LastSearch:
        return replace(self, frames=self.frames + 1)

    def done(self, timestamp: float) -> LastSearch:
        """After a search in the frame of this time."""
        return replace(self, timestamp=timestamp, frames=0)

    def tile_is_due(self, timestamp: float) -> bool:
        """Whether a search that is due and finds nothing new goes on with the next tile."""
        return timestamp - self.tile_timestamp >= TILE_SECONDS

    def tile_done(self, timestamp: float) -> LastSearch:
        """After a tile in the frame of this time."""
        return replace(self, tile_timestamp=timestamp, tiles=self.tiles + 1)

    def is_due(self, timestamp: float, hands: int, wanted: int, lost: bool) -> bool:
        """Whether to look for palms in this frame.

        Args:
            timestamp: of the frame, seconds.
            hands: number of hands followed in it.
            wanted: number of hands to follow.
            lost: whether one was lost in this frame.
        """
        if hands >= wanted:
            return False
        if hands == 0 or lost:
            return True
        waited = timestamp - self.timestamp >= SEARCH_SECONDS
        return waited and self.frames >= SEARCH_FRAMES
