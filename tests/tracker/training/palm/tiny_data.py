"""A dataset of bright squares that stand for palms, small enough to make in a test."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np

from synth.sample import Sample
from tests.made_shards import write_shards

WIDTH, HEIGHT = 120, 80


def write_dataset(folder: Path, train: int = 6, val: int = 3, mask: bool = True) -> Path:
    """A folder with one shard a split."""
    samples = {
        split: [tiny_sample(number, mask) for number in range(count)]
        for split, count in (("train", train), ("val", val))
    }
    return write_shards(folder, samples)


def tiny_sample(number: int, mask: bool = True) -> Sample:
    """A hand whose palm is a bright square of 20 pixels at x 40 + number, y 35."""
    x, y = 40.0 + number, 35.0
    image = np.full((HEIGHT, WIDTH, 3), (30, 60, 90), np.uint8)
    image[25:45, 30 + number : 50 + number] = (200, 180, 160)
    foreground = np.zeros((HEIGHT, WIDTH), np.uint8)
    foreground[25:45, 30 + number : 50 + number] = 1
    landmarks = np.zeros((21, 3))
    landmarks[:, 0] = x + np.linspace(-10, 10, 21)
    landmarks[:, 1] = y + np.linspace(10, -10, 21)
    label = {
        "image": {"width": WIDTH, "height": HEIGHT},
        "hands": [
            {
                "side": "left",
                "landmarks_image": landmarks.tolist(),
                "visibility": [0] + [2] * 20,
                "box": [x - 10, y - 10, 20.0, 20.0],
                "palm_box": {"center": [x, y], "size": 20.0, "rotation": 0.5},
            }
        ],
    }
    _, jpeg = cv2.imencode(".png", image)  # without loss, so that pixels can be compared
    return Sample(f"{number:08d}_000_0", jpeg.tobytes(), label, foreground if mask else None)


def write_photos(folder: Path, count: int = 4) -> Path:
    """Photographs of 100 × 50 with a hand box each, but the last, of which nothing is known."""
    folder.mkdir(parents=True)
    records = []
    for i in range(count):
        image = np.full((50, 100, 3), 10 * i, np.uint8)
        cv2.imwrite(str(folder / f"{i}.png"), image)
        record = {"file": f"{i}.png", "width": 100, "height": 50, "set": "some"}
        if i < count - 1:
            record["boxes"] = [[10, 10, 60, 40]]
        records.append(record)
    (folder / "index.json").write_text(json.dumps(records))
    return folder
