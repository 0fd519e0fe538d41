from __future__ import annotations

import math

import numpy as np
import pytest

from tracker.evaluation import metrics
from tracker.roi import Roi


def hand(palm: float = 10.0) -> np.ndarray:
    """All landmarks at the origin but the middle MCP, `palm` pixels above it."""
    points = np.zeros((21, 3))
    points[9, 1] = -palm
    return points


def test_errors_of_one_hand_by_hand() -> None:
    truth, found = hand(), hand()
    found[:, 0] += 3
    found[:, 1] += 4  # every landmark is off by 5 pixels
    found[:, 2] = 2
    assert metrics.distances(found, truth) == pytest.approx(np.full(21, 5.0))
    assert metrics.palm_size(truth) == 10
    assert metrics.palm_normalised_error(found, truth) == pytest.approx(0.5)
    assert metrics.box_normalised_error(found, truth, [7, 8, 20, 50]) == pytest.approx(0.1)
    assert metrics.depth_error(found, truth) == pytest.approx(0.2)


def test_depth_does_not_count_as_distance() -> None:
    found = hand()
    found[:, 2] = 100
    assert metrics.palm_normalised_error(found, hand()) == 0


def test_palm_without_extent_has_infinite_error() -> None:
    flat = np.zeros((21, 3))
    assert metrics.palm_normalised_error(flat + 1, flat) == math.inf


def test_pck_and_auc() -> None:
    distance = [0.0, 15.0, 30.0, 60.0]
    assert metrics.pck(distance, side=100) == 0.5  # below 20: the first two
    assert metrics.auc(distance) == pytest.approx((1 + 0.5 + 0 + 0) / 4)


def test_auc_is_the_area_under_the_curve() -> None:
    distance = np.random.default_rng(1).gamma(2, 8, 500)
    thresholds = np.linspace(0, 30, 30001)
    curve = [(distance <= t).mean() for t in thresholds]
    assert metrics.auc(distance) == pytest.approx(np.mean(curve), abs=1e-4)


def test_capped_mean() -> None:
    assert metrics.capped_mean([0.1, 3.0], missed=2) == pytest.approx((0.1 + 1 + 1 + 1) / 4)
    assert math.isnan(metrics.capped_mean([], 0))


def test_summary() -> None:
    assert metrics.summary([1, 2, 6]) == metrics.Summary(3, 3.0, 2.0)
    assert math.isnan(metrics.summary([]).mean)


def test_roc_auc_counts_pairs_with_ties_half() -> None:
    rng = np.random.default_rng(2)
    high, low = rng.integers(3, 9, 40), rng.integers(0, 7, 50)
    wins = sum((h > g) + 0.5 * (h == g) for h in high for g in low)
    assert metrics.roc_auc(high, low) == pytest.approx(wins / (40 * 50))
    assert metrics.roc_auc([1, 1], [1]) == 0.5
    assert math.isnan(metrics.roc_auc([1], []))


def test_iou() -> None:
    boxes = [[0, 0, 2, 2], [5, 5, 6, 6], [1, 1, 1, 1]]
    others = [[1, 0, 3, 2], [0, 0, 2, 2], [1, 1, 1, 1]]
    expected = [[2 / 6, 1, 0], [0, 0, 0], [0, 0, 0]]
    assert metrics.iou(boxes, others) == pytest.approx(np.array(expected))
    assert metrics.iou(np.zeros((0, 4)), others).shape == (0, 3)


def test_region_holds_landmarks_and_its_angle() -> None:
    points = hand(10)  # points up: rotation 0
    assert metrics.roi_holds(Roi((0, -5), 12, 0), points)
    assert not metrics.roi_holds(Roi((0, -5), 8, 0), points)
    assert metrics.roi_angle_error(Roi((0, 0), 1, 0.2), points) == pytest.approx(0.2)
    turned = points[:, [1, 0, 2]]  # points left: rotation −π/2
    assert metrics.roi_angle_error(Roi((0, 0), 1, math.pi), turned) == pytest.approx(math.pi / 2)
