"""Read an exported COCO split with FiftyOne and print what it holds, as JSON.

A script for an environment of its own, with fiftyone and nothing of this project:

    python fiftyone_reading.py IMAGES ANNOTATIONS.json
"""

import json
import sys

import fiftyone as fo  # type: ignore[import-not-found, unused-ignore]


def main():
    images, annotations = sys.argv[1:]
    dataset = fo.Dataset.from_dir(
        dataset_type=fo.types.COCODetectionDataset,
        data_path=images,
        labels_path=annotations,
        label_types=["detections", "segmentations", "keypoints"],
        include_id=True,
    )
    found = {}
    for sample in dataset:
        name = sample.filepath.replace("\\", "/").rpartition("/")[2]
        sample.compute_metadata()
        found[name] = {
            "size": [sample.metadata.width, sample.metadata.height],
            "boxes": [hand.bounding_box for hand in hands_of(sample, "detections")],
            "labels": [hand.label for hand in hands_of(sample, "detections")],
            "pixels": [int(hand.mask.sum()) for hand in hands_of(sample, "segmentations")],
            "points": [hand.points for hand in hands_of(sample, "keypoints")],
        }
    print(json.dumps(found))


def hands_of(sample, name):
    """None of a field that no image has, or not this one."""
    field = sample[name] if sample.has_field(name) else None
    return getattr(field, "detections", None) or getattr(field, "keypoints", None) or []


main()
