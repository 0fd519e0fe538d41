"""What a dataset's label says about one image, as the evaluation needs it.

Of photographs people label less than a renderer knows: depth never, sometimes not all landmarks or
the side. A hand whose known landmarks make no region, or of which only one is known, is not asked
for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from synth.sample import Sample
from synth.shards.reader import read_samples
from tracker.evaluation.metrics import iou, longer_side, palm_size
from tracker.labelled import PHOTOGRAPH, has_region, landmarks_of, visibility_of
from tracker.results import Handedness, HandResult

Array = NDArray[np.float64]
Image = NDArray[np.uint8]
Split = Literal["train", "val", "test"]

#: Hands are together from this IoU of their boxes on.
TOGETHER_IOU: Final = 0.05

#: What a tracker says about one image, whose key comes first: a tracker that runs looks at the
#: picture alone, one whose results were recorded at the key alone.
ResultsOf = Callable[[str, Image], Sequence[HandResult]]


@dataclass(frozen=True)
class TrueHand:
    """One labelled hand.

    Attributes:
        side: anatomical; None if nobody said.
        landmarks: (21, 3) pixels, z relative to the wrist; NaN where not known.
        visibility: (21,) of 0, 1, 2, as in docs/format.md, or labelled.UNKNOWN.
        box: x, y, width, height in pixels of the hand's skin, cut to the image.
        palm_center: x, y in pixels.
        palm_side: pixels, side of the palm's square.
        skin: name of the skin; PHOTOGRAPH of a real one.
        gesture: name, or None.
        worn: what it wears and what is done to its skin, as in docs/format.md.
        holds: name of the thing that it holds, or None.
        together: whether another hand's box overlaps its own by more than TOGETHER_IOU.
    """

    side: Handedness | None
    landmarks: Array
    visibility: NDArray[np.int64]
    box: Array
    palm_center: Array
    palm_side: float
    skin: str
    gesture: str | None
    worn: tuple[str, ...] = ()
    holds: str | None = None
    together: bool = False

    @property
    def palm_size(self) -> float:
        """|wrist − middle MCP| in pixels."""
        return palm_size(self.landmarks)

    @property
    def box_side(self) -> float:
        """Longer side of the box in pixels."""
        return longer_side(self.box)

    @property
    def visible_share(self) -> float:
        """Share of the 21 landmarks that are to be seen."""
        return float(np.mean(self.visibility == 2))


@dataclass(frozen=True)
class TrueImage:
    """An image with its labelled hands.

    Attributes:
        key: name of the sample.
        image: (H, W, 3) uint8 RGB.
        hands: to be found: at least one landmark of each is visible.
        outside: labelled hands without any skin inside the image, left out.
        kind: of the scene.
        hidden: hands inside the image that may be found or not: without a visible landmark, or
            not labelled far enough to be judged.
    """

    key: str
    image: Image
    hands: tuple[TrueHand, ...]
    outside: int
    kind: str = "hand"
    hidden: tuple[TrueHand, ...] = ()

    @property
    def side(self) -> int:
        """Longer side of the image in pixels."""
        return int(max(self.image.shape[:2]))


def read_true_images(folder: str | Path, split: Split) -> Iterator[TrueImage]:
    """All images of a dataset's split, one at a time.

    Raises:
        UserError: if there is no such split, or a shard or an image cannot be read.
    """
    for sample in read_samples(folder, split):
        yield true_image(sample)


def true_image(sample: Sample) -> TrueImage:
    """Image and hands of a sample. Datasets of lone bare hands lack some keys of the label.

    Raises:
        UserError: if the image cannot be decoded.
    """
    labels = sample.label["hands"]
    inside = [label for label in labels if label["box"] is not None]
    corners = np.array([label["box"] for label in inside], np.float64).reshape(-1, 4)
    corners[:, 2:] += corners[:, :2]
    overlap = iou(corners, corners)
    np.fill_diagonal(overlap, 0)
    hands = [
        _true_hand(label, bool(row.max() > TOGETHER_IOU))
        for label, row in zip(inside, overlap, strict=True)
    ]
    return TrueImage(
        key=sample.key,
        image=sample.image(),
        hands=tuple(hand for hand in hands if _is_asked(hand)),
        outside=len(labels) - len(hands),
        kind=sample.label.get("kind", "hand"),
        hidden=tuple(hand for hand in hands if not _is_asked(hand)),
    )


def _is_asked(hand: TrueHand) -> bool:
    return hand.visible_share > 0 and has_region(hand.landmarks)


def _true_hand(label: dict[str, Any], together: bool) -> TrueHand:
    landmarks = landmarks_of(label)
    # A palm that is not known takes the middle of the box: what lies there is not counted.
    x, y, width, height = label["box"]
    palm = label["palm_box"] or {
        "center": [x + width / 2, y + height / 2],
        "size": max(width, height),
    }
    return TrueHand(
        side=label["side"],
        landmarks=landmarks,
        visibility=visibility_of(label),
        box=np.array(label["box"], np.float64),
        palm_center=np.array(palm["center"], np.float64),
        palm_side=float(palm["size"]),
        skin=label["skin"] or PHOTOGRAPH,
        gesture=label["gesture"],
        worn=tuple(label.get("worn") or ()),
        holds=label.get("holds"),
        together=together,
    )
