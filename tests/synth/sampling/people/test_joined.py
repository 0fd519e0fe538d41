"""Arms whose hands touch, measured on the body's bones."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from synth.body.bones import sided
from synth.body.pose import forearm_of, shoulder_of
from synth.hand.limits import RANGE_OF_MOTION
from synth.hand.model import load_hand_model
from synth.interaction.sample import Interaction, sample_interaction
from synth.sampling.people.arms import HeldArm
from synth.sampling.people.joined import join_one_hand, join_own_hands
from synth.sampling.people.person import Figure
from synth.scene import Side
from tests.synth.body.grown import hand_pose
from tests.synth.sampling.people.figures import Array, angle_between, figure

#: Metres that an upper arm may be too long or too short.
PLAY = 0.025


@lru_cache(maxsize=4)
def own_hands(seed: int) -> tuple[Figure, Interaction, tuple[HeldArm, HeldArm], Array]:
    one = figure(seed)
    rng = np.random.default_rng(seed)
    for _ in range(6):
        drawn = sample_interaction(rng, None, load_hand_model(), (one.hand, one.hand), "one")
        solved = join_own_hands(one, drawn)
        if solved is not None:
            return one, drawn, *solved
    raise AssertionError("none of six interactions came off")


@lru_cache(maxsize=1)
def two_peoples_hands() -> tuple[
    tuple[Figure, Figure], Interaction, tuple[HeldArm, HeldArm], tuple[Array, Array]
]:
    first, second = figure(0), figure(2)
    rng = np.random.default_rng(5)
    for _ in range(6):
        drawn = sample_interaction(
            rng, ("handshake",), load_hand_model(), (first.hand, second.hand), "two"
        )
        one = join_one_hand(first, drawn, 0)
        other = None if one is None else join_one_hand(second, drawn, 1, one[1][2, :3])
        if one is not None and other is not None:
            return (first, second), drawn, (one[0], other[0]), (one[1], other[1])
    raise AssertionError("none of six handshakes came off")


def check_arm(one: Figure, side: Side, arm: HeldArm) -> None:
    """Lengths, hinge and depth of an arm as the renderer will pose it."""
    shape = one.shape
    pose = hand_pose(arm.wrist_to_body, arm.wrist.pronation).model_copy(
        update={"forearm": tuple(arm.forearm.tolist())}
    )
    forearm = forearm_of(load_hand_model(), one.hand, pose, side, shape, np.eye(4))
    np.testing.assert_allclose(forearm.elbow, arm.arm.elbow, atol=1e-6)
    shoulder = shoulder_of(shape, one.moved, side, forearm.elbow)
    rest_shoulder, rest_elbow = (
        shape.head(sided(bone, side)) for bone in ("upperarm01", "lowerarm01")
    )
    upper = np.linalg.norm(rest_elbow - rest_shoulder)
    assert abs(np.linalg.norm(forearm.elbow - shoulder) - upper) < PLAY
    # The elbow's own axis, turned with the forearm, is normal to the plane of the arm.
    hinge = forearm.moved[:3, :3] @ np.cross(
        rest_elbow - rest_shoulder, shape.wrist(side) - rest_elbow
    )
    plane = np.cross(forearm.elbow - shoulder, arm.arm.wrist - forearm.elbow)
    flexion = angle_between(forearm.elbow - shoulder, arm.arm.wrist - forearm.elbow)
    if flexion > 20:  # a straight arm has no plane
        assert angle_between(hinge, plane) < 60
    assert flexion < 150
    low, high = RANGE_OF_MOTION["wrist.pronation"]
    assert low - 0.011 <= arm.wrist.pronation <= high + 0.011
    assert arm.depth < 0.02


@pytest.mark.parametrize("seed", [0, 1])
def test_arms_of_own_hands(seed: int) -> None:
    one, drawn, held, _ = own_hands(seed)
    assert set(drawn.sides) == {"left", "right"}
    for side, arm in zip(drawn.sides, held, strict=True):
        check_arm(one, side, arm)


@pytest.mark.parametrize("seed", [0, 1])
def test_own_hands_touch_exactly_as_drawn(seed: int) -> None:
    _, drawn, held, pair_to_body = own_hands(seed)
    first, second = (arm.wrist_to_body for arm in held)
    np.testing.assert_allclose(np.linalg.inv(first) @ second, drawn.second_to_first, atol=1e-9)
    np.testing.assert_allclose(first, pair_to_body, atol=1e-12)
    np.testing.assert_allclose(pair_to_body[:3, :3] @ pair_to_body[:3, :3].T, np.eye(3), atol=1e-9)
    for arm, angles in zip(held, drawn.angles, strict=True):
        # Forearms may turn; wrists bend as drawn.
        assert arm.wrist.flexion == angles.wrist.flexion
        assert arm.wrist.deviation == angles.wrist.deviation


@pytest.mark.parametrize("seed", [0, 1])
def test_own_hands_are_before_the_body(seed: int) -> None:
    one, _, held, _ = own_hands(seed)
    for arm in held:
        place = arm.wrist_to_body[:3, 3] - (one.shoulder("left") + one.shoulder("right")) / 2
        assert place[1] < 0.1
        assert np.linalg.norm(place) < 1.2 * one.arm_length


def test_hands_of_two_people() -> None:
    figures, drawn, held, pair_to_body = two_peoples_hands()
    for one, side, arm in zip(figures, drawn.sides, held, strict=True):
        check_arm(one, side, arm)
    # The second body stands where its own hand makes the pair's.
    first, second = (
        np.linalg.inv(matrix) @ arm.wrist_to_body
        for matrix, arm in zip(pair_to_body, held, strict=True)
    )
    np.testing.assert_allclose(np.linalg.inv(first) @ second, drawn.second_to_first, atol=1e-9)


def test_two_people_stand_upright_and_face_each_other() -> None:
    _, _, _, (first, second) = two_peoples_hands()
    second_to_first = first @ np.linalg.inv(second)
    assert second_to_first[2, 2] == pytest.approx(1.0, abs=1e-6)
    fronts = -second_to_first[:3, 1], np.array([0.0, -1.0, 0.0])
    assert angle_between(*fronts) > 90
    # Not in each other, and no further than two arms.
    assert 0.3 < np.linalg.norm(second_to_first[:2, 3]) < 1.6


def test_a_pair_that_no_arm_can_hold_is_refused() -> None:
    one, drawn, _, _ = own_hands(0)
    apart = np.eye(4)
    apart[:3, 3] = 2.0, 0.0, 0.0
    assert join_own_hands(one, replace(drawn, second_to_first=apart)) is None
