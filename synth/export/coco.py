"""COCO keypoints: `images/{split}/{key}.jpg` and `annotations/hand_keypoints_{split}.json`.

`file_name` is the name inside the split's folder. Each hand is an annotation of the category
`hand` (`coco_hand`):

- `bbox` is our `box`: the skin of the hand without the forearm, hidden skin too, cut to the image.
- `segmentation` is the skin that is seen, as an uncompressed run-length encoding: the mask's pixels
  of this hand inside `bbox`. So the forearm ends at the box. It is empty where the dataset has no
  masks and where nothing of the hand is seen.
- `area` is the number of those pixels; without a segmentation the box's.
- `attributes`, which COCO's readers pass over, are our `number`, `identity`, `side`, `skin`,
  `gesture`, `worn` and `holds`, and `outside`, the x, y of the landmarks outside of the image.

Images have `key`, `sequence`, `frame`, `camera_index`, `kind` as `attributes`. Images without a
hand are there without an annotation.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from synth.export.coco_hand import HAND, Placed, hand_category, keypoints_of, outside_of
from synth.export.json_arrays import join_arrays, json_array
from synth.export.selection import Exported, Selection, read_split
from synth.sample import Sample
from synth.scene import Split

LOSSES: Final = (
    "COCO: lost are all 3D landmarks and z, cameras, light, bones, blendshapes, phenotypes, palm"
    " boxes and depth; of the masks things and cloth, and forearms outside of a hand's box. A point"
    " outside of the image counts as not labelled (its place stands under `attributes`)."
)

_IMAGE_ATTRIBUTES: Final = ("sequence", "frame", "camera_index", "kind")
_HAND_ATTRIBUTES: Final = ("number", "identity", "side", "skin", "gesture", "worn", "holds")


def write_coco(
    selection: Selection, folder: Path, tick: Callable[[], object] = lambda: None
) -> Exported:
    """Write images and annotations. Ids count from 1 and go on from split to split.

    Args:
        folder: an empty one.
        tick: called after each image.

    Raises:
        UserError: if a shard cannot be read.
        OSError: if something cannot be written.
    """
    counts: dict[Split, int] = {}
    images = hands = 0
    (folder / "annotations").mkdir()
    for split in selection.portions:
        pictures = folder / "images" / split
        pictures.mkdir(parents=True)
        path = folder / "annotations" / f"hand_keypoints_{split}.json"
        parts = {name: path.with_suffix(f".{name}") for name in ("images", "annotations")}
        first = images
        with (
            json_array(parts["images"]) as add_image,
            json_array(parts["annotations"]) as add_annotation,
        ):
            for sample in read_split(selection, split):
                images += 1
                (pictures / f"{sample.key}.jpg").write_bytes(sample.jpeg)
                add_image({"id": images, **_image(sample)})
                for hand in sample.label["hands"]:
                    hands += 1
                    add_annotation(
                        {"id": hands, "image_id": images, **_annotation(hand, sample.mask)}
                    )
                tick()
        join_arrays(path, _head(selection, split), parts)
        counts[split] = images - first
    return Exported(counts, hands, {})


def _head(selection: Selection, split: Split) -> dict[str, Any]:
    dataset = selection.dataset
    return {
        "info": {
            "description": f"{dataset.name}, {split}: 21 landmarks a hand",
            "version": dataset.versions.get("handsynth", ""),
            "manifest_sha256": dataset.manifest_sha256,
        },
        "licenses": [],
        "categories": [hand_category()],
    }


def _image(sample: Sample) -> dict[str, Any]:
    label = sample.label
    return {
        "file_name": f"{sample.key}.jpg",
        "width": label["image"]["width"],
        "height": label["image"]["height"],
        "attributes": {
            "key": sample.key,
            **{name: label.get(name) for name in _IMAGE_ATTRIBUTES},
        },
    }


def _annotation(hand: dict[str, Any], mask: NDArray[np.uint8] | None) -> dict[str, Any]:
    landmarks = _landmarks(hand)
    box = hand["box"] or [0.0, 0.0, 0.0, 0.0]  # null: a photograph's hand, all of it outside
    segmentation: dict[str, Any] | list[Any] = []
    area = box[2] * box[3]
    if mask is not None and (skin := _skin(mask, hand["number"], box)).any():
        segmentation = {"size": list(skin.shape), "counts": run_lengths(skin)}
        area = int(skin.sum())
    return {
        "category_id": HAND,
        "iscrowd": 0,
        **keypoints_of(landmarks),
        "bbox": box,
        "area": area,
        "segmentation": segmentation,
        "attributes": {
            **{name: hand.get(name) for name in _HAND_ATTRIBUTES},
            "outside": outside_of(landmarks),
        },
    }


def _landmarks(hand: dict[str, Any]) -> list[Placed]:
    return [
        None if x is None or y is None or state is None else (x, y, state)
        for (x, y, _), state in zip(hand["landmarks_image"], hand["visibility"], strict=True)
    ]


def _skin(mask: NDArray[np.uint8], number: int, box: list[float]) -> NDArray[np.bool_]:
    left, top = (int(np.floor(corner)) for corner in box[:2])
    right, bottom = (int(np.ceil(box[axis] + box[axis + 2])) for axis in (0, 1))
    skin = np.zeros(mask.shape, bool)
    inside = (slice(top, bottom), slice(left, right))
    skin[inside] = mask[inside] == number + 1
    return skin


def run_lengths(mask: NDArray[np.bool_]) -> list[int]:
    """COCO's uncompressed run-length encoding: lengths of runs of 0 and 1 in turn, 0 first, down
    the columns.

    Args:
        mask: (H, W).
    """
    flat = mask.ravel(order="F").astype(np.int8)
    changes = np.flatnonzero(np.diff(flat, prepend=0))
    lengths: list[int] = np.diff(changes, prepend=0, append=flat.size).tolist()
    return lengths
