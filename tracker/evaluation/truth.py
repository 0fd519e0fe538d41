"""What a dataset's label says about one image, as the evaluation needs it."""

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
        side: anatomical.
        landmarks: (21, 3) pixels, z relative to the wrist.
        visibility: (21,) of 0, 1, 2, as in docs/format.md.
        box: x, y, width, height in pixels of the hand's skin, cut to the image.
        palm_center: x, y in pixels.
        palm_side: pixels, side of the palm's square.
        skin: name of the skin.
        gesture: name, or None.
        worn: what it wears and what is done to its skin, as in docs/format.md.
        holds: name of the thing that it holds, or None.
        together: whether another hand's box overlaps its own by more than TOGETHER_IOU.
    """

    side: Handedness
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
        hidden: hands inside the image without a visible landmark, which may be found or not.
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


def read_true_images(folder: Path, split: Split) -> Iterator[TrueImage]:
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
        hands=tuple(hand for hand in hands if hand.visible_share > 0),
        outside=len(labels) - len(hands),
        kind=sample.label.get("kind", "hand"),
        hidden=tuple(hand for hand in hands if hand.visible_share == 0),
    )


def _true_hand(label: dict[str, Any], together: bool) -> TrueHand:
    return TrueHand(
        side=label["side"],
        landmarks=np.array(label["landmarks_image"], np.float64),
        visibility=np.array(label["visibility"], np.int64),
        box=np.array(label["box"], np.float64),
        palm_center=np.array(label["palm_box"]["center"], np.float64),
        palm_side=float(label["palm_box"]["size"]),
        skin=label["skin"],
        gesture=label["gesture"],
        worn=tuple(label.get("worn", ())),
        holds=label.get("holds"),
        together=together,
    )
