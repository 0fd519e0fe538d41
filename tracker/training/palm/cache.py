"""Pictures of shards and photographs, from the cache."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from synth.dataset import read_dataset
from synth.scene import Split
from synth.shards.reader import list_shards, read_shard
from synth.storage.files import sha256_of
from tracker.photos import INDEX, Part, read_photos
from tracker.training.image_cache import CachedImages, cached_images
from tracker.training.palm.pictures import SIDE, Picture, picture_of_photo, picture_of_sample

#: Raised when pictures or labels are made in another way.
_VERSION: Final = 2


def pictures_of_dataset(where: str | Path, split: Split, cache: Path) -> list[CachedImages]:
    """A set for each shard of a generated dataset's split; the dataset is named by path or URL.

    Raises:
        UserError: if there is no shard, or one cannot be read.
    """
    place, names = list_shards(where, split)
    checksums = {shard.name: shard.sha256 for shard in read_dataset(where).shards}
    return [
        _entry(
            cache, checksums[name], place / name, map(picture_of_sample, read_shard(place, name))
        )
        for name in names
        if name in checksums
    ]


def pictures_of_photos(folder: Path, cache: Path, part: Part = "all") -> CachedImages:
    """The photographs of a folder, or a part of them, whose hands have boxes, in their order.

    Raises:
        UserError: if there is none, or one cannot be read.
    """
    photos = read_photos(folder, part=part)
    checksum = f"{sha256_of(folder / INDEX)} {part}"
    return _entry(cache, checksum, str(folder), map(picture_of_photo, photos))


def _entry(
    cache: Path, checksum: str, source: str, pictures: Iterable[Picture | None]
) -> CachedImages:
    key = hashlib.sha256(f"{_VERSION} {SIDE} {checksum}".encode()).hexdigest()[:16]
    known = (picture for picture in pictures if picture is not None)
    return cached_images(cache / f"palm-{key}", source, known)
