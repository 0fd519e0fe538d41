"""What a palm detector takes for a hand and is none: the places that presence has to sort out.

Places drawn at random are mostly easy. In use the landmark model is asked about what the detector
proposes, so that is what it has to learn from (hard negatives; Sung & Poggio, 1998).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tracker.model_file import load_model
from tracker.roi import Roi, roi_from_palm
from tracker.stages import FindPalms, PalmStage, SmallPalmStage
from tracker.training.landmark.negatives import common_area

#: A proposal holds no hand if what it shares with a hand's box is at most this part of the smaller
#: of the two.
_SHARED: Final = 0.15


@dataclass(frozen=True)
class Proposer:
    """A palm detector, and what tells its proposals from another's.

    Attributes:
        searches: the ways in which the tracker has it look for palms (in the whole image, in
            tiles), from a low score on.
        key: of the model, the score and the searches.
    """

    searches: tuple[FindPalms, ...]
    key: str


def load_proposer(palm_model: Path, min_score: float) -> Proposer:
    """The detector of a file.

    Args:
        palm_model: .onnx file with its sidecar.
        min_score: score from which a palm is proposed, 0 … 1; below that of the tracker there is
            more to learn from.

    Raises:
        UserError: if the model cannot be used.
    """
    model = load_model(palm_model, "palm", threads=1)
    whole = PalmStage(model, min_score)
    return Proposer((whole, SmallPalmStage(whole)), f"{model.sidecar.sha256}-{min_score}-tiles")


def proposed_places(
    find_palms: FindPalms, image: NDArray[np.uint8], boxes: NDArray[np.float64], most: int
) -> list[Roi]:
    """Regions of the palms that a detector finds where there is no hand, as the tracker would look
    at them; the surest first.

    Args:
        find_palms: the detector.
        image: (H, W, 3) RGB.
        boxes: (B, 4) x0, y0, x1, y1 in pixels of all hands.
        most: of them.
    """
    regions = [roi_from_palm(points) for points in find_palms(image).keypoints]
    return [roi for roi in regions if not any(_holds_a_hand(roi, box) for box in boxes)][:most]


def _holds_a_hand(roi: Roi, box: NDArray[np.float64]) -> bool:
    """Whether a region and a hand's box x0, y0, x1, y1 have more in common than may be."""
    x0, y0, x1, y1 = box
    return common_area(roi, box) > _SHARED * min(roi.size**2, (x1 - x0) * (y1 - y0))
