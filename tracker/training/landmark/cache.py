"""Wide crops of a dataset or of photographs, from the cache."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from synth.dataset import read_dataset
from synth.scene import Split
from synth.shards.reader import read_samples
from synth.storage.files import sha256_of
from tracker.labelled import has_region, landmarks_of, visibility_of
from tracker.photos import INDEX, PhotoHand, load_photo, read_photos
from tracker.roi import Roi
from tracker.training.image_cache import CachedImages, cached_images
from tracker.training.landmark.crops import (
    WideCrop,
    crop_of_box,
    crop_of_hand,
    crop_of_nothing,
    crop_of_photographed_hand,
    has_enough_of_a_hand,
)
from tracker.training.landmark.negatives import draw_place, forbidden_boxes
from tracker.training.landmark.proposals import Proposer, proposed_places

_VERSION: Final = 4
#: Places without a hand that are taken, in the mean, from a picture with hands and from another.
_NEGATIVES_BESIDE_HANDS: Final = 0.15
_NEGATIVES_WITHOUT_HANDS: Final = 1.0
_NEGATIVES_A_PHOTO: Final = 3
#: Wrong proposals of a detector that are taken at most of each search. Of renders there are so many
#: that more would teach that hands are rare: with three, small hands were missed.
_PROPOSALS_A_PICTURE: Final = 1
_PROPOSALS_A_PHOTO: Final = 3


def crops_of_dataset(
    folder: str | Path, split: Split, cache: Path, proposer: Proposer | None = None
) -> CachedImages:
    """Crops of all hands of a split, of some places without a hand, and of those that a detector
    takes for one."""
    target = cache / f"landmark-{dataset_key(folder, split)}{_suffix(proposer)}"
    return cached_images(target, str(folder), _dataset_crops(folder, split, proposer))


def crops_of_photos(folder: Path, cache: Path, proposer: Proposer | None = None) -> CachedImages:
    """Crops of the photographs' boxes, of places outside of them, and of those outside that a
    detector takes for a hand."""
    name = f"landmark-photos-v{_VERSION}-{sha256_of(folder / INDEX)[:16]}{_suffix(proposer)}"
    return cached_images(cache / name, str(folder), _photo_crops(folder, proposer))


def dataset_key(folder: str | Path, split: str) -> str:
    """Short checksum of a dataset's split and of the way in which crops are taken.

    Raises:
        UserError: if the folder is no dataset.
    """
    dataset = read_dataset(folder)
    shards = sorted((shard.name, shard.sha256) for shard in dataset.shards if shard.split == split)
    parts = json.dumps([_VERSION, dataset.manifest_sha256, split, shards])
    return f"v{_VERSION}-{split}-{hashlib.sha256(parts.encode()).hexdigest()[:16]}"


def _suffix(proposer: Proposer | None) -> str:
    """What tells an entry of the cache from one with other proposals."""
    if proposer is None:
        return ""
    return "-" + hashlib.sha256(proposer.key.encode()).hexdigest()[:8]


def _dataset_crops(
    folder: str | Path, split: Split, proposer: Proposer | None
) -> Iterator[WideCrop]:
    rng = np.random.default_rng(0)
    for sample in read_samples(folder, split):
        image = sample.image()
        foreground = None if sample.mask is None else sample.mask > 0
        hands = sample.label["hands"]
        for hand in hands:
            landmarks, visibility = landmarks_of(hand), visibility_of(hand)
            if not has_region(landmarks) or not has_enough_of_a_hand(visibility, landmarks):
                continue
            if hand["landmarks_camera"] is None:
                yield crop_of_photographed_hand(image, landmarks, visibility, hand["side"])
            else:
                camera = np.array(hand["landmarks_camera"])
                yield crop_of_hand(image, foreground, landmarks, camera, hand["side"])
        boxes = forbidden_boxes(hands, sample.mask)
        wanted = _NEGATIVES_BESIDE_HANDS if len(boxes) else _NEGATIVES_WITHOUT_HANDS
        if rng.random() < wanted:
            roi = draw_place(image.shape, boxes, sample.mask, rng)
            if roi is not None:
                yield crop_of_nothing(image, foreground, roi)
        for roi in _proposed(proposer, image, boxes, _PROPOSALS_A_PICTURE):
            yield crop_of_nothing(image, foreground, roi)


def _photo_crops(folder: Path, proposer: Proposer | None) -> Iterator[WideCrop]:
    rng = np.random.default_rng(0)
    for photo in read_photos(folder, part="learned"):
        # Where no hand is labelled nothing is known: there may be some all the same.
        if not any(hand.box is not None for hand in photo.hands):
            continue
        image = load_photo(photo)
        boxes = np.array([hand.box for hand in photo.hands if hand.box is not None])
        for _ in range(_NEGATIVES_A_PHOTO):
            roi = draw_place(image.shape, boxes, None, rng)
            if roi is not None:
                yield crop_of_nothing(image, None, roi)
        for roi in _proposed(proposer, image, boxes, _PROPOSALS_A_PHOTO):
            yield crop_of_nothing(image, None, roi)
        for hand in photo.hands:
            if hand.box is not None:
                yield _photo_hand(image, hand, hand.box)


def _proposed(
    proposer: Proposer | None, image: NDArray[np.uint8], boxes: NDArray[np.float64], most: int
) -> list[Roi]:
    searches = () if proposer is None else proposer.searches
    return [
        roi for find_palms in searches for roi in proposed_places(find_palms, image, boxes, most)
    ]


def _photo_hand(image: NDArray[np.uint8], hand: PhotoHand, box: NDArray[np.float64]) -> WideCrop:
    """An upright region round the box: which way the hand points is not labelled."""
    center = (box[:2] + box[2:]) / 2
    roi = Roi((float(center[0]), float(center[1])), 1.4 * float((box[2:] - box[:2]).max()), 0.0)
    right = np.nan if hand.side is None else float(hand.side == "right")
    known = {i: (p[0], p[1]) for i, p in enumerate(hand.landmarks) if not np.isnan(p).any()}
    return crop_of_box(image, roi, box, right, known)
