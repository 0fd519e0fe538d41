"""Colours of materials that look much the same wherever they are: pairs that go together.

Colours are linear RGB, chosen after photographs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from synth.scene import Color


@dataclass(frozen=True)
class Palette:
    """Pairs of colours of which one is drawn, and how they lie on a thing.

    Attributes:
        colors: linear RGB, a pattern's two.
        roughness: least and most.
        pattern: of `synth.scene.Surface`.
        scale: metres of one repeat, least and most; they do not go by the thing's size.
    """

    colors: tuple[tuple[Color, Color], ...]
    roughness: tuple[float, float]
    pattern: str
    scale: tuple[float, float]


PALETTES: Final[dict[str, Palette]] = {
    "apple": Palette(
        (
            ((0.42, 0.03, 0.025), (0.47, 0.1, 0.04)),
            ((0.3, 0.42, 0.05), (0.45, 0.5, 0.12)),
            ((0.62, 0.4, 0.07), (0.58, 0.29, 0.06)),
        ),
        (0.2, 0.4),
        "noise",
        (0.02, 0.05),
    ),
    "banana": Palette(
        (((0.75, 0.5, 0.06), (0.71, 0.47, 0.07)), ((0.7, 0.48, 0.05), (0.64, 0.425, 0.05))),
        (0.4, 0.6),
        "noise",
        (0.008, 0.03),
    ),
    "bread": Palette(
        (((0.5, 0.26, 0.09), (0.43, 0.21, 0.07)), ((0.72, 0.5, 0.28), (0.66, 0.44, 0.23))),
        (0.6, 0.9),
        "noise",
        (0.008, 0.03),
    ),
    "bristle": Palette(
        (
            ((0.8, 0.8, 0.78), (0.2, 0.4, 0.7)),
            ((0.12, 0.07, 0.04), (0.05, 0.03, 0.02)),
            ((0.6, 0.45, 0.25), (0.4, 0.28, 0.14)),
        ),
        (0.7, 1.0),
        "wood",
        (0.01, 0.02),
    ),
    "cardboard": Palette(
        (((0.42, 0.27, 0.15), (0.36, 0.22, 0.12)), ((0.7, 0.66, 0.6), (0.55, 0.5, 0.44))),
        (0.7, 0.95),
        "label",
        (0.15, 0.4),
    ),
    "dark": Palette(
        (((0.02, 0.02, 0.02), (0.03, 0.03, 0.03)), ((0.06, 0.06, 0.065), (0.03, 0.03, 0.03))),
        (0.25, 0.6),
        "plain",
        (0.05, 0.1),
    ),
    "filling": Palette(
        (
            ((0.16, 0.07, 0.035), (0.09, 0.035, 0.02)),
            ((0.25, 0.42, 0.06), (0.5, 0.1, 0.05)),
            ((0.75, 0.5, 0.12), (0.6, 0.12, 0.06)),
        ),
        (0.35, 0.7),
        "noise",
        (0.01, 0.03),
    ),
    "foliage": Palette(
        (
            ((0.05, 0.16, 0.03), (0.1, 0.25, 0.05)),
            ((0.12, 0.2, 0.03), (0.25, 0.3, 0.06)),
            ((0.03, 0.1, 0.03), (0.05, 0.14, 0.05)),
            ((0.3, 0.12, 0.03), (0.4, 0.22, 0.05)),
        ),
        (0.3, 0.6),
        "wood",
        (0.02, 0.05),
    ),
    "orange": Palette(
        (((0.75, 0.24, 0.02), (0.68, 0.2, 0.02)), ((0.78, 0.6, 0.05), (0.7, 0.52, 0.05))),
        (0.35, 0.55),
        "noise",
        (0.003, 0.006),
    ),
    "paper": Palette(
        (((0.8, 0.79, 0.75), (0.1, 0.1, 0.12)), ((0.76, 0.7, 0.58), (0.55, 0.5, 0.4))),
        (0.7, 0.95),
        "plain",
        (0.05, 0.2),
    ),
    "rubber": Palette(
        (((0.025, 0.025, 0.025), (0.06, 0.06, 0.06)), ((0.4, 0.05, 0.03), (0.02, 0.02, 0.02))),
        (0.6, 0.9),
        "plain",
        (0.02, 0.05),
    ),
    "shell": Palette(
        (((0.8, 0.76, 0.7), (0.78, 0.74, 0.67)), ((0.58, 0.34, 0.2), (0.55, 0.315, 0.185))),
        (0.45, 0.65),
        "noise",
        (0.004, 0.01),
    ),
    "wafer": Palette(
        (((0.6, 0.33, 0.12), (0.42, 0.2, 0.06)),), (0.6, 0.8), "checks", (0.008, 0.014)
    ),
    "white": Palette((((0.8, 0.8, 0.79), (0.6, 0.6, 0.6)),), (0.2, 0.6), "plain", (0.05, 0.1)),
}
