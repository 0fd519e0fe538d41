from __future__ import annotations

import numpy as np
import pytest

from tests.tracker.fake_models import ScriptedHand
from tracker.estimates import HandEstimate
from tracker.one_euro import begin, smooth
from tracker.roi import Roi, roi_from_landmarks
from tracker.tracks import MEMORY, begun, followed, lost_hand_at, named, regained, remembered


def _estimate(x: float = 300, size: float = 60, right: float = 0.95) -> HandEstimate:
    hand = ScriptedHand((x, 300), size)
    world = hand.landmarks / size * 0.1
    return HandEstimate(Roi((x, 250.0), 200.0, 0.0), 1.0, right, hand.landmarks, world)


def test_a_hand_one_frame_later() -> None:
    first, second = _estimate(300), _estimate(310)
    track = followed(begun(4, first, 1.0), second, 1.1)
    assert track.id == 4
    assert track.timestamp == 1.1
    # The size that the speed is measured by is half the region's side.
    smoothed = smooth(begin(first.landmarks, 1.0), second.landmarks, 1.1, size=100.0)
    assert track.landmarks.value == pytest.approx(smoothed.value)
    assert (track.landmarks.value[:, 0] < second.landmarks[:, 0]).all()
    # The region of the next frame follows the hand as it is, not as it is smoothed.
    assert track.next_roi() == roi_from_landmarks(second.landmarks)


def test_memory_fades() -> None:
    tracks = [begun(0, _estimate(), 0.0), begun(1, _estimate(), 0.5), begun(2, _estimate(), 1.0)]
    assert [t.id for t in remembered(tracks, [], 0.4 + MEMORY)] == [1, 2]
    assert [t.id for t in remembered(tracks, tracks[1:2], 0.4)] == [0, 2]


def test_a_lost_hand_is_known_by_place_size_and_side() -> None:
    lost = [begun(3, _estimate(300), 0.0)]
    assert lost_hand_at(_estimate(330), lost) is lost[0]
    assert lost_hand_at(_estimate(330, right=0.4), lost) is lost[0]  # unsure
    assert lost_hand_at(_estimate(330, right=0.05), lost) is None
    assert lost_hand_at(_estimate(600), lost) is None
    assert lost_hand_at(_estimate(300, size=150), lost) is None
    assert lost_hand_at(_estimate(300), []) is None


def test_the_nearest_of_two() -> None:
    lost = [begun(0, _estimate(300), 0.0), begun(1, _estimate(380), 0.0)]
    match = lost_hand_at(_estimate(360), lost)
    assert match is not None
    assert match.id == 1


def test_names() -> None:
    lost = [begun(3, _estimate(300), 0.0)]
    found = [_estimate(900), _estimate(310), _estimate(320)]
    assert [track.id for track in named(found, lost, 7, 0.3)] == [7, 3, 8]


def test_a_regained_hand_does_not_drag_its_old_place_along() -> None:
    track = regained(begun(3, _estimate(300, right=0.9), 0.0), _estimate(330, right=0.4), 0.5)
    assert track.id == 3
    assert track.landmarks.value == pytest.approx(_estimate(330).landmarks)
    assert not track.landmarks.speed.any()
    assert track.handedness.handedness == "right"


def test_doubt() -> None:
    track = begun(0, _estimate(right=0.9), 0.0)
    for frame in range(1, 5):
        track = followed(track, _estimate(right=0.9), frame / 30)
    assert not track.in_doubt()
    assert followed(track, _estimate(right=0.1), 0.2).in_doubt()
    assert np.isfinite(track.landmarks_world.value).all()
