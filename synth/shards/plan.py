"""Which shard holds which sequences, and the keys of their samples."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from synth.errors import UserError
from synth.manifest import SPLITS, Manifest
from synth.scene import Split
from synth.splits import limited_ranges, sequence_ranges


@dataclass(frozen=True)
class ShardPlan:
    """One shard: `sequences` are those to be there, in the order in which they are stored.

    `capacity` is how many there are without a limit; a shard with fewer is completed by a later
    run with a larger one.
    """

    split: Split
    index: int
    sequences: range
    capacity: int

    @property
    def name(self) -> str:
        return f"{self.split}-{self.index:06d}.tar"


@dataclass(frozen=True)
class Part:
    """One of `of` runs that share a dataset, `number` from 1: it makes every `of`-th shard, so that
    no two runs make the same one, and what they made is joined by putting it into one folder."""

    number: int
    of: int

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


def parse_part(text: str) -> Part:
    """The part that is written k/n.

    Raises:
        UserError: if it is not, or k is not within 1 … n.
    """
    match = re.fullmatch(r"(\d{1,9})/(\d{1,9})", text)
    if match is None or not 1 <= int(match[1]) <= int(match[2]):
        raise UserError(f"{text!r} is no part: write k/n, with k from 1 to n, as in 3/8")
    return Part(int(match[1]), int(match[2]))


def plan_shards(
    manifest: Manifest, limit: int | None = None, part: Part | None = None
) -> Iterator[ShardPlan]:
    """The shards of a dataset, or of one part of it, train first, in order; empty ones are left
    out."""
    step = manifest.output.sequences_per_shard
    limited = limited_ranges(manifest, limit)
    # Those that a limit leaves empty are counted: a part's shards are its own at any limit.
    place = 0
    for split in SPLITS:
        for index, block in enumerate(_blocks(sequence_ranges(manifest)[split], step)):
            own = part is None or place % part.of == part.number - 1
            wanted = range(block.start, min(block.stop, limited[split].stop))
            if own and wanted:
                yield ShardPlan(split, index, wanted, len(block))
            place += 1


def with_part_numbers(manifest: Manifest, of: int) -> Iterator[tuple[int, ShardPlan]]:
    """All shards, each with the number of the part, of so many, that makes it."""
    return ((place % of + 1, plan) for place, plan in enumerate(plan_shards(manifest)))


def why_nothing(manifest: Manifest, limit: int | None, part: Part) -> str | None:
    """Why a part has no shard to make, in a few words; None if it has some."""
    if next(plan_shards(manifest, limit, part), None) is not None:
        return None
    shards = sum(1 for _ in plan_shards(manifest))
    if part.number <= shards:
        sequences = "1 sequence" if limit == 1 else f"{limit} sequences"
        return f"with a limit of {sequences} part {part} has nothing to make"
    only = "there is only 1 shard" if shards == 1 else f"there are only {shards} shards"
    return f"part {part} has nothing to make: {only}, and parts are made of whole ones"


def _blocks(numbers: range, step: int) -> Iterator[range]:
    return (numbers[start : start + step] for start in range(0, len(numbers), step))


def sample_key(sequence: int, frame: int, camera_index: int) -> str:
    """Name of a sample inside its shard."""
    return f"{sequence:08d}_{frame:03d}_{camera_index}"


def sequence_of_key(key: str) -> int:
    """The sequence number in a sample's key."""
    return int(key.split("_", 1)[0])


def sample_keys(manifest: Manifest, sequence: int) -> list[str]:
    """Keys of all samples of a sequence, in the order in which they are stored."""
    return [
        sample_key(sequence, frame, camera_index)
        for frame in range(manifest.frames_per_sequence)
        for camera_index in range(manifest.cameras)
    ]
