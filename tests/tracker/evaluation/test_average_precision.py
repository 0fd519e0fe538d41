from __future__ import annotations

import math

import numpy as np
import pytest

from tracker.evaluation.average_precision import (
    PalmImage,
    average_precision,
    palm_precision,
    squares,
)


def image(boxes: list, scores: list, truth: list, ignored: list | None = None) -> PalmImage:
    """Squares as (x, y, side)."""

    def corners(of: list) -> np.ndarray:
        array = np.array(of, float).reshape(-1, 3)
        return squares(array[:, :2], array[:, 2])

    mask = None if ignored is None else np.array(ignored, bool)
    return PalmImage(corners(boxes), np.array(scores, float), corners(truth), mask)


def test_squares() -> None:
    assert squares([[5, 6]], [4]).tolist() == [[3, 4, 7, 8]]


def test_all_right_is_one() -> None:
    both = palm_precision([image([(5, 5, 4), (50, 5, 9)], [0.9, 0.1], [(50, 5, 9), (5, 5, 4)])])
    assert both.ap50 == both.ap50_95 == 1


def test_a_worse_scored_false_detection_costs_nothing_and_a_better_one_does() -> None:
    truth = [(5, 5, 4)]
    assert average_precision([image([(5, 5, 4), (90, 90, 4)], [0.9, 0.8], truth)], 0.5) == 1
    assert average_precision([image([(5, 5, 4), (90, 90, 4)], [0.8, 0.9], truth)], 0.5) == 0.5


def test_half_of_the_palms_found() -> None:
    # Recall reaches 0.5 at precision 1: 51 of the 101 recalls.
    images = [image([(5, 5, 4)], [0.9], [(5, 5, 4)]), image([], [], [(5, 5, 4)])]
    assert average_precision(images, 0.5) == pytest.approx(51 / 101)


def test_second_detection_of_a_palm_is_false() -> None:
    images = [
        image([(5, 5, 4), (5, 5, 4)], [0.9, 0.8], [(5, 5, 4)]),
        image([(5, 5, 4)], [0.7], [(5, 5, 4)]),
    ]
    # Hit, miss, hit: precision 1 up to recall 0.5, then 2/3.
    assert average_precision(images, 0.5) == pytest.approx((51 + 50 * 2 / 3) / 101)


def test_thresholds_of_the_mean() -> None:
    # Side 10 moved by 1: IoU 9/11 = 0.818, found at 0.50 … 0.80, which are 7 of 10.
    precision = palm_precision([image([(6, 5, 10)], [0.5], [(5, 5, 10)])])
    assert precision.ap50 == 1
    assert precision.ap50_95 == pytest.approx(0.7)


def test_ignored_palms_count_neither_way() -> None:
    boxes, scores = [(5, 5, 4), (50, 50, 4)], [0.9, 0.95]
    truth = [(5, 5, 4), (50, 50, 4), (90, 90, 4)]
    assert average_precision([image(boxes, scores, truth, [0, 1, 1])], 0.5) == 1
    assert math.isnan(average_precision([image(boxes, scores, truth, [1, 1, 1])], 0.5))


def test_against_an_independent_computation() -> None:
    """Precision and recall are recomputed at every score threshold, in another way."""
    rng = np.random.default_rng(3)
    scores = rng.permutation(240).reshape(40, 6) / 240  # no two alike
    images = []
    for own in scores:
        truth = np.column_stack([rng.uniform(0, 300, (3, 2)), rng.uniform(20, 40, 3)])
        near = truth + rng.normal(0, 4, truth.shape)
        far = np.column_stack([rng.uniform(0, 300, (3, 2)), rng.uniform(20, 40, 3)])
        images.append(image([*near, *far], list(own), list(truth)))
    assert average_precision(images, 0.5) == pytest.approx(_by_thresholds(images, 0.5), abs=1e-9)


def _by_thresholds(images: list[PalmImage], threshold: float) -> float:
    def overlap(a: np.ndarray, b: np.ndarray) -> float:
        width = min(a[2], b[2]) - max(a[0], b[0])
        height = min(a[3], b[3]) - max(a[1], b[1])
        both = max(width, 0) * max(height, 0)
        return both / ((a[2] - a[0]) ** 2 + (b[2] - b[0]) ** 2 - both)

    cuts = sorted({float(s) for img in images for s in img.scores}, reverse=True)
    total = sum(len(img.truth) for img in images)
    points = []
    for cut in cuts:
        hits = shown = 0
        for img in images:
            taken: set[int] = set()
            for i in sorted(range(len(img.scores)), key=lambda i: -img.scores[i]):
                if img.scores[i] < cut:
                    break
                shown += 1
                free = [
                    (overlap(img.boxes[i], t), j)
                    for j, t in enumerate(img.truth)
                    if j not in taken and overlap(img.boxes[i], t) >= threshold
                ]
                if free:
                    taken.add(max(free)[1])
                    hits += 1
        points.append((hits / total, hits / shown))
    levels = [i / 100 for i in range(101)]
    return sum(max((p for r, p in points if r >= level), default=0) for level in levels) / 101
