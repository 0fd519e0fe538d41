"""Whether mask and depth show what the label says of the hands."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from synth.landmarks import LANDMARKS
from synth.sample import CLOTH_IN_MASK, THING_IN_MASK
from synth.shards.members import DEPTH, MASK
from synth.validation.fault import Fault
from synth.validation.labelled_hands import array_of

MASK_CHECK: Final = "mask"
DEPTH_CHECK: Final = "depth map"
HAND_IN_MASK: Final = "hand not in mask"
HAND_IN_DEPTH: Final = "hand not in depth"

#: Values of a mask: nothing, four hands, things, cloth and people.
_VALUES: Final = np.isin(np.arange(256), [*range(5), THING_IN_MASK, CLOTH_IN_MASK])
#: Pixels of the longer side of a box below which a hand is not compared with the mask: a pixel of
#: the mask is its centre, and a finger of a far hand is narrower than that.
_SMALLEST_HAND: Final = 16.0
#: Visible landmarks of which the mask may show none on the hand.
_FEW: Final = 3
#: Share of the visible landmarks that must lie on the hand; without hair before hands, which
#: hides them from the renderer and not from the label, it is never below 0.8.
_LEAST_ON_HAND: Final = 0.5
#: Metres from the first surface to a visible landmark behind it, through the hand's own flesh.
_LEAST_FLESH: Final = -0.005
_MOST_FLESH: Final = 0.06


def surface_faults(
    shard: str, key: str, members: Mapping[str, bytes], label: Mapping[str, Any]
) -> Iterator[Fault]:
    """All faults of this module; none if there is neither mask nor depth."""
    image = label.get("image")
    shape = (image.get("height"), image.get("width")) if isinstance(image, dict) else None
    hands = label.get("hands")
    listed: Sequence[Any] = hands if isinstance(hands, list) else []
    if MASK in members:
        mask = cv2.imdecode(np.frombuffer(members[MASK], np.uint8), cv2.IMREAD_UNCHANGED)
        problem = _mask_problem(mask, shape)
        if problem is not None:
            yield Fault(MASK_CHECK, shard, key, problem)
        else:
            for number, what in _missing_in_mask(mask, listed):
                yield Fault(HAND_IN_MASK, shard, key, f"hand {number}: {what}")
    if DEPTH in members:
        depth = _read_depth(members[DEPTH])
        problem = _depth_problem(depth, shape)
        if problem is not None or depth is None:
            yield Fault(DEPTH_CHECK, shard, key, problem or "cannot be read")
            return
        for number, what in _missing_in_depth(depth, listed):
            yield Fault(HAND_IN_DEPTH, shard, key, f"hand {number}: {what}")


def _mask_problem(mask: Any, shape: tuple[Any, Any] | None) -> str | None:
    if mask is None:
        return "cannot be decoded"
    if mask.dtype != np.uint8 or mask.ndim != 2:
        return "is no picture of 8 bits and one channel"
    if shape is not None and mask.shape != shape:
        return f"is {mask.shape[1]}×{mask.shape[0]}, its label says {shape[1]}×{shape[0]}"
    there = cv2.calcHist([mask], [0], None, [256], [0, 256]).ravel() > 0
    unknown = np.flatnonzero(there & ~_VALUES)
    return f"holds {unknown[0]}, which stands for nothing" if len(unknown) else None


def _read_depth(data: bytes) -> NDArray[Any] | None:
    try:
        with np.load(io.BytesIO(data)) as arrays:
            return np.asarray(arrays["depth"]) if arrays.files == ["depth"] else None
    except Exception:  # A damaged file fails in all the ways that zip, deflate and npy have.
        return None


def _depth_problem(depth: NDArray[Any] | None, shape: tuple[Any, Any] | None) -> str | None:
    if depth is None:
        return "is no array of the name depth"
    if depth.dtype != np.float32 or depth.ndim != 2:
        return f"is {depth.dtype} of {depth.ndim} axes, not float32 of 2"
    if shape is not None and depth.shape != shape:
        return f"is {depth.shape[1]}×{depth.shape[0]}, its label says {shape[1]}×{shape[0]}"
    if not (depth > 0).all():
        return "holds something that is no distance before the camera"
    return None


def _visible(hand: Any, shape: tuple[int, ...]) -> tuple[int, NDArray[np.int64]] | None:
    """A hand's number, and index, row and column of its visible landmarks, (3, N)."""
    if not isinstance(hand, dict) or not isinstance(hand.get("number"), int):
        return None
    points = array_of(hand.get("landmarks_image"), (len(LANDMARKS), 3))
    states = array_of(hand.get("visibility"), (len(LANDMARKS),))
    box = array_of(hand.get("box"), (4,))
    if not box[2:].max() >= _SMALLEST_HAND:
        return None
    inside = (points[:, :2] >= 0).all(1) & (points[:, 0] < shape[1]) & (points[:, 1] < shape[0])
    index = np.flatnonzero((states == 2) & inside)
    columns, rows = points[index, 0].astype(np.int64), points[index, 1].astype(np.int64)
    return hand["number"], np.stack([index, rows, columns])


def _missing_in_mask(mask: NDArray[np.uint8], hands: Sequence[Any]) -> Iterator[tuple[int, str]]:
    """Hands that the label calls visible and the mask does not show where they should be."""
    for hand in hands:
        seen = _visible(hand, mask.shape)
        if seen is None or not seen[1].size:
            continue
        number, (_, rows, columns) = seen
        own = mask == number + 1
        # A landmark may lie on the edge of what the mask shows: a pixel around it counts, too.
        on_hand = _around(own, rows, columns).any(0)
        if not own.any() or (len(rows) > _FEW and on_hand.mean() < _LEAST_ON_HAND):
            what = f"{len(rows)} landmarks are visible, {int(on_hand.sum())} of them on the hand"
            yield number, f"{what}, which has {int(own.sum())} pixels"


def _missing_in_depth(depth: NDArray[Any], hands: Sequence[Any]) -> Iterator[tuple[int, str]]:
    """Hands whose visible landmarks are not just behind the first surface."""
    for hand in hands:
        seen = _visible(hand, depth.shape)
        if seen is None or seen[1].shape[1] <= _FEW:
            continue
        number, (index, rows, columns) = seen
        camera = array_of(hand.get("landmarks_camera"), (len(LANDMARKS), 3))
        flesh = camera[index, 2] - _around(depth, rows, columns)
        fits = ((flesh > _LEAST_FLESH) & (flesh < _MOST_FLESH)).any(0)
        if not np.isnan(camera).any() and fits.mean() < _LEAST_ON_HAND:
            what = f"{len(rows)} landmarks are visible, {int(fits.sum())} of them just behind"
            yield number, f"{what} the first surface"


def _around(
    values: NDArray[Any], rows: NDArray[np.int64], columns: NDArray[np.int64]
) -> NDArray[Any]:
    """(9, N) values of pixels and their neighbours; at the border some are there twice."""
    down, right = np.mgrid[-1:2, -1:2].reshape(2, 9, 1)
    height, width = values.shape
    return values[np.clip(rows + down, 0, height - 1), np.clip(columns + right, 0, width - 1)]
