"""Places without a hand: what the landmark model learns absence from.

Half of them are centred on what is rendered and no hand (faces, clothes, things, bare forearms),
for that is what a palm detector takes for one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from tracker.labelled import landmarks_of
from tracker.roi import Roi
from tracker.training.hidden import seen_box, visible_landmarks

#: Share of the places that show something rendered, where there is anything but hands.
_ON_THINGS: Final = 0.5
#: Smallest and largest side ÷ shorter side of the image.
_SIDES: Final = (0.15, 0.9)
#: A hand may reach into a place by this share of its side: the tracker's regions do not fit either.
_BORDER: Final = 0.05
#: Draws of a place before the picture is given up.
_DRAWS: Final = 20


def forbidden_boxes(
    hands: Sequence[Mapping[str, Any]], mask: NDArray[np.uint8] | None
) -> NDArray[np.float64]:
    """(B, 4) x0, y0, x1, y1 in pixels of where no place without a hand may be.

    They hold the landmarks and the skin of hands with a visible landmark, and of the others what
    is to be seen of their skin.

    Args:
        hands: labels of one picture's hands.
        mask: (H, W) of the sample, or None.
    """
    boxes = []
    for row, hand in enumerate(hands):
        if visible_landmarks(hand) > 0:
            x, y, width, height = hand["box"]
            corners = [[x, y], [x + width, y + height]]
            points = np.vstack([landmarks_of(hand)[:, :2], corners])
            boxes.append([*np.nanmin(points, axis=0), *np.nanmax(points, axis=0)])
        elif (seen := seen_box(hand, row, mask)) is not None:
            boxes.append(seen.tolist())
    return np.array(boxes, np.float64).reshape(-1, 4)


def draw_place(
    shape: tuple[int, ...],
    boxes: NDArray[np.float64],
    mask: NDArray[np.uint8] | None,
    rng: np.random.Generator,
) -> Roi | None:
    """A square that no box reaches into; None if none was found.

    Args:
        shape: of the image.
        boxes: (B, 4) x0, y0, x1, y1 in pixels.
        mask: (H, W) of a rendered sample; None if there is none.
        rng: of the square's place, size and angle.
    """
    places = None
    if mask is not None and rng.random() < _ON_THINGS:
        places = _places_on_things(mask, boxes, rng)
    return _empty_region(shape, boxes, rng, places)


def _places_on_things(
    mask: NDArray[np.uint8], boxes: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.float64] | None:
    """(N, 2) middles of pixels outside the boxes that show a thing, cloth or a person, or a bare
    forearm: one of these, whatever its size. None if there is nothing of the kind."""
    free = mask.copy()
    for x0, y0, x1, y1 in np.clip(boxes, 0, None):
        free[int(y0) : int(np.ceil(y1)), int(x0) : int(np.ceil(x1))] = 0
    values = [value for value in np.unique(free) if value != 0]
    if not values:
        return None
    rows, columns = np.nonzero(free == rng.choice(values))
    return np.column_stack([columns, rows]) + 0.5


def _empty_region(
    shape: tuple[int, ...],
    boxes: NDArray[np.float64],
    rng: np.random.Generator,
    places: NDArray[np.float64] | None = None,
) -> Roi | None:
    """A square in the image that no box reaches into, or None if none was found.

    Args:
        places: (N, 2) pixels, one of which is to be its centre; None for anywhere.
    """
    height, width = shape[:2]
    for _ in range(_DRAWS):
        size = float(min(height, width) * np.exp(rng.uniform(*np.log(_SIDES))))
        x, y = rng.uniform((0, 0), (width, height)) if places is None else rng.choice(places)
        rotation = float(rng.uniform(-np.pi, np.pi))
        inner = Roi((float(x), float(y)), (1 - 2 * _BORDER) * size, rotation)
        if not any(common_area(inner, box) > 0 for box in boxes):
            return Roi(inner.center, size, rotation)
    return None


def common_area(roi: Roi, box: NDArray[np.float64]) -> float:
    """Square pixels that a region and an upright box x0, y0, x1, y1 have in common."""
    x0, y0, x1, y1 = box
    corners = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], np.float32)
    area, _ = cv2.intersectConvexConvex(roi.corners().astype(np.float32), corners)
    return float(area)
