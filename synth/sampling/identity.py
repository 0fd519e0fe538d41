"""Who a hand belongs to: shape, blendshapes and skin, the same wherever the identity appears."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synth.hand.model import PHENOTYPES
from synth.hand.recipe import LOCAL_CHANGES
from synth.landmarks import BLENDSHAPES
from synth.manifest import Identity
from synth.scene import Side, SkinLook
from synth.skin.bake import VARIANTS

#: Spread of Anny's own changes of the hand, at which they still look like hands.
_LOCAL_SIGMA = {
    "hand_size": 0.25,
    "finger_length": 0.35,
    "finger_diameter": 0.35,
    "finger_distance": 0.2,
    "forearm_fat": 0.4,
    "forearm_muscle": 0.4,
}
#: Girths of one finger, and of neighbours, go together: share of the variance that is common to
#: all girths of a hand.
_COMMON_GIRTH = 0.5

#: Mean colours (linear RGB) of bare nail plates by skin, over a pink nail bed.
_NAIL = {
    "very_light": (0.66, 0.42, 0.37),
    "light": (0.60, 0.37, 0.31),
    "intermediate": (0.53, 0.31, 0.24),
    "tan": (0.42, 0.24, 0.18),
    "dark": (0.28, 0.15, 0.11),
}


#: The darkest classes are wide: their people are on average darker than their maps (logarithm).
_MEAN_BRIGHTNESS = {"tan": -0.08, "dark": -0.28}


@dataclass(frozen=True)
class Person:
    """What stays the same in every sequence of an identity."""

    phenotype: dict[str, float]
    blendshapes: dict[str, float]
    skin: SkinLook


def sample_side(rng: np.random.Generator, settings: Identity) -> Side:
    """Which hand of a person is seen."""
    return "left" if rng.uniform() < settings.left_share else "right"


def sample_person(rng: np.random.Generator, settings: Identity) -> Person:
    """Draw one identity from a generator seeded by its number."""
    phenotype = {
        name: float(rng.uniform(*getattr(settings.phenotype, name))) for name in PHENOTYPES
    }
    for name in LOCAL_CHANGES:
        phenotype[name] = float(np.clip(rng.normal(0.0, _LOCAL_SIGMA[name]), -0.9, 0.9))
    return Person(
        phenotype, _sample_blendshapes(rng, settings), _sample_skin(rng, settings, phenotype)
    )


def _sample_blendshapes(rng: np.random.Generator, settings: Identity) -> dict[str, float]:
    common = rng.normal()
    weights = {}
    for name in BLENDSHAPES:
        own = rng.normal()
        if name.endswith("girth"):
            own = np.sqrt(_COMMON_GIRTH) * common + np.sqrt(1 - _COMMON_GIRTH) * own
        weights[name] = round(float(np.clip(settings.blendshape_sigma * own, -1.5, 1.5)), 6)
    return weights


def _sample_skin(
    rng: np.random.Generator, settings: Identity, phenotype: dict[str, float]
) -> SkinLook:
    shares = settings.skins.model_dump()
    names = list(shares)
    weights = np.array([shares[name] for name in names], dtype=float)
    name = names[int(rng.choice(len(names), p=weights / weights.sum()))]
    old = max(0.0, (phenotype["age"] - 2 / 3) * 3)
    young = max(0.0, (0.55 - phenotype["age"]) * 2)
    tint = rng.normal(1.0, 0.06, 3)
    nail = tuple(float(np.clip(c * t, 0.02, 0.95)) for c, t in zip(_NAIL[name], tint, strict=True))
    feminine = phenotype["gender"]
    return SkinLook(
        name=name,  # type: ignore[arg-type]
        variant=int(rng.integers(VARIANTS)),
        brightness=float(np.exp(rng.normal(_MEAN_BRIGHTNESS.get(name, 0.0), 0.1))),
        melanin=float(np.clip(rng.normal(0.0, 0.4), -1, 1)),
        redness=float(np.clip(rng.normal(1.0, 0.4), 0.1, 2.2)),
        yellowness=float(np.clip(rng.normal(0.0, 0.4), -1, 1)),
        veins=float(np.clip(rng.normal(0.7 + 0.6 * old - 0.5 * young, 0.4), 0, 2)),
        spots=float(np.clip(rng.beta(1.2, 3.0) + 0.4 * old, 0, 1)),
        wrinkles=float(np.clip(rng.normal(0.9 + 0.6 * old - 0.4 * young, 0.2), 0.3, 1.8)),
        roughness=float(np.clip(rng.normal(0.5, 0.07), 0.3, 0.7)),
        nail_color=nail,  # type: ignore[arg-type]
        nail_gloss=float(np.clip(rng.beta(2, 2) * (0.6 + 0.6 * feminine), 0, 1)),
    )
