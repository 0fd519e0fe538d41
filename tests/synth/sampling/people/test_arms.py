"""Held arms: what was asked for is what comes out, and nothing stands in anything."""

from __future__ import annotations

import numpy as np
import pytest

from synth.body.model import SIDES
from synth.hand.limits import RANGE_OF_MOTION
from synth.sampling.people.activity import Goal, to_body
from synth.sampling.people.arms import HeldArm, hold, mirrored
from synth.scene import Side
from tests.synth.sampling.people.figures import (
    Array,
    angle_between,
    figure,
    fingers_and_palm,
    open_hand,
)

NOBODY = np.zeros((0, 3))


def held(
    side: Side,
    place: tuple[float, float, float],
    fingers: tuple[float, float, float] | None = None,
    palm: tuple[float, float, float] | None = None,
    seed: int = 0,
    others: Array = NOBODY,
) -> tuple[HeldArm, Array]:
    """The arm with its wrist at a place (out, front, up, in lengths of the arm), and that place."""
    one = figure(seed)
    wrist = one.shoulder(side) + one.arm_length * to_body(np.array(place), side)
    goal = Goal(
        wrist,
        *(None if d is None else to_body(np.array(d), side) for d in (fingers, palm)),
    )
    number = SIDES.index(side)
    own = open_hand(one, side)
    arm = hold(
        goal, one.shape, one.hand, one.moved, side, one.wrists[number], own, one.trunk, others
    )
    return arm, wrist


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize(
    ("place", "fingers", "palm"),
    [
        ((0.1, 0.6, 0.1), (0, 0, 1), (0, 1, 0)),  # a raised hand that shows its palm
        ((0.0, 0.7, -0.3), (0, 1, 0), (0, 0, -1)),  # flat above a table
        ((0.0, 0.6, -0.4), (-0.5, 0.85, 0), (-0.85, -0.5, 0)),  # as to clap
        ((0.15, 0.1, -0.95), (0, 0, -1), (-1, 0, 0)),  # hanging
    ],
)
def test_hands_are_turned_as_asked(
    side: Side,
    place: tuple[float, float, float],
    fingers: tuple[float, float, float],
    palm: tuple[float, float, float],
) -> None:
    arm, wrist = held(side, place, fingers, palm)
    # The person's own hand is some millimetres longer or shorter than the body's.
    np.testing.assert_allclose(arm.wrist_to_body[:3, 3], wrist, atol=0.015)
    for wanted, found in zip((fingers, palm), fingers_and_palm(arm, side), strict=True):
        assert angle_between(to_body(np.array(wanted), side), found) < 35
    assert arm.depth < 0.012


@pytest.mark.parametrize("side", SIDES)
def test_wrists_stay_in_their_limits(side: Side) -> None:
    for place in ((0.2, 0.5, 0.3), (-0.2, 0.7, -0.1), (0.3, 0.2, 0.7)):
        arm, _ = held(side, place, (0, 0, 1), (0, -1, 0))
        for name, value in (
            ("wrist.flexion", arm.wrist.flexion),
            ("wrist.deviation", arm.wrist.deviation),
            ("wrist.pronation", arm.wrist.pronation),
        ):
            low, high = RANGE_OF_MOTION[name]
            assert low - 1e-9 <= value <= high + 1e-9


def test_left_arms_do_what_right_ones_do() -> None:
    """Both sides draw wrists of their own, but the same is asked of them."""
    (right, _), (left, _) = (held(s, (0.1, 0.6, 0.0), (0, 0.3, 1), (0, 1, 0)) for s in SIDES)
    for ours, theirs in zip(
        fingers_and_palm(right, "right"), fingers_and_palm(left, "left"), strict=True
    ):
        assert angle_between(ours * [-1, 1, 1], theirs) < 40
    assert np.linalg.det(left.wrist_to_body[:3, :3]) == pytest.approx(1.0)


def test_nothing_asked_is_the_relaxed_way() -> None:
    arm, _ = held("right", (0.1, 0.6, -0.2))
    wrist = arm.wrist
    # Of 160 wrists one of the straightest.
    assert abs(wrist.flexion) < np.radians(30)
    assert abs(wrist.deviation) < np.radians(15)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_arms_before_the_body_are_clear_of_it(seed: int) -> None:
    """Told from the body's skin itself: forearms have 4 cm about their axis."""
    one = figure(seed)
    for place in ((-0.3, 0.5, -0.4), (0.0, 0.35, -0.2), (-0.35, 0.6, 0.1)):
        arm, _ = held("right", place, None, None, seed)
        if arm.depth > 0.008:
            continue
        gap = one.trunk.distance(arm.points(open_hand(one, "right")))
        assert gap[:-21].min() > 0.04 + 0.02 - 0.009
        assert gap[-21:].min() > 0.011 + 0.02 - 0.009


def test_a_place_inside_the_body_is_told() -> None:
    # Behind the own shoulder, in the middle of the chest.
    arm, _ = held("right", (-0.35, -0.1, -0.35))
    assert arm.depth > 0.02


def test_the_other_arm_is_kept_clear_of() -> None:
    """A rod where the forearm would be: the elbow goes elsewhere, and the depth tells how far."""
    free, _ = held("right", (0.0, 0.6, 0.0))
    assert free.depth == 0.0
    way = np.linspace(0.0, 0.5, 12)[:, None]
    rod = free.arm.elbow + way * (free.arm.wrist - free.arm.elbow)
    moved, _ = held("right", (0.0, 0.6, 0.0), others=rod)
    assert np.linalg.norm(moved.arm.elbow - free.arm.elbow) > 0.02
    gaps = np.linalg.norm(moved.points(open_hand(figure(0), "right"))[:, None] - rod, axis=2)
    # Forearms have 4 cm about their axis, landmarks 1.1, and so have the other's points.
    deepest = max(0.051 - gaps[:-21].min(), 0.022 - gaps[-21:].min(), 0.0)
    assert moved.depth == pytest.approx(deepest, abs=1e-9)
    assert moved.depth < 0.03
    far = rod + [0.0, 0.0, 1.0]
    again, _ = held("right", (0.0, 0.6, 0.0), others=far)
    np.testing.assert_array_equal(again.wrist_to_body, free.wrist_to_body)


def test_points_of_left_hands_are_mirrored() -> None:
    points = np.array([[0.1, 0.2, 0.3]])
    np.testing.assert_allclose(mirrored(points, "right"), points)
    np.testing.assert_allclose(mirrored(points, "left"), [[-0.1, 0.2, 0.3]])
