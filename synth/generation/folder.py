"""Where a run works: the dataset's own folder, or one of this machine for a dataset in a store."""

from __future__ import annotations

import hashlib
from pathlib import Path

from synth.asset_cache import cache_folder
from synth.errors import UserError
from synth.storage.place import Place


def working_folder(place: Place, chosen: Path | None = None) -> Path:
    """Folder for parts, logs and shards that are not yet where they belong.

    Args:
        place: of the dataset.
        chosen: by the user, for a dataset in a store; None for one below the cache folder whose
            name hangs on the URL, so that the same command finds it again.

    Raises:
        UserError: if a folder was chosen for a dataset on this machine.
    """
    if place.folder is not None:
        if chosen is not None:
            raise UserError(f"--work {chosen}: {place} is a folder of this machine and needs none")
        return place.folder
    name = hashlib.sha256(place.url.encode()).hexdigest()[:16]
    return chosen or cache_folder() / f"run-{name}"
