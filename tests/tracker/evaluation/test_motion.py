from __future__ import annotations

import math

import numpy as np
import pytest

from tracker.evaluation import motion


def path(frames: int = 60, shift: float = 0) -> np.ndarray:
    """(T, 2, 2): two points on a smooth curve, `shift` frames late."""
    t = (np.arange(frames) - shift) / 10
    x, y = 40 * np.sin(t) + 11 * np.sin(2.3 * t), 25 * np.cos(0.7 * t)
    one = np.stack([x, y], axis=1)
    return np.stack([one, one + 7], axis=1)


def test_acceleration_error_by_hand() -> None:
    truth = np.zeros((4, 1, 2))
    found = truth.copy()
    found[1, 0, 0] = 3  # second differences of the error: −6 at frame 1, 3 at frame 2
    error = motion.acceleration_error(found, truth, np.full(4, 10.0))
    assert error == pytest.approx((0.6 + 0.3) / 2)


def test_constant_error_is_no_jitter_and_gaps_do_not_count() -> None:
    truth = path()
    found = truth + 5
    found[20] = np.nan
    assert motion.acceleration_error(found, truth, np.ones(60)) == pytest.approx(0, abs=1e-9)
    assert math.isnan(motion.acceleration_error(found * np.nan, truth, np.ones(60)))


def test_still_deviation_of_known_noise() -> None:
    noise = np.random.default_rng(0).normal(0, 2, (4000, 3, 2))
    # Both coordinates vary by 2: the distance's root mean square is 2 √2.
    deviation = motion.still_deviation(noise + 100, palm=50)
    assert deviation == pytest.approx(2 * math.sqrt(2) / 50, rel=0.02)
    assert math.isnan(motion.still_deviation(np.full((1, 3, 2), 1.0), 50))


@pytest.mark.parametrize("late", [0, 1, 2.5, -1])
def test_lag_finds_the_shift(late: float) -> None:
    assert motion.lag(path(shift=late) + 4, path()) == pytest.approx(late, abs=0.06)


def test_lag_lives_with_lost_frames_and_refuses_a_still_hand() -> None:
    found = path(shift=2)
    found[10:14] = np.nan
    assert motion.lag(found, path()) == pytest.approx(2, abs=0.06)
    still = np.ones((60, 2, 2))
    assert math.isnan(motion.lag(still, still))


def test_flips() -> None:
    left, right = "left", "right"
    assert motion.flips([[left, left, right, left], [right]]) == 1
    assert math.isnan(motion.flips([]))


def test_continuity() -> None:
    #        late  found ------  lost        again  id 2  leaves      late  again
    ids = [None, 1, 1, 1, None, None, 1, 2, None, None, None, 5, 5]
    view = [True] * 8 + [False, False] + [True] * 3
    got = motion.continuity(ids, view, fps=1)
    assert got == motion.Continuity(
        in_view=11, late=2, lost=2, redetections=1, id_changes=1, minutes=11 / 60
    )
    assert got.lost_share == pytest.approx(2 / 11)
    assert got.redetections_a_minute == pytest.approx(60 / 11)
