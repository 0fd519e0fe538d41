"""A dataset's folder with one shard a split, from samples that a test has made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from synth.dataset import Dataset, write_dataset
from synth.sample import Sample
from synth.shards.archive import pack
from synth.shards.members import encode_members
from synth.shards.writer import ShardRecord
from synth.storage.files import sha256_of


def write_shards(
    folder: Path, splits: Mapping[str, Sequence[Sample]], checksum: str = "ab" * 32
) -> Path:
    """Each sample is a sequence; the folder's name is the dataset's."""
    folder.mkdir(parents=True, exist_ok=True)
    shards: list[ShardRecord] = []
    first = 0
    for split, samples in splits.items():
        path = folder / f"{split}-000000.tar"
        path.write_bytes(b"".join(pack([m for each in samples for m in encode_members(each)])))
        size, count = path.stat().st_size, len(samples)
        shards.append(
            ShardRecord(path.name, split, sha256_of(path), size, first, count, samples=count)
        )
        first += count
    manifest = {"sequences": first}
    write_dataset(folder, Dataset(folder.name, manifest, checksum, {}, {}, tuple(shards)))
    return folder
