from __future__ import annotations

import numpy as np
import pytest

from tests.tracker.fake_models import ScriptedHand
from tracker.duplicates import MAX_SHARED_NEW_HAND, first_of_each, palm_square, same_hand, unclaimed
from tracker.estimates import HandEstimate
from tracker.palms import NO_PALMS, Palms
from tracker.roi import Roi


def _estimate(hand: ScriptedHand) -> HandEstimate:
    return HandEstimate(Roi(hand.wrist, 200.0, 0.0), 1.0, 0.9, hand.landmarks, np.zeros((21, 3)))


def _palms(*hands: ScriptedHand) -> Palms:
    boxes = np.array([palm_square(hand.landmarks) for hand in hands])
    return Palms(np.ones(len(hands)), boxes, np.zeros((len(hands), 7, 2)))


def test_palm_square_worked_by_hand() -> None:
    landmarks = np.full((21, 3), 50.0)
    landmarks[0, :2] = 50, 80
    landmarks[5, :2] = 40, 45
    landmarks[[4, 6, 20], :2] = 900  # no palm landmarks
    assert palm_square(landmarks) == pytest.approx([45, 62.5, 35])


HAND = ScriptedHand((300, 300), 60)


@pytest.mark.parametrize(
    "other",
    [
        HAND,
        ScriptedHand((310, 295), 66, 0.2),
        ScriptedHand((300, 180), 60, np.pi),  # taken upside down
        ScriptedHand((300, 290), 35),  # taken for a smaller one
    ],
)
def test_one_hand_seen_twice(other: ScriptedHand) -> None:
    assert same_hand(_estimate(HAND), _estimate(other))
    assert same_hand(_estimate(other), _estimate(HAND))


@pytest.mark.parametrize(
    "other",
    [
        ScriptedHand((400, 300), 60),  # beside it
        ScriptedHand((300, 420), 60),  # below it
        ScriptedHand((360, 240), 60, 1.2),  # fingers across
    ],
)
def test_two_hands(other: ScriptedHand) -> None:
    assert not same_hand(_estimate(HAND), _estimate(other))


def test_a_new_hand_may_share_less() -> None:
    # Shifted by 0.4 of its width and height, a box shares 0.36 of itself; by 0.2, 0.64.
    low, high = HAND.landmarks[:, :2].min(axis=0), HAND.landmarks[:, :2].max(axis=0)
    for share, apart in ((0.2, True), (0.4, False)):
        moved = HandEstimate(
            Roi(HAND.wrist, 200.0, 0.0),
            1.0,
            0.9,
            HAND.landmarks + [*(share * (high - low)), 0.0],
            np.zeros((21, 3)),
        )
        one = _estimate(HAND)
        assert same_hand(one, moved, MAX_SHARED_NEW_HAND) is apart
        assert first_of_each([one, moved], MAX_SHARED_NEW_HAND) == ([0] if apart else [0, 1])


def test_the_first_of_each_stays() -> None:
    twice = ScriptedHand((305, 303), 60)
    beside = ScriptedHand((500, 300), 60)
    hands = [_estimate(hand) for hand in (HAND, beside, twice, beside)]
    assert first_of_each(hands) == [0, 1]
    assert first_of_each([]) == []


def test_palms_of_known_hands_are_dropped() -> None:
    beside = ScriptedHand((420, 300), 60)
    palms = _palms(ScriptedHand((306, 297), 70), beside, ScriptedHand((300, 295), 25))
    left = unclaimed(palms, [_estimate(HAND)])
    assert len(left) == 1
    assert left.boxes[0] == pytest.approx(palms.boxes[1])
    assert len(unclaimed(palms, [])) == 3
    assert len(unclaimed(NO_PALMS, [_estimate(HAND)])) == 0
