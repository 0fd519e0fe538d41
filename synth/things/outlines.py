"""Curves in the plane that things are made from. Metres."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

#: Metres between points where a hand may touch: finer than a fingertip.
STEP: Final = 0.007
#: Radians of a curve's turn between two points.
_TURN: Final = 0.45


def filleted(points: Sequence[Sequence[float]] | Array, radius: float | Sequence[float]) -> Array:
    """(P, 2) polyline whose corners are rounded by arcs; the ends stay.

    Args:
        points: (K, 2) metres.
        radius: metres, of all corners or of each of the K − 2; less where a side is too short.
    """
    given = np.asarray(points, dtype=float)
    radii = np.broadcast_to(np.asarray(radius, dtype=float), (len(given) - 2,))
    result = [given[:1]]
    for before, corner, after, wanted in zip(
        given[:-2], given[1:-1], given[2:], radii, strict=True
    ):
        a, b = before - corner, after - corner
        length_a, length_b = float(np.linalg.norm(a)), float(np.linalg.norm(b))
        a, b = a / length_a, b / length_b
        half = np.arccos(np.clip(a @ b, -1, 1)) / 2
        reach = min(wanted / max(np.tan(half), 1e-6), 0.48 * length_a, 0.48 * length_b)
        if wanted <= 0 or half > 1.5:
            result.append(corner[None])
            continue
        steps = max(2, int(np.ceil((np.pi - 2 * half) / _TURN)))
        middle = corner + (a + b) / np.linalg.norm(a + b) * (reach / np.cos(half))
        start, end = corner + a * reach - middle, corner + b * reach - middle
        t = np.linspace(0, 1, steps + 1)[:, None]
        arc = np.sin((1 - t) * (np.pi - 2 * half)) * start + np.sin(t * (np.pi - 2 * half)) * end
        result.append(middle + arc / np.sin(np.pi - 2 * half))
    result.append(given[-1:])
    return np.concatenate(result)


def divided(points: Array, step: float) -> Array:
    """(Q, D) the polyline (P, D) with points added so that no two are further apart than `step`."""
    result = [points[:1]]
    for start, end in pairwise(points):
        count = max(1, int(np.ceil(np.linalg.norm(end - start) / step - 1e-9)))
        result.append(start + (end - start) * np.linspace(0, 1, count + 1)[1:, None])
    return np.concatenate(result)


def rounded_rectangle(
    width: float, height: float, radius: float, step: float = STEP
) -> tuple[Array, int]:
    """(N, 2) counter-clockwise outline about the origin, and its first side's segments for `loft`.

    It begins in the middle of the lower left corner.
    """
    radius = min(radius, 0.49 * width, 0.49 * height)
    w, h = width / 2 - radius, height / 2 - radius
    parts = []
    counts = []
    for corner, (x, y) in enumerate([(-w, -h), (w, -h), (w, h), (-w, h)]):
        following = [(w, -h), (w, h), (-w, h), (-w, -h)][corner]
        start = np.pi * (1.25 + 0.5 * corner)
        leave = start + np.linspace(0, np.pi / 4, 7)
        arrive = start + np.pi / 4 + np.linspace(0, np.pi / 4, 7)
        curve = np.concatenate(
            [
                np.stack([x + radius * np.cos(leave), y + radius * np.sin(leave)], -1),
                np.stack(
                    [
                        following[0] + radius * np.cos(arrive),
                        following[1] + radius * np.sin(arrive),
                    ],
                    -1,
                ),
            ]
        )
        gaps = np.linalg.norm(np.diff(curve, axis=0), axis=1)
        turns = np.full(len(gaps), np.pi / 24)
        turns[6] = 0.0
        weight = np.concatenate([[0.0], np.cumsum(gaps / step + turns / _TURN)])
        count = max(3, int(np.ceil(weight[-1])))
        counts.append(count)
        at = np.linspace(0, weight[-1], count + 1)[:-1]
        parts.append(np.stack([np.interp(at, weight, curve[:, k]) for k in range(2)], -1))
    return np.concatenate(parts), counts[0]


def superellipse(count: int, power: float) -> Array:
    """(N, 2) points |x|^power + |y|^power = 1, equally spaced, the first at 45°."""
    turn = np.linspace(0, 2 * np.pi, 16 * count + 1) + np.pi / 4
    return _spaced(np.stack([_power(np.cos(turn), power), _power(np.sin(turn), power)], -1), count)


def meridian(rows: int, power: float) -> tuple[Array, Array]:
    """Heights and radii (rows + 1,) from pole to pole; small caps are left there."""
    turn = np.linspace(-np.pi / 2, np.pi / 2, 16 * rows + 1)
    half = np.stack([_power(np.sin(turn), power), _power(np.cos(turn), power)], -1)
    points = np.concatenate([_spaced(half, rows), half[-1:]])
    inner = _spaced(half, 3 * rows)
    points[0], points[-1] = inner[1], inner[1] * [-1.0, 1.0]
    return points[:, 0], points[:, 1]


def _spaced(curve: Array, count: int) -> Array:
    """(count, 2) points of a fine polyline, equally far apart; its last point is left out."""
    length = np.append(0.0, np.cumsum(np.linalg.norm(np.diff(curve, axis=0), axis=1)))
    at = np.arange(count) / count * length[-1]
    return np.stack([np.interp(at, length, curve[:, k]) for k in range(2)], -1)


def _power(value: Array, power: float) -> Array:
    return np.asarray(np.sign(value) * np.abs(value) ** (2.0 / power))
