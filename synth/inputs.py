"""What a manifest draws on: HDRIs, photographs for backgrounds, named gestures."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from synth.errors import UserError
from synth.folders import files_below
from synth.gestures.library import find_gesture
from synth.hdris import check_hdri, find_hdris, hdri_label, resolve_hdri
from synth.manifest import BUILTIN, Manifest

PHOTO_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")


def list_hdris(manifest: Manifest) -> tuple[str, ...]:
    """Names of the HDRIs that `light.hdris` stands for, see `synth.hdris.find_hdris`.

    Raises:
        UserError: if a folder or file is missing or a folder holds none.
    """
    return _list_hdris(manifest.light.hdris, manifest.folder)


@lru_cache(maxsize=8)
def _list_hdris(entries: tuple[str, ...], folder: Path) -> tuple[str, ...]:
    return find_hdris(
        [entry if entry == BUILTIN else _resolved(folder, entry) for entry in entries]
    )


def list_photos(manifest: Manifest) -> tuple[str, ...]:
    """Absolute paths of the photographs in `background.photos`, at any depth, sorted.

    Raises:
        UserError: if photographs are wanted and the folder holds none.
    """
    background = manifest.background
    if background.photos is None or background.photo == 0:
        return ()
    return _list_photos(background.photos, manifest.folder)


@lru_cache(maxsize=8)
def _list_photos(entry: str, folder: Path) -> tuple[str, ...]:
    path = _resolved(folder, entry)
    photos = files_below(path, PHOTO_SUFFIXES)
    if not photos:
        raise UserError(
            f"background.photos: the folder {path} holds no file that ends in"
            f" {', '.join(PHOTO_SUFFIXES)}"
        )
    return photos


def check_gestures(manifest: Manifest) -> None:
    """See that the library has every gesture of `motion.gestures`.

    Raises:
        UserError: one line naming the first that is missing, and the nearest that is there.
    """
    for name in manifest.motion.gestures or ():
        try:
            find_gesture(name)
        except UserError as error:
            raise UserError(f"motion.gestures: {error}") from None


def check_hdris(manifest: Manifest) -> None:
    """Look into every HDRI, so that a bad one is found before anything is rendered.

    Raises:
        UserError: one line naming the first that is missing, damaged or of another kind.
    """
    for name in list_hdris(manifest):
        check_hdri(resolve_hdri(name))


def fingerprint(manifest: Manifest) -> dict[str, str]:
    """SHA-256 over names and sizes of the files of each kind; changes when a folder does."""
    return {
        "hdris": _digest([(hdri_label(n), resolve_hdri(n)) for n in list_hdris(manifest)]),
        "photos": _digest([(Path(photo).name, Path(photo)) for photo in list_photos(manifest)]),
    }


def _digest(files: list[tuple[str, Path]]) -> str:
    # Names without their folders: a dataset may go on after its inputs were moved.
    lines = (f"{name} {path.stat().st_size}" for name, path in files)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _resolved(folder: Path, entry: str) -> Path:
    return (folder / Path(entry).expanduser()).resolve()
