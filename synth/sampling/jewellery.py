"""Rings, watches and bracelets: what they are made of and how large they are."""

from __future__ import annotations

import numpy as np

from synth.sampling.sleeve import sample_cloth_color
from synth.scene import Color, Ornament, Surface

#: Linear colours of metals, and how common they are.
_METALS: tuple[tuple[Color, float], ...] = (
    ((0.83, 0.58, 0.24), 0.35),  # gold
    ((0.80, 0.48, 0.36), 0.10),  # rose gold
    ((0.75, 0.74, 0.72), 0.40),  # silver and steel
    ((0.03, 0.03, 0.032), 0.15),  # blackened
)
_STONES: tuple[Color, ...] = (
    (0.85, 0.86, 0.88),
    (0.85, 0.86, 0.88),
    (0.02, 0.05, 0.40),
    (0.40, 0.01, 0.02),
    (0.01, 0.25, 0.08),
    (0.01, 0.01, 0.012),
    (0.05, 0.40, 0.45),
    (0.70, 0.65, 0.55),
)
_LEATHER: tuple[Color, ...] = (
    (0.015, 0.012, 0.011),
    (0.07, 0.025, 0.010),
    (0.16, 0.065, 0.022),
    (0.02, 0.025, 0.05),
)
_DIALS: tuple[Color, ...] = (
    (0.80, 0.79, 0.75),
    (0.012, 0.012, 0.013),
    (0.02, 0.04, 0.14),
    (0.03, 0.10, 0.06),
)
_BEADS: tuple[Color, ...] = (
    (0.22, 0.09, 0.035),
    (0.010, 0.010, 0.011),
    (0.75, 0.72, 0.66),
    (0.05, 0.30, 0.32),
    (0.35, 0.03, 0.03),
)
#: Wrist to middle MCP to which the sizes below refer, metres.
_AVERAGE_PALM = 0.091


def sample_ring(rng: np.random.Generator, bone: str, along: float, feminine: float) -> Ornament:
    """A band, with a stone on the back of the finger or without.

    Args:
        along: metres from the bone's head.
        feminine: 0 … 1.
    """
    slim = rng.uniform() < 0.3 + 0.5 * feminine
    size = {
        "width": float(rng.uniform(0.0015, 0.0032) if slim else rng.uniform(0.003, 0.0065)),
        "thickness": float(rng.uniform(0.0010, 0.0016) if slim else rng.uniform(0.0013, 0.0022)),
    }
    if rng.uniform() < 0.25 + 0.25 * feminine:
        size["stone"] = float(rng.uniform(0.0016, 0.0045))
    stone = _STONES[int(rng.integers(len(_STONES)))]
    return Ornament(
        kind="ring",
        bone=bone,
        along=along,
        azimuth=float(np.pi + rng.normal(0.0, 0.12)),
        size=size,
        surface=_metal(rng),
        front=_plain(stone, 0.04),
        seed=int(rng.integers(2**31)),
    )


def sample_watch(rng: np.random.Generator, palm: float, feminine: float) -> Ornament:
    """A watch with hands, or one with a screen; on the back of the wrist, seldom under it.

    Args:
        palm: metres from wrist to middle MCP.
    """
    scale = float(np.clip(palm / _AVERAGE_PALM, 0.6, 1.15)) * (1.0 - 0.18 * feminine)
    case = float(rng.uniform(0.034, 0.046)) * scale
    smart = rng.uniform() < 0.4
    long = float(rng.uniform(1.0, 1.25)) if smart else 1.0
    size = {
        "width": case * float(rng.uniform(0.4, 0.62)),
        "thickness": float(rng.uniform(0.0016, 0.0035)),
        "case_width": case,
        "case_length": case * long,
        "case_height": float(rng.uniform(0.006, 0.0125)) * scale,
        "corner": case * (float(rng.uniform(0.15, 0.32)) if smart else 0.5),
    }
    screen = _plain((0.008, 0.008, 0.009), 0.06)
    if smart and rng.uniform() < 0.3:
        lit: Color = (0.06, 0.12, 0.16)
        screen = Surface(
            color=(0.005, 0.005, 0.006),
            color2=lit,
            pattern="label",
            pattern_scale=0.9 * case,
            roughness=0.06,
            emission=float(rng.uniform(0.0, 3.0)),
        )
    dial = _plain(_DIALS[int(rng.integers(len(_DIALS)))], 0.15)
    metal = _metal(rng)
    return Ornament(
        kind="watch",
        bone="forearm_distal",
        along=0.03,
        azimuth=_front(rng),
        size=size,
        surface=metal,
        front=screen if smart else dial,
        strap=_watch_strap(rng, metal, smart),
        seed=int(rng.integers(2**31)),
    )


def sample_bracelet(rng: np.random.Generator, palm: float) -> Ornament:
    """Beads, a chain, a bangle, a strap, or a fitness band."""
    scale = float(np.clip(palm / _AVERAGE_PALM, 0.6, 1.15))
    kind = str(rng.choice(["beads", "chain", "bangle", "strap", "fitness"]))
    front, strap = _plain((0.008, 0.008, 0.009), 0.06), None
    if kind == "beads":
        size = {"bead": float(rng.uniform(0.0022, 0.0048)) * scale}
        surface = _plain(_BEADS[int(rng.integers(len(_BEADS)))], float(rng.uniform(0.15, 0.5)))
        front = _metal(rng) if rng.uniform() < 0.4 else surface
    elif kind == "chain":
        link = float(rng.uniform(0.004, 0.011)) * scale
        size = {"link": link, "thickness": link * float(rng.uniform(0.10, 0.15))}
        surface = _metal(rng)
    elif kind == "bangle":
        size = {
            "loose": float(rng.uniform(0.002, 0.006)),
            "width": float(rng.uniform(0.002, 0.009)),
            "thickness": float(rng.uniform(0.0016, 0.0032)),
        }
        surface = _metal(rng)
    elif kind == "strap":
        size = {
            "width": float(rng.uniform(0.004, 0.020)) * scale,
            "thickness": float(rng.uniform(0.0010, 0.0020)),
        }
        surface = _cloth(rng)
    else:
        width = float(rng.uniform(0.013, 0.019)) * scale
        size = {
            "width": width,
            "thickness": float(rng.uniform(0.0016, 0.0026)),
            "case_width": 1.1 * width,
            "case_length": float(rng.uniform(0.034, 0.042)) * scale,
            "case_height": float(rng.uniform(0.005, 0.008)) * scale,
            "corner": 0.4 * width,
        }
        surface = _plain((0.012, 0.012, 0.013), 0.3)
        strap = _plain(sample_cloth_color(rng), 0.55)
    return Ornament(
        kind="bracelet",
        bone="forearm_distal",
        along=0.03,
        azimuth=_front(rng),
        size=size,
        surface=surface,
        front=front,
        strap=strap,
        seed=int(rng.integers(2**31)),
    )


def _front(rng: np.random.Generator) -> float:
    """Azimuth of what looks to the back of the wrist, or now and then to the palm's side."""
    return float((0.0 if rng.uniform() < 0.1 else np.pi) + rng.normal(0.0, 0.15))


def _watch_strap(rng: np.random.Generator, metal: Surface, smart: bool) -> Surface:
    choice = rng.uniform()
    if choice < (0.15 if smart else 0.4):
        # Links of a metal strap.
        return metal.model_copy(
            update={"pattern": "stripes", "pattern_scale": 0.004, "color2": (0.10, 0.10, 0.10)}
        )
    if choice < (0.3 if smart else 0.8):
        return _plain(_LEATHER[int(rng.integers(len(_LEATHER)))], 0.5)
    return _plain(sample_cloth_color(rng), 0.6) if choice < 0.95 else _cloth(rng)


def _metal(rng: np.random.Generator) -> Surface:
    shares = np.array([share for _, share in _METALS])
    color = _METALS[int(rng.choice(len(_METALS), p=shares))][0]
    return _plain(color, float(rng.uniform(0.1, 0.35)), 1.0)


def _cloth(rng: np.random.Generator) -> Surface:
    pattern = str(rng.choice(["plain", "stripes", "checks", "knit"]))
    return Surface(
        color=sample_cloth_color(rng),
        color2=sample_cloth_color(rng),
        pattern=pattern,  # type: ignore[arg-type]
        pattern_scale=float(rng.uniform(0.002, 0.008)),
        roughness=float(rng.uniform(0.7, 1.0)),
        seed=int(rng.integers(1000)),
    )


def _plain(color: Color, roughness: float, metallic: float = 0.0) -> Surface:
    return Surface(
        color=color,
        color2=color,
        pattern="plain",
        pattern_scale=0.01,
        roughness=roughness,
        metallic=metallic,
    )
