"""Rotations, compared with scipy's."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from synth.rotations import (
    coordinate_rotation,
    quaternion_about,
    quaternion_of,
    rotation_about,
    rotation_matrix,
    turn_between,
)

RANDOM = Rotation.random(200, random_state=4)


def test_quaternions_to_matrices_and_back() -> None:
    x, y, z, w = RANDOM.as_quat().T
    quaternions = np.stack([w, x, y, z], axis=-1)
    np.testing.assert_allclose(rotation_matrix(quaternions), RANDOM.as_matrix(), atol=1e-12)
    again = quaternion_of(RANDOM.as_matrix())
    assert (again[:, 0] >= 0).all()
    np.testing.assert_allclose(again, quaternions * np.sign(quaternions[:, :1]), atol=1e-12)
    assert rotation_matrix(quaternions.reshape(2, 100, 4)).shape == (2, 100, 3, 3)


@pytest.mark.parametrize("axis", range(3))
def test_half_turns_have_a_quaternion_too(axis: int) -> None:
    matrix = -np.eye(3)
    matrix[axis, axis] = 1
    np.testing.assert_allclose(np.abs(quaternion_of(matrix)), np.eye(4)[axis + 1], atol=1e-12)


def test_turns_about_an_axis() -> None:
    rng = np.random.default_rng(1)
    for angle in (-3.0, -0.2, 0.0, 1e-9, 1.0, np.pi):
        axis = rng.normal(size=3)
        axis /= np.linalg.norm(axis)
        expected = Rotation.from_rotvec(angle * axis).as_matrix()
        np.testing.assert_allclose(rotation_about(axis, angle), expected, atol=1e-12)
        turned = rotation_matrix(quaternion_about(axis, angle))
        np.testing.assert_allclose(turned, expected, atol=1e-12)
        for number, name in enumerate("xyz"):
            expected = Rotation.from_euler(name, angle).as_matrix()
            np.testing.assert_allclose(coordinate_rotation(number, angle), expected, atol=1e-12)


def test_the_turn_between_two_directions_is_the_smallest() -> None:
    rng = np.random.default_rng(2)
    pairs = rng.normal(size=(50, 2, 3))
    pairs /= np.linalg.norm(pairs, axis=-1, keepdims=True)
    for a, b in pairs:
        turn = turn_between(a, b)
        np.testing.assert_allclose(turn @ a, b, atol=1e-12)
        angle = np.linalg.norm(Rotation.from_matrix(turn).as_rotvec())
        assert angle == pytest.approx(np.arccos(a @ b), abs=1e-9)


@pytest.mark.parametrize("direction", [*np.eye(3), *-np.eye(3)])
def test_the_turn_to_the_opposite_is_half_a_turn(direction: np.ndarray) -> None:
    turn = turn_between(direction, -direction)
    np.testing.assert_allclose(turn @ direction, -direction, atol=1e-12)
    np.testing.assert_allclose(turn @ turn.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(turn) == pytest.approx(1)
