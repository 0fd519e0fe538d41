"""One hand never yields two results: what counts as the same hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from tracker.estimates import HandEstimate
from tracker.nms import square_intersection
from tracker.palms import Palms
from tracker.roi import PALM_LANDMARKS

Array = NDArray[np.float64]

#: A palm is a known hand's if the two squares share this part of the smaller one.
MAX_SHARED_PALM: Final = 0.3
#: Two estimates are of one hand if their landmarks are closer than this, in the mean, ÷ the side of
#: the smaller hand's box …
MIN_DISTANCE: Final = 0.2
#: … or if the boxes of their landmarks share more than this part of the smaller one.
MAX_SHARED_HAND: Final = 0.65
#: The same of a hand that is newly found: a second result on one hand often has another pose, so
#: that the boxes share less, while two hands that are followed may pass over each other.
MAX_SHARED_NEW_HAND: Final = 0.5


def unclaimed(palms: Palms, hands: Sequence[HandEstimate]) -> Palms:
    """The palms that belong to none of the hands which are known already.

    Args:
        palms: in pixels of the image.
        hands: estimates on the same image.
    """
    free = np.ones(len(palms), bool)
    for hand in hands:
        known = palm_square(hand.landmarks)
        shared = square_intersection(known, palms.boxes)
        smaller = np.minimum(known[2], palms.boxes[:, 2]) ** 2
        free &= shared <= MAX_SHARED_PALM * smaller
    return palms[free]


def first_of_each(hands: Sequence[HandEstimate], most_shared: float = MAX_SHARED_HAND) -> list[int]:
    """Indices of the estimates that are left when, of those on one hand, only the first stays."""
    kept: list[int] = []
    for index, hand in enumerate(hands):
        if not any(same_hand(hand, hands[other], most_shared) for other in kept):
            kept.append(index)
    return kept


def same_hand(one: HandEstimate, other: HandEstimate, most_shared: float = MAX_SHARED_HAND) -> bool:
    """Whether two estimates on an image lie on the same hand: they are near, or their boxes share
    more than `most_shared` of the smaller one."""
    a, b = one.landmarks[:, :2], other.landmarks[:, :2]
    low_a, high_a, low_b, high_b = a.min(axis=0), a.max(axis=0), b.min(axis=0), b.max(axis=0)
    smaller_side = min((high_a - low_a).max(), (high_b - low_b).max())
    if np.linalg.norm(a - b, axis=1).mean() <= MIN_DISTANCE * smaller_side:
        return True
    shared = float(np.clip(np.minimum(high_a, high_b) - np.maximum(low_a, low_b), 0, None).prod())
    smaller_area = float(min((high_a - low_a).prod(), (high_b - low_b).prod()))
    return shared > most_shared * smaller_area


def palm_square(landmarks: Array) -> Array:
    """(3,) centre x, y and side of the upright square on a palm, as the detector reports it.

    Args:
        landmarks: (21, 2 or 3) pixels.
    """
    palm = landmarks[list(PALM_LANDMARKS), :2]
    low, high = palm.min(axis=0), palm.max(axis=0)
    return np.array([*(low + high) / 2, (high - low).max()])
