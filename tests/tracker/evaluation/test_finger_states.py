"""Digits are read from hands that the gesture library poses, seen from the palm and the back."""

from __future__ import annotations

import numpy as np
import pytest

from synth.gestures.library import find_gesture
from synth.hand.joint_angles import angles_to_rotations
from synth.hand.model import forward_kinematics, landmarks_of, load_hand_model
from tracker.evaluation.finger_states import read_digit, stretched_fingers

#: A gesture of the library for each digit.
SHOWN = {
    "fist": 0,
    "asl_o": 0,
    "point": 1,
    "victory": 2,
    "european_3": 3,
    "four": 4,
    "open_palm_spread": 5,
    "asl_w": 6,
    "tid_7": 7,
    "tid_8": 8,
    "asl_f": 9,
}


def seen(gesture: str, mirrored: bool, tilt: float) -> np.ndarray:
    """(21, 2) pixels of a gesture, seen along the palm's normal give or take `tilt` radians."""
    shape = load_hand_model().shape()
    rotations = angles_to_rotations(shape, find_gesture(gesture).angles)
    x, y, z = landmarks_of(forward_kinematics(shape, rotations)).T
    x = x * np.cos(tilt) + z * np.sin(tilt)
    return np.stack([-x if mirrored else x, -y], axis=1) * 1000 + 200


@pytest.mark.parametrize("tilt", [-0.3, 0.0, 0.3])
@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize(("gesture", "digit"), SHOWN.items())
def test_digits_of_posed_hands_are_read(
    gesture: str, digit: int, mirrored: bool, tilt: float
) -> None:
    assert read_digit(seen(gesture, mirrored, tilt)) == digit


def test_fingers_that_show_no_digit_are_none() -> None:
    points = seen("rock", False, 0.0)
    assert stretched_fingers(points)[1:] == (True, False, False, True)
    assert read_digit(points) is None


def test_size_place_and_turn_do_not_matter() -> None:
    turn = np.array([[np.cos(2.0), -np.sin(2.0)], [np.sin(2.0), np.cos(2.0)]])
    points = 0.1 * seen("tid_7", False, 0.0) @ turn.T - 50
    assert read_digit(points) == 7
    assert read_digit(np.column_stack([points, np.full(21, 9.0)])) == 7
