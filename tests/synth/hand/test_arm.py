"""The arm behind the hand."""

from __future__ import annotations

import numpy as np
import pytest

from synth.hand.arm import (
    arm_line,
    arm_path,
    elbow_distance,
    forearm_frame,
    forearm_skin,
    forearm_twists,
)
from synth.hand.model import load_hand_model

STILL = np.array([1.0, 0.0, 0.0, 0.0])


def test_a_straight_arm_is_a_straight_line() -> None:
    along = np.array([-0.01, 0.0, 0.1, 0.25, 0.6])
    line, direction = arm_line(along, 0.25, 0.0)
    np.testing.assert_allclose(line, np.column_stack([np.zeros(5), along]), atol=1e-12)
    np.testing.assert_allclose(direction, np.tile([0.0, 1.0], (5, 1)), atol=1e-12)


@pytest.mark.parametrize("angle", [0.3, 1.0, 1.9])
def test_the_line_is_as_long_as_it_says_and_bends_by_the_angle(angle: float) -> None:
    along = np.linspace(-0.02, 1.0, 20001)
    line, direction = arm_line(along, 0.25, angle)
    steps = np.diff(line, axis=0)
    np.testing.assert_allclose(np.linalg.norm(steps, axis=1), along[1] - along[0], rtol=1e-4)
    middle = (direction[1:] + direction[:-1]) / 2
    np.testing.assert_allclose(steps / (along[1] - along[0]), middle, atol=3e-4)
    np.testing.assert_allclose(direction[0], [0, 1])
    np.testing.assert_allclose(direction[-1], [np.sin(angle), np.cos(angle)])


def test_a_right_angle_towards_the_palm() -> None:
    frame = np.eye(4)
    frame[:3, 3] = [1.0, 2.0, 3.0]
    # The arc is 9 cm long, a quarter of a circle of radius 0.09 · 2 / π, from 0.205 m on.
    radius = 0.09 * 2 / np.pi
    end = arm_path(frame, np.array([1.25]), 0.25, np.pi / 2, np.pi / 2)[0]
    np.testing.assert_allclose(end - [1, 2, 3], [0, 0.205 + radius, radius + 0.955], atol=1e-9)


def test_the_forearm_turns_back_under_a_pronated_hand() -> None:
    shape = load_hand_model().shape()
    twists = forearm_twists(0.8)
    assert sum(twists.values()) == pytest.approx(-0.8)
    rest = forearm_frame(shape, STILL, 0.0)
    np.testing.assert_allclose(rest, shape.arm_rest[1])
    turned = forearm_frame(shape, STILL, 0.8)
    np.testing.assert_allclose(turned[:3, 1], rest[:3, 1], atol=1e-12)
    cosine, sine = turned[:3, 0] @ rest[:3, 0], turned[:3, 0] @ rest[:3, 2]
    # The bone at the wrist takes three tenths: a turn by −0.24 about +Y takes +X towards +Z.
    assert np.arctan2(sine, cosine) == pytest.approx(0.24)


def test_the_forearm_reaches_to_the_elbow() -> None:
    model = load_hand_model()
    shape = model.shape()
    elbow = elbow_distance(shape)
    assert 0.15 < elbow < 0.3
    skin = forearm_skin(model, shape)
    # Its skin lies around the bone, from the wrist to near the elbow.
    assert skin[:, 1].max() > 0.8 * elbow
    assert 0.02 < np.hypot(skin[:, 0], skin[:, 2]).max() < 0.08
