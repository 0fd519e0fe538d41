"""Sensor noise in linear light, as it is left after demosaicing and denoising."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

#: Variance of the shot noise per unit of linear signal, and standard deviation of the read noise,
#: both at strength 1. At mid-grey that is a standard deviation of 0.027, some 8 levels of 255
#: after the sRGB curve: a small sensor at ISO 3200 or so.
SHOT_VARIANCE: Final = 0.004
READ_DEVIATION: Final = 0.006

#: A demosaiced, denoised picture has little noise of colour at the scale of a pixel, but blotches
#: of some pixels' size. Sigmas of the blur in pixels (for chroma: pixels of a half-size picture),
#: and the chroma's share of each channel's variance.
_LUMA_BLUR: Final = 0.55
_CHROMA_BLUR: Final = 0.8
_CHROMA_SHARE: Final = 0.35


def _kernel(sigma: float) -> NDArray[np.float32]:
    """One-dimensional Gaussian whose blur leaves the variance of white noise at 1."""
    taps = cv2.getGaussianKernel(2 * int(np.ceil(2.5 * sigma)) + 1, sigma, cv2.CV_32F)
    return taps / np.sqrt(np.sum(taps**2))


@lru_cache(maxsize=1)
def _kernels() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Kernel of the luma, and of the chroma at half size.

    Doubling the size linearly mixes two neighbours as 3/4 and 1/4 along each axis, which leaves
    5/8 + 3/8 · (correlation of neighbours) of the variance; the chroma's kernel makes up for it.
    """
    chroma = _kernel(_CHROMA_BLUR)
    neighbours = float(np.sum(chroma[1:] * chroma[:-1]))
    return _kernel(_LUMA_BLUR), chroma / np.float32(np.sqrt(5 / 8 + 3 / 8 * neighbours))


def grain(height: int, width: int, rng: np.random.Generator) -> NDArray[np.float32]:
    """Correlated Gaussian grain, (height, width, 3), of mean 0 and variance 1 in each channel.

    Luma grain is common to the three channels and fine; chroma grain is of its own in each
    channel and coarse. (Rim pixels depart from variance 1 by some percent.)
    """
    luma_kernel, chroma_kernel = _kernels()
    luma = rng.standard_normal((height, width), dtype=np.float32)
    half = ((height + 1) // 2, (width + 1) // 2)
    chroma = rng.standard_normal((*half, 3), dtype=np.float32)
    luma = cv2.sepFilter2D(luma, -1, luma_kernel, luma_kernel)
    chroma = cv2.sepFilter2D(chroma, -1, chroma_kernel, chroma_kernel)
    chroma = cv2.resize(chroma, (2 * half[1], 2 * half[0]), interpolation=cv2.INTER_LINEAR)
    both = cv2.merge([luma, *cv2.split(chroma[:height, :width])])
    mixing = np.zeros((3, 4), np.float32)
    mixing[:, 0] = np.sqrt(1 - _CHROMA_SHARE)
    mixing[:, 1:] = np.sqrt(_CHROMA_SHARE) * np.eye(3)
    return cv2.transform(both, mixing)


def add_noise(
    linear: NDArray[np.float32], strength: float, rng: np.random.Generator
) -> NDArray[np.float32]:
    """Linear picture (H, W, 3) with shot and read noise.

    The variance is SHOT_VARIANCE · strength · signal + (READ_DEVIATION · strength)²: referred to
    the full well, the shot variance grows with the ISO speed and so does the read deviation
    (Foi et al. 2008, "Practical Poissonian-Gaussian noise modeling").
    """
    if strength <= 0:
        return linear
    variance = np.maximum(linear, 0) * np.float32(SHOT_VARIANCE * strength)
    variance += np.float32((READ_DEVIATION * strength) ** 2)
    noise = grain(linear.shape[0], linear.shape[1], rng)
    noise *= np.sqrt(variance, out=variance)
    noise += linear
    return noise
