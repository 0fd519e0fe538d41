"""Read what another tracker's script wrote, so that it is judged by the same code."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from synth.errors import UserError
from synth.landmarks import LANDMARKS
from tracker.evaluation.truth import Image
from tracker.results import HandResult
from tracker.roi import roi_from_landmarks


@dataclass(frozen=True)
class Recorded:
    """Results of one tracker, by the key of the image. It can be called as a tracker.

    Attributes:
        name: of the tracker.
        path: of the file, for messages.
        hands: for each image what was found.
        milliseconds: for each image the time that it took.
    """

    name: str
    path: Path
    hands: dict[str, tuple[HandResult, ...]]
    milliseconds: dict[str, float]

    def __call__(self, key: str, image: Image) -> Sequence[HandResult]:
        """What was found in an image.

        Raises:
            UserError: if the image is not in the file: trackers are compared on the same images.
        """
        if key not in self.hands:
            raise UserError(f"{self.path}: has no result for image {key}; run {self.name} again")
        return self.hands[key]


def read_recorded(path: Path) -> Recorded:
    """Read a file written by peers/mediapipe_hands.py.

    Raises:
        UserError: if it cannot be read or a line is not as it should be.
    """
    hands: dict[str, tuple[HandResult, ...]] = {}
    milliseconds: dict[str, float] = {}
    number = 1
    try:
        with path.open(encoding="utf-8") as lines:
            name = str(json.loads(next(lines))["tool"])
            for line in lines:
                number += 1
                record = json.loads(line)
                key = record["key"]
                if key in hands:
                    raise ValueError(f"image {key} is there twice")
                hands[key] = tuple(_hand(i, hand) for i, hand in enumerate(record["hands"]))
                milliseconds[key] = float(record["ms"])
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror}") from None
    except (StopIteration, ValueError, KeyError, TypeError) as error:
        reason = f"{type(error).__name__} {error}"
        raise UserError(f"{path}: line {number} is not as it should be: {reason}") from None
    return Recorded(name, path, hands, milliseconds)


def _hand(number: int, record: dict[str, Any]) -> HandResult:
    landmarks = np.array(record["landmarks"], np.float64)
    world = np.array(record["landmarks_world"], np.float64)
    if landmarks.shape != (len(LANDMARKS), 3) or world.shape != landmarks.shape:
        raise ValueError(f"landmarks of shape {landmarks.shape} and {world.shape}")
    if record["handedness"] not in ("left", "right"):
        raise ValueError(f"handedness {record['handedness']!r}")
    return HandResult(
        id=number,
        handedness=record["handedness"],
        handedness_score=float(record["score"]),
        presence=float(record["score"]),
        landmarks=landmarks,
        landmarks_world=world,
        roi=roi_from_landmarks(landmarks),
    )
