"""Parts of a dataset that were made apart become one dataset."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from synth.dataset import FILE_NAME, Dataset, Made, read_dataset, write_dataset
from synth.errors import UserError
from synth.generation.folder import working_folder
from synth.generation.gaps import describe_gaps
from synth.generation.joining import (
    Source,
    add_up,
    number_of_parts,
    read_parts,
    refuse_output,
    sources_of,
)
from synth.manifest import Manifest, parse_manifest
from synth.shards.writer import ShardRecord, find_fault
from synth.storage.files import TEMPORARY_SUFFIX, remove_temporaries
from synth.storage.lock import locked
from synth.storage.place import Place, local_copy, remove, sizes_in, upload

#: Wraps the names of the shards that are gone through, with their number.
Watch = Callable[[Iterable[str], int], Iterable[str]]
Report = Callable[[str], None]


@dataclass(frozen=True)
class Merged:
    """What was joined, and in words what it lacks; None if it is complete."""

    dataset: Dataset
    lacks: str | None


def merge(
    parts: Sequence[Place],
    output: Place,
    report: Report = lambda _line: None,
    watch: Watch = lambda names, _count: names,
) -> Merged:
    """Put the parts' shards together with those that are in a place; the parts stay as they are.

    Shards are checked and brought one after the other. However it ends, what came is kept, and a
    merge begun again does not copy what is there and whole. On one file system of this machine
    nothing is copied at all, the shards are linked.

    Of the output's own shards those of a folder are read, those of a store are checked by size.
    A whole one stays, unless a part has it with more sequences; a broken one is taken from the
    parts again, or left out where no part has it.

    Args:
        parts: places of datasets made from one manifest by the same versions, with different
            shards.
        output: an empty place, or one with a dataset of the same manifest and versions.
        report: takes a line for each broken shard of the output.
        watch: sees the shards go by.

    Returns:
        The dataset, which lacks the shards that neither had. `generate` goes on with it.

    Raises:
        UserError: if the parts do not belong together, a shard is broken in all parts that have
            it, the output holds something else, or another run is writing there.
    """
    read = read_parts(parts, output)
    datasets = [dataset for _, dataset in read]
    sources = sources_of(read)
    manifest = parse_manifest(datasets[0].manifest, Path(), str(read[0][0]))
    with locked(working_folder(output)):
        sizes = sizes_in(output)
        there = _begin(output, sizes, *read[0])
        if output.folder is not None:
            remove_temporaries(output.folder)
        records = {record.name: record for record in there.shards}
        left_out: list[str] = []
        try:
            names = sorted({*records, *sources})
            for name in watch(names, len(names)):
                old, source = records.get(name), sources.get(name)
                record = _settle(output, sizes, old, source, manifest, report)
                if record is not None:
                    records[name] = record
                else:
                    del records[name]
                    left_out.append(name)
        except BaseException:
            # The error is what is told, not that it cannot be noted either.
            with contextlib.suppress(OSError, UserError):
                write_dataset(output, _joined(there, datasets, records))
            raise
        whole = _joined(there, datasets, records)
        write_dataset(output, whole)
        for name in left_out:
            remove(output, name)
    return Merged(whole, describe_gaps(whole, manifest, number_of_parts(datasets)))


def _begin(output: Place, names: Collection[str], part: Place, wanted: Dataset) -> Dataset:
    """The dataset in the output. It is marked as this dataset's before anything comes."""
    if FILE_NAME in names:
        there = read_dataset(output)
        refuse_output(output, there, part, wanted)
        return there
    if any(not name.startswith(".") for name in names):
        raise UserError(f"{output}: is not empty and is no dataset: choose another folder")
    empty = replace(wanted, part=None, shards=(), made=Made())
    write_dataset(output, empty)
    return empty


def _joined(
    there: Dataset, datasets: Sequence[Dataset], records: dict[str, ShardRecord]
) -> Dataset:
    shards = sorted(records.values(), key=lambda record: record.first_sequence)
    return replace(there, shards=tuple(shards), made=add_up(there, datasets, records))


def _settle(
    output: Place,
    sizes: dict[str, int],
    old: ShardRecord | None,
    source: Source | None,
    manifest: Manifest,
    report: Report,
) -> ShardRecord | None:
    """See that the output has a shard; None if it is broken and no part has it.

    Args:
        output: of the merge.
        sizes: of the files in it, in bytes.
        old: what the output's dataset.json says of the shard.
        source: where the parts have it.
        manifest: of the dataset.
        report: takes a line if the output's is broken.
    """
    if old is not None and (source is None or source.record.sequences <= old.sequences):
        fault = _fault_there(output, sizes, old, manifest)
        if fault is None:
            return old
        then = "is in no part: left out" if source is None else "taken from the parts again"
        report(f"{output / old.name}: {fault}; {then}")
    if source is None:
        return None
    # One that a merge brought which was killed before it could list it.
    folder = output.folder
    if folder is None or find_fault(folder, source.record, manifest) is not None:
        _bring(source, manifest, output)
    return source.record


def _fault_there(
    output: Place, sizes: dict[str, int], record: ShardRecord, manifest: Manifest
) -> str | None:
    if output.folder is not None:
        return find_fault(output.folder, record, manifest)
    size = sizes.get(record.name)
    if size is None:
        return "is missing"
    return None if size == record.bytes else f"has {size} bytes instead of {record.bytes}"


def _bring(source: Source, manifest: Manifest, output: Place) -> None:
    """Put a shard into the output from the first part that has it whole."""
    record = source.record
    faults = []
    for place in source.places:
        with contextlib.ExitStack() as stack:
            try:
                shard = stack.enter_context(local_copy(place, record.name))
            except FileNotFoundError:
                faults.append("is missing")
                continue
            fault = find_fault(shard.parent, record, manifest)
            if fault is not None:
                faults.append(fault)
            elif output.folder is None:
                return upload(output, record.name, shard)
            else:
                target = output.folder / record.name
                return _link_or_copy(shard, target, place.folder is not None)
    raise UserError(
        f"{source.places[0] / record.name}: {faults[0]}; run `hand-synth generate` with that part"
        " again"
    )


def _link_or_copy(source: Path, target: Path, may_link: bool) -> None:
    temporary = target.with_name(f"{target.name}.{os.getpid()}{TEMPORARY_SUFFIX}")
    temporary.unlink(missing_ok=True)
    try:
        linked = False
        if may_link:
            with contextlib.suppress(OSError):
                os.link(source, temporary)
                linked = True
        if not linked:
            shutil.copyfile(source, temporary)
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
