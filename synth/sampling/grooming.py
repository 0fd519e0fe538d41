"""A person's face and hair, apart from the skin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, TypeVar

import numpy as np

from synth.body.recipe import FACE_CHANGES
from synth.sampling.sleeve import sample_cloth_color
from synth.scene import Color, Hair

_Name = TypeVar("_Name", bound=str)

#: Anny's changes of the face at which people still look like people; others have _FACE_SIGMA.
_FACE_SIGMA: Final = 0.28
_FACE_SIGMAS: Final = {
    "stomach-pregnant-incr": 0.0,
    "head-age-incr": 0.15,
    "head-fat-incr": 0.15,
    "neck-double-incr": 0.2,
    "eye-scale-incr": 0.2,
    "ear-scale-incr": 0.35,
    "ear-wing-incr": 0.35,
}
#: Linear RGB of hair with its share among fair and among dark people.
_HAIR: Final[tuple[tuple[Color, float, float], ...]] = (
    ((0.008, 0.007, 0.007), 0.14, 0.72),  # black
    ((0.022, 0.013, 0.009), 0.26, 0.22),  # dark brown
    ((0.060, 0.032, 0.018), 0.24, 0.04),  # brown
    ((0.150, 0.088, 0.045), 0.16, 0.01),  # dark blond
    ((0.340, 0.230, 0.120), 0.14, 0.01),  # blond
    ((0.140, 0.042, 0.016), 0.06, 0.0),  # red
)
_GREY: Final[Color] = (0.42, 0.41, 0.40)
_EYES: Final[tuple[tuple[Color, float, float], ...]] = (
    ((0.045, 0.018, 0.008), 0.30, 0.92),  # brown
    ((0.110, 0.060, 0.020), 0.20, 0.06),  # hazel
    ((0.090, 0.110, 0.050), 0.15, 0.01),  # green
    ((0.090, 0.170, 0.260), 0.25, 0.01),  # blue
    ((0.170, 0.200, 0.220), 0.10, 0.0),  # grey
)


def sample_eye_color(rng: np.random.Generator, darkness: float) -> Color:
    """Linear RGB of an iris; `darkness` 0 … 1 is the skin's."""
    return _jittered(rng, _chosen_color(rng, _EYES, darkness), 0.15)


def sample_face(rng: np.random.Generator, age: float) -> dict[str, float]:
    """`BodyLook.face`: some of FACE_CHANGES; `age` is the phenotype's."""
    draws = rng.normal(size=len(FACE_CHANGES))
    face = {
        name: float(np.clip(_FACE_SIGMAS.get(name, _FACE_SIGMA) * draw, -0.8, 0.8))
        for name, draw in zip(FACE_CHANGES, draws, strict=True)
    }
    face["head-age-incr"] += float(0.7 * max(0.0, 3 * (age - 2 / 3)))
    return {name: round(value, 4) for name, value in face.items() if abs(value) > 1e-3}


def sample_hair(rng: np.random.Generator, feminine: bool, age: float, darkness: float) -> Hair:
    """Style and colour after sex, age and the skin's darkness 0 … 1."""
    curly = 0.08 + 0.5 * darkness**3
    shares: dict[
        Literal["bald", "shaved", "short", "medium", "long", "bun", "ponytail", "afro"], float
    ]
    if feminine:
        shares = {
            "short": 0.08, "medium": 0.26, "long": 0.34, "bun": 0.12, "ponytail": 0.2,
            "afro": 0.5 * curly, "shaved": 0.01,
        }  # fmt: skip
    else:
        bald = 0.05 + 0.25 * max(0.0, 3 * (age - 2 / 3))
        shares = {
            "bald": bald, "shaved": 0.16 + 0.2 * darkness, "short": 0.58, "medium": 0.1,
            "long": 0.05, "bun": 0.02, "ponytail": 0.02, "afro": 0.4 * curly,
        }  # fmt: skip
    style = choose(rng, shares)
    color = _jittered(rng, _chosen_color(rng, _HAIR, darkness), 0.2)
    if rng.uniform() < (0.1 if feminine else 0.02):
        color = sample_cloth_color(rng)  # dyed
    grey = np.clip(4.0 * (age - 0.8) + rng.normal(0.0, 0.2), 0.0, 1.0)
    return Hair(
        style=style,
        color=mixed(color, _GREY, float(grey)),
        length=float(rng.uniform()),
        volume=float(rng.uniform(0.008, 0.028)),
        seed=int(rng.integers(1, 2**31)),
    )


def sample_lips(rng: np.random.Generator, makeup: float, darkness: float) -> Color:
    """`BodyLook.lips`: a factor on the skin's colour, with or without lipstick."""
    natural = np.array([0.93, 0.68, 0.68]) * (1 - 0.12 * darkness) * np.exp(rng.normal(0, 0.05, 3))
    painted = np.array([0.85, 0.28, 0.34]) * np.exp(rng.normal(0, 0.15, 3))
    red, green, blue = natural + makeup * rng.uniform(0.2, 1.0) * (painted - natural)
    return (float(red), float(green), float(blue))


def sample_beard(rng: np.random.Generator) -> float:
    """Shaved, unshaved for some days, or grown."""
    kind, amount = rng.uniform(size=2)
    if kind < 0.45:
        return float(0.15 * amount)
    return float(0.15 + 0.35 * amount if kind < 0.72 else 0.5 + 0.5 * amount)


def choose(rng: np.random.Generator, shares: Mapping[_Name, float]) -> _Name:
    """One of some names, by their shares."""
    names = list(shares)
    weights = np.array([shares[name] for name in names])
    return names[int(rng.choice(len(names), p=weights / weights.sum()))]


def _chosen_color(
    rng: np.random.Generator, colors: tuple[tuple[Color, float, float], ...], darkness: float
) -> Color:
    dark = float(np.clip(1.6 * darkness - 0.2, 0, 1))
    weights = np.array([fair + dark * (deep - fair) for _, fair, deep in colors])
    return colors[int(rng.choice(len(colors), p=weights / weights.sum()))][0]


def _jittered(rng: np.random.Generator, color: Color, spread: float) -> Color:
    common = np.exp(rng.normal(0.0, spread))
    red, green, blue = np.clip(np.array(color) * common * np.exp(rng.normal(0, 0.05, 3)), 0, 1)
    return (float(red), float(green), float(blue))


def mixed(a: Color, b: Color, share: float) -> Color:
    """From a to b by a share."""
    red, green, blue = (float(x + share * (y - x)) for x, y in zip(a, b, strict=True))
    return (red, green, blue)
