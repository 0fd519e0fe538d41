"""What a dataset's folder holds, and what is still to be made in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from synth.dataset import (
    FILE_NAME,
    Dataset,
    new_dataset,
    read_dataset,
    refuse_other,
    write_dataset,
)
from synth.errors import UserError
from synth.inputs import check_gestures, check_hdris
from synth.manifest import SPLITS, Manifest
from synth.shards.parts import PARTS_FOLDER, find_parts, split_into_parts
from synth.shards.plan import Part, ShardPlan, plan_shards
from synth.shards.writer import ShardRecord, find_fault
from synth.splits import hdris_of, limited_ranges, photos_of, sequence_ranges
from synth.storage.place import Place, local_copy, names_in, remove, sizes_in

LOGS_FOLDER = "logs"

Report = Callable[[str], None]


@dataclass
class Work:
    """What a dataset holds and what is still to be made in it.

    Attributes:
        manifest: of the dataset.
        place: of the dataset.
        folder: for parts and logs; the same for a dataset on this machine.
        dataset: what its dataset.json says; its shards are in `records`.
        records: of the shards that are there, by name.
        open_shards: those not there in full, by name, in their order.
        parts: finished sequences that wait for their shard.
        unlisted: shards that are there and that dataset.json does not know yet; their parts stay
            until it does.
    """

    manifest: Manifest
    place: Place
    folder: Path
    dataset: Dataset
    records: dict[str, ShardRecord]
    open_shards: dict[str, ShardPlan] = field(default_factory=dict)
    parts: dict[int, Path] = field(default_factory=dict)
    unlisted: list[Path] = field(default_factory=list)

    @property
    def parts_folder(self) -> Path:
        return self.folder / PARTS_FOLDER

    def missing(self) -> Iterator[int]:
        """Sequences to be made, in the order of the shards."""
        plans = list(self.open_shards.values())
        return (s for plan in plans for s in plan.sequences if s not in self.parts)

    def count_missing(self) -> int:
        """How many `missing` gives."""
        return sum(
            len(plan.sequences) - sum(s in self.parts for s in plan.sequences)
            for plan in self.open_shards.values()
        )

    def count_there(self) -> int:
        """Sequences in shards and in parts; those of a shard that grows are both."""
        closed = (r.sequences for name, r in self.records.items() if name not in self.open_shards)
        return sum(closed) + len(self.parts)


def check_inputs(manifest: Manifest) -> None:
    """See that the manifest's gestures exist, that the HDRIs are whole and each split has some, and
    photographs if asked for.

    Raises:
        UserError: one line, if not.
    """
    check_gestures(manifest)
    check_hdris(manifest)
    for split in SPLITS:
        if sequence_ranges(manifest)[split]:
            hdris_of(manifest, split)
            photos_of(manifest, split)


def prepare(
    manifest: Manifest,
    place: Place,
    folder: Path,
    limit: int | None,
    report: Report,
    part: Part | None = None,
) -> Work:
    """Look at what a dataset's place holds: check its shards and parts, drop the broken ones.

    Args:
        manifest: of the dataset.
        place: of the dataset.
        folder: `synth.generation.folder.working_folder` of it, locked.
        limit: sequences in all, those of an earlier run included; None means all.
        report: takes a line for each broken shard and part.
        part: the share of this run; None for all.

    Raises:
        UserError: if the place holds something else, or the manifest's inputs are not in order.
    """
    check_inputs(manifest)
    dataset = _begin(place, new_dataset(manifest, part))
    (folder / PARTS_FOLDER).mkdir(exist_ok=True)
    parts, broken = find_parts(folder / PARTS_FOLDER)
    for sequence in broken:
        report(f"sequence {sequence}: its part was broken, it is rendered again")
    spans = {record.name: record.sequences for record in dataset.shards}
    records = _whole_shards(manifest, place, dataset, report)
    work = Work(manifest, place, folder, dataset, records, parts=parts)
    return _lay_out(work, spans, limit, part)


def _begin(place: Place, wanted: Dataset) -> Dataset:
    """The dataset that is there, or a new one."""
    if FILE_NAME in names_in(place):
        dataset = read_dataset(place)
        refuse_other(place, dataset, wanted)
        return dataset
    folder = place.folder
    there = names_in(place) if folder is None else [path.name for path in folder.iterdir()]
    if any(not name.startswith(".") for name in there):
        raise UserError(f"{place}: is not empty and is no dataset: choose another folder")
    write_dataset(place, wanted)
    return wanted


def _whole_shards(
    manifest: Manifest, place: Place, dataset: Dataset, report: Report
) -> dict[str, ShardRecord]:
    """The shards that are as dataset.json says; others are removed from it and from the place."""
    sizes = None if place.folder is not None else sizes_in(place)
    whole = {}
    faulty = []
    for record in dataset.shards:
        if place.folder is not None:
            fault = find_fault(place.folder, record, manifest)
        else:
            fault = _fault_by_size(record, sizes or {})
        if fault is None:
            whole[record.name] = record
        else:
            report(f"{place / record.name}: {fault}, its sequences are rendered again")
            faulty.append(record.name)
    if faulty:
        write_dataset(place, replace(dataset, shards=tuple(whole.values())))
        for name in faulty:
            remove(place, name)
    return whole


def _fault_by_size(record: ShardRecord, sizes: dict[str, int]) -> str | None:
    """What is seen without fetching: a store keeps what it took, but something may be missing."""
    size = sizes.get(record.name)
    if size is None:
        return "is missing"
    return None if size == record.bytes else f"has {size} bytes instead of {record.bytes}"


def _lay_out(work: Work, spans: dict[str, int], limit: int | None, part: Part | None) -> Work:
    """Fill in the open shards; the sequences of a shard cut short earlier become parts again.

    Args:
        spans: how many sequences each shard had when the folder was found.
    """
    limited = limited_ranges(work.manifest, limit)
    for full in plan_shards(work.manifest, part=part):
        within = min(full.sequences.stop, limited[full.split].stop) - full.sequences.start
        # A smaller limit than before takes nothing away.
        count = max(0, within, spans.get(full.name, 0))
        record = work.records.get(full.name)
        if count == (record.sequences if record else 0):
            continue
        work.open_shards[full.name] = replace(full, sequences=full.sequences[:count])
        if record is not None:
            with local_copy(work.place, full.name) as shard:
                work.parts.update(split_into_parts(shard, work.parts_folder))
    return work
