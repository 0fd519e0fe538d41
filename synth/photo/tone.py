"""Transfer and tone curves: from linear light to display values, 0 … 1."""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Tone = Literal["standard", "film", "phone"]

#: Linear luminance of a mid-grey card in a correct exposure.
MID_GREY: Final = 0.18
#: Linear value at which the sensor's wells are full, 4 stops above mid-grey.
SATURATION: Final = MID_GREY * 2.0**4

#: Linear value from which the shoulder begins to bend, for the curves that have a straight part.
_SHOULDER_START: Final = {"standard": 0.5, "phone": 0.35}
#: Slope in log-log at the toe of the `film` curve; 1 would be no toe.
_FILM_SLOPE: Final = 1.35


def srgb_encode(linear: NDArray[np.floating]) -> NDArray[np.floating]:
    """Linear 0 … 1 to sRGB display value 0 … 1 (IEC 61966-2-1)."""
    return np.where(
        linear <= 0.0031308,
        12.92 * linear,
        1.055 * np.power(np.maximum(linear, 0.0031308), 1 / 2.4) - 0.055,
    )


def srgb_decode(display: NDArray[np.floating]) -> NDArray[np.floating]:
    """sRGB display value 0 … 1 to linear 0 … 1 (IEC 61966-2-1)."""
    return np.where(
        display <= 0.04045,
        display / 12.92,
        np.power((np.maximum(display, 0.04045) + 0.055) / 1.055, 2.4),
    )


#: Linear value of each 8-bit sRGB level; shape (256,), float32.
SRGB_TO_LINEAR: Final = srgb_decode(np.arange(256) / 255.0).astype(np.float32)


def compress(linear: NDArray[np.floating], tone: Tone) -> NDArray[np.floating]:
    """Linear 0 … SATURATION to linear 0 … 1, mid-grey fixed, SATURATION to 1.

    `standard` and `phone` are straight up to their shoulder and follow the extended curve of
    Reinhard et al. 2002 (eq. 4) from there, joined with equal slope. `film` is the log-logistic
    response of Naka and Rushton, a·xⁿ / (xⁿ + k), which has a toe and a long shoulder.
    """
    x = np.clip(linear, 0.0, SATURATION)
    if tone == "film":
        top, mid = SATURATION**_FILM_SLOPE, MID_GREY**_FILM_SLOPE
        k = top * mid * (1 - MID_GREY) / (MID_GREY * top - mid)
        power = np.power(x, _FILM_SLOPE)
        return (top + k) / top * power / (power + k)
    start = _SHOULDER_START[tone]
    u = np.maximum(x - start, 0.0) / (1 - start)
    u_top = (SATURATION - start) / (1 - start)
    return np.minimum(x, start) + (1 - start) * u * (1 + u / u_top**2) / (1 + u)


def apply_contrast(display: NDArray[np.floating], contrast: float) -> NDArray[np.floating]:
    """Display values 0 … 1 with the slope at mid-grey multiplied by `contrast`.

    Black, mid-grey and white stay where they are, so nothing is clipped.
    """
    mid = float(srgb_encode(np.asarray(MID_GREY)))
    below = mid * np.power(np.clip(display / mid, 0.0, 1.0), contrast)
    above = 1 - (1 - mid) * np.power(np.clip((1 - display) / (1 - mid), 0.0, 1.0), contrast)
    return np.where(display < mid, below, above)


def display_table(tone: Tone, contrast: float, size: int) -> NDArray[np.float32]:
    """Display value of `size` linear values (i / (size − 1))² · SATURATION; shape (size,).

    The square spaces the entries by the square root of light, close to what the eye sees as even.
    """
    linear = np.square(np.linspace(0.0, 1.0, size)) * SATURATION
    return apply_contrast(srgb_encode(compress(linear, tone)), contrast).astype(np.float32)
