"""Velocities against finite differences of forward kinematics."""

from __future__ import annotations

import numpy as np

from synth.hand.joint_angles import ANGLE_NAMES, HandAngles, angle_index, angles_to_rotations
from synth.hand.joint_axes import FINGER_ANGLES, joint_axes, step_in_limits
from synth.hand.limits import check, sample_angles
from synth.hand.model import forward_kinematics, load_hand_model
from synth.landmarks import BONES

SHAPE = load_hand_model().shape({"age": 0.4, "gender": 0.8})


def posed(vector: np.ndarray) -> np.ndarray:
    return forward_kinematics(SHAPE, angles_to_rotations(SHAPE, HandAngles.from_vector(vector)))


def test_velocities_are_the_derivatives_of_forward_kinematics() -> None:
    rng = np.random.default_rng(0)
    for _ in range(2):
        angles = sample_angles(rng)
        vector, bones = angles.to_vector(), posed(angles.to_vector())
        axes = joint_axes(angles, bones)
        local = np.append(rng.normal(0, 0.02, 3), 1.0)
        expected = np.zeros((len(vector), len(BONES), 3))
        for i in range(len(vector)):
            step = np.zeros_like(vector)
            step[i] = 1e-6
            ends = [(posed(vector + s) @ local)[:, :3] for s in (step, -step)]
            expected[i] = (ends[0] - ends[1]) / 2e-6
        for bone in range(len(BONES)):
            velocity = axes.velocity((bones[bone] @ local)[:3], bone)
            np.testing.assert_allclose(velocity, expected[:, bone], atol=1e-7)


def test_the_carpus_does_not_move() -> None:
    angles = sample_angles(np.random.default_rng(1))
    axes = joint_axes(angles, posed(angles.to_vector()))
    assert not axes.velocity(np.ones(3), -1).any()


def test_a_step_reaches_what_is_wanted_and_stops_at_limits() -> None:
    i, j = angle_index("index.pip"), angle_index("index.dip")
    jacobian = np.zeros((1, len(ANGLE_NAMES)))
    jacobian[0, [i, j]] = 0.05
    start = np.zeros(len(ANGLE_NAMES))
    start[i] = np.radians(105)
    ease = FINGER_ANGLES.astype(float)
    moved = step_in_limits(start, jacobian, np.array([0.005]), ease, largest=1.0, damping=1e-6)
    # The PIP is at its limit: the DIP does it alone, 0.005 / 0.05 radians.
    assert moved[i] == start[i]
    np.testing.assert_allclose(moved[j], 0.1, atol=1e-4)
    assert check(HandAngles.from_vector(moved)) == []
    small = step_in_limits(start, jacobian, np.array([0.005]), ease, largest=0.02, damping=1e-6)
    np.testing.assert_allclose(np.abs(small - start).max(), 0.02)
