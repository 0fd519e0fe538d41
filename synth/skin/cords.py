"""What runs lengthwise under the skin: veins and extensor tendons, drawn on charts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from synth.skin.anatomy import Anatomy
from synth.skin.charts import Chart, Stroke
from synth.skin.creases import Course
from synth.skin.noise import Field, fractal, smoothstep, within
from synth.skin.position_maps import Texels

#: Veins of the back of the hand, millimetres: course, strength, half width. They start in the
#: valleys between the knuckles and gather towards the two sides of the wrist.
_BACK: tuple[tuple[Course, float, float], ...] = (
    ([(12, 97), (10, 84), (12, 70), (17, 54), (21, 38), (24, 18), (25, -6)], 0.9, 1.25),
    ([(-9, 97), (-9, 84), (-10, 70), (-15, 56), (-19, 42), (-19, 24), (-17, 4)], 1.0, 1.35),
    ([(-27, 90), (-27, 78), (-25, 64), (-20, 48)], 0.85, 1.15),
    ([(10.5, 78), (4, 66), (-4, 60), (-12, 62)], 0.7, 1.0),
    ([(18, 50), (10, 40), (5, 26), (4, 8), (8, -14)], 0.6, 1.05),
    ([(36, 60), (32, 48), (26, 34), (23, 24)], 0.6, 1.0),
    ([(-16, 52), (-8, 44), (4, 30)], 0.45, 0.85),
    ([(25, -4), (26, -40), (24, -80), (30, -130), (36, -190)], 0.6, 1.3),
    ([(-17, 6), (-13, -30), (-8, -70), (-2, -120), (4, -190)], 0.6, 1.3),
    ([(8, -12), (16, -40), (22, -66)], 0.4, 1.0),
)
#: Veins of the inner wrist and forearm.
_INNER: tuple[tuple[Course, float, float], ...] = (
    ([(6, 14), (5, -6), (8, -35), (12, -80), (16, -130), (22, -190)], 0.8, 1.1),
    ([(-9, 10), (-8, -14), (-3, -40), (2, -75), (8, -130)], 0.6, 1.0),
    ([(17, 6), (16, -20), (10, -48), (12, -80)], 0.6, 1.0),
    ([(-3, -40), (2, -55), (9, -64)], 0.45, 0.8),
)
#: Extensor tendons of the four fingers: from the wrist to the knuckles.
_TENDONS: tuple[Course, ...] = (
    [(9, 12), (13, 40), (18, 64), (22.5, 88)],
    [(5, 12), (4, 40), (2, 64), (0, 89)],
    [(1, 12), (-5, 40), (-12, 64), (-17.5, 86)],
    [(-4, 12), (-14, 38), (-25, 60), (-35, 80)],
)


@dataclass(frozen=True)
class Cords:
    """(N,), 0 … 1: `veins`, `tendons`."""

    veins: Field
    tendons: Field


def cords(texels: Texels, parts: Anatomy, variant: int) -> Cords:
    rng = np.random.Generator(np.random.PCG64(6000 + variant))
    back = smoothstep(-0.15, -0.6, parts.palmar)
    inner = smoothstep(0.2, 0.65, parts.palmar)
    veins = _drawn(_BACK, 2.4, rng).at(texels.position) * back
    inner_veins = _drawn(_INNER, 2.0, rng).at(texels.position) * inner
    wrist_only = smoothstep(0.018, 0.0, texels.position[:, 1])
    tendons = Chart()
    for course in _TENDONS:
        tendons.draw(Stroke(np.asarray(course), 1.0, 1.9, (0.3, 0.10), 0.25, 0.4), rng)
    veins = np.maximum(veins, inner_veins * wrist_only)

    def showing(at: Field) -> Field:
        return 0.62 + 0.38 * np.tanh(1.2 * fractal(at, 0.022, 6100 + variant, 2))

    veins *= within(veins > 0.005, texels.position, showing)
    return Cords(np.clip(veins, 0, 1).astype(np.float32), tendons.at(texels.position) * back)


def _drawn(
    courses: tuple[tuple[Course, float, float], ...], stray: float, rng: np.random.Generator
) -> Chart:
    chart = Chart()
    # One smooth displacement of the whole chart keeps branches joined while the net varies.
    bend = rng.normal(0, stray, (2, 4))
    for course, strength, width in courses:
        points = np.asarray(course, dtype=np.float64)
        phase = points @ np.array([[0.045, 0.02], [0.015, 0.05]])
        shift = bend[:, 0] * np.sin(phase + bend[:, 1]) + 0.5 * bend[:, 2] * np.cos(1.7 * phase)
        strong = strength * rng.uniform(0.55, 1.1)
        chart.draw(Stroke(points + shift, strong, width, (0.2, 0.2), 0.55, 0.5), rng)
    return chart
