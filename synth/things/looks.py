"""What things are made of: colours, patterns and gloss as real materials have them.

Colours are linear RGB. Sources: common albedo tables of physically based rendering for metals and
plain materials, photographs for the rest; spreads are wide on purpose.
"""

from __future__ import annotations

import colorsys
from collections.abc import Callable
from typing import Final, Literal

import numpy as np

from synth.scene import Color, Surface
from synth.things.palettes import PALETTES, Palette

Material = Literal[
    "apple",
    "banana",
    "bread",
    "bristle",
    "cardboard",
    "ceramic",
    "chrome",
    "cloth",
    "cover",
    "dark",
    "filling",
    "foliage",
    "knitted",
    "label",
    "lit",
    "metal",
    "orange",
    "paper",
    "picture",
    "plastic",
    "rubber",
    "screen",
    "shell",
    "skin",
    "wafer",
    "white",
    "wood",
]
#: One surface of a thing whose gripped part or face is about `extent` metres.
Look = Callable[[np.random.Generator, float], Surface]

#: Two ends of the colours of skin (the palest and the darkest people), and of pink ones.
_SKIN: Final = ((0.72, 0.45, 0.34), (0.075, 0.036, 0.022))


def sample_surface(rng: np.random.Generator, material: Material, extent: float) -> Surface:
    """A surface of a material; patterns are sized for a thing of `extent` metres."""
    return _LOOKS[material](rng, extent)


def _surface(
    rng: np.random.Generator,
    color: Color,
    roughness: tuple[float, float],
    pattern: str = "plain",
    scale: float = 0.05,
    color2: Color | None = None,
    metallic: float = 0.0,
    emission: float = 0.0,
) -> Surface:
    return Surface(
        color=color,
        color2=color if color2 is None else color2,
        pattern=pattern,  # type: ignore[arg-type]
        pattern_scale=scale,
        roughness=float(rng.uniform(*roughness)),
        metallic=metallic,
        emission=emission,
        seed=int(rng.integers(1, 2**31)),
    )


def _hued(
    rng: np.random.Generator,
    hue: float,
    saturation: tuple[float, float],
    value: tuple[float, float],
) -> Color:
    """Display colour of a hue (0 … 1), made linear."""
    shown = colorsys.hsv_to_rgb(hue % 1.0, rng.uniform(*saturation), rng.uniform(*value))
    red, green, blue = (float(channel**2.2) for channel in shown)
    return red, green, blue


def _near(rng: np.random.Generator, color: Color, spread: float = 0.12) -> Color:
    light = rng.normal(0.0, spread)
    red, green, blue = (
        float(np.clip(c * np.exp(light + rng.normal(0.0, spread / 3)), 0.004, 0.95)) for c in color
    )
    return red, green, blue


def _any_color(rng: np.random.Generator) -> Color:
    """Of things that are bought: black, white, grey, and any hue, pale or strong."""
    kind = rng.uniform()
    if kind < 0.2:
        return _near(rng, (0.02, 0.02, 0.022), 0.4)
    if kind < 0.38:
        return _near(rng, (0.78, 0.77, 0.74), 0.06)
    if kind < 0.5:
        return _near(rng, (0.2, 0.2, 0.2), 0.5)
    return _hued(rng, rng.uniform(), (0.25, 0.95), (0.3, 0.95))


def _plastic(rng: np.random.Generator, extent: float) -> Surface:
    pattern = str(rng.choice(["plain", "stripes", "noise"], p=[0.86, 0.1, 0.04]))
    scale = extent * rng.uniform(0.2, 0.8)
    return _surface(rng, _any_color(rng), (0.15, 0.55), pattern, scale, _any_color(rng))


def _ceramic(rng: np.random.Generator, extent: float) -> Surface:
    pattern = str(
        rng.choice(["plain", "stripes", "print", "label", "checks"], p=[0.6, 0.1, 0.14, 0.1, 0.06])
    )
    color = _near(rng, (0.75, 0.72, 0.66), 0.1) if rng.uniform() < 0.5 else _any_color(rng)
    scale = extent * rng.uniform(0.4, 1.1)
    return _surface(rng, color, (0.06, 0.3), pattern, scale, _any_color(rng))


def _label(rng: np.random.Generator, extent: float) -> Surface:
    pattern = "label" if rng.uniform() < 0.75 else "print"
    metallic = 0.5 if rng.uniform() < 0.2 else 0.0
    return _surface(
        rng,
        _any_color(rng),
        (0.2, 0.5),
        pattern,
        extent * rng.uniform(0.8, 1.1),
        _any_color(rng),
        metallic,
    )


def _cover(rng: np.random.Generator, extent: float) -> Surface:
    pattern = str(rng.choice(["print", "label", "plain", "noise"], p=[0.4, 0.35, 0.2, 0.05]))
    scale = extent * (1.0 if pattern == "label" else rng.uniform(0.15, 0.8))
    return _surface(rng, _any_color(rng), (0.25, 0.75), pattern, scale, _any_color(rng))


def _picture(rng: np.random.Generator, extent: float) -> Surface:
    return _surface(
        rng,
        _any_color(rng),
        (0.2, 0.6),
        "print",
        extent * rng.uniform(0.25, 0.9),
        _any_color(rng),
    )


def _screen(rng: np.random.Generator, extent: float) -> Surface:
    """Off and black, or lit: an app, a photograph, a text."""
    if rng.uniform() < 0.35:
        return _surface(rng, (0.006, 0.006, 0.007), (0.04, 0.12))
    pattern = str(rng.choice(["label", "print", "plain"], p=[0.45, 0.35, 0.2]))
    return _surface(
        rng,
        _any_color(rng),
        (0.04, 0.12),
        pattern,
        extent * rng.uniform(0.5, 1.0),
        _any_color(rng),
        emission=float(rng.uniform(0.3, 1.6)),
    )


def _lit(rng: np.random.Generator, extent: float) -> Surface:
    """A lamp's shade, off or on."""
    shine = float(rng.uniform(0.8, 3.0)) if rng.uniform() < 0.5 else 0.0
    return _surface(rng, _near(rng, (0.8, 0.66, 0.45), 0.15), (0.6, 0.9), emission=shine)


def _metal(rng: np.random.Generator, extent: float) -> Surface:
    base: tuple[Color, ...] = (
        (0.55, 0.54, 0.52),
        (0.3, 0.3, 0.31),
        (0.75, 0.75, 0.76),
        (0.8, 0.6, 0.3),
        (0.65, 0.36, 0.24),
    )
    chosen = base[int(rng.choice(len(base), p=[0.4, 0.25, 0.2, 0.1, 0.05]))]
    return _surface(rng, _near(rng, chosen), (0.18, 0.5), metallic=1.0)


def _chrome(rng: np.random.Generator, extent: float) -> Surface:
    return _surface(rng, _near(rng, (0.62, 0.61, 0.6), 0.08), (0.08, 0.3), metallic=1.0)


def _wood(rng: np.random.Generator, extent: float) -> Surface:
    base: tuple[tuple[Color, Color], ...] = (
        ((0.6, 0.38, 0.19), (0.36, 0.19, 0.08)),
        ((0.38, 0.19, 0.08), (0.17, 0.075, 0.03)),
        ((0.14, 0.065, 0.03), (0.05, 0.024, 0.012)),
        ((0.66, 0.52, 0.35), (0.48, 0.34, 0.2)),
        ((0.35, 0.31, 0.26), (0.2, 0.17, 0.14)),
    )
    light, dark = base[int(rng.integers(len(base)))]
    return _surface(
        rng,
        _near(rng, light),
        (0.3, 0.75),
        "wood",
        float(rng.uniform(0.012, 0.04)),
        _near(rng, dark),
    )


def _skin(rng: np.random.Generator, extent: float) -> Surface:
    """Like skin, without being any: what a detector must not take for a hand."""
    share = rng.uniform()
    pale, dark = (np.log(c) for c in _SKIN)
    color = _near(rng, tuple(np.exp(pale + share * (dark - pale))), 0.1)  # type: ignore[arg-type]
    red, green, blue = color
    flushed = (min(0.95, red * 1.05), green * 0.78, blue * 0.76)
    return _surface(rng, color, (0.4, 0.65), "noise", float(rng.uniform(0.02, 0.08)), flushed)


def _from_palette(palette: Palette) -> Look:
    def look(rng: np.random.Generator, extent: float) -> Surface:
        color, color2 = palette.colors[int(rng.integers(len(palette.colors)))]
        repeat = float(rng.uniform(*palette.scale))
        return _surface(
            rng,
            _near(rng, color),
            palette.roughness,
            palette.pattern,
            repeat,
            _near(rng, color2),
        )

    return look


def _woven(patterns: tuple[str, ...], scale: tuple[float, float]) -> Look:
    def look(rng: np.random.Generator, extent: float) -> Surface:
        pattern = patterns[int(rng.integers(len(patterns)))]
        repeat = float(np.exp(rng.uniform(np.log(scale[0]), np.log(scale[1]))))
        color, color2 = _any_color(rng), _any_color(rng)
        if pattern == "knit":
            # The second colour lies in the grooves: a shade of the first.
            red, green, blue = color
            color2 = (0.35 * red, 0.35 * green, 0.35 * blue)
        return _surface(rng, color, (0.75, 1.0), pattern, repeat, color2)

    return look


_LOOKS: Final[dict[str, Look]] = {
    "ceramic": _ceramic,
    "chrome": _chrome,
    "cloth": _woven(("plain", "stripes", "checks", "print", "noise"), (0.01, 0.12)),
    "cover": _cover,
    "knitted": _woven(("knit",), (0.004, 0.012)),
    "label": _label,
    "lit": _lit,
    "metal": _metal,
    "picture": _picture,
    "plastic": _plastic,
    "screen": _screen,
    "skin": _skin,
    "wood": _wood,
    **{name: _from_palette(palette) for name, palette in PALETTES.items()},
}
