from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from synth.body.model import SIDES
from synth.sampling.people import activity as do
from synth.sampling.people.activity import Activity, choose, face_goal, sample_goal, to_body
from synth.scene import Side
from tests.synth.sampling.people.figures import angle_between

SHOULDER = {"left": np.array([0.18, 0.0, 0.4]), "right": np.array([-0.18, 0.0, 0.4])}
ACTIVITIES = [v for v in vars(do).values() if isinstance(v, Activity)]


def test_out_front_and_up_are_the_bodys() -> None:
    # +X is the person's left, −Y the front.
    assert to_body(np.array([1.0, 2.0, 3.0]), "left").tolist() == [1, -2, 3]
    assert to_body(np.array([1.0, 2.0, 3.0]), "right").tolist() == [-1, -2, 3]


@pytest.mark.parametrize("activity", ACTIVITIES, ids=lambda a: a.name)
@pytest.mark.parametrize("side", SIDES)
def test_goals_are_in_the_activitys_box(activity: Activity, side: Side) -> None:
    out = 1.0 if side == "left" else -1.0
    for seed in range(20):
        goal = sample_goal(np.random.default_rng(seed), activity, SHOULDER[side], 0.5, side)
        place = (goal.wrist - SHOULDER[side]) / 0.5 * [out, -1.0, 1.0]
        assert (place >= np.array(activity.low) - 1e-9).all()
        assert (place <= np.array(activity.high) + 1e-9).all()
        for wanted, direction in ((activity.fingers, goal.fingers), (activity.palm, goal.palm)):
            assert (wanted is None) == (direction is None)
            assert direction is None or np.linalg.norm(direction) == pytest.approx(1.0)
        assert not goal.near_head


def test_directions_scatter_about_what_is_wanted() -> None:
    drawn = [
        sample_goal(np.random.default_rng(seed), do.WAVING, SHOULDER["left"], 0.5, "left")
        for seed in range(400)
    ]
    fingers = [angle_between(goal.fingers, np.array([0.0, 0.0, 1.0])) for goal in drawn]
    palms = [angle_between(goal.palm, np.array([0.0, -1.0, 0.0])) for goal in drawn]
    # 0.4 rad in all, as the root of the mean square: 23°.
    for angles in (fingers, palms):
        assert np.sqrt(np.mean(np.square(angles))) == pytest.approx(np.degrees(0.4), rel=0.15)


def test_names_are_unique_and_boxes_are_in_reach() -> None:
    assert len({activity.name for activity in ACTIVITIES}) == len(ACTIVITIES) > 10
    for activity in ACTIVITIES:
        assert (np.array(activity.low) <= activity.high).all()
        nearest = np.clip(0.0, activity.low, activity.high)
        assert np.linalg.norm(nearest) < 1.0
    # Hands behind the back are behind it, and those in view before it.
    assert do.BEHIND.high[1] < 0 < min(do.RAISED.low[1], do.BEFORE_EYES.low[1], do.POINTING.low[1])


@pytest.mark.parametrize("side", SIDES)
def test_fingers_come_to_the_face_along_the_skin(side: Side) -> None:
    cheek = np.array([0.05 if side == "left" else -0.05, -0.09, 0.62])
    normal = np.array([0.5 if side == "left" else -0.5, -0.8, 0.2])
    normal /= np.linalg.norm(normal)
    gaps, slopes = [], []
    for seed in range(60):
        goal = face_goal(
            np.random.default_rng(seed), cheek, normal, SHOULDER[side], 0.5, 0.18, side
        )
        assert goal.near_head
        assert goal.palm == pytest.approx(-normal)
        # The place is between the middle of the hand and its finger tips.
        along = (cheek - goal.wrist) @ goal.fingers
        assert 0.09 < along < 0.2
        gaps.append(np.linalg.norm(cheek - goal.wrist - along * goal.fingers))
        slopes.append(angle_between(goal.fingers, -normal))
    assert max(gaps) < 0.035
    # Not straight onto it.
    assert np.median(slopes) > 35


def test_activities_are_drawn_by_weight() -> None:
    weighted = ((do.RAISED, 3.0), (do.HANGING, 1.0))
    rng = np.random.default_rng(0)
    counts = Counter(choose(rng, weighted).name for _ in range(800))
    assert counts["raised"] / 800 == pytest.approx(0.75, abs=0.06)
