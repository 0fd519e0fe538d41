"""Hands in contact, measured on where they come to be."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
from scipy.spatial import cKDTree

from synth.body.model import SIDES
from synth.sampling.people.act import Act
from synth.sampling.people.actor import Actor
from synth.sampling.people.together import act_with_another
from tests.synth.sampling.people.actors import acted, actor, manifest, skins
from tests.synth.sampling.people.figures import angle_between
from tests.synth.sampling.posed import at


def test_own_hands_in_contact_touch() -> None:
    one = actor(1, "webcam", True)
    done = acted(one, "webcam", 3)
    assert done.gestures[0] == done.gestures[1]
    assert done.touched == SIDES
    right, left = skins(one, done)
    assert cKDTree(right).query(left)[0].min() < 0.008
    assert done.contacts.poses == 2
    assert done.contacts.worst_depth < 0.004
    # Hidden hands do not touch each other for it.
    assert acted(one, "webcam", 3, hidden=True).gestures == ("relaxed", "relaxed")


@lru_cache(maxsize=1)
def handshake() -> tuple[tuple[Actor, Actor], tuple[Act, Act]]:
    both = actor(0, "room"), actor(0, "room", number=1)
    found = act_with_another(np.random.default_rng(1), manifest(interactions=("handshake",)), both)
    assert found is not None
    return found


def test_hands_of_two_people_meet() -> None:
    actors, acts = handshake()
    (side,), (other,) = (done.touched for done in acts)
    met = []
    for one, done, own in zip(actors, acts, (side, other), strict=True):
        number = SIDES.index(own)
        assert done.gestures[number] == "handshake"
        assert done.gestures[1 - number] != "handshake"
        met.append(at(one.body_to_world, skins(one, done)[number]))
    assert cKDTree(met[0]).query(met[1])[0].min() < 0.008


def test_two_people_stand_apart_and_face_each_other() -> None:
    (first, second), _ = handshake()
    to_first = np.linalg.inv(first.body_to_world) @ second.body_to_world
    gap = first.figure.trunk.distance(at(to_first, second.figure.trunk.points))
    assert gap.min() > 0.05
    assert to_first[2, 2] == pytest.approx(1.0, abs=1e-6)
    assert angle_between(-to_first[:3, 1], np.array([0.0, -1.0, 0.0])) > 60
    # The first stays where it was.
    np.testing.assert_array_equal(first.body_to_world, actor(0, "room").body_to_world)
