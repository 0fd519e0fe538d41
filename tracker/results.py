"""What the tracker says about one hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from tracker.roi import Roi

Handedness = Literal["left", "right"]


@dataclass(frozen=True)
class HandResult:
    """One hand in one image.

    Attributes:
        id: number of the hand; the same from frame to frame while it is followed. In mode `image`
            the place in the list.
        handedness: of the person, anatomically.
        handedness_score: 0.5 … 1, how sure the model is of it.
        presence: 0 … 1, how sure the model is that there is a hand in the region.
        landmarks: (21, 3) float64: x, y in pixels, z in pixels relative to the wrist, negative
            towards the camera.
        landmarks_world: (21, 3) float64 metres, origin at the mean of the 21 points, axes of the
            camera (+x right, +y down, +z forward).
        roi: the region that the landmark model looked at.
    """

    id: int
    handedness: Handedness
    handedness_score: float
    presence: float
    landmarks: NDArray[np.float64]
    landmarks_world: NDArray[np.float64]
    roi: Roi

    def to_dict(self) -> dict[str, Any]:
        """The same as JSON-ready lists and numbers."""
        return {
            "id": self.id,
            "handedness": self.handedness,
            "handedness_score": self.handedness_score,
            "presence": self.presence,
            "landmarks": self.landmarks.tolist(),
            "landmarks_world": self.landmarks_world.tolist(),
            "roi": self.roi.to_dict(),
        }
