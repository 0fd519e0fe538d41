"""What a dataset that was joined from parts still lacks."""

from __future__ import annotations

from synth.dataset import Dataset
from synth.manifest import Manifest
from synth.shards.plan import with_part_numbers

#: Runs of sequences, and parts, that are named; the rest is an ellipsis.
_NAMED = 5


def missing_sequences(dataset: Dataset) -> list[range]:
    """Runs of sequences that no shard has, in their order."""
    total = int(dataset.manifest["sequences"])
    gaps, reached = [], 0
    for shard in sorted(dataset.shards, key=lambda record: record.first_sequence):
        if shard.first_sequence > reached:
            gaps.append(range(reached, shard.first_sequence))
        reached = shard.first_sequence + shard.sequences
    if reached < total:
        gaps.append(range(reached, total))
    return gaps


def lacking_parts(dataset: Dataset, manifest: Manifest, of: int) -> tuple[list[int], list[int]]:
    """Numbers of the parts, of so many, that a dataset has nothing of and that it has not whole."""
    sequences = {record.name: record.sequences for record in dataset.shards}
    begun: set[int] = set()
    open_: set[int] = set()
    for number, plan in with_part_numbers(manifest, of):
        there = sequences.get(plan.name, 0)
        if there:
            begun.add(number)
        if there < plan.capacity:
            open_.add(number)
    return sorted(open_ - begun), sorted(open_ & begun)


def describe_gaps(dataset: Dataset, manifest: Manifest, of: int | None) -> str | None:
    """What is missing in words; None if nothing is.

    Args:
        dataset: that was joined.
        manifest: of it.
        of: how many parts there are to be; None if that is unknown.
    """
    gaps = missing_sequences(dataset)
    if not gaps:
        return None
    count = sum(map(len, gaps))
    text = f"{'sequence' if count == 1 else 'sequences'} {_listed([_span(gap) for gap in gaps])}"
    text += " is missing" if count == 1 else " are missing"
    if of is None:
        return text
    absent, partial = lacking_parts(dataset, manifest, of)
    reasons = [
        f"{'part' if len(numbers) == 1 else 'parts'} {_listed([f'{k}/{of}' for k in numbers])}"
        f" {'is' if len(numbers) == 1 else 'are'} not {state}"
        for numbers, state in ((absent, "there"), (partial, "whole"))
        if numbers
    ]
    return f"{text} ({', '.join(reasons)})"


def _span(gap: range) -> str:
    return str(gap.start) if len(gap) == 1 else f"{gap.start} to {gap.stop - 1}"


def _listed(items: list[str]) -> str:
    return ", ".join(items[:_NAMED]) + (", …" if len(items) > _NAMED else "")
