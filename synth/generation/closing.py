"""Parts become shards, and shards are listed in dataset.json.

In this order nothing is lost if the process is killed between two steps: a shard that dataset.json
does not know yet is assembled again from its parts, which stay until it does.
"""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Final

from synth.dataset import write_dataset
from synth.generation.work import Work
from synth.shards.plan import ShardPlan
from synth.shards.writer import assemble_shard
from synth.storage.place import upload

#: dataset.json is written anew for every shard that is closed, but of a million sequences it has
#: megabytes: then for several at a time, so that no more than this share of the time goes there.
_LISTING_SHARE: Final = 0.01
#: Parts of shards that wait to be listed, after which they are anyhow: they take room twice.
_MOST_UNLISTED: Final = 10_000


class Closing:
    """The shards of a run, from their first sequence to dataset.json."""

    def __init__(self, work: Work) -> None:
        self.work = work
        self.waiting = {
            name: sum(s not in work.parts for s in plan.sequences)
            for name, plan in work.open_shards.items()
        }
        self.next_listing = 0.0

    def close_ready(self) -> None:
        """Close the shards all of whose sequences are there, from before."""
        for name in [name for name, count in self.waiting.items() if count == 0]:
            self._close(self.work.open_shards[name])

    def add(self, plan: ShardPlan) -> None:
        """Take in that one more sequence of a shard is there."""
        self.waiting[plan.name] -= 1
        if self.waiting[plan.name] == 0:
            self._close(plan)

    def _close(self, plan: ShardPlan) -> None:
        work = self.work
        parts = [work.parts[sequence] for sequence in plan.sequences]
        record = assemble_shard(work.folder, plan, parts, work.manifest.images_per_sequence)
        if work.place.folder is None:
            upload(work.place, plan.name, work.folder / plan.name)
            (work.folder / plan.name).unlink()
        work.records[plan.name] = record
        del work.open_shards[plan.name]
        del self.waiting[plan.name]
        work.unlisted += [work.parts.pop(sequence) for sequence in plan.sequences]
        if time.monotonic() >= self.next_listing or len(work.unlisted) >= _MOST_UNLISTED:
            self.list_all()

    def list_all(self) -> None:
        """Write dataset.json with all shards that are there, then remove their parts."""
        began = time.monotonic()
        list_shards_of(self.work)
        took = time.monotonic() - began
        self.next_listing = time.monotonic() + took / _LISTING_SHARE


def list_shards_of(work: Work) -> None:
    """Write dataset.json with all shards that are there, then remove their parts."""
    shards = tuple(sorted(work.records.values(), key=lambda record: record.first_sequence))
    work.dataset = replace(work.dataset, shards=shards)
    write_dataset(work.place, work.dataset)
    for part in work.unlisted:
        part.unlink(missing_ok=True)
    work.unlisted.clear()
