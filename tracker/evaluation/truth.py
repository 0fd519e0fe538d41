"""What a dataset's label says about one image, as the evaluation needs it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from synth.sample import Sample
from synth.shards.reader import read_samples
from tracker.evaluation.metrics import longer_side, palm_size
from tracker.results import Handedness, HandResult

Array = NDArray[np.float64]
Image = NDArray[np.uint8]
Split = Literal["train", "val", "test"]

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
    """

    side: Handedness
    landmarks: Array
    visibility: NDArray[np.int64]
    box: Array
    palm_center: Array
    palm_side: float
    skin: str
    gesture: str | None

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
        hands: those of which at least some skin is inside the image.
        outside: labelled hands that are not, and are left out.
    """

    key: str
    image: Image
    hands: tuple[TrueHand, ...]
    outside: int

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
    """Image and hands of a sample.

    Raises:
        UserError: if the image cannot be decoded.
    """
    labels = sample.label["hands"]
    hands = tuple(_true_hand(label) for label in labels if label["box"] is not None)
    return TrueImage(sample.key, sample.image(), hands, len(labels) - len(hands))


def _true_hand(label: dict[str, Any]) -> TrueHand:
    return TrueHand(
        side=label["side"],
        landmarks=np.array(label["landmarks_image"], np.float64),
        visibility=np.array(label["visibility"], np.int64),
        box=np.array(label["box"], np.float64),
        palm_center=np.array(label["palm_box"]["center"], np.float64),
        palm_side=float(label["palm_box"]["size"]),
        skin=label["skin"],
        gesture=label["gesture"],
    )
