"""Pictures of shards and photographs, from the cache."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from synth.scene import Split
from synth.shards.files import sha256_of
from synth.shards.reader import list_shards, read_samples
from tracker.photos import INDEX, Part, read_photos
from tracker.training.image_cache import CachedImages, cached_images
from tracker.training.palm.pictures import SIDE, Picture, picture_of_photo, picture_of_sample

#: Raised when pictures or labels are made in another way.
_VERSION: Final = 2


def pictures_of_dataset(folder: Path, split: Split, cache: Path) -> list[CachedImages]:
    """A set for each shard of a generated dataset's split.

    Raises:
        UserError: if there is no shard, or one cannot be read.
    """
    return [
        _entry(cache, sha256_of(shard), shard, map(picture_of_sample, read_samples(shard)))
        for shard in list_shards(folder, split)
    ]


def pictures_of_photos(folder: Path, cache: Path, part: Part = "all") -> CachedImages:
    """The photographs of a folder, or a part of them, whose hands have boxes, in their order.

    Raises:
        UserError: if there is none, or one cannot be read.
    """
    photos = read_photos(folder, part=part)
    checksum = f"{sha256_of(folder / INDEX)} {part}"
    return _entry(cache, checksum, folder, map(picture_of_photo, photos))


def _entry(
    cache: Path, checksum: str, source: Path, pictures: Iterable[Picture | None]
) -> CachedImages:
    key = hashlib.sha256(f"{_VERSION} {SIDE} {checksum}".encode()).hexdigest()[:16]
    known = (picture for picture in pictures if picture is not None)
    return cached_images(cache / f"palm-{key}", str(source), known)
