"""Which HDRIs a dataset is lit by, and where they lie. bpy is located, never imported."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from synth.errors import UserError
from synth.folders import files_below
from synth.hdri_format import find_exr_fault, find_radiance_fault
from synth.manifest import BUILTIN

#: What the name of an HDRI that comes with bpy starts with, in scene descriptions.
BUILTIN_PREFIX: Final = BUILTIN + ":"
#: Endings of the files that are taken for HDRIs, in lower case.
HDRI_SUFFIXES: Final = (".exr", ".hdr")

_WORLDS_IN_BPY: Final = "datafiles/studiolights/world"


def find_hdris(sources: str | Path | Sequence[str | Path]) -> tuple[str, ...]:
    """Names of all HDRIs of one or more sources, sorted within each source, none twice.

    Args:
        sources: `builtin` for the 8 that come with bpy, an HDRI file, or a folder that is searched
            for *.exr and *.hdr at any depth; or a sequence of these.

    Returns:
        `builtin:courtyard.exr` for those of bpy, so that a scene description says the same on
        every machine; the path for others.

    Raises:
        UserError: a folder or file is missing, a folder holds no HDRI, or bpy is not installed.
    """
    if isinstance(sources, (str, Path)):
        sources = (sources,)
    found: dict[str, None] = {}
    for source in sources:
        found.update(dict.fromkeys(_find_in(source)))
    return tuple(found)


def resolve_hdri(name: str) -> Path:
    """Path of an HDRI as `find_hdris` named it.

    Raises:
        UserError: it is not there.
    """
    if name.startswith(BUILTIN_PREFIX):
        path = builtin_folder() / name.removeprefix(BUILTIN_PREFIX)
    else:
        path = Path(name)
    if not path.is_file():
        raise UserError(f"HDRI {name}: there is no file {path}; was it moved or deleted?")
    return path


def hdri_label(name: str) -> str:
    """The name of an HDRI in labels: its file's name without folder."""
    return Path(name.removeprefix(BUILTIN_PREFIX)).name


def check_hdri(path: str | Path) -> None:
    """Make sure that a file is a whole HDRI of the kind that its ending says.

    Raises:
        UserError: it is missing, unreadable, truncated, damaged, or another kind of file.
    """
    path = Path(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UserError(f"HDRI {path} cannot be read: {error.strerror}") from None
    is_exr = path.suffix.lower() == ".exr"
    fault = find_exr_fault(data) if is_exr else find_radiance_fault(data)
    if fault is not None:
        raise UserError(
            f"HDRI {path} cannot be used: {fault}; download or export it again, or remove it"
        )


def builtin_folder() -> Path:
    """Folder of the HDRIs that come with bpy.

    Raises:
        UserError: bpy is not installed, or this bpy has no HDRIs.
    """
    spec = importlib.util.find_spec("bpy")
    locations = list(spec.submodule_search_locations or ()) if spec is not None else []
    if not locations:
        raise UserError(
            "light.hdris: builtin needs the package bpy, which is not installed here;"
            " run `make` or name a folder of HDRIs"
        )
    # Blender keeps its data in a folder named after its version, such as 4.5.
    for folder in sorted(Path(locations[0]).glob(f"[0-9]*/{_WORLDS_IN_BPY}")):
        return folder
    raise UserError(f"light.hdris: builtin: {locations[0]} holds no {_WORLDS_IN_BPY}")


def _find_in(source: str | Path) -> list[str]:
    if str(source) == BUILTIN:
        return [BUILTIN_PREFIX + path.name for path in sorted(builtin_folder().glob("*.exr"))]
    path = Path(source)
    if path.is_file():
        if path.suffix.lower() not in HDRI_SUFFIXES:
            raise UserError(f"light.hdris: {path} is no HDRI; its name must end in .exr or .hdr")
        return [str(path)]
    if not path.is_dir():
        raise UserError(f"light.hdris: there is no folder {path}")
    found = files_below(path, HDRI_SUFFIXES)
    if not found:
        raise UserError(f"light.hdris: the folder {path} holds no *.exr or *.hdr file")
    return list(found)
