"""The files a manifest draws on: HDRIs and photographs for backgrounds.

Lists are sorted by name. An HDRI of bpy's own is named by its bare file name, any other by its
absolute path, as `synth.scene.Light.hdri` takes it.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from synth.errors import UserError
from synth.manifest import BUILTIN, Manifest

#: The HDRIs in bpy's datafiles/studiolights/world, all CC0 (see its license.txt).
BUILTIN_HDRIS = (
    "city.exr",
    "courtyard.exr",
    "forest.exr",
    "interior.exr",
    "night.exr",
    "studio.exr",
    "sunrise.exr",
    "sunset.exr",
)
PHOTO_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")

#: First bytes of an OpenEXR and of a Radiance file.
_HDRI_MAGIC = {".exr": b"\x76\x2f\x31\x01", ".hdr": b"#?"}


def list_hdris(manifest: Manifest) -> tuple[str, ...]:
    """HDRIs that `light.hdris` names; folders are not searched deeper.

    Raises:
        UserError: if a folder holds none or a file is neither OpenEXR nor Radiance.
    """
    return _list_hdris(manifest.light.hdris, manifest.folder)


@lru_cache(maxsize=8)
def _list_hdris(entries: tuple[str, ...], folder: Path) -> tuple[str, ...]:
    found: list[str] = []
    for entry in entries:
        if entry == BUILTIN:
            found += BUILTIN_HDRIS
            continue
        path = (folder / Path(entry).expanduser()).resolve()
        files = _files_in(path, tuple(_HDRI_MAGIC)) if path.is_dir() else [path]
        if not files:
            raise UserError(f"light.hdris: there is no .exr or .hdr file in {path}")
        for file in files:
            _check_magic(file)
        found += map(str, files)
    return tuple(dict.fromkeys(found))


def _check_magic(path: Path) -> None:
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as error:
        raise UserError(f"light.hdris: {path} cannot be read: {error.strerror}") from None
    magic = _HDRI_MAGIC.get(path.suffix.lower())
    if magic is None or not start.startswith(magic):
        raise UserError(f"light.hdris: {path} is not an OpenEXR or Radiance picture")


def list_photos(manifest: Manifest) -> tuple[str, ...]:
    """Absolute paths of the photographs in `background.photos`, at any depth.

    Raises:
        UserError: if photographs are wanted and the folder holds none.
    """
    background = manifest.background
    if background.photos is None or background.photo == 0:
        return ()
    return _list_photos(background.photos, manifest.folder)


@lru_cache(maxsize=8)
def _list_photos(entry: str, folder: Path) -> tuple[str, ...]:
    path = (folder / Path(entry).expanduser()).resolve()
    files = _files_in(path, PHOTO_SUFFIXES, deep=True)
    if not files:
        raise UserError(f"background.photos: there is no {', '.join(PHOTO_SUFFIXES)} in {path}")
    return tuple(map(str, files))


def _files_in(folder: Path, suffixes: tuple[str, ...], deep: bool = False) -> list[Path]:
    paths = folder.rglob("*") if deep else folder.iterdir()
    return sorted(
        path
        for path in paths
        if path.suffix.lower() in suffixes and not path.name.startswith(".") and path.is_file()
    )


def fingerprint(manifest: Manifest) -> dict[str, str]:
    """SHA-256 over names and sizes of the files of each kind; changes when a folder does."""
    return {
        "hdris": _fingerprint(list_hdris(manifest)),
        "photos": _fingerprint(list_photos(manifest)),
    }


def _fingerprint(files: tuple[str, ...]) -> str:
    # File names without their folders: the dataset may go on after the inputs were moved.
    lines = [
        name if name in BUILTIN_HDRIS else f"{Path(name).name} {Path(name).stat().st_size}"
        for name in files
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
