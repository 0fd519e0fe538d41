"""How much blood shows through the skin, from place to place."""

from __future__ import annotations

import numpy as np

from synth.skin.anatomy import Anatomy
from synth.skin.nails import Nails
from synth.skin.noise import Field, fractal, noise, smoothstep, within
from synth.skin.position_maps import Texels

#: Places where the palm is redder: centre and radii in millimetres (x, y), amount.
_PALM = (
    ((30, 42), (14, 20), 0.26),  # thenar
    ((-30, 42), (9, 24), 0.30),  # hypothenar
    ((23, 93), (8, 7), 0.14),  # pads below the fingers
    ((1, 94), (8, 7), 0.14),
    ((-17, 90), (8, 7), 0.14),
    ((-34, 82), (8, 7), 0.16),
    ((-6, 56), (12, 16), -0.12),  # the hollow
)
#: The level that the skins' base colours stand for.
MEAN_BLOOD = 0.35


def blood(texels: Texels, parts: Anatomy, plates: Nails, knuckle: Field, variant: int) -> Field:
    """(N,) 0 … 1, about MEAN_BLOOD on average."""
    position = texels.position
    x, y = position[:, 0] * 1000, position[:, 1] * 1000
    palm: Field = np.full(len(x), 0.34, np.float32)
    for (cx, cy), (rx, ry), amount in _PALM:
        palm = palm + amount * np.exp(-0.5 * (((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2))
    back = np.full(len(x), 0.24, np.float32) - 0.06 * parts.forearm
    tips = np.zeros(len(x), np.float32)
    for i, part in enumerate(parts.fingers):
        last = len(part.joints)
        distal = smoothstep(last - 1.0, last - 0.15, part.share)
        body = 0.05 * smoothstep(0.3, 0.8, part.share)
        tips[part.rows] = np.maximum(tips[part.rows], parts.finger[part.rows, i] * (distal + body))
    value = back + parts.glabrous * (palm - back)
    value = value + (0.30 * parts.glabrous + 0.20 * (1 - parts.glabrous)) * tips
    value = value + 0.30 * knuckle
    clouds = fractal(position, 0.016, 2000 + variant, 3, 0.6)
    inside = parts.glabrous > 0.01
    # The palm is speckled with small pale spots between redder skin.
    speckled = within(inside, position, lambda at: fractal(at, 0.0032, 2100 + variant, 2, 0.8))
    pale = smoothstep(0.5, 1.8, speckled)
    blotch = within(inside, position, lambda at: noise(at, 0.0055, 2200 + variant))
    value = value + (0.035 + 0.040 * parts.glabrous) * clouds
    value = value + parts.glabrous * (0.05 * blotch - 0.17 * pale)
    value = value + 0.25 * plates.rim
    return np.clip(value, 0, 1).astype(np.float32)
