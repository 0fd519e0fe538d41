"""What people do, measured on where their hands come to be."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial import cKDTree

from synth.sampling.people.acting import ACTIVITIES
from synth.sampling.people.actor import SETTINGS, Setting
from tests.synth.sampling.people.actors import acted, actor, skins


def test_there_is_something_to_do_before_each_camera() -> None:
    assert set(ACTIVITIES) == set(SETTINGS)
    assert all(weight > 0 for each in ACTIVITIES.values() for _, weight in each)


@pytest.mark.parametrize("setting", SETTINGS)
def test_arms_are_in_front_and_stand_in_nothing(setting: Setting) -> None:
    one = actor(1, setting)
    deepest = []
    for seed in range(4):
        done = acted(one, setting, seed)
        assert [arm.side for arm in done.arms] == ["right", "left"]
        assert done.touched == ()
        assert all(isinstance(gesture, str) for gesture in done.gestures)
        deepest += [arm.held.depth for arm in done.arms]
        right, left = skins(one, done)
        assert cKDTree(right).query(left)[0].min() > 0.003
    assert np.mean(np.array(deepest) <= 0.012) >= 0.85


def test_the_same_generator_does_the_same() -> None:
    one, other = (acted(actor(1, "webcam"), "webcam", 7) for _ in range(2))
    for a, b in zip(one.arms, other.arms, strict=True):
        np.testing.assert_array_equal(a.landmarks, b.landmarks)
    assert one.gestures == other.gestures


def test_hands_out_of_sight_are_behind_the_back() -> None:
    for sequence, setting in ((1, "webcam"), (3, "room")):
        one = actor(sequence, setting)  # type: ignore[arg-type]
        done = acted(one, setting, 0, hidden=True)  # type: ignore[arg-type]
        for arm in done.arms:
            assert arm.landmarks[:, 1].min() > one.figure.shoulder(arm.side)[1]
            assert arm.held.depth < 0.02
            assert np.abs(arm.landmarks[:, 0]).max() < 0.25
