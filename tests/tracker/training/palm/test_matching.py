"""Anchors and palms, against a brute force that counts areas one pair at a time."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tracker.anchors import anchors_of
from tracker.training.palm.matching import (
    IGNORED,
    NEGATIVE,
    POSITIVE,
    match,
    match_boxes,
    square_iou,
)

ANCHORS = torch.tensor(
    [[0.25, 0.25, 0.2], [0.30, 0.25, 0.2], [0.75, 0.75, 0.2], [0.75, 0.75, 0.4]],
    dtype=torch.float32,
)


def iou(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    """Of two squares, from their sides' intervals."""
    both = 1.0
    for axis in (0, 1):
        low = max(a[axis] - a[2] / 2, b[axis] - b[2] / 2)
        high = min(a[axis] + a[2] / 2, b[axis] + b[2] / 2)
        both *= max(0.0, high - low)
    return both / (a[2] ** 2 + b[2] ** 2 - both)


def yes(*values: bool) -> torch.Tensor:
    return torch.tensor([values])


def test_iou_is_that_of_the_intervals() -> None:
    rng = np.random.default_rng(0)
    anchors = np.column_stack([rng.random((30, 2)), rng.uniform(0.05, 0.7, 30)])
    palms = np.column_stack([rng.random((8, 2)), rng.uniform(0.05, 0.7, 8)]).reshape(2, 4, 3)
    found = square_iou(torch.from_numpy(anchors), torch.from_numpy(palms))
    for n in range(2):
        for p in range(4):
            expected = [iou(tuple(anchor), tuple(palms[n, p])) for anchor in anchors]
            assert found[n, p].numpy() == pytest.approx(np.array(expected), abs=1e-12)


def test_states_by_hand() -> None:
    # IoU with the palm: 1, 0.15·0.2 / (0.08 − 0.03) = 0.6, 0, 0.
    palms = torch.tensor([[[0.25, 0.25, 0.2]]])
    matches = match(ANCHORS, palms, yes(True), yes(False), 0.5, 0.35)
    assert matches.states.tolist() == [[POSITIVE, POSITIVE, NEGATIVE, NEGATIVE]]
    # With 0.7 asked for, 0.6 is between.
    matches = match(ANCHORS, palms, yes(True), yes(False), 0.7, 0.35)
    assert matches.states.tolist() == [[POSITIVE, IGNORED, NEGATIVE, NEGATIVE]]


def test_every_palm_gets_its_best_anchor_however_small_the_overlap() -> None:
    palms = torch.tensor([[[0.25, 0.25, 0.2], [0.70, 0.70, 0.8]]])
    matches = match(ANCHORS, palms, yes(True, True), yes(False, False), 0.5, 0.35)
    # 0.4² / 0.8² = 0.25 is the best that the second has.
    assert matches.states.tolist() == [[POSITIVE, POSITIVE, NEGATIVE, POSITIVE]]
    assert matches.palms[0, [0, 1, 3]].tolist() == [0, 0, 1]


def test_anchors_on_an_ignored_palm_are_not_judged() -> None:
    palms = torch.tensor([[[0.25, 0.25, 0.2], [0.75, 0.75, 0.4]]])
    matches = match(ANCHORS, palms, yes(True, False), yes(False, True), 0.5, 0.35)
    assert matches.states.tolist() == [[POSITIVE, POSITIVE, IGNORED, IGNORED]]


def test_padding_asks_for_nothing() -> None:
    palms = torch.zeros(1, 2, 3)
    matches = match(ANCHORS, palms, yes(False, False), yes(False, False), 0.5, 0.35)
    assert matches.states.tolist() == [[NEGATIVE] * 4]


def test_all_anchors_against_a_brute_force() -> None:
    rng = np.random.default_rng(1)
    anchors = anchors_of(64)
    palms = np.column_stack([rng.random((6, 2)), rng.uniform(0.05, 0.6, 6)]).reshape(2, 3, 3)
    wanted = np.array([[True, True, False], [True, False, False]])
    ignored = np.array([[False, False, True], [False, True, False]])
    found = match(
        torch.from_numpy(anchors),
        torch.from_numpy(palms.astype(np.float32)),
        torch.from_numpy(wanted),
        torch.from_numpy(ignored),
        0.5,
        0.35,
    )
    for n in range(2):
        table = np.array([[iou(tuple(p), tuple(a)) for a in anchors.tolist()] for p in palms[n]])
        asked = table[wanted[n]]
        expected = np.full(len(anchors), NEGATIVE)
        expected[asked.max(axis=0) >= 0.35] = IGNORED
        expected[(table[ignored[n]] >= 0.1).any(axis=0)] = IGNORED
        expected[asked.max(axis=0) >= 0.5] = POSITIVE
        expected[asked.argmax(axis=1)] = POSITIVE
        assert found.states[n].tolist() == expected.tolist()


def test_a_hand_box_keeps_its_anchors_from_being_negative_and_names_the_likely_ones() -> None:
    boxes = torch.tensor([[[0.1, 0.1, 0.5, 0.4], [0.0, 0.0, 1.0, 1.0]]])
    near, plausible = match_boxes(ANCHORS, boxes, yes(True, False))
    # The longer side is 0.4: 0.2 is half of it. The second box does not exist.
    assert near.tolist() == [[True, True, False, False]]
    assert plausible[0, 0].tolist() == [True, True, False, False]
    assert not plausible[0, 1].any()


def test_sizes_of_palms_in_a_hand_box() -> None:
    # Of a box of 0.4: 0.2, 0.24, 0.325, 0.34, 0.74, 0.76, 1.08, 1.12.
    sizes = [0.08, 0.096, 0.13, 0.136, 0.296, 0.304, 0.432, 0.448]
    anchors = torch.tensor([[0.3, 0.3, size] for size in sizes])
    boxes = torch.tensor([[[0.1, 0.1, 0.5, 0.4]]])
    near, plausible = match_boxes(anchors, boxes, yes(True))
    no, maybe = [False], [True]
    assert plausible[0, 0].tolist() == [*no * 3, *maybe * 2, *no * 3]
    assert near[0].tolist() == [*no, *maybe * 6, *no]


def test_just_outside_of_a_box_nothing_is_asked() -> None:
    anchors = torch.tensor([[0.53, 0.3, 0.2], [0.55, 0.3, 0.2]])  # the margin is 0.04
    boxes = torch.tensor([[[0.1, 0.1, 0.5, 0.4]]])
    near, plausible = match_boxes(anchors, boxes, yes(True))
    assert near.tolist() == [[True, False]]
    assert not plausible.any()
