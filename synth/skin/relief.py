"""Height of the skin, in metres: `relief` for what is coarse, `detail` for what is fine."""

from __future__ import annotations

import numpy as np

from synth.skin.anatomy import Anatomy
from synth.skin.features import Features
from synth.skin.noise import Field, fractal, network, noise, smoothstep, within
from synth.skin.position_maps import Texels

#: Depths and heights in metres.
CREASE_DEPTH = 0.00040
FOLD_DEPTH = 0.00022
TENDON_HEIGHT = 0.0010
VEIN_HEIGHT = 0.00065  # not in the maps: the shader raises the mask's veins by it
FINE_LINE_DEPTH = 0.00017
RIDGE_HEIGHT = 0.000024
#: Distance between friction ridges.
_RIDGE_PERIOD = 0.00058


def relief(found: Features) -> Field:
    """(N,) metres: creases of the palm side, folds of the knuckles, tendons, the nail's bed."""
    crease = np.clip(found.creases.main, 0, 1.1)
    shoulders = np.power(crease, np.float32(0.22)) - 1.6 * np.power(crease, np.float32(0.45))
    bare = 1 - found.nails.plate
    height = -CREASE_DEPTH * crease + 0.00009 * shoulders
    height -= FOLD_DEPTH * found.knuckles.folds
    height += 0.00045 * found.knuckles.patch + TENDON_HEIGHT * found.cords.tendons
    height += 0.00010 * found.mottling.patches * (1 - 0.5 * found.parts.glabrous)
    return (height * bare + found.nails.height).astype(np.float32)


def skin_texture(texels: Texels, parts: Anatomy) -> Field:
    """(N,) metres: the net of furrows on the back, friction ridges on the palm side, pores."""
    position = texels.position
    fingers = np.clip(parts.finger.sum(1), 0, 1)

    def furrows(at: Field) -> Field:
        warp = at + 0.0003 * np.stack([noise(at, 0.002, s) for s in (401, 402, 403)], 1)
        net = 0.6 * network(warp, 0.00125, 410, 0.24) + 0.5 * network(warp, 0.0008, 411, 0.24)
        across = network(warp, (0.0046, 0.0017, 0.0035), 412, 0.15)
        across *= smoothstep(-0.8, 0.9, noise(at, 0.009, 413))
        return -(0.000055 * net + 0.000032 * across)

    def pores(at: Field) -> Field:
        return 0.00001 * noise(at, 0.0007, 421)

    def height_of_ridges(at: Field) -> Field:
        return RIDGE_HEIGHT * (0.6 + 0.4 * np.tanh(noise(at, 0.003, 420)))

    palm, back = parts.glabrous > 0.01, parts.glabrous < 0.99
    ridges = np.sin(2 * np.pi / _RIDGE_PERIOD * _ridge_phase(position, parts))
    ridges = ridges * within(palm, position, height_of_ridges) + within(palm, position, pores)
    lines = within(back, position, furrows) * (1 - 0.2 * fingers)
    return (lines + parts.glabrous * (ridges - lines)).astype(np.float32)


def detail(texture: Field, found: Features) -> Field:
    """(N,) metres: `skin_texture` and the fine lines of a variant; smooth on the nails."""
    return ((texture - FINE_LINE_DEPTH * found.creases.fine) * (1 - found.nails.plate)).astype(
        np.float32
    )


def _ridge_phase(position: Field, parts: Anatomy) -> Field:
    """(N,) metres across the friction ridges: whorls on the pads, slanting lines elsewhere."""
    phase = 0.55 * position[:, 0] + 0.83 * position[:, 1]
    phase = phase + 0.0035 * fractal(position, 0.02, 430, 2)
    for i, part in enumerate(parts.fingers):
        last = part.past[:, -1]
        centre = np.float32(0.50 * part.lengths[-1])
        loop = np.hypot(part.lateral, 0.75 * (last - centre))
        on_pad = smoothstep(-0.001, 0.004, last) * parts.finger[part.rows, i]
        here = loop + 0.0006 * noise(position[part.rows], 0.005, 440 + i)
        along = last + 0.0008 * noise(position[part.rows], 0.006, 450 + i)
        finger = along + on_pad * (here - along)
        weight = smoothstep(0.5, 0.9, parts.finger[part.rows, i])
        phase[part.rows] += weight * (finger - phase[part.rows])
    return phase.astype(np.float32)


def roughness(found: Features) -> Field:
    """(N,) of a microfacet reflection (Principled BSDF's scale)."""
    parts, nails = found.parts, found.nails
    value = 0.57 + 0.03 * parts.forearm - 0.05 * parts.glabrous
    value = value + 0.05 * found.knuckles.patch + 0.06 * np.clip(found.creases.main, 0, 1)
    value = value + 0.020 * found.mottling.pigment + 0.015 * found.mottling.speckle
    value = value + nails.plate * (0.27 - value) + 0.10 * nails.edge
    return np.clip(value, 0.2, 0.8).astype(np.float32)
