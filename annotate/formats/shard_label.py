"""A photograph's label as the JSON of a shard's sample (docs/format.md), and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from annotate.formats.document import LabelledPhotograph, flipped, is_inside, unmirrored
from annotate.labels import IMPORTED, OUTSIDE, Hand, Label, Point
from synth.labels import PALM_LANDMARKS, palm_box
from synth.scene import Split

#: `kind` of the samples.
KIND: Final = "photograph"
#: How far the skin reaches beyond the points, ÷ longer side of the points' rectangle. Measured on
#: 97 rendered hands, whose skin is known: the boxes' mean IoU is greatest, 0.87, with it.
PADDING: Final = 0.06

#: Keys of a label and of a hand that a photograph says nothing of.
_UNKNOWN: Final = ("camera", "light")
_UNKNOWN_OF_HAND: Final = (
    "identity",
    "landmarks_camera",
    "landmarks_world",
    "bones",
    "blendshapes",
    "phenotype",
    "skin",
    "gesture",
    "worn",
    "holds",
)


def sample_label(
    photograph: LabelledPhotograph, sequence: int, frame: int, split: Split
) -> dict[str, Any]:
    """The label of a sample: every key of docs/format.md, null for what is not known.

    A mirrored photograph's is that of the flipped picture. `hands[].number` is the hand's id − 1.
    """
    photograph = unmirrored(photograph)
    return {
        "sequence": sequence,
        "frame": frame,
        "camera_index": 0,
        "split": split,
        "kind": KIND,
        "image": {"width": photograph.width, "height": photograph.height},
        **dict.fromkeys(_UNKNOWN),
        "hands": [_hand_label(hand, photograph) for hand in photograph.label.hands],
    }


def box_of(hand: Hand, width: int, height: int) -> tuple[float, float, float, float] | None:
    """Box of a hand's skin, about: x, y, width, height in pixels.

    It is the rectangle around the points inside the photograph, `PADDING` of its longer side wider
    all round, cut to the photograph. None without such a point.
    """
    inside = [p for p in hand.points if p is not None and is_inside(p, width, height)]
    if not inside:
        return None
    xs, ys = [p.x for p in inside], [p.y for p in inside]
    margin = PADDING * max(max(xs) - min(xs), max(ys) - min(ys))
    x0, x1 = max(min(xs) - margin, 0.0), min(max(xs) + margin, float(width))
    y0, y1 = max(min(ys) - margin, 0.0), min(max(ys) + margin, float(height))
    return x0, y0, x1 - x0, y1 - y0


def _hand_label(hand: Hand, photograph: LabelledPhotograph) -> dict[str, Any]:
    width, height = photograph.width, photograph.height
    box = box_of(hand, width, height)
    return {
        **dict.fromkeys(_UNKNOWN_OF_HAND),
        "number": hand.id - 1,
        "side": hand.side,
        "landmarks_image": [[p.x, p.y, None] if p else [None, None, None] for p in hand.points],
        "visibility": [
            (p.visibility if is_inside(p, width, height) else OUTSIDE) if p else None
            for p in hand.points
        ],
        "box": None if box is None else list(box),
        "palm_box": _palm_box(hand.points),
    }


def _palm_box(points: Sequence[Point | None]) -> dict[str, Any] | None:
    if any(points[landmark] is None for landmark in PALM_LANDMARKS):
        return None
    return palm_box(np.array([[p.x, p.y] if p else [np.nan, np.nan] for p in points]))


def photograph_of(label: Mapping[str, Any], path: str, mirrored: bool) -> LabelledPhotograph:
    """The inverse of `sample_label`, as far as a shard holds it.

    Args:
        label: of a sample.
        path: of the photograph that the sample was made from.
        mirrored: whether the photograph is a mirror image, which the sample is not.

    Raises:
        ValueError, KeyError, TypeError: if it is no label of a photograph.
    """
    hands = tuple(_hand(hand) for hand in label["hands"])
    image = label["image"]
    photograph = LabelledPhotograph(
        path,
        image["width"],
        image["height"],
        Label(hands=hands, done=bool(hands), no_hand=not hands),
    )
    return flipped(photograph) if mirrored else photograph


def _hand(label: Mapping[str, Any]) -> Hand:
    places, visibility = label["landmarks_image"], label["visibility"]
    points = tuple(
        None if seen is None else Point(x=x, y=y, visibility=seen, source=IMPORTED, confirmed=True)
        for (x, y, _), seen in zip(places, visibility, strict=True)
    )
    return Hand(id=label["number"] + 1, side=label["side"], points=points)
