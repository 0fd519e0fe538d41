"""Flat canvases in millimetres to draw on, and the parts of the hand that they are laid on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import map_coordinates

from synth.hand.model import HandModel
from synth.skin.anatomy import Anatomy
from synth.skin.charts import smooth_line
from synth.skin.noise import Field, smoothstep
from synth.skin.position_maps import Texels

_PER_MM = 8.0
_SHIFT = 5  # binary places of OpenCV's coordinates
#: Millimetres of a finger's half girth that its canvas unrolls, and of an arm's.
_FINGER_ARC = 34.0
_ARM_ARC = 120.0
#: Radius that turns angles into arcs on the arm's canvas, millimetres.
ARM_RADIUS = 28.0


@dataclass(frozen=True)
class Canvas:
    """Grey pixels, 255 full; `low` is the corner of the first pixel, in millimetres."""

    pixels: NDArray[np.uint8]
    low: tuple[float, float]

    def line(self, points: ArrayLike, width: float, value: int = 255, closed: bool = False) -> None:
        """A line of constant width through points (n, 2)."""
        thickness = max(1, round(width * _PER_MM))
        course = [self._pixels(points)]
        cv2.polylines(self.pixels, course, closed, value, thickness, cv2.LINE_AA, _SHIFT)

    def curve(self, points: ArrayLike, width: float, value: int = 255) -> None:
        """A smooth line through points (n, 2)."""
        self.line(spline(points), width, value)

    def fill(self, points: ArrayLike, value: int = 255) -> None:
        """A polygon (n, 2)."""
        cv2.fillPoly(self.pixels, [self._pixels(points)], value, cv2.LINE_AA, _SHIFT)

    def dot(self, centre: ArrayLike, radius: float, value: int = 255) -> None:
        self.fill(np.asarray(centre) + radius * circle(12), value)

    def at(self, x: Field, y: Field) -> Field:
        """(N,) 0 … 1 at millimetres."""
        if not self.pixels.any():
            return np.zeros(len(x), np.float32)
        where = np.stack([(y - self.low[1]) * _PER_MM - 0.5, (x - self.low[0]) * _PER_MM - 0.5])
        values = map_coordinates(
            self.pixels, where, output=np.float32, order=1, mode="constant", prefilter=False
        )
        return values / np.float32(255)

    def _pixels(self, points: ArrayLike) -> NDArray[np.int32]:
        pixel = (np.asarray(points) - self.low) * _PER_MM - 0.5
        return np.round(pixel * 2**_SHIFT).astype(np.int32)


def circle(count: int = 48) -> NDArray[np.float64]:
    """(count, 2) points of the unit circle."""
    turn = np.linspace(0, 2 * np.pi, count, endpoint=False)
    return np.stack([np.cos(turn), np.sin(turn)], 1)


def spline(points: ArrayLike) -> NDArray[np.float64]:
    """(m, 2) points close together on a smooth line through (n, 2) points."""
    return smooth_line(np.asarray(points, dtype=np.float64), 0.4, 0.0, np.random.default_rng(0))


def canvas(low: Sequence[float], high: Sequence[float]) -> Canvas:
    """An empty canvas between two corners, millimetres."""
    shape = [int((high[axis] - low[axis]) * _PER_MM) for axis in (1, 0)]
    return Canvas(np.zeros(shape, np.uint8), (low[0], low[1]))


@dataclass(frozen=True)
class Canvases:
    """One hand's, millimetres.

    Attributes:
        back, palm: the wrist frame's x and y, the forearm's sides included.
        fingers: five, thumb first: arc about the axis from the middle of the back (x) and metres
            past the MCP towards the tip (y).
        arm: arc about the forearm's axis from the middle of its back at ARM_RADIUS (x), and the
            wrist frame's y.
        lengths: five times millimetres from joint to joint, beginning at the MCP.
        radii: five, millimetres that turn angles into arcs.
    """

    back: Canvas
    palm: Canvas
    fingers: tuple[Canvas, ...]
    arm: Canvas
    lengths: tuple[NDArray[np.float64], ...]
    radii: tuple[float, ...]


def new_canvases(model: HandModel, parts: Anatomy) -> Canvases:
    lengths = tuple(1000 * part.lengths for part in parts.fingers)
    return Canvases(
        canvas((-80, -80), (85, 193)),
        canvas((-80, -80), (85, 193)),
        tuple(canvas((-_FINGER_ARC, -15), (_FINGER_ARC, total.sum() + 8)) for total in lengths),
        canvas((-_ARM_ARC, -262), (_ARM_ARC, 20)),
        lengths,
        tuple(float(1000 * half[0] * 1.3) for half in model.nail_half),
    )


def laid_on(drawn: Canvases, texels: Texels, parts: Anatomy) -> Field:
    """(N,) 0 … 1 what is drawn, at the texels of the skin."""
    x, y = (1000 * texels.position[:, axis] for axis in (0, 1))
    hand = 1 - parts.forearm
    on_palm = smoothstep(-0.15, 0.15, parts.palmar)
    fingers = np.clip(parts.finger.sum(1), 0, 1)
    flat = 1 - smoothstep(0.75, 0.95, fingers)
    out = flat * drawn.back.at(x, y) * (1 - on_palm)
    out = np.maximum(out, flat * hand * drawn.palm.at(x, y) * on_palm)
    for part, page, lengths, radius in zip(
        parts.fingers, drawn.fingers, drawn.lengths, drawn.radii, strict=True
    ):
        past = np.interp(
            part.share,
            [-1, *range(len(lengths) + 1)],
            np.concatenate([[-lengths[0], 0], np.cumsum(lengths)]),
        )
        value = page.at(np.float32(radius) * part.angle, past.astype(np.float32)) * part.own
        value *= smoothstep(0.02, 0.2, part.share)
        out[part.rows] = np.maximum(out[part.rows], value)
    if drawn.arm.pixels.any():
        out = np.maximum(out, parts.forearm * drawn.arm.at(arm_arc(texels), y))
    return out.astype(np.float32)


def arm_arc(texels: Texels) -> Field:
    """(N,) millimetres about the forearm's axis, 0 in the middle of its back."""
    # The axis runs from the wrist's centre to the elbow's, as on the average hand.
    x, y, z = texels.position.T
    share = -y / np.float32(0.2)
    return np.float32(ARM_RADIUS) * np.arctan2(
        x - np.float32(0.03) * share, -(z - np.float32(0.021) * share)
    )
