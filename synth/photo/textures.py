"""Surfaces seen from the front, as display values: noise, plaster, wood, tiles, cloth.

All take a generator and return (height, width, 3) or (height, width) float32.
"""

from __future__ import annotations

import colorsys
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.float32]

#: Hues (0 … 1) of wood, leather, skin, brick and paper, of denim and shade, and of plants.
_COMMON_HUES: Final = (0.04, 0.07, 0.09, 0.11, 0.14, 0.58, 0.62, 0.3)


def pink_noise(
    rng: np.random.Generator,
    height: int,
    width: int,
    channels: int = 1,
    coarsest: int = 2,
    slope: float = 1.0,
    stretch: float = 1.0,
) -> Picture:
    """Noise of mean about 0 and deviation about 1 whose octaves fall as 1/frequency**slope.

    Octaves of random grids, enlarged and added up, at a fraction of a Fourier transform's cost.
    With slope 0 all octaves are equally strong and the power is about 1/frequency² in each
    direction, as in natural pictures (Field 1987); more is smoother.

    Args:
        channels: 1 gives (height, width), more give (height, width, channels).
        coarsest: cells along the longer side in the first octave.
        stretch: above 1, features are that much longer along x.
    """
    total = np.zeros((height, width) if channels == 1 else (height, width, channels), np.float32)
    cells, energy = float(coarsest), 0.0
    while cells <= max(height, width) / 2:
        rows = max(2, round(cells * height / max(height, width)))
        columns = max(2, round(cells * width / max(height, width) / stretch))
        grid = rng.standard_normal((rows, columns, channels), dtype=np.float32)
        amplitude = (coarsest / cells) ** slope
        grown = cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC)
        total = cv2.scaleAdd(grown, amplitude, total)
        energy += amplitude**2
        cells *= 2.5
    return total / np.float32(0.7 * np.sqrt(max(energy, 1e-6)))


def paint(
    rng: np.random.Generator,
    value: tuple[float, float] = (0.15, 0.9),
    saturation: tuple[float, float] = (0.0, 0.5),
    hue: float | None = None,
    hue_spread: float = 0.05,
) -> Picture:
    """A colour of things people own, (3,): mostly dull, warm hues more often than others."""
    if hue is None:
        hue, hue_spread = _COMMON_HUES[int(rng.integers(len(_COMMON_HUES)))], 0.06
    turned = (hue + rng.normal(0, hue_spread)) % 1.0
    dull = saturation[0] + (saturation[1] - saturation[0]) * rng.beta(1.2, 2.0)
    return np.array(colorsys.hsv_to_rgb(turned, dull, rng.uniform(*value)), np.float32)


def skin_tone(rng: np.random.Generator) -> Picture:
    """Display colour of skin, (3,), from very light to very dark."""
    light, dark = np.array([0.93, 0.76, 0.67]), np.array([0.30, 0.19, 0.14])
    part = rng.random()
    return ((1 - part) * light + part * dark + rng.normal(0, 0.02, 3)).clip(0, 1).astype(np.float32)


def plaster(rng: np.random.Generator, height: int, width: int) -> Picture:
    mottled = pink_noise(rng, height, width, slope=rng.uniform(0.3, 0.9)) * rng.uniform(0.004, 0.02)
    color = paint(rng, (0.45, 0.95), (0.0, 0.3))
    return color * (1 + mottled[..., None])


def wood(rng: np.random.Generator, height: int, width: int) -> Picture:
    """Planks along x with grain, shades of their own and dark seams."""
    y, _ = _axes(height, width)
    planks = int(rng.integers(1, 9))
    row = np.minimum((y * planks).astype(int), planks - 1)
    grain = pink_noise(rng, height, width, coarsest=6, slope=0.5, stretch=rng.uniform(8, 20))
    rings = np.sin(2.5 * pink_noise(rng, height, width, coarsest=2, stretch=5) + 12 * y)
    shade = rng.normal(0, 0.08, planks).astype(np.float32)[row]
    seam = (np.abs(y * planks - np.round(y * planks)) < 0.02 * planks / 4) & (planks > 1)
    tone = 1 + 0.07 * grain + 0.05 * rings + shade - 0.35 * seam
    return paint(rng, (0.3, 0.8), (0.25, 0.7), hue=0.075, hue_spread=0.015) * tone[..., None]


def tiles(rng: np.random.Generator, height: int, width: int) -> Picture:
    """Tiles or bricks with joints, each of a slightly other colour."""
    y, x = _axes(height, width)
    rows = int(rng.integers(3, 14))
    aspect = rng.choice((1.0, 1.0, 2.0, 3.0))
    columns = max(2, round(rows / aspect * width / height))
    row = np.minimum((y * rows).astype(int), rows - 1)
    shifted = x * columns + (0.5 * (row % 2) if aspect > 1 else 0.0)
    column = shifted.astype(int)
    scatter = rng.choice((0.01, 0.04, 0.12))
    table = rng.normal(1, scatter, (rows, columns + 2, 1)).astype(np.float32)
    checker = rng.random() < 0.2
    if checker:
        table[(np.add.outer(np.arange(rows), np.arange(columns + 2)) % 2) == 1] *= 0.45
    joint = rng.uniform(0.02, 0.06)
    depth_y, depth_x = y * rows - row, shifted - column
    is_joint = (depth_y < joint * 1.5) | (depth_x < joint * 1.5 / aspect)
    brick = aspect > 1 and rng.random() < 0.6
    color = (
        paint(rng, (0.35, 0.65), (0.4, 0.7), 0.03, 0.02)
        if brick
        else paint(rng, (0.4, 0.95), (0, 0.3))
    )
    surface = color * table[row, column]
    surface = surface * (1 + 0.03 * pink_noise(rng, height, width, slope=0.6))[..., None]
    return np.where(is_joint[..., None], paint(rng, (0.3, 0.8), (0, 0.15)), surface)


def cloth(rng: np.random.Generator, height: int, width: int) -> Picture:
    """Plain, striped or checked cloth with folds."""
    y, x = _axes(height, width)
    folds = pink_noise(rng, height, width, coarsest=2, slope=1.4, stretch=rng.uniform(0.4, 2.5))
    bend = 0.02 * folds
    first, second = paint(rng, (0.1, 0.9), (0, 0.7)), paint(rng, (0.1, 0.9), (0, 0.7))
    kind = ("plain", "plain", "stripes", "checks")[int(rng.integers(4))]
    part = np.zeros_like(folds)
    if kind != "plain":
        count = rng.uniform(4, 24)
        sharpness = rng.uniform(1, 8)
        part = 0.5 + 0.5 * np.tanh(sharpness * np.sin(2 * np.pi * count * (x + bend)))
        if kind == "checks":
            across = 0.5 + 0.5 * np.tanh(sharpness * np.sin(2 * np.pi * count * (y + bend)))
            part = 0.5 * (part + across)
    weave = rng.normal(0, 0.03, (height, width)).astype(np.float32)
    color = first + (second - first) * part[..., None]
    return color * (1 + 0.12 * folds + weave)[..., None]


def colour_noise(rng: np.random.Generator, height: int, width: int) -> Picture:
    """Soft colours of no particular thing, with a natural spectrum."""
    noise = pink_noise(rng, height, width, channels=3, slope=rng.uniform(0.8, 1.5))
    grey = noise.mean(axis=2, keepdims=True)
    noise = grey + rng.uniform(0.1, 0.5) * (noise - grey)
    return paint(rng, (0.3, 0.7), (0.0, 0.35)) * (1 + rng.uniform(0.15, 0.45) * noise)


def _axes(height: int, width: int) -> tuple[Picture, Picture]:
    """y and x, each (height, width), 0 … 1."""
    y = (np.arange(height, dtype=np.float32)[:, None] + np.float32(0.5)) / np.float32(height)
    x = (np.arange(width, dtype=np.float32)[None, :] + np.float32(0.5)) / np.float32(width)
    return np.broadcast_to(y, (height, width)), np.broadcast_to(x, (height, width))
