from __future__ import annotations

import numpy as np
import pytest

from synth.gestures.library import find_gesture
from synth.hand.joint_angles import angles_to_rotations, wrist_to_forearm
from synth.hand.model import forward_kinematics, landmarks_of, load_hand_model
from synth.landmarks import BONES
from synth.rotations import rotation_about
from synth.sampling.motion import Posture
from synth.sampling.posed_hand import (
    drifted,
    hand_pose,
    hand_to_world,
    matrix4,
    moved_points,
    subject_of,
)
from synth.scene import Side

MODEL = load_hand_model()
SHAPE = MODEL.shape()
SIDES = pytest.mark.parametrize("side", ["left", "right"])


def placed() -> np.ndarray:
    matrix = np.eye(4)
    matrix[:3, :3] = rotation_about(np.array([0.6, 0.0, 0.8]), 0.7)
    matrix[:3, 3] = 0.1, -0.2, 0.3
    return matrix


def swayed() -> np.ndarray:
    matrix = np.eye(4)
    matrix[:3, :3] = rotation_about(np.array([0.0, 0.0, 1.0]), 0.2)
    matrix[:3, 3] = 0.01, 0.02, 0.03
    return matrix


def posture(name: str = "victory") -> Posture:
    angles = find_gesture(name).angles
    return Posture(
        angles_to_rotations(SHAPE, angles),
        wrist_to_forearm(SHAPE, angles.wrist),
        angles.wrist.pronation,
        swayed(),
    )


def test_left_hands_are_mirrored_before_they_are_placed() -> None:
    point = np.array([0.03, 0.1, 0.02, 1.0])
    np.testing.assert_allclose(hand_to_world(placed(), "right") @ point, placed() @ point)
    mirrored = point * [-1, 1, 1, 1]
    np.testing.assert_allclose(hand_to_world(placed(), "left") @ point, placed() @ mirrored)


@SIDES
def test_sway_is_rigid_and_that_of_the_hand(side: Side) -> None:
    world = drifted(posture(), placed(), side)
    assert np.linalg.det(world[:3, :3]) == pytest.approx(1.0)
    # Moved in the hand's own frame, which for a left hand is mirrored.
    point = np.array([0.03, 0.1, 0.02, 1.0])
    moved = hand_to_world(world, side) @ point
    np.testing.assert_allclose(moved, hand_to_world(placed(), side) @ swayed() @ point, atol=1e-12)


def test_a_pose_has_the_postures_numbers() -> None:
    own = posture()
    pose = hand_pose(own, placed())
    assert tuple(pose.bones) == BONES
    np.testing.assert_array_equal(list(pose.bones.values()), own.rotations)
    np.testing.assert_array_equal(pose.forearm, own.forearm)
    np.testing.assert_array_equal(pose.wrist_to_world, placed())
    assert matrix4(placed())[0][3] == 0.1


@SIDES
def test_what_a_camera_frames_is_the_hand_not_the_arm(side: Side) -> None:
    own, world = posture(), placed()
    subject = subject_of(MODEL, SHAPE, own, world, side)
    landmarks = landmarks_of(forward_kinematics(SHAPE, own.rotations))
    if side == "left":
        landmarks = landmarks * [-1, 1, 1]
    expected = landmarks @ world[:3, :3].T + world[:3, 3]
    gaps = np.linalg.norm(subject.points[:, None] - expected, axis=2)
    assert gaps.min(0).max() < 0.03  # skin about every landmark
    assert gaps.min(1).max() < 0.06  # and none far from all of them
    (wrist, elbow) = subject.arms[0]
    np.testing.assert_allclose(wrist, expected[0], atol=1e-6)
    assert 0.15 < np.linalg.norm(elbow - wrist) < 0.35
    # The arm goes away from the fingers.
    assert (elbow - wrist) @ (expected[9] - wrist) < 0
    assert subject.solid.shape == (0, 3)


def test_points_are_moved_by_a_matrix() -> None:
    points = np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]])
    expected = [(placed() @ [*point, 1.0])[:3] for point in points]
    np.testing.assert_allclose(moved_points(placed(), points), expected)
