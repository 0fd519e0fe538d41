"""How people are dressed: plausible shares, and sleeves that match their garments."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from synth.hand.arm import elbow_distance
from synth.hand.model import load_hand_model
from synth.manifest import Identity
from synth.sampling.dress import FULL_SLEEVE, sample_body_look, sample_forearm_sleeve
from synth.sampling.identity import Person, sample_person
from synth.scene import BodyLook


@lru_cache(maxsize=1)
def drawn() -> list[tuple[Person, BodyLook]]:
    result = []
    for seed in range(400):
        person = sample_person(np.random.default_rng(seed), Identity())
        look = sample_body_look(np.random.default_rng([seed, 1]), person, f"{seed}", (2, 3))
        result.append((person, look))
    return result


def test_the_same_numbers_dress_alike() -> None:
    person, look = drawn()[0]
    again = sample_body_look(np.random.default_rng([0, 1]), person, "0", (2, 3))
    assert again == look
    assert BodyLook.model_validate_json(look.model_dump_json()) == look
    assert drawn()[1][1].garments != look.garments


def test_a_body_is_that_of_its_hands() -> None:
    for person, look in drawn():
        assert look.phenotype == person.phenotype
        assert look.skin == person.skin
        assert look.hands == (2, 3)


def test_everybody_wears_something_above_and_below() -> None:
    for _, look in drawn():
        kinds = [garment.kind for garment in look.garments]
        assert kinds.count("top") == 1
        assert kinds.count("trousers") + kinds.count("skirt") == 1
        assert kinds.index("top") > 0
        if "jacket" in kinds:
            assert kinds[-1] == "jacket"


def test_shares_are_plausible() -> None:
    looks = [look for _, look in drawn()]
    long_sleeves = np.mean(
        [any(g.sleeve >= 1 and g.kind != "trousers" for g in k.garments) for k in looks]
    )
    assert 0.35 < long_sleeves < 0.75
    assert 0.2 < np.mean([look.eyewear is not None for look in looks]) < 0.4
    assert 0.1 < np.mean([look.headwear is not None for look in looks]) < 0.3
    assert 0.1 < np.mean([look.beard > 0.3 for look in looks]) < 0.45
    assert 0.1 < np.mean([look.hair.style == "long" for look in looks]) < 0.4
    feminine = [look for person, look in drawn() if person.phenotype["gender"] > 0.9]
    assert len(feminine) > 10
    assert np.mean([look.beard > 0.3 for look in feminine]) < 0.1


def test_the_dark_have_dark_hair() -> None:
    young = [(p, k) for p, k in drawn() if p.phenotype["age"] < 0.7]
    darkness = {
        name: np.median([sum(k.hair.color) for p, k in young if p.skin.name == name])
        for name in ("very_light", "dark")
    }
    assert darkness["dark"] < 0.5 * darkness["very_light"]


def test_a_forearm_is_lined_as_long_as_the_garment_covers_it() -> None:
    hand = load_hand_model().shape({}, {})
    for _, look in drawn()[:100]:
        sleeve = sample_forearm_sleeve(np.random.default_rng(0), look, hand)
        long_ones = [
            g for g in look.garments if g.kind in ("top", "jacket") and g.sleeve >= FULL_SLEEVE
        ]
        assert (sleeve is None) == (not long_ones)
        if sleeve is None:
            continue
        outer = long_ones[-1]
        assert sleeve.color == outer.surface.color
        assert sleeve.start >= min(outer.cuff, 0.75 * elbow_distance(hand))
        assert sleeve.start + sleeve.length <= elbow_distance(hand)
        assert sleeve.length > 0
