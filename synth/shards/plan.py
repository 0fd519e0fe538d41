"""Which shard holds which sequences, and the keys of their samples."""

from __future__ import annotations

from dataclasses import dataclass

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


def plan_shards(manifest: Manifest, limit: int | None = None) -> list[ShardPlan]:
    """The shards of a dataset, train first, in order; empty ones are left out."""
    step = manifest.output.sequences_per_shard
    limited = limited_ranges(manifest, limit)
    return [
        ShardPlan(split, index, wanted, len(block))
        for split in SPLITS
        for index, block in enumerate(_blocks(sequence_ranges(manifest)[split], step))
        if (wanted := range(block.start, min(block.stop, limited[split].stop)))
    ]


def _blocks(numbers: range, step: int) -> list[range]:
    return [numbers[start : start + step] for start in range(0, len(numbers), step)]


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
