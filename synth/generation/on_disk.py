"""How many sequences lie in a dataset, in shards and in parts, seen from names alone."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from synth.shards.parts import named_parts
from synth.shards.writer import ShardRecord


def count_on_disk(records: Iterable[ShardRecord], parts_folder: Path) -> int:
    """Sequences in shards, and in parts of shards that are still open.

    Args:
        records: of the shards.
        parts_folder: may be missing; then there are no parts.
    """
    spans = [range(r.first_sequence, r.first_sequence + r.sequences) for r in records]
    named = named_parts(parts_folder) if parts_folder.is_dir() else []
    parts = {sequence for _, sequence, _ in named}
    # A part stays until dataset.json lists its shard, so it may be in both.
    for span in spans:
        parts.difference_update(span)
    return sum(map(len, spans)) + len(parts)
