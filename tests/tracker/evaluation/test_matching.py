from __future__ import annotations

import numpy as np

from tests.tracker.fake_models import ScriptedHand
from tracker.evaluation.matching import match_boxes, match_landmarks


def hand(x: float, y: float = 100) -> np.ndarray:
    return ScriptedHand((x, y), size=40).landmarks


def test_each_result_goes_to_the_hand_it_lies_on() -> None:
    matching = match_landmarks([hand(50), hand(200)], [hand(205), hand(400), hand(48)])
    assert matching.pairs == ((0, 2), (1, 0))
    assert matching.missed == ()
    assert matching.false == (1,)


def test_one_result_is_not_two_hands_and_two_results_are_not_one_hand() -> None:
    assert match_landmarks([hand(50), hand(52)], [hand(51)]).missed in ((0,), (1,))
    matching = match_landmarks([hand(50)], [hand(53), hand(51)])
    assert matching.pairs == ((0, 1),)
    assert matching.false == (0,)


def test_the_sum_of_distances_decides_not_the_best_pair() -> None:
    # Taken greedily, result 0 would go to hand 1 (10 pixels) and result 1 to hand 0 (40 pixels).
    matching = match_landmarks([hand(50), hand(75)], [hand(65), hand(90)])
    assert matching.pairs == ((0, 0), (1, 1))


def test_reach_is_half_of_the_rectangle() -> None:
    points = hand(100)
    side = np.ptp(points[:, :2], axis=0).max()
    within = match_landmarks([points], [hand(100 + 0.49 * side)])
    beyond = match_landmarks([points], [hand(100 + 0.51 * side)])
    assert within.pairs == ((0, 0),)
    assert beyond.pairs == ()


def test_nothing() -> None:
    assert match_landmarks([], []).pairs == ()
    assert match_landmarks([], [hand(5)]).false == (0,)
    assert match_boxes([np.array([0, 0, 1, 1.0])], [], (10, 10)).missed == (0,)


def test_boxes_by_iou_with_results_cut_to_the_image() -> None:
    corners = np.zeros((21, 2))
    corners[0], corners[1:] = (-50, 0), (50, 100)  # in the image: 50 x 100
    box = np.array([0, 0, 100, 100.0])
    assert match_boxes([box], [corners], (200, 200)).pairs == ((0, 0),)
    assert match_boxes([box], [corners], (200, 200), least=0.51).pairs == ()
