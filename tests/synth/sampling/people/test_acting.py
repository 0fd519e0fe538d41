"""What people do, measured on where their hands come to be."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from scipy.spatial import cKDTree

from synth.body.model import SIDES
from synth.hand.model import forward_kinematics, load_hand_model, skin_vertices
from synth.manifest import Identity, Manifest, Motion, People
from synth.sampling.draws import Draws
from synth.sampling.people import acting
from synth.sampling.people import activity as do
from synth.sampling.people.act import Act
from synth.sampling.people.acting import ACTIVITIES, act
from synth.sampling.people.activity import choose
from synth.sampling.people.actor import SETTINGS, Actor, Setting, sample_actor
from synth.sampling.people.arms import mirrored
from synth.sampling.people.together import act_with_another
from tests.synth.sampling.people.figures import Array, angle_between
from tests.synth.sampling.posed import at


def manifest(**people: object) -> Manifest:
    plain = {"held_share": 0.0, "face_share": 0.0, "pair_share": 0.0}
    return Manifest(
        seed=5,
        sequences=40,
        identity=Identity(count=30),
        motion=Motion(gesture_share=1.0),
        people=People(**{**plain, **people}),  # type: ignore[arg-type]
    )


PLAIN = manifest()


@lru_cache(maxsize=16)
def actor(sequence: int, setting: Setting, joined: bool = False, number: int = 0) -> Actor:
    return sample_actor(Draws(PLAIN, sequence), number, setting, joined, 0)


def acted(one: Actor, setting: Setting, seed: int, hidden: bool = False, **people: object) -> Act:
    return act(np.random.default_rng(seed), manifest(**people), one, setting, hidden)


def skins(one: Actor, done: Act) -> list[Array]:
    """(V, 3) of the right and the left hand, body frame."""
    model, found = load_hand_model(), []
    for arm in done.arms:
        bones = forward_kinematics(one.figure.hand, arm.rotations)
        skin = skin_vertices(model, one.figure.hand, bones, arm.held.forearm)
        own = skin[model.weights[:, -2:].sum(1) < 0.5]
        found.append(at(arm.held.wrist_to_body, mirrored(own, arm.side)))
    return found


def test_activities_are_drawn_by_weight() -> None:
    weighted = ((do.RAISED, 3.0), (do.HANGING, 1.0))
    rng = np.random.default_rng(0)
    counts = Counter(choose(rng, weighted).name for _ in range(800))
    assert counts["raised"] / 800 == pytest.approx(0.75, abs=0.06)
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


def test_hands_lie_on_the_table_or_above_it() -> None:
    one = actor(2, "desk")
    table = one.table
    assert table is not None
    gaps = []
    for seed in range(10):
        for arm in acted(one, "desk", seed).arms:
            points = arm.landmarks
            over = ((points[:, :2] > table.low) & (points[:, :2] < table.high)).all(1)
            if over.all():
                gaps.append(points[:, 2].min() - table.height)
    assert len(gaps) >= 8
    # Landmarks have a centimetre of flesh below them.
    assert min(gaps) > 0.004
    assert np.mean(np.array(gaps) < 0.03) > 0.2


def test_hands_in_the_lap_are_on_the_thighs_not_in_them() -> None:
    one = replace(actor(4, "webcam"), table=None)
    thighs = [one.figure.joint(f"{bone}.L") for bone in ("upperleg01", "lowerleg01")]
    assert thighs[0][1] - thighs[1][1] > 0.2, "whoever this is should sit"
    lap: dict[Setting, tuple[tuple[do.Activity, float], ...]] = {"webcam": ((do.IN_LAP, 1.0),)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(acting, "ACTIVITIES", lap)
        for seed in range(4):
            done = acted(one, "webcam", seed)
            assert done.gestures == ("relaxed", "relaxed")
            for arm in done.arms:
                gap = one.figure.trunk.distance(arm.landmarks)
                assert gap.min() > 0.0
                assert gap.min() < 0.12
                assert arm.held.depth < 0.02


def test_hands_out_of_sight_are_behind_the_back() -> None:
    for sequence, setting in ((1, "webcam"), (3, "room")):
        one = actor(sequence, setting)  # type: ignore[arg-type]
        done = acted(one, setting, 0, hidden=True)  # type: ignore[arg-type]
        for arm in done.arms:
            assert arm.landmarks[:, 1].min() > one.figure.shoulder(arm.side)[1]
            assert arm.held.depth < 0.02
            assert np.abs(arm.landmarks[:, 0]).max() < 0.25


def test_hands_at_the_face_touch_it_nearly() -> None:
    one = actor(1, "webcam")
    head = one.figure.trunk.points[one.figure.trunk.on_head]
    gaps = []
    for seed in range(5):
        done = acted(one, "webcam", seed, face_share=1.0)
        for skin in skins(one, done):
            gaps.append(cKDTree(head).query(skin)[0].min())
        assert max(arm.held.depth for arm in done.arms) < 0.02
    assert np.mean(np.array(gaps) < 0.04) > 0.6


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
