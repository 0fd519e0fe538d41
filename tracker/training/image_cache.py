"""Pictures decoded once and kept as arrays on the disk, with masks and labels.

An entry is a folder: `images.u8` (N, S, S, 3) and `masks.u8` (N, S, S), plain bytes that are mapped
into memory and not read at once, and `labels.npz`. Who names an entry puts a checksum of all that
it hangs on into the name, so an old one is never taken for a new one. It is written beside its name
and renamed, so it is whole or not there; of several processes that want the same one, the first
writes it and the others wait.
"""

from __future__ import annotations

import fcntl
import logging
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from synth.errors import UserError

log = logging.getLogger(__name__)


class Picture(Protocol):
    """(S, S, 3) RGB, (S, S) mask and a dataclass of numbers and arrays."""

    @property
    def image(self) -> NDArray[np.uint8]: ...
    @property
    def mask(self) -> NDArray[np.uint8]: ...
    @property
    def label(self) -> Any: ...


@dataclass(frozen=True)
class CachedImages:
    """N pictures.

    Attributes:
        images: (N, S, S, 3) uint8, mapped.
        masks: (N, S, S) uint8, mapped.
        labels: for each field of the label an array of N values.
    """

    images: NDArray[np.uint8]
    masks: NDArray[np.uint8]
    labels: Mapping[str, NDArray[np.float32]]

    def __len__(self) -> int:
        return len(self.images)


def cached_images(target: Path, source: str, pictures: Iterable[Picture]) -> CachedImages:
    """The entry `target`, made from the pictures if it is not there.

    Args:
        target: folder of the entry.
        source: where the pictures come from, for the progress bar and errors.
        pictures: all of one size; they are not looked at where there is an entry.

    Raises:
        UserError: if there is no picture.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with _locked(target):
        if not target.exists():
            _write(target, source, pictures)
    with np.load(target / "labels.npz") as columns:
        labels = dict(columns)
    count = len(next(iter(labels.values())))
    masks = np.memmap(target / "masks.u8", np.uint8, "r").reshape(count, -1)
    side = round(masks.shape[1] ** 0.5)
    images = np.memmap(target / "images.u8", np.uint8, "r", shape=(count, side, side, 3))
    return CachedImages(images, masks.reshape(count, side, side), labels)


@contextmanager
def _locked(target: Path) -> Iterator[None]:
    """One process at a time; the lock of one that is killed is gone with it."""
    with target.with_name(target.name + ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _write(target: Path, source: str, pictures: Iterable[Picture]) -> None:
    building = target.with_name(target.name + ".tmp")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir()
    labels: list[Any] = []
    with (building / "images.u8").open("wb") as images, (building / "masks.u8").open("wb") as masks:
        for picture in tqdm(pictures, source, leave=False, unit="picture", disable=None):
            images.write(picture.image.tobytes())
            masks.write(picture.mask.tobytes())
            labels.append(picture.label)
    if not labels:
        shutil.rmtree(building)
        raise UserError(f"{source}: holds no picture that says where its hands are")
    np.savez(building / "labels.npz", **_columns(labels))
    building.rename(target)
    log.info("%d pictures of %s written to %s", len(labels), source, target)


def _columns(labels: Sequence[Any]) -> dict[str, NDArray[np.float32]]:
    return {
        name: np.array([getattr(label, name) for label in labels], np.float32)
        for name in vars(labels[0])
    }
