"""Where the hand is and how it is turned."""

from __future__ import annotations

import numpy as np
import pytest

from synth.sampling.placement import random_rotation, sample_placement
from synth.scene import Side

RNG = np.random.default_rng


def test_placements_are_rigid_and_near_the_origin() -> None:
    for seed in range(50):
        placement = sample_placement(RNG(seed), None, "right")
        turn = placement[:3, :3]
        np.testing.assert_allclose(turn @ turn.T, np.eye(3), atol=1e-9)
        assert np.linalg.det(turn) == pytest.approx(1)
        assert np.abs(placement[:3, 3]).max() <= 0.04
        np.testing.assert_array_equal(placement[3], [0, 0, 0, 1])


def test_random_rotations_have_no_favourite() -> None:
    rng = RNG(0)
    turns = np.array([random_rotation(rng) for _ in range(4000)])
    # Every entry of a uniform rotation has mean 0 and variance 1/3.
    assert np.abs(turns.mean(0)).max() < 4 / np.sqrt(3 * 4000)
    np.testing.assert_allclose(turns.var(0), 1 / 3, atol=0.03)
    # The angle's density is (1 − cos θ) / π, so its mean is π/2 + 2/π.
    angles = np.arccos(np.clip((np.trace(turns, axis1=1, axis2=2) - 1) / 2, -1, 1))
    assert angles.mean() == pytest.approx(np.pi / 2 + 2 / np.pi, abs=0.04)


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("up", [(2.0, 0.0, 0.0), (0.3, -0.4, 0.1)])
def test_what_a_gesture_wants_upwards_points_up(side: Side, up: tuple[float, ...]) -> None:
    direction = np.array(up) / np.linalg.norm(up)
    if side == "left":
        direction[0] = -direction[0]
    heights = [
        (sample_placement(RNG(seed), np.array(up), side)[:3, :3] @ direction)[2]
        for seed in range(200)
    ]
    # The tilt's standard deviation is 15°.
    tilt = np.degrees(np.arccos(heights))
    assert np.sqrt(np.mean(tilt**2)) == pytest.approx(15, abs=2.5)


def test_about_half_of_the_other_hands_are_raised() -> None:
    up = np.array([sample_placement(RNG(s), None, "right")[2, 1] for s in range(1000)])
    # Uniform ones point within 60° of up in a quarter of the cases, raised ones (35°) nearly all.
    raised = 0.5 * 0.25 + 0.5 * 0.913
    assert np.mean(up > 0.5) == pytest.approx(raised, abs=0.06)


def test_headings_are_uniform() -> None:
    turns = [sample_placement(RNG(s), np.array([0, 1.0, 0]), "right")[:3, :3] for s in range(800)]
    heading = np.array([np.arctan2(t[1, 0], t[0, 0]) for t in turns])
    assert abs(np.exp(1j * heading).mean()) < 0.1
