"""Pictures of shards and photographs, decoded once and kept as arrays on the disk.

A cache entry is a folder for each shard and each folder of photographs: `images.u8` (N, SIDE, SIDE,
3) and `masks.u8` (N, SIDE, SIDE), plain bytes that are mapped into memory and not read at once, and
`labels.npz`. Its name has the checksum of what it was made from, so an old one is never taken for a
new one; it is written beside its name and renamed, so it is whole or not there.
"""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from synth.errors import UserError
from synth.scene import Split
from synth.shards.files import sha256_of
from synth.shards.reader import list_shards, read_samples
from tracker.photos import INDEX, Part, read_photos
from tracker.training.palm.pictures import (
    SIDE,
    Picture,
    PictureLabel,
    picture_of_photo,
    picture_of_sample,
)

#: Raised when pictures or labels are made in another way.
_VERSION: Final = 1

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PictureSet:
    """N pictures.

    Attributes:
        images: (N, SIDE, SIDE, 3) uint8, mapped.
        masks: (N, SIDE, SIDE) uint8, mapped.
        label: as of one picture, with N in front of each shape.
    """

    images: NDArray[np.uint8]
    masks: NDArray[np.uint8]
    label: PictureLabel

    def __len__(self) -> int:
        return len(self.images)


def pictures_of_dataset(folder: Path, split: Split, cache: Path) -> list[PictureSet]:
    """A set for each shard of a generated dataset's split.

    Raises:
        UserError: if there is no shard, or one cannot be read.
    """
    shards = list_shards(folder, split)
    return [
        _entry(cache, sha256_of(shard), shard, _shard_pictures(shard))
        for shard in tqdm(shards, desc=f"{folder.name} {split}", unit="shard", disable=None)
    ]


def pictures_of_photos(folder: Path, cache: Path, part: Part = "all") -> PictureSet:
    """The photographs of a folder, or a part of them, whose hands have boxes, in their order.

    Raises:
        UserError: if there is none, or one cannot be read.
    """
    photos = read_photos(folder, part=part)
    return _entry(
        cache,
        f"{sha256_of(folder / INDEX)} {part}",
        folder,
        (picture_of_photo(photo) for photo in tqdm(photos, desc=folder.name, disable=None)),
    )


def _shard_pictures(shard: Path) -> Iterator[Picture | None]:
    for sample in read_samples(shard):
        yield picture_of_sample(sample)


def _entry(
    cache: Path, checksum: str, source: Path, pictures: Iterable[Picture | None]
) -> PictureSet:
    key = hashlib.sha256(f"{_VERSION} {SIDE} {checksum}".encode()).hexdigest()[:16]
    target = cache / f"palm-{key}"
    if not (target / "labels.npz").exists():
        _write(target, source, pictures)
    with np.load(target / "labels.npz") as columns:
        label = PictureLabel(**columns)
    count = len(label.weak)
    images = np.memmap(target / "images.u8", np.uint8, "r", shape=(count, SIDE, SIDE, 3))
    masks = np.memmap(target / "masks.u8", np.uint8, "r", shape=(count, SIDE, SIDE))
    return PictureSet(images, masks, label)


def _write(target: Path, source: Path, pictures: Iterable[Picture | None]) -> None:
    """Pictures one after the other into a folder beside the target, which is then renamed."""
    building = target.with_name(f"{target.name}.{os.getpid()}.tmp")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    labels: list[PictureLabel] = []
    left_out = 0
    try:
        with (
            (building / "images.u8").open("wb") as images,
            (building / "masks.u8").open("wb") as masks,
        ):
            for picture in pictures:
                if picture is None:
                    left_out += 1
                    continue
                images.write(picture.image.tobytes())
                masks.write(picture.mask.tobytes())
                labels.append(picture.label)
        if not labels:
            raise UserError(f"{source}: holds no picture that says where its hands are")
        np.savez(building / "labels.npz", **_columns(labels))
        # Another process may have been as quick with the same content.
        if not target.exists():
            building.rename(target)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    log.info("%s: %d pictures, %d left out, in %s", source, len(labels), left_out, target)


def _columns(labels: Sequence[PictureLabel]) -> dict[str, NDArray[np.float32]]:
    return {
        field.name: np.array([getattr(label, field.name) for label in labels], np.float32)
        for field in fields(PictureLabel)
    }
