"""Pictures of flat hands that are drawn, with labels that follow from how they are drawn.

A hand shows its palm with the fingers up: the thumb of a right one is on the picture's right. Each
of its landmarks is a dot of its own brightness of red.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from synth.hand.model import PHENOTYPES
from synth.hand.recipe import LOCAL_CHANGES
from synth.landmarks import BLENDSHAPES, BONES
from synth.sample import Sample
from synth.shards.plan import sample_key
from tests.made_shards import write_shards

WIDTH, HEIGHT = 320, 240
K = [[400.0, 0.0, 160.0], [0.0, 400.0, 120.0], [0.0, 0.0, 1.0]]

#: Degrees from upright of thumb, index, middle, ring, little; metres from the wrist of the joints.
_DIRECTIONS = (50, 15, 0, -15, -30)
_DISTANCES = ((0.03, 0.055, 0.08, 0.1), *[(0.08, 0.12, 0.145, 0.165)] * 4)


def landmarks_of(side: str, center: tuple[float, float, float], size: float = 1.0) -> NDArray[Any]:
    """(21, 3) metres in the camera's frame of a hand whose middle is there."""
    points = [(0.0, 0.0, 0.0)]
    for direction, distances in zip(np.radians(_DIRECTIONS), _DISTANCES, strict=True):
        points += [(d * np.sin(direction), -d * np.cos(direction), 0.2 * d) for d in distances]
    found = size * (np.array(points) + [0, 0.08, 0])
    return found * [-1 if side == "left" else 1, 1, 1] + np.array(center)


def red_of(landmark: int) -> int:
    return 40 + 10 * landmark


def hand_label(
    number: int,
    side: str,
    center: tuple[float, float, float],
    size: float = 1.0,
    hidden: int = 0,
) -> dict[str, Any]:
    """The label of a hand, the last `hidden` landmarks inside the image of which are hidden."""
    xyz = np.round(landmarks_of(side, center, size), 6)
    uv = (xyz @ np.array(K).T)[:, :2] / xyz[:, 2:]
    inside = ((uv >= 0) & (uv < [WIDTH, HEIGHT])).all(1)
    visibility = [2 if one else 0 for one in inside]
    for landmark in [n for n in range(21) if inside[n]][21 - hidden :]:
        visibility[landmark] = 1
    z = (xyz[:, 2] - xyz[0, 2]) * K[0][0] / xyz[0, 2]
    low, high = uv.min(0).clip(0, [WIDTH, HEIGHT]), uv.max(0).clip(0, [WIDTH, HEIGHT])
    return {
        "number": number,
        "identity": "000007",
        "side": side,
        "landmarks_image": np.round(np.column_stack([uv, z]), 4).tolist(),
        "landmarks_camera": xyz.tolist(),
        "landmarks_world": (xyz + 1).tolist(),
        "visibility": visibility,
        "box": np.round([*low, *(high - low)], 4).tolist(),
        "palm_box": {"center": [1.5, 2.25], "size": 3.0, "rotation": -0.5},
        "bones": {name: [1.0, 0.0, 0.0, 0.0] for name in BONES},
        "blendshapes": dict.fromkeys(BLENDSHAPES, 0.25),
        "phenotype": dict.fromkeys((*PHENOTYPES, *LOCAL_CHANGES), 0.5),
        "skin": "tan",
        "gesture": None,
        "worn": ["ring"],
        "holds": None,
    }


def drawn_sample(
    hands: list[dict[str, Any]],
    sequence: int = 0,
    split: str = "train",
    *,
    masked: bool = True,
    deep: bool = False,
) -> Sample:
    """A picture of hands; hands that are wholly hidden are not in the mask."""
    image = np.full((HEIGHT, WIDTH, 3), (0, 90, 90), np.uint8)
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    for hand in hands:
        shift, one = 4, 16
        for landmark, (u, v, _) in enumerate(hand["landmarks_image"]):
            at = (round((u - 0.5) * one), round((v - 0.5) * one))
            cv2.circle(image, at, 3 * one, (red_of(landmark), 90, 90), cv2.FILLED, shift=shift)
            if 2 in hand["visibility"]:
                cv2.circle(mask, at, 8 * one, hand["number"] + 1, cv2.FILLED, shift=shift)
    ok, jpeg = cv2.imencode(
        ".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 98]
    )
    assert ok
    label = {
        "sequence": sequence,
        "frame": 0,
        "camera_index": 0,
        "split": split,
        "kind": "hand" if hands else "empty",
        "image": {"width": WIDTH, "height": HEIGHT},
        "camera": {"K": K, "world_to_camera": np.eye(4).tolist()},
        "light": {
            "hdri": "courtyard.exr",
            "rotation": 1.5,
            "tilt": 0.0,
            "strength": 1.0,
            "tint": [1.0, 1.0, 1.0],
            "lamps": [
                {
                    "position": [1.0, 2.0, 3.0],
                    "target": [0.0, 0.0, 0.0],
                    "size": 0.5,
                    "power": 10.0,
                    "color": [1.0, 1.0, 1.0],
                }
            ],
        },
        "hands": hands,
    }
    depth = np.full((HEIGHT, WIDTH), np.inf, np.float32) if deep else None
    if depth is not None:
        depth[3, 4] = 0.75
    key = sample_key(sequence, 0, 0)
    return Sample(key, jpeg.tobytes(), label, mask if masked else None, depth)


RIGHT = hand_label(0, "right", (-0.1, 0.0, 0.6))
LEFT = hand_label(1, "left", (0.12, 0.02, 0.6), hidden=5)
#: Its little finger and ring finger are beyond the left edge of the picture.
PARTLY = hand_label(0, "right", (-0.23, 0.0, 0.6))
SMALL = hand_label(2, "left", (0.1, -0.1, 2.5))
UNSEEN = hand_label(3, "right", (0.0, 0.0, 0.7), hidden=21)


def photograph() -> Sample:
    """As hand-annotate writes them: 2D alone, and one landmark that nobody placed."""
    sample = drawn_sample([dict(RIGHT)], 3, "test", masked=False)
    known = ("number", "side", "landmarks_image", "visibility", "box", "palm_box")
    hand = {name: value if name in known else None for name, value in RIGHT.items()}
    hand["landmarks_image"] = [[x, y, None] for x, y, _ in RIGHT["landmarks_image"]]
    hand["landmarks_image"][20] = [None, None, None]
    hand["visibility"] = [*RIGHT["visibility"][:20], None]
    hand["palm_box"] = None
    label = {**sample.label, "kind": "photograph", "camera": None, "light": None, "hands": [hand]}
    return Sample(sample.key, sample.jpeg, label)


def write_dataset(folder: Path) -> Path:
    """Train: two hands; none; partly outside; small and unseen. Val: left. Test: two."""
    return write_shards(
        folder,
        {
            "train": [
                drawn_sample([RIGHT, LEFT], 0, deep=True),
                drawn_sample([], 1),
                drawn_sample([PARTLY], 2),
                drawn_sample([SMALL, UNSEEN], 3),
            ],
            "val": [drawn_sample([LEFT], 4, "val", masked=False)],
            "test": [drawn_sample([RIGHT], 5, "test"), drawn_sample([LEFT], 6, "test")],
        },
    )
