"""What a hand is in a file of COCO keypoints: its category, and landmarks as keypoints.

COCO's `v` of a keypoint and our visibility say the same but for 0: COCO has no place for a point
outside of the picture, so such a point is one that is not labelled.

| ours | COCO |
| --- | --- |
| 2 visible | 2, labelled and visible |
| 1 inside, hidden | 1, labelled but not visible |
| 0 outside | 0, not labelled; x and y are 0 |
| not placed | 0, not labelled; x and y are 0 |

x, y keep their origin at the corner of the first pixel, as COCO's boxes have it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, TypeAlias

from synth.landmarks import LANDMARKS, SKELETON_EDGES

#: Number of the only category.
HAND: Final = 1

#: x, y in pixels and the visibility of a landmark; None where it is not placed.
Placed: TypeAlias = tuple[float, float, int] | None

_OUTSIDE: Final = 0


def hand_category() -> dict[str, Any]:
    """The category `hand` with the names of the 21 landmarks; COCO's skeleton counts from 1."""
    return {
        "id": HAND,
        "name": "hand",
        "supercategory": "person",
        "keypoints": list(LANDMARKS),
        "skeleton": [[a + 1, b + 1] for a, b in SKELETON_EDGES],
    }


def keypoints_of(landmarks: Sequence[Placed]) -> dict[str, Any]:
    """`keypoints`, 3 numbers a landmark, and `num_keypoints`, how many have v > 0."""
    inside = [None if one is None or one[2] == _OUTSIDE else one for one in landmarks]
    return {
        "num_keypoints": sum(one is not None for one in inside),
        "keypoints": [number for one in inside for number in one or (0, 0, 0)],
    }


def outside_of(landmarks: Sequence[Placed]) -> dict[str, list[float]]:
    """x, y by name of the landmarks outside of the picture, which COCO's keypoints lose."""
    return {
        name: [one[0], one[1]]
        for name, one in zip(LANDMARKS, landmarks, strict=True)
        if one is not None and one[2] == _OUTSIDE
    }
