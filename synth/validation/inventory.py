"""Whether dataset.json, its manifest and the files beside it belong together."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, Final

from synth.dataset import FILE_NAME, Dataset
from synth.errors import UserError
from synth.manifest import SPLITS, Manifest, parse_manifest
from synth.splits import sequence_ranges
from synth.validation.fault import Fault

UNKNOWN: Final = "unknown shard"
DATASET: Final = "dataset.json"

#: Keys of a manifest that decide which sequence is in which split.
_OF_SPLITS: Final = ("sequences", "splits")


def inventory_faults(
    dataset: Dataset, said: dict[str, Any], names: Collection[str]
) -> Iterator[Fault]:
    """Shards that dataset.json does not know, and what it says that cannot be.

    Args:
        said: the content of dataset.json, with the sums that others may read there.
        names: of the files in the folder.
    """
    known = {record.name for record in dataset.shards}
    for name in sorted(names):
        if name.endswith(".tar") and name not in known:
            yield Fault(UNKNOWN, name, "", f"is not in {FILE_NAME}")
    if dataset.manifest_sha256 not in _checksums(dataset.manifest):
        yield Fault(DATASET, FILE_NAME, "", "manifest_sha256 is not that of its manifest")
    if len(known) < len(dataset.shards):
        yield Fault(DATASET, FILE_NAME, "", "names a shard twice")
    yield from _sum_faults(dataset, said)
    yield from _range_faults(dataset)


def _sum_faults(dataset: Dataset, said: dict[str, Any]) -> Iterator[Fault]:
    """Sums over the shards that are not those of the shards."""
    complete = is_complete(dataset)
    if complete is not None and said.get("complete") is not complete:
        what = f"complete is {json.dumps(said.get('complete'))}, by its shards it is"
        yield Fault(DATASET, FILE_NAME, "", f"{what} {json.dumps(complete)}")
    counts = said.get("counts")
    for split, right in dataset.counts().items():
        there = counts.get(split) if isinstance(counts, dict) else None
        for key, number in right.items():
            found = there.get(key) if isinstance(there, dict) else None
            if found != number:
                what = f"counts.{split}.{key} is {json.dumps(found)}, its shards have {number}"
                yield Fault(DATASET, FILE_NAME, "", what)


def is_complete(dataset: Dataset) -> bool | None:
    """Whether all sequences of the manifest are there; None if it does not say how many."""
    return dataset.complete if "sequences" in dataset.manifest else None


def _checksums(manifest: dict[str, Any]) -> tuple[str, ...]:
    """As rendered datasets have it, and as photographs have it."""
    plain = json.dumps(manifest, sort_keys=True, ensure_ascii=False)
    indented = json.dumps(manifest, sort_keys=True, ensure_ascii=False, indent=1) + "\n"
    return tuple(hashlib.sha256(text.encode()).hexdigest() for text in (plain, indented))


def _range_faults(dataset: Dataset) -> Iterator[Fault]:
    """Shards of a split whose sequences the manifest gives to another."""
    manifest = _manifest_of_splits(dataset.manifest)
    ranges = None if manifest is None else sequence_ranges(manifest)
    for record in dataset.shards:
        if not record.name.startswith(f"{record.split}-") or record.split not in SPLITS:
            yield Fault(DATASET, record.name, "", f"is of the split {record.split!r}")
            continue
        if ranges is None:
            continue
        allowed = next(ranges[split] for split in SPLITS if split == record.split)
        end = record.first_sequence + record.sequences
        if record.first_sequence < allowed.start or end > allowed.stop:
            what = (
                f"has the sequences {record.first_sequence} to {end - 1}, {record.split} has"
                f" {allowed.start} to {allowed.stop - 1}"
            )
            yield Fault(DATASET, record.name, "", what)


def _manifest_of_splits(manifest: dict[str, Any]) -> Manifest | None:
    """As much of a rendered dataset's manifest as decides on splits: its files may be elsewhere."""
    if "kind" in manifest or any(key not in manifest for key in _OF_SPLITS):
        return None
    few = {key: manifest[key] for key in _OF_SPLITS}
    try:
        return parse_manifest(few, Path(), FILE_NAME)
    except UserError:
        return None
