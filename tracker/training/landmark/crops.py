"""Crops with labels: what the landmark model's batches are drawn from.

A *wide crop* is the upright square around a hand, `WIDE` times as wide as the region that the
tracker would take, so that a batch can still turn, shift and scale it without reading the image.
Its coordinates are fractions of its side from its top-left corner.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from synth.landmarks import LANDMARKS, WRIST
from tracker.roi import PALM_LANDMARKS, Roi, crop, roi_from_landmarks, roi_from_palm

Array = NDArray[np.float64]

#: Side of the wide crop ÷ side of the region.
WIDE: Final = 1.5
#: Pixels of the wide crop's side: the model's 128 pixels for the region itself.
SIDE: Final = 192

BACKGROUND: Final = 0
FOREGROUND: Final = 1
OUTSIDE: Final = 2
"""Values of a crop's mask: picture, all that is rendered (hands, cloth, people and things), beyond
the image's border."""


@dataclass(frozen=True)
class CropLabel:
    """What is known of one wide crop; what is not is NaN.

    Attributes:
        presence: 1 a hand, 0 none, NaN not known.
        right: 1 a right hand, 0 a left one, NaN not known.
        landmarks: (21, 3) x, y in wide sides, z in wide sides from the wrist.
        world: (21, 3) metres, axes of the crop, origin at the mean of the points.
        rois: (2, 4) regions that the palm and the landmarks would give: centre x, y and side in
            wide sides, radians.
        box: (4,) x0, y0, x1, y1 in wide sides of the hand, where its landmarks are not known.
    """

    presence: float
    right: float
    landmarks: Array
    world: Array
    rois: Array
    box: Array


@dataclass(frozen=True)
class WideCrop:
    """(SIDE, SIDE, 3) RGB uint8, (SIDE, SIDE) uint8 mask and the label."""

    image: NDArray[np.uint8]
    mask: NDArray[np.uint8]
    label: CropLabel


def crop_of_hand(
    image: NDArray[np.uint8],
    foreground: NDArray[np.bool_] | None,
    landmarks_image: Array,
    landmarks_camera: Array,
    side: str,
) -> WideCrop:
    """The wide crop of a hand whose landmarks are all known.

    Args:
        image: (H, W, 3) RGB.
        foreground: (H, W), all that is rendered; None if there is no mask.
        landmarks_image: (21, 3) pixels, z of the label.
        landmarks_camera: (21, 3) metres.
        side: `left` or `right`.
    """
    region = roi_from_landmarks(landmarks_image)
    palm = roi_from_palm(landmarks_image[list(PALM_LANDMARKS), :2])
    wide = Roi(region.center, region.size * WIDE, region.rotation)
    landmarks = np.concatenate(
        [wide.to_unit(landmarks_image[:, :2]), landmarks_image[:, 2:] / wide.size], axis=1
    )
    world = landmarks_camera - landmarks_camera.mean(axis=0)
    world[:, :2] = Roi((0.0, 0.0), 1.0, -wide.rotation).turned(world[:, :2])
    rois = np.array([_inside(wide, palm), _inside(wide, region)])
    label = CropLabel(1.0, float(side == "right"), landmarks, world, rois, np.full(4, np.nan))
    return WideCrop(*_pictures(image, foreground, wide), label)


def crop_of_photographed_hand(
    image: NDArray[np.uint8],
    landmarks_image: Array,
    visibility: NDArray[np.int64],
    side: str | None,
) -> WideCrop:
    """The wide crop of a hand whose landmarks people placed: neither depth nor world are known.

    Args:
        image: (H, W, 3) RGB.
        landmarks_image: (21, 2 or 3) pixels, those that make a region known, others may be NaN.
        visibility: (21,) of 0, 1, 2, or labelled.UNKNOWN. Where a landmark outside of the
            photograph lies is a guess, which is not learned.
        side: `left`, `right` or None.
    """
    region = roi_from_landmarks(landmarks_image)
    palm = roi_from_palm(landmarks_image[list(PALM_LANDMARKS), :2])
    right = np.nan if side is None else float(side == "right")
    result = _unlabelled(image, None, region, presence=1.0, right=right)
    wide = Roi(region.center, region.size * WIDE, region.rotation)
    inside = visibility > 0
    result.label.landmarks[inside, :2] = wide.to_unit(landmarks_image[inside, :2])
    result.label.rois[:] = [_inside(wide, palm), _inside(wide, region)]
    return result


def crop_of_nothing(
    image: NDArray[np.uint8], foreground: NDArray[np.bool_] | None, roi: Roi
) -> WideCrop:
    """The wide crop of a region without a hand."""
    return _unlabelled(image, foreground, roi, presence=0.0, right=np.nan)


def crop_of_box(
    image: NDArray[np.uint8],
    roi: Roi,
    box: Array,
    right: float = np.nan,
    keypoints: dict[int, tuple[float, float]] | None = None,
) -> WideCrop:
    """The wide crop of a photographed hand of which only some points, or none, are known.

    Args:
        image: (H, W, 3) RGB.
        roi: region of the hand, upright.
        box: (4,) x0, y0, x1, y1 of the hand in image pixels.
        right: 1, 0 or NaN.
        keypoints: image pixels of those landmarks that are known.
    """
    result = _unlabelled(image, None, roi, presence=1.0, right=right)
    wide = Roi(roi.center, roi.size * WIDE, roi.rotation)
    for landmark, point in (keypoints or {}).items():
        result.label.landmarks[landmark, :2] = wide.to_unit(np.array(point))
    result.label.box[:] = wide.to_unit(box.reshape(2, 2)).ravel()
    return result


def _unlabelled(
    image: NDArray[np.uint8],
    foreground: NDArray[np.bool_] | None,
    roi: Roi,
    presence: float,
    right: float,
) -> WideCrop:
    wide = Roi(roi.center, roi.size * WIDE, roi.rotation)
    unknown = np.full((len(LANDMARKS), 3), np.nan)
    rois = np.array([_inside(wide, roi)] * 2)
    label = CropLabel(presence, right, unknown, unknown.copy(), rois, np.full(4, np.nan))
    return WideCrop(*_pictures(image, foreground, wide), label)


def _inside(wide: Roi, roi: Roi) -> list[float]:
    x, y = wide.to_unit(np.array(roi.center))
    turn = (roi.rotation - wide.rotation + np.pi) % (2 * np.pi) - np.pi
    return [float(x), float(y), roi.size / wide.size, float(turn)]


def _pictures(
    image: NDArray[np.uint8], foreground: NDArray[np.bool_] | None, wide: Roi
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    planes = np.zeros((*image.shape[:2], 3), np.uint8)
    planes[..., 0] = 255
    if foreground is not None:
        planes[..., 1] = foreground * np.uint8(255)
    planes = crop(planes, wide, SIDE)
    mask = np.where(planes[..., 1] > 127, FOREGROUND, BACKGROUND).astype(np.uint8)
    mask[planes[..., 0] < 128] = OUTSIDE
    return crop(image, wide, SIDE), mask


def has_enough_of_a_hand(visibility: NDArray[np.int64], landmarks_image: Array) -> bool:
    """Whether a labelled hand is worth learning from: half of it inside the image, some of it seen,
    and not foreshortened to a point.

    Args:
        visibility: (21,) of 0, 1, 2, or labelled.UNKNOWN.
        landmarks_image: (21, 3), NaN where not known.
    """
    palm = landmarks_image[list(PALM_LANDMARKS), :2] - landmarks_image[WRIST, :2]
    extent = float(np.linalg.norm(palm, axis=1).max())
    return bool((visibility > 0).sum() >= 11 and (visibility == 2).sum() >= 4 and extent > 6)
