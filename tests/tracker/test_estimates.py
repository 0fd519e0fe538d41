from __future__ import annotations

import math

import numpy as np
import pytest

from tracker.estimates import HandEstimate, estimate_in_image, mean_estimate
from tracker.roi import Roi


def test_into_the_image_worked_by_hand() -> None:
    # The region points right: its top-left corner is at (150, 0), its up is +x.
    roi = Roi((100.0, 50.0), 100.0, math.pi / 2)
    landmarks = np.full((21, 3), 0.5, np.float32)
    landmarks[1] = (0.5, 0.0, 0.25)  # middle of the top edge
    world = np.zeros((21, 3), np.float32)
    world[1] = (0.0, -0.08, 0.03)  # up in the region
    estimate = estimate_in_image(roi, landmarks, 0.9, 0.2, world)
    assert estimate.landmarks[0] == pytest.approx([100, 50, 0])
    # z is relative to the wrist and in pixels: (0.25 − 0.5) · 100.
    assert estimate.landmarks[1] == pytest.approx([150, 50, -25])
    assert estimate.landmarks_world[1] == pytest.approx([0.08, 0, 0.03])
    assert (estimate.presence, estimate.right) == pytest.approx((0.9, 0.2))


def test_as_the_camera_sees_a_turned_hand() -> None:
    # A hand in the camera's axes; the region's axes are the camera's turned by its rotation.
    points = np.random.default_rng(0).normal(0, 0.05, (21, 3))
    angle = 0.8
    right = np.array([math.cos(angle), math.sin(angle), 0])
    down = np.array([-math.sin(angle), math.cos(angle), 0])
    seen = np.stack([points @ right, points @ down, points[:, 2]], axis=1)
    estimate = estimate_in_image(Roi((0.0, 0.0), 10.0, angle), seen, 1.0, 0.5, seen)
    assert estimate.landmarks_world == pytest.approx(points)


def test_numbers_that_are_none_are_no_hand() -> None:
    landmarks = np.zeros((21, 3))
    landmarks[7, 1] = np.nan
    estimate = estimate_in_image(Roi((0.0, 0.0), 9.0, 0.0), landmarks, 1.0, 0.5, np.zeros((21, 3)))
    assert estimate.presence == 0


def test_the_mean_of_two_looks() -> None:
    roi = Roi((0.0, 0.0), 1.0, 0.0)
    zeros, ones = np.zeros((21, 3)), np.ones((21, 3))
    mean = mean_estimate(
        HandEstimate(roi, 0.2, 0.9, zeros, 3 * ones), HandEstimate(roi, 0.6, 0.3, 2 * ones, zeros)
    )
    assert mean.roi == roi
    assert (mean.presence, mean.right) == pytest.approx((0.4, 0.6))
    assert mean.landmarks == pytest.approx(ones)
    assert mean.landmarks_world == pytest.approx(1.5 * ones)
