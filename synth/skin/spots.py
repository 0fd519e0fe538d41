"""Freckles, moles and fine hair."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from synth.skin.anatomy import Anatomy
from synth.skin.charts import Chart, chart_pixel
from synth.skin.noise import Field, fractal, noise, smoothstep, within
from synth.skin.position_maps import Texels

#: Straight pieces a hair is drawn in.
_PIECES = 5


def spots(texels: Texels, parts: Anatomy, variant: int) -> Field:
    """(N,) 0 … 1: freckles in clusters on the back and the forearm, and a few moles."""
    position = texels.position
    rng = np.random.Generator(np.random.PCG64(5000 + variant))
    exposed = smoothstep(0.25, -0.35, parts.palmar) * (1 - parts.glabrous)

    def freckles(at: Field) -> Field:
        cluster = smoothstep(-0.6, 1.4, fractal(at, 0.022, 5100 + variant, 2))
        small = smoothstep(1.75, 2.5, noise(at, 0.0017, 5200 + variant))
        large = smoothstep(1.9, 2.6, fractal(at, 0.0042, 5300 + variant, 2))
        return cluster * np.maximum(0.55 * small, 0.75 * large)

    field = exposed * within(exposed > 0.01, position, freckles)
    eligible = np.flatnonzero(parts.glabrous < 0.3)
    for centre in position[rng.choice(eligible, 7)]:
        radius = rng.uniform(0.0005, 0.0012)
        distance = np.sqrt(np.square(position - centre).sum(1))
        mole = rng.uniform(0.5, 1.0) * smoothstep(radius * 1.35, radius * 0.7, distance)
        field = np.maximum(field, mole)
    return field.astype(np.float32)


def hair(texels: Texels, parts: Anatomy, variant: int) -> Field:
    """(N,) 0 … 1: cover by single hairs, on the back of forearm, hand and proximal phalanges."""
    rng = np.random.Generator(np.random.PCG64(4000 + variant))
    image = np.zeros(Chart().pixels.shape, np.uint8)
    # Hairs of the forearm lean to the little finger's side and the hand, those of the hand more.
    for count, low, high, length in (
        (1500, (-22, -240), (46, 0), (6, 13)),
        (260, (-34, 0), (22, 50), (4, 9)),
    ):
        start = rng.uniform(low, high, (count, 2))
        for point in start:
            lean = rng.normal(-2.2, 0.35) if point[1] < 0 else rng.normal(-2.5, 0.4)
            _hair(image, point, lean, rng.uniform(*length), rng)
    for part in parts.fingers[1:]:
        upper = part.rows[(part.share > 0.35) & (part.share < 0.85) & (np.abs(part.angle) < 0.9)]
        if not len(upper):
            continue
        for point in texels.position[rng.choice(upper, 22), :2] * 1000:
            _hair(image, point, rng.normal(-2.4, 0.45), rng.uniform(2.5, 5), rng, 0.55)
    chart = Chart(image.astype(np.float32) / 255)
    back = smoothstep(0.0, -0.4, parts.palmar)
    return np.clip(chart.at(texels.position) * back, 0, 1).astype(np.float32)


def _hair(
    image: NDArray[np.uint8],
    point: NDArray[np.float64],
    lean: float,
    length: float,
    rng: np.random.Generator,
    cover: float = 1.0,
) -> None:
    curl = rng.normal(0, 0.35)
    strength = cover * rng.uniform(70, 230)
    for piece in range(_PIECES):
        turn = lean + curl * (piece / _PIECES - 0.5)
        end = point + length / _PIECES * np.array([np.cos(turn), np.sin(turn)])
        first, last = (np.round(16 * chart_pixel(p)).astype(int).tolist() for p in (point, end))
        fade = 1 - 0.7 * (piece / _PIECES) ** 2
        cv2.line(image, first, last, strength * fade, 1, cv2.LINE_AA, 4)
        point = end
