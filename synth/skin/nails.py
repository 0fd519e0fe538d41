"""The nail plate and its surroundings, in the nail frames of the hand asset."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synth.hand.model import HandModel
from synth.landmarks import FINGERS
from synth.skin.noise import Field, noise, smoothstep
from synth.skin.position_maps import Texels

#: The plate is drawn this much wider and shorter than the frame's half sizes, to lie inside the
#: mesh's modelled plate at the sides and to leave a rim of skin before the finger's end.
_WIDER = 1.17
_SHORTER = 0.95
#: Lunula's reach from the proximal fold as a share of the plate's length; it shows on the thumb
#: and hides under the fold towards the little finger.
_LUNULA = {"thumb": 0.27, "index": 0.20, "middle": 0.20, "ring": 0.16, "little": 0.09}
#: Length of the free edge, metres.
_FREE_EDGE = 0.0008


@dataclass(frozen=True)
class Nails:
    """All (N,): `plate` 0 … 1; `lunula` and `edge` (the white free edge) 0 … 1 within it; `fold`
    1 at the plate's border, falling off on both sides; `rim` the cuticle and the skin just
    around; `ridges` fine lengthwise lines, about ±1; `height` metres of the plate's own relief."""

    plate: Field
    lunula: Field
    edge: Field
    fold: Field
    rim: Field
    ridges: Field
    height: Field


def nails(model: HandModel, texels: Texels) -> Nails:
    count = len(texels.index)
    out = {name: np.zeros(count, np.float32) for name in Nails.__dataclass_fields__}
    for i, finger in enumerate(FINGERS):
        half_width = float(model.nail_half[i, 0]) * _WIDER
        half_length = float(model.nail_half[i, 1]) * _SHORTER
        offset = texels.position - model.nail_center[i].astype(np.float32)
        near = np.flatnonzero(np.square(offset).sum(1) < (1.9 * half_length) ** 2)
        local = offset[near] @ model.nail_axes[i].astype(np.float32)
        facing = texels.normal[near] @ model.nail_axes[i, :, 2].astype(np.float32)
        top = smoothstep(0.02, 0.22, facing) * smoothstep(-0.0075, -0.0055, local[:, 2])
        # The plate curves around the finger: unroll the sideways offset.
        x = _unrolled(local[:, 0], half_width)
        inside = -_distance_to_border(x, local[:, 1], half_width, half_length)
        wave = noise(texels.position[near], 0.0025, 90 + i)
        inside = inside + np.float32(0.00006) * wave
        plate = smoothstep(-0.00012, 0.00016, inside) * top
        from_fold = local[:, 1] + half_length
        to_end = half_length - local[:, 1]
        arch = np.square(x / half_width)
        reach = 2 * half_length * _LUNULA[finger]
        lunula = smoothstep(0.0007, -0.0005, from_fold - reach * (1 - 0.9 * arch))
        edge = smoothstep(-0.00018, 0.00018, _FREE_EDGE * (1 + 0.6 * arch) - to_end)
        proximal = smoothstep(0.35, -0.5, local[:, 1] / half_length)
        gap = np.exp(-np.square(inside / np.float32(0.00030)))
        around = np.exp(-np.square((inside + 0.0007) / np.float32(0.0007)))
        sides = 1 - smoothstep(0.72, 0.95, local[:, 1] / half_length)
        line = noise(np.stack([local[:, 0], local[:, 1] / 25, local[:, 1] * 0], 1), 0.0005, 95 + i)
        values = {
            "plate": plate,
            "lunula": plate * lunula,
            "edge": plate * edge,
            "fold": gap * top * (0.35 + 0.65 * np.maximum(proximal, sides)),
            "rim": around * top * (0.3 + 0.7 * proximal),
            "ridges": plate * line,
            # Skin folds rise around the plate, which itself is arched and lies a little deeper.
            "height": top
            * (
                0.00010 * around * np.maximum(0.5 * sides, proximal)
                - 0.00007 * gap * sides
                + 0.000006 * plate * line
            ),
        }
        for name, value in values.items():
            old = out[name][near]
            out[name][near] = np.where(np.abs(value) > np.abs(old), value, old)
    return Nails(**out)


def _unrolled(x: Field, half_width: float) -> Field:
    """Arc length for a sideways offset on a plate bent to a radius of 1.5 half widths."""
    radius = np.float32(1.5 * half_width)
    return radius * np.arcsin(np.clip(x / radius, -1, 1)) * np.float32(0.97)


def _distance_to_border(
    x: NDArray[np.float32], y: NDArray[np.float32], half_width: float, half_length: float
) -> Field:
    """Signed distance (negative inside) of a rectangle with rounded corners: nearly a half circle
    at the fold, squarer at the free edge. (The usual rounded-box distance function.)"""
    radius = np.where(y < 0, 0.92 * half_width, 0.72 * half_width).astype(np.float32)
    dx = np.abs(x) - half_width + radius
    dy = np.abs(y) - half_length + radius
    outside = np.hypot(np.maximum(dx, 0), np.maximum(dy, 0))
    return (outside + np.minimum(np.maximum(dx, dy), 0) - radius).astype(np.float32)
