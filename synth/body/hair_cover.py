"""How much of what lies behind it hair hides."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

#: Metres of the disc round a point that hair is to cover: half a finger's width. A strand less or
#: more hides no landmark.
DISC: Final = 0.006


@dataclass(frozen=True, eq=False)
class HungHair:
    """One person's hair where it hangs.

    Attributes:
        strands: (S, K, 3) points from roots to tips, metres.
        radius: (K,) metres of a strand at its points; it turns its width to the eye.
        middles, reaches: (S, 3) and (S,) of spheres that hold a strand each.
    """

    strands: Array
    radius: Array
    middles: Array
    reaches: Array


def hung_hair(strands: Array, radius: Array) -> HungHair:
    """Hair as `HungHair` has it, with the spheres round its strands."""
    middles = strands.mean(axis=1)
    squares = ((strands - middles[:, None]) ** 2).sum(axis=2)
    return HungHair(strands, radius, middles, np.sqrt(squares.max(axis=1)))


def hair_cover(eye: Array, point: Array, hair: HungHair) -> float:
    """Share of a disc round a point, facing the eye, that strands before it cover.

    Strands that cross at random cover 1 − exp(−a / A) of an area A, where a is the sum of their own
    areas (the Poisson model of coverage).

    Args:
        eye, point: (3,) metres, of the hair's frame.
        hair: what may be between them.
    """
    distance = float(np.linalg.norm(point - eye))
    line = (point - eye) / distance
    to_middles = hair.middles - eye
    depths = to_middles @ line
    aside = (to_middles**2).sum(axis=1) - depths**2
    strands = hair.strands[
        (aside < (hair.reaches + DISC) ** 2) & (depths < distance + hair.reaches)
    ]
    along = (strands - eye) @ line
    before = (along > 0) & (along < distance)
    segments = np.argwhere(before[:, :-1] & before[:, 1:])
    if not len(segments):
        return 0.0
    # As seen from the eye, at the distance of the point.
    scale = distance / np.where(before, along, distance)
    flat = (strands - eye - along[..., None] * line) @ _plane(line).T * scale[..., None]
    strand, step = segments.T
    start, way = flat[strand, step], flat[strand, step + 1] - flat[strand, step]
    width = 2 * hair.radius[step] * scale[strand, step]
    return float(1 - np.exp(-(_inside(start, way) * width).sum() / (np.pi * DISC**2)))


def _inside(start: Array, way: Array) -> Array:
    """(N,) length of the part of segments (N, 2), (N, 2) in the disc round the origin."""
    a, b = (way**2).sum(axis=1), (start * way).sum(axis=1)
    root = b**2 - a * ((start**2).sum(axis=1) - DISC**2)
    crossing = (root > 0) & (a > 0)
    half = np.sqrt(np.where(crossing, root, 0.0))
    a = np.where(crossing, a, 1.0)
    first, last = np.clip((-b - half) / a, 0, 1), np.clip((-b + half) / a, 0, 1)
    return np.where(crossing, (last - first) * np.sqrt(a), 0.0)


def _plane(normal: Array) -> Array:
    """(2, 3) unit vectors at right angles to a unit vector and to each other."""
    aside = np.cross(normal, np.eye(3)[np.abs(normal).argmin()])
    aside /= np.linalg.norm(aside)
    return np.stack([aside, np.cross(normal, aside)])
