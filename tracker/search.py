"""When the palm detector runs while hands are followed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

#: A hand more is looked for when both have passed since the last search.
SEARCH_SECONDS: Final = 0.25
SEARCH_FRAMES: Final = 3


@dataclass(frozen=True)
class LastSearch:
    """When the detector last ran.

    Attributes:
        timestamp: seconds.
        frames: number of frames since, the present one included.
    """

    timestamp: float = -math.inf
    frames: int = 0

    def one_frame_later(self) -> LastSearch:
        return LastSearch(self.timestamp, self.frames + 1)

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
