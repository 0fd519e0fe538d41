"""Directions in the palm's frame, and bins that are as large as each other."""

from __future__ import annotations

import numpy as np
import pytest

from synth.report.viewpoint import BINS, bin_edges, bin_of, camera_direction
from synth.rotations import rotation_matrix


def flat_hand(side: str) -> np.ndarray:
    """A right hand in its own frame: fingers along +Y, the thumb's side +X, the palm +Z."""
    points = np.zeros((21, 3))
    points[9] = [0.0, 0.09, 0.0]
    points[5], points[17] = [0.025, 0.088, 0.0], [-0.035, 0.075, 0.0]
    return points * ([1, 1, 1] if side == "right" else [-1, 1, 1])


@pytest.mark.parametrize("side", ["right", "left"])
@pytest.mark.parametrize("place", [[0, 0, 1], [0.6, 0, 0.8], [0, -1, 0], [-0.36, 0.48, -0.8]])
def test_the_camera_is_seen_from_the_palm(side: str, place: list[float]) -> None:
    rng = np.random.default_rng(0)
    quaternions = rng.normal(size=(2, 4))
    hand_turn, camera_turn = rotation_matrix(
        quaternions / np.linalg.norm(quaternions, axis=1, keepdims=True)
    )
    shift = rng.normal(size=3)
    mirror = np.array([1.0, 1.0, 1.0] if side == "right" else [-1.0, 1.0, 1.0])
    world = flat_hand(side) @ hand_turn.T + shift
    # Metres from the middle of the palm; what is the thumb's side of a left hand is −X here.
    centre = hand_turn @ (mirror * place * 3.0 + [0.0, 0.045, 0.0]) + shift
    view = np.eye(4)
    view[:3, :3], view[:3, 3] = camera_turn, -camera_turn @ centre
    direction = camera_direction(world, view, side)
    assert direction is not None
    np.testing.assert_allclose(direction, place, atol=1e-9)


def test_a_palm_without_a_frame_has_no_direction() -> None:
    assert camera_direction(np.zeros((21, 3)), np.eye(4), "left") is None


def test_directions_from_everywhere_fill_the_bins_evenly() -> None:
    rng = np.random.default_rng(1)
    count = 200 * 2 * BINS
    directions = rng.normal(size=(count, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    counts = np.zeros((2, BINS))
    for direction in directions[::4]:
        at_palm, index = bin_of(direction)
        assert at_palm == (direction[2] >= 0)
        counts[int(at_palm), index] += 1
    # 50 are expected in each; of 512 Poisson numbers none is 5.5 deviations off.
    assert counts.sum() == count / 4
    assert np.abs(counts - 50).max() < 5.5 * 50**0.5


def test_a_bin_is_where_its_directions_are() -> None:
    for index in range(BINS):
        inner, outer, first, last = bin_edges(index)
        radius, angle = (inner + outer) / 2, (first + last) / 2
        z = 1 - radius**2
        across = (1 - z**2) ** 0.5
        direction = np.array([across * np.cos(angle), across * np.sin(angle), z])
        assert bin_of(direction) == (True, index)
        assert bin_of(direction * [1, 1, -1]) == (False, index)
