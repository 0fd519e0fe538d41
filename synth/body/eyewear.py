"""Glasses fitted to a face: rims before the eyes, a bridge, temples to the ears."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from synth.body.head_regions import average_skin
from synth.body.mesh_parts import Piece, fan, joined, tube
from synth.body.model import BodyModel, BodyShape
from synth.scene import Eyewear

Array = NDArray[np.float64]

#: On the average head: above the left ear where a temple rests, and the temple of the skull.
_EAR: Final = (0.0785, -0.047, 0.699)
_SKULL: Final = (0.0735, -0.085, 0.703)
#: Metres between the front of the eyeball and the lens.
_BEFORE: Final = 0.011


def frame_of(model: BodyModel, shape: BodyShape, eyewear: Eyewear) -> tuple[Piece, Piece | None]:
    """The frame at rest, and its lenses where they are dark."""
    rng = np.random.Generator(np.random.PCG64(eyewear.seed))
    eyes = shape.vertices[model.is_eye]
    left = eyes[eyes[:, 0] > 0]
    centre = left.mean(0)
    front = float(left[:, 1].min()) - _BEFORE
    ear, skull = (shape.vertices[v] for v in _fitting_points(model))
    dark = eyewear.kind == "sunglasses"
    half_width = float(rng.uniform(0.024, 0.029)) * (1.12 if dark else 1.0)
    half_height = half_width * float(rng.uniform(0.62, 0.95))
    squareness = float(rng.uniform(2.0, 4.5))
    radius = float(rng.choice([0.0008, 0.0014, 0.0022]))
    middle = np.array([max(centre[0] * 1.04, half_width + 0.008), front, centre[2] - 0.004])

    turn = np.arange(40) * np.pi / 20
    cosine, sine = np.cos(turn), np.sin(turn)
    power = 2.0 / squareness
    x = middle[0] + half_width * np.sign(cosine) * np.abs(cosine) ** power
    z = middle[2] + half_height * np.sign(sine) * np.abs(sine) ** power
    # Lenses lie on a cylinder about the face, and lean forward at the top.
    y = front + 2.4 * np.maximum(x - 0.02, 0) ** 2 * 2 - 0.10 * (z - middle[2])
    rim = np.stack([x, y, z], axis=1)

    inner = rim[np.argmin(rim[:, 0] - 0.3 * rim[:, 2])]
    s = np.linspace(-1, 1, 9)
    bridge = np.stack(
        [s * inner[0], inner[1] - 0.003 * (1 - s**2), inner[2] + 0.003 * (1 - s**2)], axis=1
    )
    outer = rim[np.argmax(rim[:, 0] + 0.6 * rim[:, 2])]
    wide = max(float(skull[0]) + 0.002, float(outer[0]) + 0.004)
    path = np.array(
        [
            outer,
            [wide, outer[1] + 0.008, outer[2]],
            [wide + 0.001, (outer[1] + ear[1]) / 2, (outer[2] + ear[2]) / 2],
            [ear[0] - 0.003, ear[1], ear[2] + 0.003],
            [ear[0] - 0.006, ear[1] + 0.018, ear[2] - 0.008],
            [ear[0] - 0.009, ear[1] + 0.026, ear[2] - 0.030],
        ]
    )
    temple = tube(path, radius, flat=1.6)
    parts = [tube(rim, radius, closed=True), temple, tube(bridge, radius)]
    parts += [_mirrored(part) for part in parts[:2]]
    lens = fan(rim)
    return joined(parts), joined([lens, _mirrored(lens)]) if dark else None


def _mirrored(piece: Piece) -> Piece:
    return Piece(piece.points * [-1.0, 1.0, 1.0], piece.corners, piece.sizes, piece.uv)


@lru_cache(maxsize=2)
def _fitting_points(model: BodyModel) -> tuple[int, int]:
    tree = cKDTree(average_skin(model))
    return tuple(int(tree.query(point)[1]) for point in (_EAR, _SKULL))  # type: ignore[return-value]
