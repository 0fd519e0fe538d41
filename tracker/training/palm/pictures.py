"""Letterboxed pictures with labels: what the palm detector's batches are drawn from.

Coordinates are fractions of the picture's side from its top-left corner.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from synth.landmarks import LANDMARKS
from synth.sample import Sample
from tracker.labelled import landmarks_of, visibility_of
from tracker.letterbox import Letterboxed, letterbox
from tracker.photos import Photo, load_photo
from tracker.training.hidden import LEAST_VISIBLE, seen_box, visible_landmarks

Array = NDArray[np.float32]

#: Pixels of the side: a little more than the detector's 192, so that a batch can be enlarged.
SIDE: Final = 224
#: Hands of which a label has place. Pictures with more are left out.
MOST_HANDS: Final = 4


@dataclass(frozen=True)
class PictureLabel:
    """What is known of one picture's hands, H = MOST_HANDS; what is not is NaN.

    Attributes:
        content: (4,) x0, y0, x1, y1 of what is no letterbox bar.
        palms: (H, 3) centre x, y and side of the palm's square.
        landmarks: (H, 21, 2).
        seen: (H, 21) 1 for landmarks inside the image, hidden or not, 0 for others.
        asked: (H,) 1 for hands that are to be found; 0 for those of which so little is to be seen
            that they may be found or not.
        hand_boxes: (H, 4) x0, y0, x1, y1 of whole hands, where no palm is known.
        weak: 1 if hand boxes are all that is known, 0 if palms are.
    """

    content: Array
    palms: Array
    landmarks: Array
    seen: Array
    asked: Array
    hand_boxes: Array
    weak: Array


@dataclass(frozen=True)
class Picture:
    """(SIDE, SIDE, 3) RGB uint8, (SIDE, SIDE) uint8 mask, 1 for all that is rendered (hands, cloth,
    people and things), and the label."""

    image: NDArray[np.uint8]
    mask: NDArray[np.uint8]
    label: PictureLabel


def picture_of_sample(sample: Sample) -> Picture | None:
    """The picture of a sample; None if it has too many hands for a label, or one of a photograph
    whose palm nobody labelled.

    A hand of which fewer than LEAST_VISIBLE landmarks are visible is there without being asked for;
    so is one with no visible landmark of which some skin is. What is hidden whole is left out.

    Raises:
        UserError: if the image cannot be decoded.
    """
    # A hand of which nothing is to be seen is not there.
    hands = [
        hand
        for row, hand in enumerate(sample.label["hands"])
        if visible_landmarks(hand) > 0 or seen_box(hand, row, sample.mask) is not None
    ]
    if len(hands) > MOST_HANDS or any(hand["palm_box"] is None for hand in hands):
        return None
    image = sample.image()
    boxed = letterbox(image, SIDE)
    palms, landmarks, seen, asked, hand_boxes = _nothing()
    for row, hand in enumerate(hands):
        square = hand["palm_box"]
        palms[row, :2] = to_picture(boxed, np.array(square["center"]))
        palms[row, 2] = square["size"] / max(image.shape[:2])
        landmarks[row] = to_picture(boxed, landmarks_of(hand)[:, :2])
        seen[row] = visibility_of(hand) > 0
        asked[row] = visible_landmarks(hand) >= LEAST_VISIBLE
    mask = np.zeros((SIDE, SIDE), np.uint8)
    if sample.mask is not None:
        foreground = (sample.mask > 0).astype(np.uint8) * 255
        mask = (letterbox(cv2.merge([foreground] * 3), SIDE).picture[..., 0] > 127).astype(np.uint8)
    content, weak = _content(boxed, image.shape), np.zeros((), np.float32)
    label = PictureLabel(content, palms, landmarks, seen, asked, hand_boxes, weak)
    return Picture(boxed.picture, mask, label)


def picture_of_photo(photo: Photo) -> Picture | None:
    """The picture of a photograph whose hands have boxes; None if a box is missing, if nothing is
    known of hands or if it has too many for a label.

    Raises:
        UserError: if the image cannot be read.
    """
    boxes = [hand.box for hand in photo.hands if hand.box is not None]
    if not photo.hands or len(boxes) < len(photo.hands) or len(boxes) > MOST_HANDS:
        return None
    image = load_photo(photo)
    boxed = letterbox(image, SIDE)
    palms, landmarks, seen, asked, hand_boxes = _nothing()
    for row, box in enumerate(boxes):
        hand_boxes[row] = to_picture(boxed, box.reshape(2, 2)).ravel()
        asked[row] = 1.0
    content, weak = _content(boxed, image.shape), np.ones((), np.float32)
    label = PictureLabel(content, palms, landmarks, seen, asked, hand_boxes, weak)
    return Picture(boxed.picture, np.zeros((SIDE, SIDE), np.uint8), label)


def to_picture(boxed: Letterboxed, points: NDArray[Any]) -> NDArray[np.float64]:
    """Fractions of the picture's side of image pixels (…, 2)."""
    return (np.asarray(points, np.float64) * boxed.scale + boxed.offset) / SIDE


def _nothing() -> tuple[Array, Array, Array, Array, Array]:
    """Palms, landmarks, seen, asked and hand boxes without a hand."""
    shapes: Sequence[tuple[int, ...]] = (
        (3,),
        (len(LANDMARKS), 2),
        (len(LANDMARKS),),
        (),
        (4,),
    )
    palms, landmarks, seen, asked, boxes = (
        np.full((MOST_HANDS, *shape), np.nan, np.float32) for shape in shapes
    )
    return palms, landmarks, seen, asked, boxes


def _content(boxed: Letterboxed, shape: tuple[int, ...]) -> Array:
    corners = to_picture(boxed, np.array([[0, 0], [shape[1], shape[0]]]))
    return corners.ravel().astype(np.float32)
