"""Arms behind two hands, against postures that everybody knows."""

from __future__ import annotations

import numpy as np
import pytest

from synth.hand.joint_angles import WristAngles, wrist_to_forearm
from synth.hand.limits import RANGE_OF_MOTION
from synth.hand.model import load_hand_model
from synth.interaction.arms import Arms, arms_plausible, forearm_axes, sample_arms
from synth.rotations import coordinate_rotation, rotation_matrix

SHAPE = load_hand_model().shape()
SHAPES = SHAPE, SHAPE
SIDES = "right", "left"
STRAIGHT = WristAngles(), WristAngles()


def beside(metres: float, turn: np.ndarray | None = None) -> np.ndarray:
    """The left hand on the right one's thumb side."""
    place = np.eye(4)
    place[0, 3] = metres
    place[:3, :3] = np.eye(3) if turn is None else turn
    return place


def found(place: np.ndarray, seed: int = 0) -> Arms | None:
    rng = np.random.default_rng(seed)
    return arms_plausible(rng, SHAPES, SIDES, STRAIGHT, place, "one")


def test_forearm_axes_are_those_of_one_wrist() -> None:
    rng = np.random.default_rng(0)
    flexion, deviation = rng.uniform(-1, 1, (2, 5))
    for i, axes in enumerate(forearm_axes(flexion, deviation)):
        quaternion = wrist_to_forearm(SHAPE, WristAngles(flexion[i], deviation[i]))
        expected = SHAPE.arm_rest[1][:3, :3] @ rotation_matrix(quaternion)
        assert axes == pytest.approx(expected, abs=1e-9)


def test_palms_down_on_a_table_are_pronated_and_backs_are_up() -> None:
    # Beside each other, palms the same way, the left hand at the right one's thumb.
    arms = [found(beside(0.5), seed) for seed in range(6)]
    assert all(arms)
    for arm in arms:
        assert arm is not None
        assert arm.up @ [0, 0, -1] > 0.3
    # With arms almost straight it is the upper arm that turns.
    pronations = [wrist.pronation for arm in arms if arm for wrist in arm.wrists]
    assert np.mean(pronations) > np.radians(12)


def test_palms_up_as_if_asking_are_supinated() -> None:
    # The left hand at the little finger's side: palms up.
    arms = [found(beside(-0.28), seed) for seed in range(6)]
    assert any(arms)
    for arm in arms:
        if arm is not None:
            assert all(wrist.pronation < np.radians(10) for wrist in arm.wrists)
            assert arm.up @ [0, 0, 1] > 0.0


def test_palms_facing_each_other_have_thumbs_up() -> None:
    # A box between the hands: the left palm looks at the right one's, 0.2 m from it.
    place = np.eye(4)
    place[:3, :3], place[2, 3] = np.diag([-1.0, 1.0, -1.0]), 0.2
    arms = [found(place, seed) for seed in range(6)]
    assert all(arms)
    for arm in arms:
        assert arm is not None
        assert arm.up @ [1, 0, 0] > 0.3
        assert all(abs(wrist.pronation) < np.radians(65) for wrist in arm.wrists)


@pytest.mark.parametrize(
    "place",
    [
        beside(1.6),
        # Forearms in a line, away from each other's elbows: elbows are too far apart.
        np.array([[-1.0, 0, 0, 0], [0, -1, 0, 0.5], [0, 0, 1, 0], [0, 0, 0, 1]]),
        # Forearms through each other.
        np.array([[0.0, -1, 0, -0.1], [1, 0, 0, -0.12], [0, 0, 1, 0], [0, 0, 0, 1]]),
    ],
    ids=["too far", "in a line", "through each other"],
)
def test_what_no_one_can_do_is_refused(place: np.ndarray) -> None:
    assert all(found(place, seed) is None for seed in range(4))


def test_drawn_arms_keep_their_lengths_and_limits() -> None:
    place = np.eye(4)
    place[:3, :3], place[2, 3] = np.diag([-1.0, 1.0, -1.0]), 0.03
    size = SHAPE.joints["middle_mcp"][1] / 0.091
    drawn = []
    for seed in range(5):
        arms = sample_arms(np.random.default_rng(seed), SHAPES, SIDES, place, "one")
        assert arms is not None
        drawn.append(arms.wrists)
        wrists = np.stack([np.zeros(3), place[:3, 3]])
        forearms = np.linalg.norm(arms.elbows - wrists, axis=1)
        assert forearms == pytest.approx([0.25 * size] * 2, rel=1e-6)
        uppers = np.linalg.norm(arms.shoulders - arms.elbows, axis=1)
        assert uppers == pytest.approx([0.30 * size] * 2, rel=1e-6)
        assert 0.2 * size < np.linalg.norm(arms.elbows[0] - arms.elbows[1]) < 0.9 * size
        assert 0.3 * size < np.linalg.norm(arms.shoulders[0] - arms.shoulders[1]) < 0.43 * size
        for wrist in arms.wrists:
            for name, value in vars(wrist).items():
                low, high = RANGE_OF_MOTION[f"wrist.{name}"]
                assert low <= value <= high
        # Seen from above with the hands in front, the right shoulder is on the right.
        front = -arms.shoulders.mean(0)
        right = arms.shoulders[0] - arms.shoulders[1]
        assert np.cross(front, arms.up) @ right > 0
    assert len(set(drawn)) == 5


def test_a_wanted_upward_direction_is_followed() -> None:
    place = np.eye(4)
    place[:3, :3], place[2, 3] = np.diag([-1.0, 1.0, -1.0]), 0.03
    up = np.array([0.0, 1.0, 0.0])
    with_wish = [
        sample_arms(np.random.default_rng(s), SHAPES, SIDES, place, "one", up) for s in range(5)
    ]
    assert np.mean([arms.up @ up for arms in with_wish if arms]) > 0.7


def test_two_people_keep_a_distance() -> None:
    place = np.eye(4)
    place[:3, :3], place[:3, 3] = coordinate_rotation(2, np.pi), (0.0, 0.2, 0.0)
    rng = np.random.default_rng(0)
    arms = sample_arms(rng, SHAPES, ("right", "right"), place, "two")
    assert arms is not None
    assert np.linalg.norm(arms.shoulders[0] - arms.shoulders[1]) > 0.4
