"""Hands and datasets made by hand: right angles, plain colours, labels by a formula."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import torch

from synth.sample import Sample
from tests.made_shards import write_shards

SIDE = 96
FOCAL = 200.0
#: A flat right hand with its palm to the camera, fingers up: x, y, z in metres from the wrist.
FLAT_HAND = np.array(
    [(0.0, 0.0, 0.0)]
    + [(-0.02 - 0.012 * k, -0.015 - 0.02 * k, -0.004 * k) for k in range(4)]
    + [
        (-0.02 + 0.016 * finger, -0.07 - 0.022 * k, -0.003 * k)
        for finger in range(4)
        for k in range(4)
    ]
)


def no_boxes(count: int) -> torch.Tensor:
    """The boxes of a LandmarkTarget of hands whose boxes are not known."""
    return torch.full((count, 2, 3), torch.nan)


def hand_in_camera(rotation: float = 0.0, distance: float = 0.45) -> np.ndarray:
    """(21, 3) metres: FLAT_HAND with its middle on the optical axis, turned clockwise about it."""
    cosine, sine = np.cos(rotation), np.sin(rotation)
    turn = np.array([[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1]])
    return (FLAT_HAND - FLAT_HAND.mean(axis=0)) @ turn.T + (0.0, 0.0, distance)


def projected(camera: np.ndarray, side: int = SIDE) -> np.ndarray:
    """(21, 3) pixels of a pinhole camera, and the label's depth."""
    pixels = camera[:, :2] / camera[:, 2:] * FOCAL * side / SIDE + side / 2
    depth = (camera[:, 2] - camera[0, 2]) * FOCAL * side / SIDE / camera[0, 2]
    return np.concatenate([pixels, depth[:, None]], axis=1)


def hand_sample(key: str, rng: np.random.Generator) -> Sample:
    """A noisy picture with dots at the landmarks of a hand, its mask and its label."""
    side = str(rng.choice(["left", "right"]))
    camera = hand_in_camera(rng.uniform(-3, 3), rng.uniform(0.4, 0.5))
    if side == "left":
        camera[:, 0] *= -1
    points = projected(camera)
    image = rng.integers(0, 60, (SIDE, SIDE, 3), dtype=np.uint8)
    mask = np.zeros((SIDE, SIDE), np.uint8)
    for x, y, _ in points:
        cv2.circle(image, (int(x), int(y)), 3, (60, 120, 240), -1)
        cv2.circle(mask, (int(x), int(y)), 3, 1, -1)
    hand = {
        "side": side,
        "landmarks_image": points.tolist(),
        "landmarks_camera": camera.tolist(),
        "visibility": [2] * 21,
        "box": [*points[:, :2].min(axis=0).tolist(), *np.ptp(points[:, :2], axis=0).tolist()],
    }
    jpeg = cv2.imencode(".jpg", image)[1].tobytes()
    return Sample(key, jpeg, {"hands": [hand]}, mask)


def write_hands(folder: Path, train: int = 24, val: int = 8, seed: int = 0) -> Path:
    """A dataset of one shard a split, as `hand-synth generate` leaves it."""
    rng = np.random.default_rng(seed)
    splits = {
        split: [hand_sample(f"{split}{number:04d}", rng) for number in range(count)]
        for split, count in (("train", train), ("val", val))
    }
    return write_shards(folder, splits, f"{seed:064d}")
