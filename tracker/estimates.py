"""What the landmark model says about one region, in the frame of the image."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from synth.landmarks import WRIST
from tracker.roi import Roi, roi_from_landmarks

Array = NDArray[np.float64]


@dataclass(frozen=True)
class HandEstimate:
    """One look at one region.

    Attributes:
        roi: the region.
        presence: 0 … 1, probability that there is a hand in it.
        right: 0 … 1, probability that it is a right hand.
        landmarks: (21, 3) pixels of the image; z relative to the wrist.
        landmarks_world: (21, 3) metres, axes of the camera, origin at the mean of the points.
    """

    roi: Roi
    presence: float
    right: float
    landmarks: Array
    landmarks_world: Array

    def next_roi(self) -> Roi:
        """Where to look again, now or in the next frame."""
        return roi_from_landmarks(self.landmarks)


def mean_estimate(one: HandEstimate, other: HandEstimate) -> HandEstimate:
    """Mean of two looks at the same region."""
    return HandEstimate(
        one.roi,
        (one.presence + other.presence) / 2,
        (one.right + other.right) / 2,
        (one.landmarks + other.landmarks) / 2,
        (one.landmarks_world + other.landmarks_world) / 2,
    )


def estimate_in_image(
    roi: Roi,
    landmarks: NDArray[Any],
    presence: float,
    right: float,
    landmarks_world: NDArray[Any],
) -> HandEstimate:
    """Carry the model's answer from the region into the image.

    Args:
        roi: the region that the model saw.
        landmarks: (21, 3) in fractions of the region's side.
        presence: 0 … 1; 0 is reported if a coordinate is not finite.
        right: 0 … 1.
        landmarks_world: (21, 3) metres in the region's axes. These are the camera's, turned about
            the viewing direction by the region's rotation.
    """
    in_image = np.empty((len(landmarks), 3))
    in_image[:, :2] = roi.from_unit(landmarks[:, :2])
    in_image[:, 2] = (landmarks[:, 2].astype(np.float64) - landmarks[WRIST, 2]) * roi.size
    world = np.empty((len(landmarks_world), 3))
    world[:, :2] = roi.turned(landmarks_world[:, :2])
    world[:, 2] = landmarks_world[:, 2]
    sound = np.isfinite(in_image).all() and np.isfinite(world).all()
    return HandEstimate(roi, float(presence) if sound else 0.0, float(right), in_image, world)
