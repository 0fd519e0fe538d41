"""The eyeballs: a layout of their own about the pupil, and what is drawn on it."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from synth.body.head_regions import EYE, average_skin
from synth.body.model import BodyModel
from synth.skin.noise import Field, fractal, smoothstep

Array = NDArray[np.float64]

#: The layout reaches this angle from the pupil, radians.
_REACH: Final = np.pi / 2
#: Angles at the eyeball's centre, radians: radius of pupil and iris.
_PUPIL: Final = 0.15
_IRIS: Final = 0.415
#: Where the pupil is: straight ahead and a little down, at the middle of the open lids.
_GAZE: Final = np.array([0.0, -1.0, -0.06])


def eye_uv(model: BodyModel) -> Array:
    """(V, 2) on the eyeballs, 0 … 1 with the pupil at (0.5, 0.5); elsewhere 0."""
    points = average_skin(model)
    uv = np.zeros((len(points), 2))
    eyes = np.flatnonzero(model.is_eye)
    centre = EYE * np.stack([np.sign(points[eyes, 0]), *np.ones((2, len(eyes)))], axis=1)
    direction = points[eyes] - centre
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    ahead = _GAZE / np.linalg.norm(_GAZE)
    up = np.cross([1.0, 0.0, 0.0], -ahead)
    plane = np.stack([direction[:, 0], direction @ up], axis=1)
    angle = np.arccos(np.clip(direction @ ahead, -1, 1))
    length = np.linalg.norm(plane, axis=1) + 1e-9
    uv[eyes] = 0.5 + 0.5 * plane * (np.minimum(angle, 1.5 * _REACH) / length / _REACH)[:, None]
    return uv


def eye_image(resolution: int) -> Field:
    """(R, R, 3), 0 … 1: the iris's cover, its shade (0 in the pupil), the white's whiteness."""
    axis = (np.arange(resolution) + 0.5) / resolution * 2 - 1
    x, y = np.meshgrid(axis * _REACH, -axis * _REACH)
    angle, turn = np.hypot(x, y).ravel(), np.arctan2(y, x).ravel()
    iris = smoothstep(_IRIS + 0.02, _IRIS - 0.02, angle)
    ring = np.stack([np.cos(turn), np.sin(turn), 0.4 * angle], axis=1)
    fibres = fractal(ring, (0.12, 0.12, 0.5), 861)
    shade = 0.75 + 0.22 * fibres + 0.35 * smoothstep(0.30, 0.18, angle)
    shade = shade * (1 - 0.65 * smoothstep(_IRIS - 0.09, _IRIS, angle))
    shade = shade * smoothstep(_PUPIL - 0.015, _PUPIL + 0.015, angle)
    plane = np.stack([x.ravel(), y.ravel(), 0 * angle], axis=1)
    veins = np.exp(-np.square(fractal(plane, 0.22, 862) / 0.10)) * smoothstep(0.5, 0.9, angle)
    corner = smoothstep(0.5, 1.3, np.abs(x.ravel()))
    white = 1 - 0.35 * corner - 0.25 * veins
    return np.stack([iris, np.clip(shade / 1.5, 0, 1), white], 1).reshape(resolution, resolution, 3)
