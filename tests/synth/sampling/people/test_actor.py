from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

from synth.manifest import Identity, Manifest, People, Worn
from synth.sampling.draws import Draws
from synth.sampling.people.actor import SETTINGS, Actor, Setting, hand_looks, sample_actor
from synth.splits import identities_of

MANIFEST = Manifest(
    seed=3,
    sequences=40,
    identity=Identity(count=30),
    worn=Worn(ring_share=0.5, watch_share=0.5),
    people=People(held_share=0.3),
)
EMPTY_HANDED = MANIFEST.model_copy(update={"people": People(held_share=0.0)})


@lru_cache(maxsize=64)
def actor(sequence: int, setting: Setting = "webcam", number: int = 0, things: int = 0) -> Actor:
    return sample_actor(Draws(EMPTY_HANDED, sequence), number, setting, False, things)


def test_the_first_person_stands_in_the_middle() -> None:
    for sequence in range(3):
        one = actor(sequence)
        breastbone = one.body_to_world @ np.append(one.figure.joint("spine01"), 1.0)
        assert breastbone[2] == pytest.approx(0.0, abs=1e-9)
        assert np.abs(breastbone[:2]).max() < 0.25
        np.testing.assert_allclose(one.body_to_world[:3, :3], np.eye(3))


def test_the_second_stands_beside_it_on_either_side() -> None:
    sides = []
    for sequence in range(12):
        other = actor(sequence, "room", 1)
        x, y, _ = other.body_to_world[:3, 3]
        assert 0.49 < abs(x) < 0.96
        assert -0.26 < y < 0.46
        sides.append(x > 0)
        assert other.body_to_world[2, 2] == pytest.approx(1.0)
        assert other.table is None
        assert other.hands == (2, 3)
        assert other.look.identity != actor(sequence, "room", 0).look.identity
    assert 0 < np.mean(sides) < 1


def test_who_is_at_a_desk_sits_at_one() -> None:
    for sequence in range(4):
        one = actor(sequence, "desk")
        assert one.table is not None
        knee, hip = (one.figure.joint(f"{bone}.L") for bone in ("lowerleg01", "upperleg01"))
        assert hip[1] - knee[1] > 0.7 * np.linalg.norm(knee - hip)
    tables = [actor(sequence, "room").table for sequence in range(14)]
    # A quarter of those in a room sit, two fifths of them at a table.
    assert tables.count(None) >= 9


def test_hands_that_touch_hold_nothing_and_others_hold_what_is_theirs() -> None:
    joined = sample_actor(Draws(MANIFEST, 0), 0, "webcam", True, 0)
    assert joined.joined
    assert joined.holdings == {}
    holdings = 0
    for sequence in range(5):
        draws = Draws(MANIFEST, sequence)
        one = sample_actor(draws, 0, "webcam", False, 3)
        numbers = [holding.number for holding in one.holdings.values()]
        assert numbers == list(range(3, 3 + len(numbers)))
        holdings += len(numbers)
        looks = hand_looks(draws, one)
        assert [look.side for look in looks] == ["right", "left"]
        for look in looks:
            holding = one.holdings.get(look.side)
            assert look.holds == (None if holding is None else holding.number)
            assert look.identity == one.look.identity
            assert look.skin == one.look.skin
    assert 0 < holdings < 10


def test_what_one_hand_wears_is_not_what_the_other_does() -> None:
    worn = []
    for sequence in range(8):
        right, left = hand_looks(Draws(EMPTY_HANDED, sequence), actor(sequence))
        worn.append(right.ornaments == left.ornaments)
        # Sleeves are those of one garment.
        assert (right.sleeve is None) == (left.sleeve is None)
    assert np.mean(worn) < 0.7


def test_people_are_those_of_the_split() -> None:
    for sequence in (0, 33, 37):
        draws = Draws(EMPTY_HANDED, sequence)
        own = {f"{number:06d}" for number in identities_of(EMPTY_HANDED, draws.split)}
        assert {actor(sequence, "room", number).look.identity for number in (0, 1)} <= own


def test_settings_are_the_manifests() -> None:
    assert set(SETTINGS) <= set(People.model_fields)
