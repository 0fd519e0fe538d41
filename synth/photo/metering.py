"""Automatic exposure: how bright a camera would make a picture."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from synth.photo.tone import MID_GREY

#: Luminance of linear Rec. 709 RGB (ITU-R BT.709).
LUMINANCE: Final = np.array([0.2126, 0.7152, 0.0722], np.float32)

#: The brightest 5 % are held below this, at the price of at most `_HIGHLIGHT_STOPS` of exposure.
_HIGHLIGHT_LEVEL: Final = 1.0
_HIGHLIGHT_STOPS: Final = 2.5
_SUBJECT_SHARE: Final = 0.65
_GRID: Final = 32  # cells a side of the metering


@lru_cache(maxsize=1)
def _weights() -> NDArray[np.float64]:
    """Centre-weighted cells, (_GRID²,), of sum 1: three times as heavy in the middle."""
    axis = np.linspace(-1, 1, _GRID)
    radius2 = axis[:, None] ** 2 + axis[None, :] ** 2
    weights = 1 + 2 * np.exp(-radius2 / 0.5)
    return (weights / weights.sum()).ravel()


def light_on_subject(foreground_premultiplied: NDArray[np.float32], albedo: float) -> float | None:
    """Luminance of a white thing in the place of the subject; None where there is no subject.

    Args:
        foreground_premultiplied: (H, W, 4) linear render with a transparent ground.
        albedo: mean reflectance of what the foreground shows, 0 … 1; dark skin 0.15, light 0.4.
    """
    alpha = float(foreground_premultiplied[..., 3].sum())
    if alpha < 1.0:  # less than a pixel
        return None
    luminance = float((foreground_premultiplied[..., :3].sum(axis=(0, 1)) / alpha) @ LUMINANCE)
    return max(luminance, 1e-6) / max(albedo, 0.02)


def exposure_gain(linear: NDArray[np.float32], white: float | None = None) -> float:
    """Factor that exposes a linear picture (H, W, 3) as an automatic camera would.

    With `white` (see `light_on_subject`) the camera also knows its subject, as phones and webcams
    do with skin: the result is `_SUBJECT_SHARE` of the way (in stops) to the exposure that an
    incident-light meter at the subject would give. Without it every skin would come out mid-grey.
    """
    reflected = _reflected_gain(linear)
    if white is None:
        return reflected
    incident = MID_GREY / (0.18 * white)
    return float(reflected ** (1 - _SUBJECT_SHARE) * incident**_SUBJECT_SHARE)


def _reflected_gain(linear: NDArray[np.float32]) -> float:
    """The exposure by what the picture shows.

    The centre-weighted power mean (exponent 1/2: between the mean, which a lamp in view darkens
    too far, and the mean of logarithms, which a black ground brightens too far) goes to mid-grey,
    unless that would burn out more than 5 % of the picture. A uniform grey comes out at MID_GREY
    exactly; a black picture gets 1.
    """
    cells = cv2.resize(linear, (_GRID, _GRID), interpolation=cv2.INTER_AREA).reshape(-1, 3)
    luminance = np.maximum(cells.astype(np.float64) @ LUMINANCE, 0.0)
    highlight = float(np.percentile(luminance, 95))
    # A sun or a lamp in a cell or two says nothing about the rest.
    mean = float(_weights() @ np.sqrt(np.minimum(luminance, 4 * highlight))) ** 2
    if mean <= 1e-12:
        return 1.0
    gain = MID_GREY / mean
    limit = _HIGHLIGHT_LEVEL / max(highlight, 1e-12)
    return max(min(gain, limit), gain * 2.0**-_HIGHLIGHT_STOPS)
