"""Sampler of one view's camera electronics: mostly webcams and phones."""

from __future__ import annotations

from typing import Final

import numpy as np

from synth.manifest import Sensors
from synth.photo.tone import Tone
from synth.scene import Sensor

_TONES: Final[tuple[Tone, ...]] = ("standard", "film", "phone")
_TONE_SHARES: Final = (0.5, 0.15, 0.35)
#: Logarithms of the white balance's R, G and B for a step towards warm, and one towards green.
_WARM: Final = np.array([1.0, 0.0, -1.0])
_GREEN: Final = np.array([-0.4, 0.0, -0.4])


def sample_sensor(rng: np.random.Generator, settings: Sensors) -> Sensor:
    """Sensor of one view.

    A camera's grade, 0 good to 1 bad, is drawn first: bad ones are noisier and softer, sharpen
    more and compress harder, each with a scatter of its own. The grade is mostly low, so strong
    noise is rare. White balance errors lie along warm and cold, less along green and magenta.
    """
    grade = float(rng.beta(1.3, 2.2))

    def graded(ends: tuple[float, float], weight: float) -> float:
        part = weight * grade + (1 - weight) * float(rng.random())
        return ends[0] + part * (ends[1] - ends[0])

    warm, green = rng.normal(0.0, settings.white_balance_sigma, 2) * (1.0, 0.5)
    gains = np.exp(warm * _WARM + green * _GREEN)
    low, high = settings.jpeg_quality
    noise_low, noise_high = settings.noise_iso
    return Sensor(
        exposure=float(rng.uniform(*settings.exposure_stops)),
        white_balance=(float(gains[0]), float(gains[1]), float(gains[2])),
        contrast=float(rng.uniform(*settings.contrast)),
        saturation=float(rng.uniform(*settings.saturation)),
        tone=_TONES[int(rng.choice(len(_TONES), p=_TONE_SHARES))],
        vignette=float(rng.uniform(*settings.vignette)),
        # Squared: mild noise is the rule.
        noise_iso=noise_low + (noise_high - noise_low) * graded((0.0, 1.0), 0.6) ** 2,
        sharpen=graded(settings.sharpen, 0.3),
        blur=graded(settings.blur_pixels, 0.6),
        jpeg_quality=round(high - graded((0.0, 1.0), 0.6) * (high - low)),
        chroma_subsampling=bool(rng.random() < settings.chroma_subsampling_share),
        seed=int(rng.integers(2**32)),
    )


#: What too little light does: noise, darkness (stops), soft pictures, warm lamps, dull colours.
_LOW_NOISE: Final = (0.7, 1.0)
_LOW_EXPOSURE: Final = (-1.2, -0.1)
_LOW_BLUR: Final = (0.3, 1.2)
_LOW_SATURATION: Final = (0.5, 0.9)
_LAMP_WARMTH: Final = (0.0, 0.12)


def in_low_light(rng: np.random.Generator, sensor: Sensor) -> Sensor:
    """The sensor at its end, in the light of a screen or a single lamp."""
    warm = np.exp(rng.uniform(*_LAMP_WARMTH) * _WARM)
    r, g, b = np.array(sensor.white_balance) * warm
    return sensor.model_copy(
        update={
            "noise_iso": float(rng.uniform(*_LOW_NOISE)),
            "exposure": float(rng.uniform(*_LOW_EXPOSURE)),
            "blur": sensor.blur + float(rng.uniform(*_LOW_BLUR)),
            "saturation": sensor.saturation * float(rng.uniform(*_LOW_SATURATION)),
            "white_balance": (float(r), float(g), float(b)),
        }
    )


#: Stops by which cameras that look into the light show less of what is before it.
_BACK_EXPOSURE: Final = (-2.4, -0.2)


def in_back_light(rng: np.random.Generator, sensor: Sensor) -> Sensor:
    """The sensor of a camera that exposes for the window, not for what stands before it."""
    exposure = sensor.exposure + float(rng.uniform(*_BACK_EXPOSURE))
    return sensor.model_copy(update={"exposure": exposure})
