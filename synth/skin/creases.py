"""Flexion creases of the palm side: the lines of the palm, the wrist and the fingers.

Courses follow the average hand's chart (millimetres; the joints are where
`synth.hand.joints` puts them). Every variant strays from them and adds lines of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synth.skin.anatomy import Anatomy, FingerTexels
from synth.skin.charts import Chart, Stroke
from synth.skin.noise import Field, fractal, network, noise, smoothstep, within
from synth.skin.position_maps import Texels

Course = Sequence[tuple[float, float]]

_HEART: Course = [(-43, 66), (-36, 71), (-27, 75.5), (-17, 79.5), (-7, 83.5), (2, 89), (7, 97)]
_HEAD: Course = [(35, 76.5), (28, 76.5), (18, 73), (6, 67), (-6, 60.5), (-17, 54), (-27, 46)]
_LIFE: Course = [(35, 75), (29, 72), (22, 66.5), (15, 58), (10, 47), (8, 36), (9, 25), (13, 15)]
_FATE: Course = [(0, 20), (-2, 34), (-1, 48), (0, 61), (1, 75)]
_SUN: Course = [(-14, 48), (-15, 60), (-16, 72), (-17, 82)]
_GIRDLE: Course = [(-26, 86), (-19, 90.5), (-8, 94), (4, 99)]
_LITTLE: Course = [(-43, 74.5), (-38, 77), (-33, 79.5)]
_HYPOTHENAR: Course = [(-40, 52), (-32, 47), (-22, 38), (-14, 27)]
_WRIST: tuple[tuple[Course, float], ...] = (
    ([(-22, 7), (-12, 4.2), (0, 3.2), (12, 5.2), (24, 10)], 1.0),
    ([(-21, -1.5), (-11, -3.6), (0, -4.3), (12, -3), (24, 1.5)], 0.7),
    ([(-15, 9.5), (-5, 8.2), (6, 9), (15, 12)], 0.4),
)

#: A finger's first crease lies at its web, this share of the way from MCP to PIP.
_BASE_SHARE = 0.45


@dataclass(frozen=True)
class Creases:
    """`main` the flexion creases, `fine` the net of secondary lines: (N,), 0 none … about 1."""

    main: Field
    fine: Field


def creases(texels: Texels, parts: Anatomy, variant: int) -> Creases:
    rng = np.random.Generator(np.random.PCG64(7000 + variant))
    position = texels.position
    palm, secondary = _palm_charts(rng)
    volar = smoothstep(-0.05, 0.35, parts.palmar)
    flat = volar * np.clip(1 - 1.6 * parts.finger.sum(1), 0, 1)
    main = palm.at(position) * flat
    fine = secondary.at(position) * flat
    for part in parts.fingers:
        lines, faint = _finger_creases(part, position, rng)
        main[part.rows] = np.maximum(main[part.rows], lines)
        fine[part.rows] = np.maximum(fine[part.rows], faint)
    on_fingers = np.clip(parts.finger.sum(1), 0, 1)
    fine = np.maximum(fine, _net(position, parts.glabrous, on_fingers, variant))
    near = smoothstep(0.0, 0.4, main)
    return Creases(main, np.clip(fine * (1 - 0.6 * near), 0, 1))


def _net(position: Field, palm: Field, on_fingers: Field, variant: int) -> Field:
    """Small lines into which the skin folds: along the hand in the palm, across the fingers."""
    turn = np.array([[0.8, 0.6, 0], [-0.6, 0.8, 0], [0, 0, 1]], np.float32)

    def lines(at: Field) -> Field:
        along = network(at, (0.0019, 0.0058, 0.004), 7200 + variant, 0.13)
        oblique = network(at @ turn, (0.0022, 0.0075, 0.004), 7210 + variant, 0.10)
        return 0.55 * along + 0.5 * oblique

    def crossing(at: Field) -> Field:
        return 0.34 * network(at, (0.0060, 0.0026, 0.006), 7220 + variant, 0.10)

    def patches(at: Field) -> Field:
        return smoothstep(-0.5, 1.3, fractal(at, 0.011, 7100 + variant, 2))

    inside = palm > 0.01
    net = within(inside & (on_fingers < 0.99), position, lines) * (1 - on_fingers)
    net += within(inside & (on_fingers > 0.01), position, crossing)
    return net * within(inside, position, patches) * palm


def _palm_charts(rng: np.random.Generator) -> tuple[Chart, Chart]:
    main, secondary = Chart(), Chart()

    def draw(
        chart: Chart,
        course: Course | NDArray[np.float64],
        strength: float,
        width: float,
        fade: tuple[float, float],
        stray: float = 1.5,
        uneven: float = 0.35,
    ) -> NDArray[np.float64]:
        points = np.asarray(course, dtype=np.float64)
        bend = rng.normal(0, stray, (3, 2))
        t = np.linspace(0, 2, len(points))
        points = points + np.stack([np.interp(t, range(3), bend[:, k]) for k in (0, 1)], 1)
        chart.draw(Stroke(points, strength, width, fade, uneven), rng)
        return points

    heart = draw(main, _HEART, 1.0, 0.50, (0.03, 0.30))
    head = draw(main, _HEAD, 0.95, 0.48, (0.02, 0.35))
    life = draw(main, _LIFE, 1.0, 0.52, (0.02, 0.30))
    for course, strength in _WRIST:
        draw(main, course, 0.75 * strength * rng.uniform(0.7, 1.1), 0.38, (0.2, 0.2), 0.8)
    if rng.random() < 0.7:
        draw(
            main,
            _FATE[int(rng.integers(0, 2)) :],
            rng.uniform(0.3, 0.6),
            0.33,
            (0.3, 0.35),
            2.0,
            0.7,
        )
    draw(secondary, _SUN, rng.uniform(0.35, 0.6), 0.26, (0.3, 0.4), 2.0, 0.7)
    draw(secondary, _GIRDLE, rng.uniform(0.3, 0.6), 0.25, (0.3, 0.4), 1.5, 0.7)
    draw(secondary, _LITTLE, 0.6, 0.28, (0.05, 0.4), 0.8, 0.4)
    draw(secondary, _HYPOTHENAR, rng.uniform(0.3, 0.55), 0.28, (0.1, 0.4), 2.5, 0.7)
    # Short branches leave the three lines at small angles, mostly near their ends.
    for line in (heart, head, life):
        for _ in range(7):
            at = rng.integers(1, len(line) - 1)
            along = line[at] - line[at - 1]
            turn = rng.uniform(0.25, 0.7) * rng.choice([-1, 1])
            rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
            step = rotation @ along / np.linalg.norm(along) * rng.uniform(5, 13)
            start = line[at] + rng.normal(0, 0.5, 2)
            middle = start + step / 2 + rng.normal(0, 0.6, 2)
            draw(
                secondary,
                np.stack([start, middle, start + step]),
                rng.uniform(0.4, 0.95),
                rng.uniform(0.20, 0.34),
                (0.1, 0.6),
                0.3,
                0.5,
            )
    # Lines across the thenar and the hypothenar, and upright ones in the hollow of the palm.
    for count, low, high, angle, reach in (
        (12, (14, 22), (36, 60), 2.3, (6, 16)),
        (10, (-36, 18), (-14, 60), 0.9, (5, 14)),
        (10, (-24, 30), (8, 78), 1.6, (8, 22)),
        (6, (-38, 62), (24, 96), 1.2, (6, 12)),
    ):
        for _ in range(count):
            begin = rng.uniform(low, high)
            turn = angle + rng.normal(0, 0.3)
            step = np.array([np.cos(turn), np.sin(turn)]) * rng.uniform(*reach)
            bow = rng.normal(0, 0.8, 2)
            draw(
                secondary,
                np.stack([begin, begin + step / 2 + bow, begin + step]),
                rng.uniform(0.3, 0.8),
                rng.uniform(0.18, 0.32),
                (0.4, 0.4),
                0.3,
                0.6,
            )
    return main, secondary


def _finger_creases(
    part: FingerTexels, position: Field, rng: np.random.Generator
) -> tuple[Field, Field]:
    main = np.zeros(len(part.rows), np.float32)
    fine = np.zeros(len(part.rows), np.float32)
    gap = rng.uniform(0.0008, 0.0013)
    for past, offsets in _courses(part, gap):
        near = np.flatnonzero((np.abs(past) < 0.007) & (np.cos(part.angle) < 0.4))
        at = position[part.rows[near]]
        wobble = 0.00028 * noise(at, 0.0045, int(rng.integers(1 << 30)))
        uneven = fractal(at, 0.004, int(rng.integers(1 << 30)), 2)
        grain = 0.5 + 0.5 * np.tanh(uneven + 0.9)
        patches = noise(at, 0.0035, int(rng.integers(1 << 30)))
        across = np.clip(part.lateral[near] / part.half_width, -1.4, 1.4)
        turned = -np.cos(part.angle[near])  # 1 in the middle of the palm side
        course = past[near] - wobble

        def off(offset: float, course: Field = course, across: Field = across) -> Field:
            """Metres from a line across the finger, bowed and tilted a little."""
            bow, tilt = rng.normal(0.0, 0.00035, 2)
            return course - offset - bow * across**2 - tilt * across

        long = smoothstep(-0.35, 0.25, turned) * part.own[near]
        short = smoothstep(-0.05, 0.55, turned) * part.own[near]
        for offset, strength in offsets:
            width = rng.uniform(0.00030, 0.00046)
            line = strength * grain * long * np.exp(-0.5 * np.square(off(offset) / width))
            main[near] = np.maximum(main[near], line)
        for number in range(8):
            # Neighbours live in different patches, so that lines stop and others take over.
            patch = smoothstep(-0.4, 0.8, patches if number % 2 else -patches)
            offset, strength = float(rng.normal(0, 0.0023)), rng.uniform(0.3, 0.8)
            line = strength * patch * short * np.exp(-0.5 * np.square(off(offset) / 0.00022))
            fine[near] = np.maximum(fine[near], line)
    return main, fine


def _courses(part: FingerTexels, gap: float) -> list[tuple[Field, list[tuple[float, float]]]]:
    """For each joint: metres past it, and where its creases lie there, with their strength."""
    if part.name == "thumb":
        return [
            (part.past[:, 1], [(-gap, 0.95), (gap * 1.1, 0.75)]),
            (part.past[:, 0], [(-0.0012, 0.40), (0.0022, 0.25)]),
        ]
    doubled = part.name in ("middle", "ring")
    base = part.past[:, 0] - np.float32(_BASE_SHARE * part.lengths[0])
    return [
        (part.past[:, 1], [(-gap, 1.0), (gap, 0.85)]),
        (part.past[:, 2], [(0.0, 0.9), (-1.6 * gap, 0.3)]),
        (base, [(-gap, 0.85), (gap, 0.7)] if doubled else [(0.0, 0.9), (-0.0021, 0.3)]),
    ]
