"""Rigid things in a scene: held, lying about, in the way."""

from __future__ import annotations

from typing import Literal

from synth.scene.plain import Color, Plain


class Surface(Plain):
    """The material of a thing, a garment or an ornament."""

    color: Color
    color2: Color  # second colour of the pattern
    pattern: Literal["plain", "stripes", "checks", "knit", "noise", "label", "wood", "print"]
    pattern_scale: float  # metres of one repeat
    roughness: float
    metallic: float = 0.0
    emission: float = 0.0  # of a screen: linear radiance of white
    seed: int = 0


class Thing(Plain):
    """One rigid thing; `synth.things.mesh` makes its mesh from this alone."""

    kind: str  # a name of synth.things.kinds.KINDS
    role: Literal["held", "occluder", "clutter", "furniture"]
    size: dict[str, float]  # metres, named by kind
    surface: Surface
    surface2: Surface  # of its second part: lid, blade, screen, cover …
    seed: int  # of its irregularities
