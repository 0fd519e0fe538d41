"""Whether landmarks, cameras and visibility of a label agree with each other.

What is compared was rounded when it was written, so the tolerances are the rounding carried
through the formulas of docs/format.md to first order, and twice that. NaN, which stands for what
nobody knows, agrees with everything.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from synth.landmarks import WRIST
from synth.scene import Camera
from synth.shards.label_json import DECIMALS, DEFAULT_DECIMALS
from synth.validation.fault import Fault
from synth.validation.labelled_hands import Hands, Views

Array = NDArray[np.float64]

CAMERA: Final = "camera"
PROJECTION: Final = "projection"
DEPTH: Final = "depth"
WORLD: Final = "world"
VISIBILITY: Final = "visibility"

#: Half a unit of the last decimal: pixels of a landmark and of K, metres, entries of a matrix.
PIXEL: Final = 0.5 * 10.0 ** -DECIMALS["landmarks_image"]
_INTRINSIC: Final = 0.5 * 10.0 ** -DECIMALS["K"]
METRE: Final = 0.5 * 10.0**-DEFAULT_DECIMALS
_MATRIX: Final = 0.5 * 10.0 ** -DECIMALS["world_to_camera"]
#: Against what the first order leaves out.
_SAFETY: Final = 2.0
#: Metres before the lens where a scene's cameras begin to see.
_CLIP_START: Final = float(Camera.model_fields["clip_start"].default)


def camera_faults(shard: str, views: Views) -> Iterator[Fault]:
    """K has square pixels, no skew and its principal point in the middle; the view is rigid."""
    K, pose = views.K, views.world_to_camera
    known = ~np.isnan(K[:, 0, 0])
    wrong = (
        (np.abs(K[:, 0, 0] - K[:, 1, 1]) > _SAFETY * _INTRINSIC)
        | (K[:, 0, 0] <= 0)
        | known & ((K[:, 0, 1] != 0) | (K[:, 1, 0] != 0))
        | known & (K[:, 2] != [0.0, 0.0, 1.0]).any(-1)
        | (np.abs(K[:, :2, 2] - views.size / 2) > _SAFETY * _INTRINSIC).any(-1)
    )
    for index in np.flatnonzero(wrong):
        yield Fault(CAMERA, shard, views.keys[index], f"K is {K[index].tolist()}")
    turn = pose[:, :3, :3]
    square = np.abs(turn @ np.swapaxes(turn, -1, -2) - np.eye(3)).max((-1, -2))
    mirrored = np.linalg.det(np.nan_to_num(turn)) < 0
    bottom = (np.abs(pose[:, 3] - [0.0, 0.0, 0.0, 1.0]) > 0).any(-1)
    # Of a product of two rows of three entries each.
    for index in np.flatnonzero((square > _SAFETY * 6 * _MATRIX) | mirrored | bottom):
        yield Fault(CAMERA, shard, views.keys[index], "world_to_camera is not rigid")


def geometry_faults(shard: str, hands: Hands) -> Iterator[Fault]:
    """Faults of the landmarks, one a hand and check."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        yield from _world(shard, hands)
        yield from _projection(shard, hands)
        yield from _depth(shard, hands)
        yield from _visibility(shard, hands)


def _world(shard: str, hands: Hands) -> Iterator[Fault]:
    """landmarks_camera are world_to_camera · landmarks_world."""
    pose = hands.world_to_camera
    moved = np.einsum("nij,nkj->nki", pose[:, :3, :3], hands.world) + pose[:, None, :3, 3]
    size = np.abs(hands.world).sum(-1, keepdims=True)
    off = np.abs(moved - hands.camera)
    allowed = _SAFETY * (METRE * (1 + np.sqrt(3)) + _MATRIX * (size + 1))
    for index, landmark in _worst(off.max(-1) - allowed[..., 0]):
        metres = off[index, landmark].max()
        what = f"landmarks_camera[{landmark}] is {metres:.6f} m from the world's"
        yield _fault(WORLD, shard, hands, index, what)


def _projection(shard: str, hands: Hands) -> Iterator[Fault]:
    """x, y of landmarks_image are landmarks_camera seen through K."""
    depth = hands.camera[..., 2]
    ratio = hands.camera[..., :2] / depth[..., None]
    focal = hands.K[:, 0, 0, None]
    scale = hands.K[:, None, [0, 1], [0, 1]]
    pixels = ratio * scale + hands.K[:, None, :2, 2]
    off = np.abs(pixels - hands.image[..., :2]).max(-1)
    slope = np.abs(ratio).max(-1) + 1
    allowed = _SAFETY * (PIXEL + _INTRINSIC * slope + focal / np.abs(depth) * METRE * slope)
    for index, landmark in _worst(off - allowed):
        what = f"landmarks_image[{landmark}] is {off[index, landmark]:.4f} px from its projection"
        yield _fault(PROJECTION, shard, hands, index, what)


def _depth(shard: str, hands: Hands) -> Iterator[Fault]:
    """z of landmarks_image is (Z − Z_wrist) · f ÷ Z_wrist."""
    depth = hands.camera[..., 2]
    wrist = depth[:, WRIST, None]
    focal = hands.K[:, 0, 0, None]
    expected = (depth - wrist) * focal / wrist
    off = np.abs(expected - hands.image[..., 2])
    ratio = np.abs(depth / wrist)
    allowed = _SAFETY * (
        PIXEL + focal / np.abs(wrist) * METRE * (1 + ratio) + _INTRINSIC * (ratio + 1)
    )
    for index, landmark in _worst(off - allowed):
        z = hands.image[index, landmark, 2]
        what = f"z of landmarks_image[{landmark}] is {z:.4f}, not {expected[index, landmark]:.4f}"
        yield _fault(DEPTH, shard, hands, index, what)


def _visibility(shard: str, hands: Hands) -> Iterator[Fault]:
    """0 outside the image or behind the camera, and nowhere else.

    People mark points of photographs as outside where they cannot say where they are: of those only
    a point that is called inside is judged.
    """
    place, size = hands.image[..., :2], hands.size[:, None]
    depth, state = hands.camera[..., 2], hands.visibility
    rendered = ~np.isnan(depth)
    beyond = ((place < -PIXEL) | (place > size + PIXEL)).any(-1) | (depth < 0)
    within = ((place > PIXEL) & (place < size - PIXEL)).all(-1)
    within &= rendered & (depth > _CLIP_START + METRE)
    wrong = beyond & (state > 0) | within & (state == 0)
    for index, landmark in _worst(wrong - 0.5):
        x, y = place[index, landmark]
        what = f"visibility[{landmark}] is {state[index, landmark]:.0f} at ({x:.4f}, {y:.4f})"
        yield _fault(VISIBILITY, shard, hands, index, what)


def _worst(excess: Array) -> Iterator[tuple[int, int]]:
    """Hand and landmark where a hand's excess is greatest, of the hands where it is above 0."""
    excess = np.where(np.isnan(excess), -np.inf, excess)
    for index in np.flatnonzero((excess > 0).any(-1)):
        yield int(index), int(excess[index].argmax())


def _fault(check: str, shard: str, hands: Hands, index: int, what: str) -> Fault:
    return Fault(check, shard, hands.keys[index], f"hand {hands.numbers[index]}: {what}")
