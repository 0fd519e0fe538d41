"""Whether splits share a background photograph under two names.

Labels do not name backgrounds, and splits never share a file; what they may share is a copy of
one. The manifest names the folder, which may be on another machine.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from synth.dataset import FILE_NAME, Dataset
from synth.errors import UserError
from synth.inputs import list_photos
from synth.manifest import SPLITS, parse_manifest
from synth.splits import photos_of
from synth.storage.files import sha256_of
from synth.validation.fault import Fault
from synth.validation.splits import SPLIT

#: Keys of a manifest that decide which photograph is in which split.
_KEYS: Final = ("seed", "sequences", "splits", "background")


def background_photographs(dataset: Dataset) -> dict[str, Sequence[str]] | None:
    """Paths of the background photographs of each split.

    Returns:
        None if they are not on this machine, or no longer as the dataset was made from them.
    """
    manifest: dict[str, Any] = dataset.manifest
    background = manifest.get("background")
    if not isinstance(background, dict) or not background.get("photo"):
        return {}
    try:
        few = parse_manifest({key: manifest[key] for key in _KEYS}, Path(), FILE_NAME)
        if _fingerprint(list_photos(few)) != dataset.inputs.get("photos"):
            return None
        return {split: photos_of(few, split) for split in SPLITS}
    except (UserError, KeyError, OSError):
        return None


def _fingerprint(photos: Sequence[str]) -> str:
    """As `inputs.photos` of dataset.json is made."""
    lines = (f"{Path(photo).name} {Path(photo).stat().st_size}" for photo in photos)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def background_faults(photographs: Mapping[str, Sequence[str]]) -> Iterator[Fault]:
    """Photographs of different splits that hold the same bytes.

    Args:
        photographs: paths by split.

    Raises:
        OSError: if one cannot be read.
    """
    by_size: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for split, paths in photographs.items():
        for path in paths:
            by_size[Path(path).stat().st_size].append((split, path))
    for alike in by_size.values():
        if len({split for split, _ in alike}) < 2:
            continue
        first: dict[str, tuple[str, str]] = {}
        for split, path in alike:
            other, other_path = first.setdefault(sha256_of(Path(path)), (split, path))
            if other != split:
                what = f"background {path} of {split} is a copy of {other_path} of {other}"
                yield Fault(SPLIT, "", "", what)
