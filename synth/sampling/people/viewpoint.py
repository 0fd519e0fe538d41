"""Where cameras stand that see people: as users have them.

Places are in the body frame of the person that is looked at (+X left, −Y front, +Z up).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from synth.manifest import Image
from synth.sampling.camera import camera_at
from synth.scene import Camera

Array = NDArray[np.float64]

#: Length of a hand (wrist to middle fingertip), metres, by which distances are chosen.
_HAND: Final = 0.18


@dataclass(frozen=True)
class Sitter:
    """What cameras look at; all (3,) or (N, 3) in the world.

    Attributes:
        eyes: between them.
        chest: breastbone.
        hips: between them.
        front, left, up: directions of the body frame.
        gaze: where the face points.
        hands: (N, 3) points of the hands that are to be seen.
    """

    eyes: Array
    chest: Array
    hips: Array
    front: Array
    left: Array
    up: Array
    gaze: Array
    hands: Array


@dataclass(frozen=True)
class Viewpoint:
    """A camera that can be set up before the hands are posed, apart from its aim."""

    position: Array
    target: Array
    fov: float  # vertical, radians
    roll: float


def webcam(rng: np.random.Generator, sitter: Sitter) -> Viewpoint:
    """On a screen or a laptop before the person."""
    distance = float(np.exp(rng.uniform(*np.log((0.45, 1.2)))))
    aside, up = rng.normal((0.0, -0.12), (0.12, 0.14))
    position = sitter.eyes + distance * sitter.front + aside * sitter.left + up * sitter.up
    target = _between(rng, sitter.eyes, sitter.chest, -0.4, 0.8)
    # People do not sit in the middle of their pictures.
    target = target + rng.normal(0.0, 0.16 * distance) * sitter.left
    return Viewpoint(position, target, _angle(rng, 40, 72), _roll(rng, 4))


def phone(rng: np.random.Generator, sitter: Sitter, holding: Array) -> Viewpoint:
    """At the end of the person's own arm; `holding` is a place (3,) by the hand that holds it."""
    target = _between(rng, sitter.eyes, sitter.chest, -0.1, 0.6) + rng.normal(0.0, 0.05, 3)
    return Viewpoint(holding, target, _angle(rng, 50, 80), _roll(rng, 9))


def room(rng: np.random.Generator, sitter: Sitter, image: Image) -> Viewpoint:
    """Across a room, so far that a hand is 3 to 14 % of the picture's side."""
    share = float(np.exp(rng.uniform(*np.log((0.03, 0.14)))))
    fov = _angle(rng, 30, 68)
    focal = image.height / 2 / np.tan(fov / 2)
    distance = max(_HAND * focal / (share * min(image.width, image.height)), 0.9)
    azimuth = np.radians(rng.normal(0.0, 35.0))
    level = np.radians(rng.normal(4.0, 9.0))
    away = np.cos(azimuth) * sitter.front + np.sin(azimuth) * sitter.left
    away = np.cos(level) * away + np.sin(level) * sitter.up
    middle = _between(rng, sitter.eyes, sitter.hips, 0.0, 1.0)
    half = 0.35 * distance * np.tan(fov / 2)
    target = middle + rng.uniform(-half, half, 3)
    return Viewpoint(middle + distance * away, target, fov, _roll(rng, 4))


def desk(rng: np.random.Generator, sitter: Sitter) -> Viewpoint:
    """Above a table, down onto the hands on it."""
    middle = sitter.hands.mean(0)
    tilt = np.radians(abs(rng.normal(0.0, 28.0)))
    azimuth = rng.uniform(0, 2 * np.pi)
    away = np.sin(tilt) * (np.cos(azimuth) * sitter.front + np.sin(azimuth) * sitter.left)
    distance = rng.uniform(0.35, 0.9)
    position = middle + distance * (away + np.cos(tilt) * sitter.up)
    target = middle + rng.normal(0.0, 0.05, 3)
    # The picture's top is where the person looks, or anyhow.
    roll = rng.normal(0.0, 0.15) if rng.uniform() < 0.6 else rng.uniform(-np.pi, np.pi)
    return Viewpoint(position, target, _angle(rng, 40, 75), float(roll))


def egocentric(rng: np.random.Generator, sitter: Sitter) -> Viewpoint:
    """On the person's own head, just before the eyes or on the forehead."""
    position = (
        sitter.eyes
        + rng.uniform(0.05, 0.1) * sitter.gaze
        + rng.uniform(-0.02, 0.1) * sitter.up
        + rng.normal(0.0, 0.02) * sitter.left
    )
    target = _between(rng, sitter.hands.mean(0), sitter.eyes + 0.6 * sitter.gaze, -0.1, 0.6)
    return Viewpoint(
        position, target + rng.normal(0.0, 0.05, 3), _angle(rng, 50, 95), _roll(rng, 9)
    )


def camera_of(view: Viewpoint, image: Image) -> Camera:
    focal = image.height / 2 / np.tan(view.fov / 2)
    return camera_at(image, float(focal), view.position, view.target, view.roll)


def _between(rng: np.random.Generator, a: Array, b: Array, low: float, high: float) -> Array:
    return np.asarray(a + rng.uniform(low, high) * (b - a))


def _angle(rng: np.random.Generator, low: float, high: float) -> float:
    return float(np.radians(rng.uniform(low, high)))


def _roll(rng: np.random.Generator, degrees: float) -> float:
    return float(np.radians(rng.normal(0.0, degrees)))
