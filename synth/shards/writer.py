"""A shard from its parts, and whether a shard is whole."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from synth.manifest import Manifest
from synth.shards.archive import END, member_names
from synth.shards.plan import ShardPlan, sample_keys
from synth.storage.files import sha256_of, write_atomically


@dataclass(frozen=True)
class ShardRecord:
    """What dataset.json says of one shard. Its sequences are contiguous."""

    name: str
    split: str
    sha256: str
    bytes: int
    first_sequence: int
    sequences: int
    samples: int


def assemble_shard(
    folder: Path, plan: ShardPlan, parts: Sequence[Path], images_per_sequence: int
) -> ShardRecord:
    """Join parts to a shard, written beside its name and renamed.

    Args:
        folder: of the dataset.
        plan: of the shard.
        parts: one for each sequence of the plan, in the same order.
        images_per_sequence: number of samples in a part.

    Raises:
        OSError: if it cannot be written; the parts and an older shard stay.
    """
    digest = hashlib.sha256()
    size = 0

    def chunks() -> Iterator[bytes]:
        for part in parts:
            yield part.read_bytes()[: -len(END)]
        yield END

    def counted() -> Iterator[bytes]:
        nonlocal size
        for chunk in chunks():
            digest.update(chunk)
            size += len(chunk)
            yield chunk

    write_atomically(folder / plan.name, counted())
    return ShardRecord(
        name=plan.name,
        split=plan.split,
        sha256=digest.hexdigest(),
        bytes=size,
        first_sequence=plan.sequences.start,
        sequences=len(plan.sequences),
        samples=len(plan.sequences) * images_per_sequence,
    )


def find_fault(folder: Path, record: ShardRecord, manifest: Manifest) -> str | None:
    """What is wrong with a shard: missing, other content, unreadable, other samples; or None."""
    path = folder / record.name
    if not path.is_file():
        return "is missing"
    try:
        if path.stat().st_size != record.bytes:
            return f"has {path.stat().st_size} bytes instead of {record.bytes}"
        if sha256_of(path) != record.sha256:
            return "has another checksum than dataset.json says"
        names = member_names(path)
    except (OSError, ValueError) as error:
        return f"cannot be read: {error}"
    sequences = range(record.first_sequence, record.first_sequence + record.sequences)
    expected = [key for sequence in sequences for key in sample_keys(manifest, sequence)]
    if list(dict.fromkeys(name.partition(".")[0] for name in names)) != expected:
        return "does not hold the samples that it should"
    return None
