"""Strokes drawn on a flat chart of the palm or the back, and read off at the texels.

A chart is the hand seen along the wrist frame's Z: x and y in millimetres. Strokes are stamped
with Gaussian brushes of varying width and strength, the stronger winning, so lines taper, fade
and cross without seams.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import make_interp_spline
from scipy.ndimage import map_coordinates

from synth.skin.noise import Field

#: Corner of the chart in millimetres, its size, and its fineness.
_LOW = (-80.0, -262.0)
_SIZE = (165.0, 455.0)
_PER_MM = 6.0


@dataclass(frozen=True)
class Stroke:
    """A line through control points.

    Attributes:
        points: (n, 2) millimetres.
        strength: peak value.
        width: standard deviation across, millimetres.
        fade: share of the length over which the ends rise from 0 and fall to it.
        uneven: how far the strength varies along the line, 0 … 1.
        wobble: millimetres the line strays from its smooth course.
    """

    points: NDArray[np.float64]
    strength: float
    width: float
    fade: tuple[float, float] = (0.15, 0.15)
    uneven: float = 0.3
    wobble: float = 0.25


@dataclass
class Chart:
    pixels: Field = field(
        default_factory=lambda: np.zeros(
            (int(_SIZE[1] * _PER_MM), int(_SIZE[0] * _PER_MM)), np.float32
        )
    )

    def draw(self, stroke: Stroke, rng: np.random.Generator) -> None:
        """Stamp a stroke, keeping the larger of old and new values."""
        points = smooth_line(stroke.points, 0.8 * stroke.width, stroke.wobble, rng)
        t = np.linspace(0, 1, len(points))
        strength = stroke.strength * np.clip(
            np.minimum(t / max(stroke.fade[0], 1e-6), (1 - t) / max(stroke.fade[1], 1e-6)), 0, 1
        )
        strength *= 1 - stroke.uneven * _wave(len(points), 6.0 / (0.8 * stroke.width), rng)
        width = stroke.width * (1 + 0.35 * stroke.uneven * (0.5 - _wave(len(points), 40, rng)))
        reach = 3 * width * _PER_MM
        height, across = self.pixels.shape
        for (x, y), s, w, r in zip(
            chart_pixel(points), strength, width * _PER_MM, reach, strict=True
        ):
            x0, x1 = max(int(x - r), 0), min(int(x + r) + 2, across)
            y0, y1 = max(int(y - r), 0), min(int(y + r) + 2, height)
            if x1 <= x0 or y1 <= y0:
                continue
            dx = np.arange(x0, x1, dtype=np.float32) - np.float32(x)
            dy = np.arange(y0, y1, dtype=np.float32) - np.float32(y)
            k = np.float32(-0.5 / w**2)
            stamp = np.exp(k * dy * dy)[:, None] * (np.float32(s) * np.exp(k * dx * dx))[None]
            patch = self.pixels[y0:y1, x0:x1]
            np.maximum(patch, stamp, out=patch)

    def at(self, position: Field) -> Field:
        """(N,) values under points (N, 3), metres, wrist frame."""
        coordinates = np.stack(
            [
                (position[:, 1] * 1000 - _LOW[1]) * _PER_MM,
                (position[:, 0] * 1000 - _LOW[0]) * _PER_MM,
            ]
        )
        return map_coordinates(
            self.pixels, coordinates, output=np.float32, order=1, mode="constant", prefilter=False
        )


def chart_pixel(point: NDArray[np.float64]) -> NDArray[np.float64]:
    """(…, 2) column and row of a chart's pixels for (…, 2) millimetres."""
    return (np.asarray(point) - _LOW) * _PER_MM


def smooth_line(
    points: NDArray[np.float64], step: float, wobble: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    """(m, 2) points every `step` along a spline through `points`, straying by `wobble`."""
    points = np.asarray(points, dtype=np.float64)
    chord = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])
    spline = make_interp_spline(chord, points, k=min(3, len(points) - 1))
    count = max(int(chord[-1] / step), 4)
    line = spline(np.linspace(0, chord[-1], count))
    if wobble > 0:
        knots = max(int(chord[-1] / 4), 2) + 2
        shift = rng.normal(0, wobble, (knots, 2))
        line = line + make_interp_spline(np.linspace(0, 1, knots), shift, k=min(3, knots - 1))(
            np.linspace(0, 1, count)
        )
    return line


def _wave(count: int, period: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """(count,) slow random curve in 0 … 1."""
    knots = max(int(count / period), 1) + 2
    return np.interp(np.linspace(0, 1, count), np.linspace(0, 1, knots), rng.random(knots))
