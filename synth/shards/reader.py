"""Read samples back from shards, here or in a store, without the webdataset package."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from synth.errors import UserError
from synth.manifest import SPLITS
from synth.sample import Sample
from synth.scene import Split
from synth.shards.archive import unpack
from synth.shards.members import decode_members
from synth.storage.place import Place, local_copy, names_in, place_at


def list_shards(where: str | Path, split: Split | None = None) -> tuple[Place, list[str]]:
    """A dataset's folder and the names of its shards in order, train first.

    Args:
        where: path or URL of the folder, or of one shard, which is then the only one.
        split: of the folder's shards; None means all.

    Raises:
        UserError: if there is none, or the folder cannot be listed.
    """
    folder, _, name = str(where).rpartition("/")
    if name.endswith(".tar"):
        return place_at(folder or "."), [name]
    place = place_at(where)
    names = names_in(place)
    if not names and place.folder is not None and not place.folder.is_dir():
        raise UserError(f"{place}: there is no such shard or dataset folder")
    wanted = SPLITS if split is None else (split,)
    shards = [
        name
        for prefix in wanted
        for name in names
        if name.startswith(f"{prefix}-") and name.endswith(".tar")
    ]
    if not shards:
        kind = f"{split} shard" if split else "shard"
        raise UserError(f"{place}: there is no {kind} in this folder")
    return place, shards


def read_samples(where: str | Path, split: Split | None = None) -> Iterator[Sample]:
    """Samples of a shard or of a dataset's folder, in the order in which they are stored.

    Args:
        where, split: as `list_shards` takes them.

    Raises:
        UserError: if there is no shard or one cannot be read.
    """
    place, names = list_shards(where, split)
    for name in names:
        yield from read_shard(place, name)


def read_shard(place: Place, name: str) -> Iterator[Sample]:
    """Samples of one shard. Of a store one shard at a time is on this machine.

    Raises:
        UserError: if it cannot be read.
    """
    try:
        with local_copy(place, name) as shard:
            for key, group in groupby(unpack(shard), key=lambda m: m[0].partition(".")[0]):
                yield decode_members(key, {name.partition(".")[2]: data for name, data in group})
    except FileNotFoundError:
        raise UserError(f"{place}: there is no shard {name}") from None
    except (OSError, ValueError) as error:
        raise UserError(
            f"{place / name}: cannot be read: {error}; run `hand-synth generate` again to mend it"
        ) from None
