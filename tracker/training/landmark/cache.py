"""Wide crops of a dataset or of photographs, decoded once and kept as arrays on the disk.

A cache is a folder: `images.u8` (N, SIDE, SIDE, 3) and `masks.u8` (N, SIDE, SIDE), plain bytes that
are mapped into memory and not read at once, and `labels.npz`. Its name has the checksum of all that
it hangs on, so an old cache is never taken for a new one. Of several processes that want the same
one, the first builds it and the others wait.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from synth.errors import UserError
from synth.scene import Split
from synth.shards.reader import read_samples
from tracker.photos import PhotoHand, load_photo, read_photos
from tracker.roi import Roi
from tracker.training.landmark.crops import (
    SIDE,
    CropLabel,
    WideCrop,
    crop_of_box,
    crop_of_hand,
    crop_of_nothing,
    has_enough_of_a_hand,
)

_VERSION: Final = 2
_NEGATIVES_A_SAMPLE: Final = 0.15
_NEGATIVES_A_PHOTO: Final = 3

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class CropSet:
    """N wide crops.

    Attributes:
        name: of the dataset or folder they come from.
        images: (N, SIDE, SIDE, 3) uint8, mapped.
        masks: (N, SIDE, SIDE) uint8, mapped.
        labels: for each field of CropLabel an array of N values.
    """

    name: str
    images: NDArray[np.uint8]
    masks: NDArray[np.uint8]
    labels: dict[str, NDArray[np.float32]]

    def __len__(self) -> int:
        return len(self.images)


def crops_of_dataset(folder: Path, split: Split, cache: Path) -> CropSet:
    """Crops of all hands of a split, and of some places without a hand."""
    key = dataset_key(folder, split)
    return _cached(cache / f"landmark-{key}", folder.name, _dataset_crops(folder, split))


def crops_of_photos(folder: Path, cache: Path) -> CropSet:
    """Crops of the photographs' boxes, and of places outside of them."""
    digest = hashlib.sha256((folder / "index.json").read_bytes()).hexdigest()
    target = cache / f"landmark-photos-v{_VERSION}-{digest[:16]}"
    return _cached(target, folder.name, _photo_crops(folder))


def dataset_key(folder: Path, split: str) -> str:
    """Short checksum of a dataset's split and of the way in which crops are taken.

    Raises:
        UserError: if the folder is no dataset.
    """
    description = describe_dataset(folder)
    shards = sorted((s["name"], s["sha256"]) for s in description["shards"] if s["split"] == split)
    parts = json.dumps([_VERSION, description["manifest_sha256"], split, shards])
    return f"v{_VERSION}-{split}-{hashlib.sha256(parts.encode()).hexdigest()[:16]}"


def describe_dataset(folder: Path) -> dict[str, Any]:
    """The dataset.json of a generated dataset."""
    try:
        return json.loads((folder / "dataset.json").read_text())
    except FileNotFoundError:
        raise UserError(
            f"{folder}: no dataset.json in it; name the output folder of `hand-synth generate`"
        ) from None
    except ValueError as error:
        raise UserError(f"{folder / 'dataset.json'}: cannot be read: {error}") from None


def _dataset_crops(folder: Path, split: Split) -> Iterator[WideCrop]:
    rng = np.random.default_rng(0)
    for sample in read_samples(folder, split):
        bgr = cv2.imdecode(np.frombuffer(sample.jpeg, np.uint8), cv2.IMREAD_COLOR)
        if bgr is None:
            raise UserError(f"{folder}: the image of {sample.key} is damaged; render it again")
        image = np.ascontiguousarray(bgr[..., ::-1])
        foreground = None if sample.mask is None else sample.mask > 0
        boxes = []
        for hand in sample.label["hands"]:
            landmarks = np.array(hand["landmarks_image"])
            boxes.append([*landmarks[:, :2].min(axis=0), *landmarks[:, :2].max(axis=0)])
            if has_enough_of_a_hand(hand["visibility"], landmarks):
                camera = np.array(hand["landmarks_camera"])
                yield crop_of_hand(image, foreground, landmarks, camera, hand["side"])
        if rng.random() < _NEGATIVES_A_SAMPLE:
            roi = _empty_region(image.shape, np.array(boxes), rng)
            if roi is not None:
                yield crop_of_nothing(image, foreground, roi)


def _photo_crops(folder: Path) -> Iterator[WideCrop]:
    rng = np.random.default_rng(0)
    for photo in read_photos(folder, part="learned"):
        # Where no hand is labelled nothing is known: there may be some all the same.
        if not any(hand.box is not None for hand in photo.hands):
            continue
        image = load_photo(photo)
        boxes = np.array([hand.box for hand in photo.hands if hand.box is not None])
        for _ in range(_NEGATIVES_A_PHOTO):
            roi = _empty_region(image.shape, boxes, rng)
            if roi is not None:
                yield crop_of_nothing(image, None, roi)
        for hand in photo.hands:
            if hand.box is not None:
                yield _photo_hand(image, hand, hand.box)


def _photo_hand(image: NDArray[np.uint8], hand: PhotoHand, box: NDArray[np.float64]) -> WideCrop:
    """An upright region round the box: which way the hand points is not labelled."""
    center = (box[:2] + box[2:]) / 2
    roi = Roi((float(center[0]), float(center[1])), 1.4 * float((box[2:] - box[:2]).max()), 0.0)
    right = np.nan if hand.side is None else float(hand.side == "right")
    known = {i: (p[0], p[1]) for i, p in enumerate(hand.landmarks) if not np.isnan(p).any()}
    return crop_of_box(image, roi, right, known)


def _empty_region(
    shape: tuple[int, ...], boxes: NDArray[np.float64], rng: np.random.Generator
) -> Roi | None:
    """A square somewhere in the image that no box reaches into, or None if none was found."""
    height, width = shape[:2]
    for _ in range(20):
        size = float(min(height, width) * np.exp(rng.uniform(np.log(0.15), np.log(0.9))))
        center = rng.uniform((0, 0), (width, height))
        low, high = center - size / 2, center + size / 2
        if len(boxes) == 0 or np.all(
            (boxes[:, 2:] < low + 0.1 * size).any(axis=1)
            | (boxes[:, :2] > high - 0.1 * size).any(axis=1)
        ):
            return Roi((float(center[0]), float(center[1])), size, float(rng.uniform(-3.1, 3.1)))
    return None


def _cached(target: Path, name: str, crops: Iterable[WideCrop]) -> CropSet:
    target.parent.mkdir(parents=True, exist_ok=True)
    with _locked(target):
        if not target.exists():
            _write(target, name, tqdm(crops, desc=f"crops of {name}", unit="crop", disable=None))
    with np.load(target / "labels.npz") as columns:
        labels = dict(columns)
    count = len(labels["presence"])
    images = np.memmap(target / "images.u8", np.uint8, "r", shape=(count, SIDE, SIDE, 3))
    masks = np.memmap(target / "masks.u8", np.uint8, "r", shape=(count, SIDE, SIDE))
    return CropSet(name, images, masks, labels)


@contextmanager
def _locked(target: Path) -> Iterator[None]:
    """One process at a time; the lock of one that is killed is gone with it."""
    with target.with_name(target.name + ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _write(target: Path, name: str, crops: Iterable[WideCrop]) -> None:
    """Crops one after the other into files beside the target, which is then renamed."""
    building = target.with_name(target.name + ".tmp")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir()
    labels: list[CropLabel] = []
    with (building / "images.u8").open("wb") as images, (building / "masks.u8").open("wb") as masks:
        for crop in crops:
            images.write(crop.image.tobytes())
            masks.write(crop.mask.tobytes())
            labels.append(crop.label)
    if not labels:
        raise UserError(f"{name}: there is no hand to learn from in this data")
    columns = {
        field.name: np.array([getattr(label, field.name) for label in labels], np.float32)
        for field in fields(CropLabel)
    }
    np.savez(building / "labels.npz", **columns)
    building.rename(target)
    log.info("%d crops written to %s", len(labels), target)
