"""Whether a label's boxes hold what docs/format.md says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from synth.labels import PALM_LANDMARKS
from synth.landmarks import MIDDLE_MCP, WRIST
from synth.validation.fault import Fault
from synth.validation.geometry import METRE, PIXEL
from synth.validation.labelled_hands import Hands

Array = NDArray[np.float64]

BOX: Final = "box"
PALM_BOX: Final = "palm box"

#: Metres by which skin may reach beyond the outermost landmark, along an axis of the image. In
#: 11,000 rendered hands it is 48 mm at most (the ball of a thumb beside a wrist).
_MOST_FLESH: Final = 0.065
#: Pixels by which a landmark inside the image may be out of the box; none of 11,000 is.
_SLACK: Final = 0.01


def box_faults(shard: str, hands: Hands) -> Iterator[Fault]:
    """All faults of this module, one a hand and check."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for index, what in [*_boxes(hands), *_palm_boxes(hands)]:
            check = PALM_BOX if what.startswith("palm_box") else BOX
            text = f"hand {hands.numbers[index]}: {what}"
            yield Fault(check, shard, hands.keys[index], text)


def _boxes(hands: Hands) -> Iterator[tuple[int, str]]:
    low, extent = hands.box[:, :2], hands.box[:, 2:]
    high = low + extent
    outside = ((low < -PIXEL) | (high > hands.size + 4 * PIXEL)).any(-1)
    for index in np.flatnonzero(outside | (extent <= 0).any(-1)):
        yield int(index), f"box {_shown(hands.box[index])} is empty or not cut to the image"
    place = np.where((hands.visibility > 0)[..., None], hands.image[..., :2], np.nan)
    lost = ((place < low[:, None] - _SLACK) | (place > high[:, None] + _SLACK)).any(-1)
    for index in np.flatnonzero(lost.any(-1)):
        landmark = int(lost[index].argmax())
        yield int(index), f"box {_shown(hands.box[index])} does not hold landmark {landmark}"
    yield from _loose(hands, low, high)


def _loose(hands: Hands, low: Array, high: Array) -> Iterator[tuple[int, str]]:
    """Boxes with more around the landmarks than a hand has flesh."""
    nearest = hands.camera[..., 2].min(-1)
    # Where skin is almost in the lens, its projection says little.
    flesh = np.where(nearest > 2 * _MOST_FLESH, _MOST_FLESH / nearest, np.nan)
    margin = (hands.K[:, 0, 0] * flesh)[:, None]
    points = hands.image[..., :2]
    too_low = low < points.min(1) - margin
    too_high = high > points.max(1) + margin
    for index in np.flatnonzero((too_low | too_high).any(-1)):
        yield int(index), f"box {_shown(hands.box[index])} is far too large for its landmarks"


def _palm_boxes(hands: Hands) -> Iterator[tuple[int, str]]:
    points = hands.image[..., :2]
    along = points[:, MIDDLE_MCP] - points[:, WRIST]
    length = np.linalg.norm(along, axis=-1)
    rotation = np.arctan2(along[:, 0], -along[:, 1])
    right = np.stack([np.cos(rotation), np.sin(rotation)], -1)
    down = np.stack([-np.sin(rotation), np.cos(rotation)], -1)
    axes = np.stack([right, down], 1)
    upright = np.einsum("nij,nkj->nki", axes, points[:, PALM_LANDMARKS])
    low, high = upright.min(1), upright.max(1)
    size = (high - low).max(-1)
    center = np.einsum("nij,ni->nj", axes, (low + high) / 2)
    # Rounding turns a short direction far, and with it everything else.
    turn = 2 * np.sqrt(2) * PIXEL / length
    allowed = 4 * (PIXEL + turn * size)
    distance = np.abs(points[:, PALM_LANDMARKS] - center[:, None]).max((1, 2))
    turned = np.abs(np.angle(np.exp(1j * (hands.palm[:, 3] - rotation))))
    wrong = (
        (np.abs(hands.palm[:, :2] - center).max(-1) > 4 * (PIXEL + turn * distance))
        | (np.abs(hands.palm[:, 2] - size) > allowed)
        | (turned > 4 * turn + 2 * METRE)
    )
    for index in np.flatnonzero(wrong & (length > 100 * PIXEL)):
        expected = _shown(np.array([*center[index], size[index], rotation[index]]))
        yield int(index), f"palm_box is {_shown(hands.palm[index])}, not {expected}"


def _shown(values: Array) -> str:
    return "(" + ", ".join(f"{value:.4g}" for value in values.tolist()) + ")"
