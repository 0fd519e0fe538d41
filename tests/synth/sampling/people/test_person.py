from __future__ import annotations

import numpy as np
import pytest

from synth.body.bones import sided
from synth.body.model import SIDES
from synth.gestures.library import find_gesture
from synth.sampling.people.activity import Goal, to_body
from synth.sampling.people.arms import hold
from synth.sampling.people.person import own_landmarks
from tests.synth.sampling.people.figures import angle_between, figure, open_arm, open_hand


def test_joints_of_a_bent_figure_are_where_its_bones_are() -> None:
    one = figure(1, seated=True)
    for bone in ("root", "spine01", "head", "lowerleg01.L"):
        expected = one.moved[bone] @ np.append(one.shape.head(bone), 1.0)
        np.testing.assert_allclose(one.joint(bone), expected[:3])
    # Shoulders go with the trunk: as far from the breastbone as at rest.
    for side in SIDES:
        rest = one.shape.head(sided("upperarm01", side)) - one.shape.head("spine01")
        now = one.shoulder(side) - one.joint("spine01")
        assert np.linalg.norm(now) == pytest.approx(np.linalg.norm(rest), abs=1e-9)
    assert one.shoulder("left")[0] > 0.1 > -0.1 > one.shoulder("right")[0]


def test_the_length_of_an_arm() -> None:
    shape = figure(1).shape
    upper = np.linalg.norm(shape.head("lowerarm01.L") - shape.head("upperarm01.L"))
    lower = np.linalg.norm(shape.wrist("left") - shape.head("lowerarm01.L"))
    assert figure(1).arm_length == pytest.approx(upper + lower)
    assert 0.25 < figure(1).arm_length < 0.75


def test_eyes_are_on_the_front_of_the_head_and_look_where_it_points() -> None:
    one = figure(0)
    trunk = one.trunk
    assert abs(trunk.distance(one.eyes[None])[0]) < 0.03
    assert angle_between(one.eyes - one.joint("head"), one.gaze) < 75
    assert np.linalg.norm(one.gaze) == pytest.approx(1.0)
    # Nothing of the head is before the eyes by more than a nose.
    head = trunk.points[trunk.on_head]
    assert ((head - one.eyes) @ one.gaze).max() < 0.07


def test_landmarks_of_left_hands_are_mirrored() -> None:
    angles = find_gesture("victory").angles
    (rotations, right), (same, left) = (own_landmarks(figure(0), angles, s) for s in SIDES)
    np.testing.assert_array_equal(rotations, same)
    np.testing.assert_allclose(left * [-1, 1, 1], right)
    assert right[0] == pytest.approx([0, 0, 0])


def test_a_posed_arm_knows_its_points() -> None:
    one = figure(0)
    wrist = one.shoulder("left") + one.arm_length * to_body(np.array([0.1, 0.6, 0.1]), "left")
    held = hold(
        Goal(wrist, None, None),
        one.shape, one.hand, one.moved, "left", one.wrists[1], open_hand(one, "left"),
        one.trunk, np.zeros((0, 3)),
    )  # fmt: skip
    arm = open_arm(one, "left", held)
    np.testing.assert_array_equal(arm.points[-21:], arm.landmarks)
    np.testing.assert_allclose(arm.landmarks[0], held.wrist_to_body[:3, 3])
    # The rest of the points are on the forearm.
    elbow, end = held.arm.elbow, held.arm.wrist
    along = (arm.points[:-21] - elbow) @ (end - elbow) / ((end - elbow) @ (end - elbow))
    assert ((along > 0) & (along <= 1)).all()
    np.testing.assert_allclose(arm.points[:-21], elbow + along[:, None] * (end - elbow))
    assert len(arm.points) > 21 + 3
