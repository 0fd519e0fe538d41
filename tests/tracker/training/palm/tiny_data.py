"""A dataset of bright squares that stand for palms, small enough to make in a test."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np

from synth.sample import CLOTH_IN_MASK, THING_IN_MASK, Sample
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


def crowd_sample(number: int) -> Sample:
    """Green people (255) with two hands, red squares that are cut by the one picture's border and
    lie apart in the other; a blue thing (254) before the third one, of which a corner sticks out,
    and before the fourth one, of which nothing does."""
    image = np.full((HEIGHT, WIDTH, 3), 110, np.uint8)
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    mask[10:70, 15:75] = CLOTH_IN_MASK
    corners = [(5 + number % 3, 20), (50, 45 - number % 2), (80, 20), (92, 48)]
    for value, (x, y) in enumerate(corners, start=1):
        mask[y : y + 16, x : x + 16] = value
    mask[24:70, 84:112] = THING_IN_MASK
    for values, color in (
        ([CLOTH_IN_MASK], (0, 160, 0)),
        ([THING_IN_MASK], (200, 0, 0)),
        ([1, 2, 3, 4], (0, 0, 255)),
    ):
        image[np.isin(mask, values)] = color
    hands = []
    for value, (x, y) in enumerate(corners):
        points = np.zeros((21, 3))
        points[:, 0] = x + np.linspace(1, 15, 21)
        points[:, 1] = y + np.linspace(15, 1, 21)
        states = [mask[int(py), int(px)] == value + 1 for px, py, _ in points]
        visibility = [2 if seen else 1 for seen in states]
        if value == 2:
            visibility = [2] * 2 + [1] * 19
        hands.append(
            {
                "number": value,
                "side": "left",
                "landmarks_image": points.tolist(),
                "visibility": visibility,
                "box": [float(x), float(y), 16.0, 16.0],
                "palm_box": {"center": [x + 8.0, y + 8.0], "size": 16.0, "rotation": 0.5},
            }
        )
    label = {"image": {"width": WIDTH, "height": HEIGHT}, "kind": "people", "hands": hands}
    _, png = cv2.imencode(".png", image)
    return Sample(f"{number:08d}_000_0", png.tobytes(), label, mask)


def empty_sample(number: int) -> Sample:
    """Green people without a hand."""
    image = np.full((HEIGHT, WIDTH, 3), 110, np.uint8)
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    mask[20:, 30 + number : 80] = CLOTH_IN_MASK
    image[mask > 0] = (0, 160, 0)
    label = {"image": {"width": WIDTH, "height": HEIGHT}, "kind": "empty", "hands": []}
    _, png = cv2.imencode(".png", image)
    return Sample(f"{number:08d}_000_0", png.tobytes(), label, mask)


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
