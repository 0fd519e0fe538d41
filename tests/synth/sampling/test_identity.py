"""Who a hand belongs to."""

from __future__ import annotations

import numpy as np
import pytest

from synth.hand.model import PHENOTYPES
from synth.hand.recipe import LOCAL_CHANGES
from synth.landmarks import BLENDSHAPES
from synth.manifest import Identity, Phenotype, Skins
from synth.sampling.identity import sample_person, sample_side
from synth.seeding import component_rng
from synth.skin.bake import VARIANTS


def people(settings: Identity, count: int = 400) -> list:
    return [sample_person(component_rng(0, n, "identity"), settings) for n in range(count)]


def test_an_identity_is_the_same_wherever_it_appears() -> None:
    first = sample_person(component_rng(0, 5, "identity"), Identity())
    assert sample_person(component_rng(0, 5, "identity"), Identity()) == first
    assert sample_person(component_rng(0, 6, "identity"), Identity()) != first


def test_phenotypes_fill_their_ranges_and_names_are_complete() -> None:
    settings = Identity(phenotype=Phenotype(age=(0.5, 0.6), gender=(0.0, 1.0)))
    drawn = people(settings, 200)
    assert all(set(p.phenotype) == {*PHENOTYPES, *LOCAL_CHANGES} for p in drawn)
    ages = [p.phenotype["age"] for p in drawn]
    assert min(ages) >= 0.5
    assert max(ages) <= 0.6
    genders = [p.phenotype["gender"] for p in drawn]
    assert min(genders) < 0.05
    assert max(genders) > 0.95
    assert max(abs(p.phenotype[name]) for p in drawn for name in LOCAL_CHANGES) <= 0.9


def test_blendshapes_spread_as_asked_and_girths_go_together() -> None:
    drawn = people(Identity(blendshape_sigma=0.35))
    weights = np.array([[p.blendshapes[name] for name in BLENDSHAPES] for p in drawn])
    # Standard error of a standard deviation of 400 draws: 0.35 / √800 = 0.012.
    np.testing.assert_allclose(weights.std(0), 0.35, atol=0.05)
    correlation = np.corrcoef(weights.T)
    girth = np.array([name.endswith("girth") for name in BLENDSHAPES])
    off = ~np.eye(36, dtype=bool)
    assert correlation[np.outer(girth, girth) & off].mean() == pytest.approx(0.5, abs=0.08)
    assert abs(correlation[np.outer(~girth, ~girth) & off].mean()) < 0.05
    flat = people(Identity(blendshape_sigma=0.0), 3)
    assert all(weight == 0 for p in flat for weight in p.blendshapes.values())


def test_skins_come_by_their_weights_and_in_every_variant() -> None:
    shares = {"very_light": 3.0, "light": 1.0, "intermediate": 0.0, "tan": 2.0, "dark": 4.0}
    drawn = people(Identity(skins=Skins(**shares)), 600)
    names = [p.skin.name for p in drawn]
    for name, weight in shares.items():
        # Four standard errors of a share p of 600: 4 · √(p (1 − p) / 600) ≤ 0.08.
        assert names.count(name) / 600 == pytest.approx(weight / 10, abs=0.08)
    assert "intermediate" not in names
    assert {p.skin.variant for p in drawn} == set(range(VARIANTS))


def test_old_hands_have_more_veins_spots_and_wrinkles() -> None:
    young = people(Identity(phenotype=Phenotype(age=(0.3, 0.35))), 150)
    old = people(Identity(phenotype=Phenotype(age=(0.95, 1.0))), 150)
    for name in ("veins", "spots", "wrinkles"):
        mean = [np.mean([getattr(p.skin, name) for p in group]) for group in (young, old)]
        assert mean[1] > mean[0] + 0.2


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_the_share_of_left_hands(share: float) -> None:
    settings = Identity(left_share=share)
    sides = [sample_side(component_rng(0, n, "side"), settings) for n in range(2000)]
    assert sides.count("left") / 2000 == pytest.approx(share, abs=0.041 * (0 < share < 1))
