"""Which anchors are to answer for which palm, as in SSD (Liu et al. 2016), with ignored ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor

POSITIVE: Final = 1
NEGATIVE: Final = 0
IGNORED: Final = -1

#: An anchor that overlaps a palm that is not asked for by this IoU is not judged.
IGNORED_PALM_IOU: Final = 0.1
#: The palm of a hand is a square of this share of the hand box's longer side.
PALM_OF_HAND: Final = (0.33, 0.75)
#: Much smaller or larger squares on a hand are no palm: without negatives there, one hand is found
#: in all sizes at once.
UNJUDGED_OF_HAND: Final = (0.22, 1.1)
#: Anchors are no negatives up to this share of the box's longer side outside of it.
BOX_MARGIN: Final = 0.1


@dataclass(frozen=True)
class Matches:
    """What is asked of N pictures' A anchors.

    Attributes:
        states: (N, A) int8, POSITIVE, NEGATIVE or IGNORED.
        palms: (N, A) int64, the palm that a positive anchor answers for; elsewhere without meaning.
    """

    states: Tensor
    palms: Tensor


def match(
    anchors: Tensor,
    palms: Tensor,
    wanted: Tensor,
    ignored: Tensor,
    positive_iou: float,
    ignored_iou: float,
) -> Matches:
    """An anchor is positive from `positive_iou` with a wanted palm on, or if it is the best of all
    for one; between `ignored_iou` and that, or on an ignored palm, it is not judged.

    Args:
        anchors: (A, 3) centre x, y and side of squares.
        palms: (N, P, 3) the same of palms.
        wanted: (N, P) bool, palms to be found.
        ignored: (N, P) bool, palms that may be found or not. What is neither is padding.
    """
    overlap = square_iou(anchors, palms)  # (N, P, A)
    asked = overlap * wanted[:, :, None]
    best, palm = asked.max(dim=1)
    states = torch.where(best >= positive_iou, POSITIVE, NEGATIVE)
    states = torch.where((best >= ignored_iou) & (best < positive_iou), IGNORED, states)
    on_ignored = ((overlap >= IGNORED_PALM_IOU) & ignored[:, :, None]).any(dim=1)
    states = torch.where(on_ignored & (states != POSITIVE), IGNORED, states)
    top, favourite = asked.max(dim=2)  # (N, P)
    picture, number = torch.nonzero(wanted & (top > 0), as_tuple=True)
    states[picture, favourite[picture, number]] = POSITIVE
    palm[picture, favourite[picture, number]] = number
    return Matches(states.to(torch.int8), palm)


def match_boxes(anchors: Tensor, boxes: Tensor, boxed: Tensor) -> tuple[Tensor, Tensor]:
    """What hand boxes without a palm say of the anchors.

    Args:
        anchors: (A, 3).
        boxes: (N, B, 4) x0, y0, x1, y1 of whole hands.
        boxed: (N, B) bool, which of them exist.

    Returns:
        (N, A) bool, anchors that are no negatives because they may be a palm on a box; and
        (N, B, A) bool, the anchors of which one at least is to find that box's palm.
    """
    centers = anchors[:, None, None, :2]
    low, high = boxes[..., :2], boxes[..., 2:]
    longer = (high - low).amax(dim=2, keepdim=True)
    margin = BOX_MARGIN * longer
    near = ((centers >= low - margin) & (centers <= high + margin)).all(dim=3) & boxed  # (A, N, B)
    inside = ((centers >= low) & (centers <= high)).all(dim=3) & boxed
    share = anchors[:, 2, None, None] / longer[..., 0].clamp_min(1e-6)
    near &= (share >= UNJUDGED_OF_HAND[0]) & (share <= UNJUDGED_OF_HAND[1])
    plausible = inside & (share >= PALM_OF_HAND[0]) & (share <= PALM_OF_HAND[1])
    return near.any(dim=2).T, plausible.permute(1, 2, 0)


def square_iou(anchors: Tensor, palms: Tensor) -> Tensor:
    """(N, P, A) intersection over union of squares (A, 3) and (N, P, 3): centre x, y and side."""
    one, other = anchors[None, None], palms[:, :, None]
    distance = (one[..., :2] - other[..., :2]).abs()
    sides, sizes = one[..., 2], other[..., 2]
    half = (sides + sizes)[..., None] / 2
    along = torch.minimum(half - distance, torch.minimum(sides, sizes)[..., None]).clamp_min(0)
    both = along[..., 0] * along[..., 1]
    return both / (sides.square() + sizes.square() - both).clamp_min(1e-12)
