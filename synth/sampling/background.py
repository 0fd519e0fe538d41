"""Sampler of what is behind the hand in one view."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from synth.errors import UserError
from synth.manifest import Backgrounds
from synth.scene import Background

_KINDS: Final = ("hdri", "photo", "procedural")
#: Share of the pictures behind the hand that are as sharp as the manifest allows.
_SHARP_SHARE: Final = 0.3
#: Smallest part of a photograph's width and height that is used.
_SMALLEST_CROP: Final = 0.4


def sample_background(
    rng: np.random.Generator, settings: Backgrounds, photos: Sequence[str]
) -> Background:
    """Background of one view.

    Args:
        rng: the generator of this component.
        settings: shares and ranges, from the manifest.
        photos: paths to choose from; see `synth.inputs.list_photos`.

    Raises:
        UserError: a photograph is asked for and there is none.
    """
    shares = np.array([settings.hdri, settings.photo, settings.procedural])
    kind = _KINDS[int(rng.choice(len(_KINDS), p=shares / shares.sum()))]
    if kind == "hdri":
        return Background(kind="hdri")
    sharp = rng.random() < _SHARP_SHARE
    blur = settings.blur_pixels[0] if sharp else float(rng.uniform(*settings.blur_pixels))
    brightness = float(rng.uniform(*settings.brightness))
    if kind == "procedural":
        seed = int(rng.integers(2**32))
        return Background(kind="procedural", blur=blur, brightness=brightness, seed=seed)
    if not photos:
        raise UserError("background.photo is above 0 but there is no photograph to choose from")
    size = float(rng.uniform(_SMALLEST_CROP, 1.0))
    left, top = rng.uniform(0.0, 1.0 - size, 2)
    return Background(
        kind="photo",
        photo=photos[int(rng.integers(len(photos)))],
        crop=(float(left), float(top), size, size),
        mirror=bool(rng.random() < 0.5),
        blur=blur,
        brightness=brightness,
    )
