"""Read samples back from shards, without the webdataset package."""

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


def list_shards(path: str | Path, split: Split | None = None) -> list[Path]:
    """Shards of a dataset's folder in order, train first; or the one shard that is named.

    Raises:
        UserError: if there is none.
    """
    path = Path(path)
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise UserError(f"{path}: there is no such shard or dataset folder")
    splits = SPLITS if split is None else (split,)
    shards = [shard for name in splits for shard in sorted(path.glob(f"{name}-*.tar"))]
    if not shards:
        kind = f"{split} shard" if split else "shard"
        raise UserError(f"{path}: there is no {kind} in this folder")
    return shards


def read_samples(path: str | Path, split: Split | None = None) -> Iterator[Sample]:
    """Samples of a shard or of a dataset's folder, in the order in which they are stored.

    Args:
        path: a shard or a folder of shards.
        split: of the folder's shards; None means all.

    Raises:
        UserError: if there is no shard or one cannot be read.
    """
    for shard in list_shards(path, split):
        try:
            for key, group in groupby(unpack(shard), key=lambda m: m[0].partition(".")[0]):
                yield decode_members(key, {name.partition(".")[2]: data for name, data in group})
        except (OSError, ValueError) as error:
            raise UserError(
                f"{shard}: cannot be read: {error}; run `hand-synth generate` again to mend it"
            ) from None
