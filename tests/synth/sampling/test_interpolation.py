"""Easing and timing against hand-worked values."""

from __future__ import annotations

import numpy as np
import pytest

from synth.hand.joint_angles import ANGLE_NAMES, HandAngles
from synth.hand.limits import check, sample_angles
from synth.sampling.interpolation import (
    Timeline,
    minimum_jerk,
    sample_timeline,
    sample_times,
)


def test_minimum_jerk_starts_and_ends_at_rest() -> None:
    t = np.linspace(0, 1, 10001)
    position = minimum_jerk(t)
    np.testing.assert_allclose(position[[0, 5000, 10000]], [0, 0.5, 1])
    speed = np.gradient(position, t)
    acceleration = np.gradient(speed, t)
    assert np.abs(speed[[0, -1]]).max() < 1e-6
    assert np.abs(acceleration[[0, -1]]).max() < 0.02
    assert speed.max() == pytest.approx(15 / 8, rel=1e-4)  # at the middle, known of min-jerk
    np.testing.assert_array_equal(minimum_jerk(np.array([-1.0, 2.0])), [0, 1])


def timeline(late: float = 0.0, early: float = 0.0) -> Timeline:
    keys = np.zeros((3, len(ANGLE_NAMES)))
    keys[1] = 1.0
    keys[2] = -1.0
    return Timeline(
        keys=keys,
        arrive=np.array([0.0, 2.0, 4.0]),
        leave=np.array([1.0, 2.5, 5.0]),
        late=np.full((2, 6), late),
        early=np.full((2, 6), early),
    )


def test_poses_are_held_and_left() -> None:
    line = timeline()
    for time, value in (
        (-1.0, 0.0),
        (0.0, 0.0),
        (1.0, 0.0),
        (1.5, 0.5),
        (2.0, 1.0),
        (2.3, 1.0),
        (3.25, 0.0),
        (4.0, -1.0),
        (9.0, -1.0),
    ):
        np.testing.assert_allclose(line.angles_at(time), value, atol=1e-12)
    assert line.duration == 5.0


def test_fingers_are_staggered() -> None:
    line = timeline()
    line.late[0, 1] = 0.25  # the index finger starts a quarter of the second later
    at = dict(zip(ANGLE_NAMES, line.angles_at(1.2), strict=True))
    assert at["index.pip"] == 0
    assert at["middle.pip"] == pytest.approx(float(minimum_jerk(np.array(0.2))))
    at = dict(zip(ANGLE_NAMES, line.angles_at(1.25 + 0.375), strict=True))
    assert at["index.pip"] == pytest.approx(0.5)


def test_between_possible_keys_everything_is_possible() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        keys = np.stack([sample_angles(rng).to_vector() for _ in range(3)])
        line = sample_timeline(rng, keys, (0.3, 1.0), (0.0, 0.3))
        for time in np.linspace(0, line.duration, 25):
            assert check(HandAngles.from_vector(line.angles_at(time))) == []


def test_times_are_spread_over_the_sequence_and_prefer_held_poses() -> None:
    rng = np.random.default_rng(0)
    line = timeline()
    for _ in range(50):
        times = sample_times(rng, line, 4, 0.5)
        np.testing.assert_array_equal(np.floor(times / 1.25).clip(max=3), range(4))
    held = [t for _ in range(200) for t in sample_times(rng, line, 5, 1.0)]
    share = np.mean([any(a <= t <= b for a, b in ((0, 1), (2, 2.5), (4, 5))) for t in held])
    # Of the 5 parts, the 4th (3 to 4 s) holds none except at its very end.
    assert share == 1.0


def test_one_key_is_a_still_hand() -> None:
    rng = np.random.default_rng(0)
    line = sample_timeline(rng, np.ones((1, len(ANGLE_NAMES))), (0.3, 1.0), (0.1, 0.3))
    assert 0.1 <= line.duration <= 0.3
    np.testing.assert_array_equal(line.angles_at(0.2), 1.0)
