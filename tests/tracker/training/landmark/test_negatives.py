"""Places without a hand: none holds a hand, half of them show what is rendered."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.tracker.training.made_hands import hand_in_camera, projected
from tracker.roi import Roi
from tracker.training.landmark.negatives import draw_place, forbidden_boxes

SIDE = 96
CLOTH, THING = 255, 254


def label(box: list[float], visibility: list[int] | None = None, number: int = 0) -> dict[str, Any]:
    """A hand whose landmarks fill the box."""
    points = projected(hand_in_camera())[:, :2]
    low, high = points.min(axis=0), points.max(axis=0)
    points = (points - low) / (high - low) * box[2:] + box[:2]
    return {
        "number": number,
        "landmarks_image": points.tolist(),
        "visibility": visibility or [2] * 21,
        "box": box,
    }


def places(boxes: np.ndarray, mask: np.ndarray | None, count: int = 300) -> list[Roi]:
    rng = np.random.default_rng(0)
    drawn = [draw_place((SIDE, SIDE, 3), boxes, mask, rng) for _ in range(count)]
    return [roi for roi in drawn if roi is not None]


def shown(rois: list[Roi], mask: np.ndarray) -> np.ndarray:
    """Values of the mask at the middles."""
    return np.array([mask[int(roi.center[1]), int(roi.center[0])] for roi in rois])


def test_places_keep_clear_of_hands() -> None:
    boxes = forbidden_boxes([label([10, 10, 30, 30]), label([60, 50, 20, 40], number=1)], None)
    rois = places(boxes, None)
    assert len(rois) > 100
    along = (np.arange(60) + 0.5) / 60
    grid = np.stack(np.meshgrid(along, along), axis=-1).reshape(-1, 2)
    inner = grid * 0.88 + 0.06
    for roi in rois:
        assert 0.15 * SIDE <= roi.size <= 0.9 * SIDE
        for x0, y0, x1, y1 in boxes:
            points = roi.from_unit(inner)
            assert not ((points > (x0, y0)) & (points < (x1, y1))).all(axis=1).any()


def test_boxes_hold_skin_and_landmarks() -> None:
    hand = label([20, 20, 30, 30])
    hand["landmarks_image"][8] = [10.0, 60.0]
    np.testing.assert_allclose(forbidden_boxes([hand], None), [[10, 20, 50, 60]])
    assert forbidden_boxes([], None).shape == (0, 4)


def test_a_hidden_hand_forbids_only_what_is_seen_of_it() -> None:
    hidden = label([20, 20, 40, 40], [1] * 21)
    mask = np.full((SIDE, SIDE), CLOTH, np.uint8)
    assert forbidden_boxes([hidden], mask).shape == (0, 4)
    mask[50:55, 40:60] = 1
    np.testing.assert_array_equal(forbidden_boxes([hidden], mask), [[40, 50, 60, 55]])
    # Where nobody knows what is seen, all of it is forbidden; so it is if one landmark is visible.
    np.testing.assert_array_equal(forbidden_boxes([hidden], None), [[20, 20, 60, 60]])
    hidden["visibility"][3] = 2
    np.testing.assert_allclose(forbidden_boxes([hidden], mask), [[20, 20, 60, 60]])


def test_half_of_the_places_show_what_is_rendered_and_no_hand() -> None:
    mask = np.zeros((SIDE, SIDE), np.uint8)
    mask[10:40, 10:40] = 1  # a hand and, below it, its forearm
    mask[40:80, 20:24] = 1
    mask[60:64, 60:64] = THING
    mask[80:, :] = CLOTH
    boxes = forbidden_boxes([label([10, 10, 30, 30])], mask)
    rois = places(boxes, mask, 600)
    on = shown(rois, mask)
    rendered = (mask > 0).mean()
    assert 0.45 < (on > 0).mean() < 0.5 + rendered + 0.1
    # A small thing is as good as much cloth, and a bare forearm too.
    for value, area in ((THING, 16), (CLOTH, 1536), (1, 160)):
        assert (on == value).mean() > 0.1 + 0.5 * area / SIDE**2


def test_where_only_a_hand_is_rendered_places_are_anywhere() -> None:
    mask = np.zeros((SIDE, SIDE), np.uint8)
    mask[10:40, 10:40] = 1
    boxes = forbidden_boxes([label([10, 10, 30, 30])], mask)
    rois = places(boxes, mask)
    assert len(rois) > 200
    assert not shown(rois, mask).any()
