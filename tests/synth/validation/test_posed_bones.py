"""Many hands at once give what one hand at a time gives."""

from __future__ import annotations

import numpy as np

from synth.hand.joint_angles import angles_to_rotations, rotations_to_angles
from synth.hand.limits import sample_angles
from synth.hand.model import forward_kinematics, landmarks_of, load_hand_model
from synth.rotations import rotation_matrix
from synth.validation.posed_bones import angles_of, landmarks_of_bones, rigid_distances
from tests.synth.validation.made import PHENOTYPE


def test_angles_and_landmarks_are_those_of_the_hand() -> None:
    rng = np.random.default_rng(3)
    model = load_hand_model()
    shapes = [
        model.shape({**PHENOTYPE, "age": age, "finger_length": age}, {"thenar": age})
        for age in rng.uniform(0.2, 0.9, 20)
    ]
    drawn = [sample_angles(rng) for _ in shapes]
    rotations = np.stack([angles_to_rotations(s, a) for s, a in zip(shapes, drawn, strict=True)])
    rest = np.stack([shape.rest_relative for shape in shapes])
    angles = angles_of(rest, rotations)
    landmarks = landmarks_of_bones(rest, rotations)
    for index, (shape, angle) in enumerate(zip(shapes, drawn, strict=True)):
        one = rotations_to_angles(shape, rotations[index])
        np.testing.assert_allclose(angles[index], one.to_vector(), atol=1e-12)
        # What was drawn comes back, but for the wrist, which is no bone of the hand.
        np.testing.assert_allclose(angles[index][:-3], angle.to_vector()[:-3], atol=1e-9)
        bones = forward_kinematics(shape, rotations[index])
        np.testing.assert_allclose(landmarks[index], landmarks_of(bones), atol=1e-12)


def test_a_rigid_movement_costs_nothing_and_a_mirror_does() -> None:
    rng = np.random.default_rng(4)
    points = rng.normal(size=(8, 21, 3))
    quaternions = rng.normal(size=(8, 4))
    turns = rotation_matrix(quaternions / np.linalg.norm(quaternions, axis=1, keepdims=True))
    moved = points @ np.swapaxes(turns, 1, 2) + rng.normal(size=(8, 1, 3))
    assert rigid_distances(points, moved).max() < 1e-12
    assert rigid_distances(points, moved * [-1, 1, 1]).min() > 0.1
    # One point that is off pulls the others after it, by its share of them and by a turn.
    moved[:, 5] += [0.0, 0.0, 0.01]
    distances = rigid_distances(points, moved)
    assert ((distances > 0.005) & (distances < 0.01 * 20 / 21)).all()
