"""What is done to skin: masks of tattoos, henna, plasters, dirt and drops of water.

They lie beside the skin's own maps on the same UV layout; `blender_scenes.skin` mixes them in.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synth.hand.model import HandModel
from synth.skin.anatomy import Anatomy, FingerTexels
from synth.skin.nails import Nails
from synth.skin.noise import Field, fractal, noise, smoothstep
from synth.skin.position_maps import Texels

#: Metres that 1 stands for in the maps of plasters and of drops.
PLASTER_HEIGHT = 0.0011
DROP_HEIGHT = 0.0009
#: Width of a strip, half of it the edge to the middle, and the angle its pad covers.
_STRIP_HALF = 0.0085
_PAD_HALF_ANGLE = 0.75
_WEAVE = 0.0016  # metres between the holes of a strip
_EDGE = 0.00025  # metres over which a strip's edge falls


@dataclass(frozen=True)
class Plasters:
    """(N,) each: `cover` 0 … 1, `height` in units of PLASTER_HEIGHT, `shade` 0 … 1 (holes and the
    pad's darker edge)."""

    cover: Field
    height: Field
    shade: Field


#: Strips of each variant: finger, share along it (1 is the next joint after the MCP), azimuth of
#: the pad from the back; on the back or the palm: centre (x, y) in millimetres and direction.
_WRAPS: tuple[tuple[tuple[int, float, float], ...], ...] = (
    ((1, 1.55, 0.3),),
    ((0, 1.30, 3.0), (2, 0.80, 0.0)),
    ((1, 2.30, 2.6), (3, 1.5, 0.6)),
    ((4, 1.4, 3.0),),
    (),
)
_PATCHES: tuple[tuple[tuple[float, float, float], ...], ...] = (
    (),
    (),
    (),
    ((-4.0, 58.0, 0.25),),
    ((-8.0, 40.0, 1.25), (-17.0, 84.0, 1.45)),
)
PLASTER_VARIANTS = len(_WRAPS)
DIRT_VARIANTS = 3


def plasters(model: HandModel, texels: Texels, parts: Anatomy, variant: int) -> Plasters:
    """Strips wound around fingers and stuck on the back of the hand."""
    cover, height, shade = (np.zeros(len(texels.index), np.float32) for _ in range(3))
    for finger, share, azimuth in _WRAPS[variant]:
        part = parts.fingers[finger]
        along, arc = _around(part, share, azimuth, float(1.3 * model.nail_half[finger, 0]))
        strip = _strip(along, np.zeros_like(arc), _STRIP_HALF, 1.0)
        pad = _PAD_HALF_ANGLE * float(1.3 * model.nail_half[finger, 0])
        lap = smoothstep(0.0, 2 * _EDGE, np.abs(arc) - (np.abs(arc).max() - 0.006))
        _stick(cover, height, shade, part.rows, strip, along, arc, pad, lap * part.own, part.own)
    back = smoothstep(0.1, -0.2, parts.palmar) * (1 - parts.forearm)
    for x, y, turn in _PATCHES[variant]:
        offset = texels.position[:, :2] - np.array([x, y], np.float32) / 1000
        near = np.flatnonzero((np.abs(offset).max(1) < 0.05) & (back > 0))
        c, s = np.float32(np.cos(turn)), np.float32(np.sin(turn))
        arc, along = offset[near] @ np.array([c, s]), offset[near] @ np.array([-s, c])
        strip = _strip(along, arc, _STRIP_HALF, 0.030)
        lap = np.zeros_like(arc)
        _stick(cover, height, shade, near, strip, along, arc, 0.011, lap, back[near])
    return Plasters(cover, height, shade)


def _around(part: FingerTexels, share: float, azimuth: float, radius: float) -> tuple[Field, Field]:
    """Metres along a finger from `share`, slightly oblique, and about it from `azimuth`."""
    joint = int(share)
    base = part.past[:, joint] - np.float32((share - joint) * part.lengths[joint])
    turn = np.mod(part.angle - azimuth + np.pi, 2 * np.pi) - np.pi
    return (base + np.float32(0.0012) * np.sin(turn)).astype(np.float32), (radius * turn).astype(
        np.float32
    )


def _strip(along: Field, across: Field, half: float, reach: float) -> Field:
    """0 … 1 inside a band, with round ends `reach` metres from its middle."""
    past = np.maximum(np.abs(across) - np.float32(reach - half), 0)
    outside = np.hypot(along, past) - np.float32(half)
    return smoothstep(_EDGE, -_EDGE, outside)


def _stick(
    cover: Field,
    height: Field,
    shade: Field,
    rows: np.ndarray,
    strip: Field,
    along: Field,
    arc: Field,
    pad_half: float,
    lap: Field,
    weight: Field,
) -> None:
    """Write one strip into the maps, where its weight is above nothing."""
    pad = smoothstep(0.0012, -0.0012, np.abs(arc) - np.float32(pad_half))
    pad *= smoothstep(0.0012, -0.0012, np.abs(along) - np.float32(0.75 * _STRIP_HALF))
    holes = np.cos(2 * np.pi / _WEAVE * along) * np.cos(2 * np.pi / _WEAVE * arc)
    holes = smoothstep(0.55, 0.9, holes) * (1 - pad)
    rim = smoothstep(0.0012, 0.0, np.abs(np.abs(along) - np.float32(_STRIP_HALF)))
    strip = strip * smoothstep(0.4, 0.6, weight)
    cover[rows] = np.maximum(cover[rows], strip)
    lift = strip * (0.35 + 0.55 * pad + 0.25 * lap - 0.06 * holes)
    height[rows] = np.maximum(height[rows], lift)
    shade[rows] = np.maximum(shade[rows], strip * np.clip(0.7 * holes + 0.3 * rim, 0, 1))


def dirt(texels: Texels, parts: Anatomy, plates: Nails, variant: int) -> Field:
    """(N,) 0 … 1: smears and blotches, most on pads, knuckles and under the nails.

    What settles in creases is added by the shader, which knows this skin's relief.
    """
    at = texels.position
    seed = 9500 + 10 * variant
    patches = smoothstep(0.1, 1.6, fractal(at, 0.022, seed, 3))
    grain = smoothstep(-0.7, 1.1, fractal(at, 0.0028, seed + 3, 3))
    stroke = smoothstep(0.3, 1.7, fractal(at, (0.004, 0.018, 0.006), seed + 6, 3))
    specks = smoothstep(1.8, 2.6, noise(at, 0.0011, seed + 9))
    fingers = np.clip(parts.finger.sum(1), 0, 1)
    where = 0.55 + 0.45 * fingers * (0.5 + 0.5 * parts.glabrous)
    value = where * (0.75 * patches * (0.35 + 0.65 * grain) + 0.5 * stroke) + 0.6 * specks * patches
    value = np.maximum(value, 0.95 * np.maximum(plates.edge, 0.8 * plates.fold))
    return np.clip(value, 0, 1).astype(np.float32)


def drops(texels: Texels) -> Field:
    """(N,) in units of DROP_HEIGHT: beads of water, few large ones and many small."""
    height = np.zeros(len(texels.index), np.float32)
    for cell, level, seed in ((0.0062, 1.35, 9700), (0.0034, 1.5, 9710), (0.0019, 1.6, 9720)):
        bead = smoothstep(level, level + 1.1, noise(texels.position, cell, seed))
        height = np.maximum(height, np.sqrt(bead) * np.float32(cell / 0.0062))
    return height
