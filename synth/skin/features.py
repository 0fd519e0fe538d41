"""Everything the maps are made of, computed once per variant at the texels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synth.hand.model import HandModel
from synth.skin.anatomy import Anatomy
from synth.skin.blood import blood
from synth.skin.cords import Cords, cords
from synth.skin.creases import Creases, creases
from synth.skin.knuckles import Knuckles, knuckles
from synth.skin.nails import Nails
from synth.skin.noise import Field, fractal, noise
from synth.skin.position_maps import Texels
from synth.skin.spots import hair, spots


@dataclass(frozen=True)
class Mottling:
    """(N,) noises of deviation 1 that no variant changes: pigment at two scales, speckle."""

    pigment: Field
    patches: Field
    speckle: Field


@dataclass(frozen=True)
class Features:
    """One variant: the same hand with other lines, veins and spots."""

    parts: Anatomy
    nails: Nails
    mottling: Mottling
    creases: Creases
    knuckles: Knuckles
    cords: Cords
    blood: Field
    spots: Field
    hair: Field


def mottling(texels: Texels) -> Mottling:
    position = texels.position
    return Mottling(
        fractal(position, 0.009, 300, 4, 0.65),
        fractal(position, 0.034, 310, 2),
        (0.6 * noise(position, 0.0009, 320) + 0.6 * noise(position, 0.0021, 321)).astype(
            np.float32
        ),
    )


def features(
    model: HandModel,
    texels: Texels,
    parts: Anatomy,
    plates: Nails,
    mottled: Mottling,
    variant: int,
) -> Features:
    joints = knuckles(model, texels, parts, variant)
    return Features(
        parts,
        plates,
        mottled,
        creases(texels, parts, variant),
        joints,
        cords(texels, parts, variant),
        blood(texels, parts, plates, joints.patch, variant),
        spots(texels, parts, variant),
        hair(texels, parts, variant),
    )
