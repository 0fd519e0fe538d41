"""How a person looks beyond the hands: face, hair, and what they wear."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypeVar

import numpy as np

from synth.hand.arm import elbow_distance
from synth.hand.model import HandShape
from synth.sampling.grooming import (
    choose,
    mixed,
    sample_beard,
    sample_eye_color,
    sample_face,
    sample_hair,
    sample_lips,
)
from synth.sampling.identity import Person
from synth.sampling.sleeve import sample_cloth_color
from synth.scene import BodyLook, Color, Eyewear, Garment, Headwear, Sleeve, Surface
from synth.skin.color import SKINS

_Name = TypeVar("_Name", bound=str)
_Pattern = Literal["plain", "stripes", "checks", "knit", "noise", "label", "print"]

_SHOES: Final[tuple[Color, ...]] = (
    (0.012, 0.012, 0.013), (0.03, 0.03, 0.032), (0.09, 0.045, 0.02), (0.62, 0.61, 0.59),
)  # fmt: skip
_PATTERNS: Final[dict[_Pattern, float]] = {
    "plain": 0.46,
    "stripes": 0.13,
    "checks": 0.14,
    "label": 0.11,
    "print": 0.08,
    "knit": 0.06,
    "noise": 0.02,
}
_JACKET_PATTERNS: Final[dict[_Pattern, float]] = {"plain": 0.78, "knit": 0.08, "checks": 0.14}
_LEG_PATTERNS: Final[dict[_Pattern, float]] = {"plain": 0.85, "noise": 0.06, "checks": 0.09}
#: Metres of one repeat, smallest and largest.
_SCALES: Final[dict[_Pattern, tuple[float, float]]] = {
    "plain": (0.02, 0.02),
    "stripes": (0.008, 0.07),
    "checks": (0.012, 0.08),
    "label": (0.2, 0.32),
    "print": (0.04, 0.16),
    "knit": (0.005, 0.012),
    "noise": (0.01, 0.05),
}
#: How a top's pattern goes on over the forearm: a picture on the chest does not.
_SLEEVE_PATTERNS: Final[Mapping[str, Literal["plain", "stripes", "checks", "knit", "noise"]]] = {
    "stripes": "stripes",
    "checks": "checks",
    "knit": "knit",
    "noise": "noise",
    "print": "noise",
}
#: Where the lining of a sleeve begins behind the cuff, metres, and ends, as a share of the forearm.
_LINING_BACK: Final = 0.012
_LINING_END: Final = 0.8
#: Share of the forearm that a rolled sleeve leaves bare at most; as in `synth.body.garment`.
_MOST_CUFF: Final = 0.75
#: `Garment.sleeve` from which the garment covers the forearm too.
FULL_SLEEVE: Final = 1.0


def sample_body_look(
    rng: np.random.Generator, person: Person, identity: str, hands: tuple[int, int]
) -> BodyLook:
    """A person's face, hair and clothes.

    Args:
        identity: name of the person, the same as its hands'.
        hands: which of the scene's hands are the right and the left one.
    """
    feminine = bool(rng.uniform() < np.clip(1.6 * person.phenotype["gender"] - 0.3, 0.02, 0.98))
    age = person.phenotype["age"]
    darkness = SKINS.index(person.skin.name) / (len(SKINS) - 1)
    grown = age > 0.5
    makeup = float(rng.beta(1.3, 2.0)) if feminine and grown and rng.uniform() < 0.6 else 0.0
    hair = sample_hair(rng, feminine, age, darkness)
    headwear = _sample_headwear(rng, feminine)
    return BodyLook(
        identity=identity,
        phenotype=person.phenotype,
        face=sample_face(rng, age),
        skin=person.skin,
        hands=hands,
        eye_color=sample_eye_color(rng, darkness),
        lips=sample_lips(rng, makeup, darkness),
        beard=sample_beard(rng) if grown and not feminine else 0.0,
        brows=float(rng.uniform(0.35, 0.8) if feminine else rng.uniform(0.5, 1.0)),
        makeup=makeup,
        hair=hair,
        headwear=headwear,
        eyewear=_sample_eyewear(rng),
        garments=_sample_garments(rng, feminine),
        seed=int(rng.integers(1, 2**31)),
    )


def sample_forearm_sleeve(
    rng: np.random.Generator, look: BodyLook, hand: HandShape
) -> Sleeve | None:
    """The lining of a person's outermost long sleeve over the forearm; None where it is bare.

    The garment itself reaches to the cuff (`synth.body.garment`). The lining lies close to the
    skin under it, so that what the wrist's skin does beyond its shape at rest does not show; it is
    straight and ends before the elbow.
    """
    del rng
    long_ones = [g for g in look.garments if _is_long(g)]
    if not long_ones:
        return None
    garment = long_ones[-1]
    elbow = elbow_distance(hand)
    start = min(garment.cuff, _MOST_CUFF * elbow) + _LINING_BACK
    surface = garment.surface
    return Sleeve(
        start=float(start),
        elbow_angle=0.0,
        elbow_azimuth=0.0,
        length=float(max(_LINING_END * elbow - start, 0.02)),
        looseness=0.001,
        flare=0.0,
        thickness=0.0006,
        color=surface.color,
        color2=surface.color2,
        pattern=_SLEEVE_PATTERNS.get(surface.pattern, "plain"),
        pattern_scale=surface.pattern_scale,
        roughness=surface.roughness,
        wrinkles=0.0,
        seed=garment.seed,
    )


def _is_long(garment: Garment) -> bool:
    return garment.kind in ("top", "jacket") and garment.sleeve >= FULL_SLEEVE


def _sample_headwear(rng: np.random.Generator, feminine: bool) -> Headwear | None:
    worn = rng.uniform() < 0.2
    shares: dict[Literal["cap", "beanie", "scarf", "hood", "hat", "headphones"], float] = {
        "cap": 0.28, "beanie": 0.2, "scarf": 0.3 if feminine else 0.0, "hood": 0.1,
        "hat": 0.1, "headphones": 0.2,
    }  # fmt: skip
    kind = choose(rng, shares)
    patterns: dict[_Pattern, float] = {"plain": 0.75, "knit": 0.05, "stripes": 0.1, "print": 0.1}
    if kind == "beanie":
        patterns = {"knit": 0.7, "plain": 0.3}
    surface = _sample_surface(rng, patterns)
    size, seed = float(rng.uniform(0.006, 0.014)), int(rng.integers(1, 2**31))
    if not worn:
        return None
    return Headwear(kind=kind, surface=surface, size=size, seed=seed)


def _sample_eyewear(rng: np.random.Generator) -> Eyewear | None:
    worn, dark = rng.uniform(size=2)
    color = sample_cloth_color(rng) if rng.uniform() < 0.25 else (0.01, 0.01, 0.01)
    seed = int(rng.integers(1, 2**31))
    if worn > 0.3:
        return None
    return Eyewear(kind="sunglasses" if dark < 0.15 else "glasses", color=color, seed=seed)


def _sample_garments(rng: np.random.Generator, feminine: bool) -> tuple[Garment, ...]:
    legs: Literal["trousers", "skirt"] = (
        "skirt" if feminine and rng.uniform() < 0.25 else "trousers"
    )
    short_legs = rng.uniform() < 0.22
    below = _garment(
        rng,
        legs,
        _LEG_PATTERNS,
        sleeve=float(rng.uniform(0.3, 0.6) if short_legs or legs == "skirt" else 1.0),
        looseness=(0.003, 0.014),
        neckline=(0.0, 0.0),
    )
    length = choose(rng, {"none": 0.14 if feminine else 0.05, "short": 0.5, "long": 0.4})
    sleeve = {"none": 0.0, "short": float(rng.uniform(0.3, 0.75)), "long": FULL_SLEEVE}[length]
    top = _garment(
        rng,
        "top",
        _PATTERNS,
        sleeve=sleeve,
        looseness=(0.003, 0.016),
        neckline=(0.005, 0.09) if feminine else (0.0, 0.045),
    )
    shoes = _garment(
        rng, "shoes", {"plain": 1.0}, sleeve=0.0, looseness=(0.006, 0.010), neckline=(0.0, 0.0)
    )
    if rng.uniform() < 0.75:  # black, brown, white
        leather = (_SHOES[int(rng.integers(len(_SHOES)))], shoes.surface)
        shoes = shoes.model_copy(
            update={"surface": leather[1].model_copy(update={"color": leather[0]})}
        )
    jacket = _garment(
        rng,
        "jacket",
        _JACKET_PATTERNS,
        sleeve=FULL_SLEEVE if rng.uniform() < 0.95 else 0.0,
        looseness=(0.008, 0.02),
        neckline=(0.0, 0.04),
    )
    over = (jacket,) if rng.uniform() < 0.25 else ()
    feet = (shoes,) if rng.uniform() < 0.8 else ()
    return (below, *feet, top, *over)


def _garment(
    rng: np.random.Generator,
    kind: Literal["top", "jacket", "trousers", "skirt", "shoes"],
    patterns: Mapping[_Pattern, float],
    *,
    sleeve: float,
    looseness: tuple[float, float],
    neckline: tuple[float, float],
) -> Garment:
    low, high = np.log(looseness)
    return Garment(
        kind=kind,
        surface=_sample_surface(rng, patterns),
        looseness=float(np.exp(rng.uniform(low, high))),
        thickness=float(rng.uniform(0.0012, 0.003) * (1.6 if kind == "jacket" else 1.0)),
        sleeve=sleeve,
        neckline=float(rng.uniform(*neckline)),
        wrinkles=float(rng.uniform(0.0015, 0.006)),
        seed=int(rng.integers(1, 2**31)),
        cuff=_sample_cuff(rng, kind) if sleeve >= FULL_SLEEVE else 0.0,
    )


def _sample_cuff(rng: np.random.Generator, kind: str) -> float:
    """Metres from the wrist: at the hand, slipped back, or rolled up."""
    rolled = rng.uniform() < (0.2 if kind == "top" else 0.06)
    slack = rng.beta(1.2, 4.0)
    return float(rng.uniform(0.08, 0.18) if rolled else 0.015 + 0.045 * slack)


def _sample_surface(rng: np.random.Generator, patterns: Mapping[_Pattern, float]) -> Surface:
    pattern = choose(rng, patterns)
    color, color2 = sample_cloth_color(rng), sample_cloth_color(rng)
    if pattern in ("knit", "noise"):  # the same yarn in the shade
        color2 = mixed(color, (0.0, 0.0, 0.0), 0.35)
    scale = float(np.exp(rng.uniform(*np.log(_SCALES[pattern]))))
    return Surface(
        color=color,
        color2=color2,
        pattern=pattern,
        pattern_scale=scale,
        roughness=float(rng.uniform(0.65, 1.0)),
        seed=int(rng.integers(1, 2**31)),
    )
