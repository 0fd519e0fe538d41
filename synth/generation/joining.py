"""Which parts belong together, what shards they have, and what was spent on them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from synth.dataset import Dataset, Made, find_difference, read_dataset
from synth.errors import UserError
from synth.shards.plan import parse_part
from synth.shards.writer import ShardRecord
from synth.storage.place import Place


@dataclass(frozen=True)
class Source:
    """A shard and the parts that have it; of each other's copies they are all as good."""

    record: ShardRecord
    places: tuple[Place, ...]


def read_parts(places: Sequence[Place], output: Place) -> list[tuple[Place, Dataset]]:
    """The parts, the output left out: what it has stays there anyhow.

    Raises:
        UserError: if one is no dataset, they are not of one dataset, or none is left.
    """
    parts = [(place, read_dataset(place)) for place in places if not _is_same(place, output)]
    if not parts:
        raise UserError(f"{output}: is the only part and the output: name what goes into it")
    first, wanted = parts[0]
    for place, dataset in parts[1:]:
        difference = find_difference(_as_whole(dataset), _as_whole(wanted))
        if difference is not None:
            raise UserError(
                f"{place}: was made with {difference.what} than {first}:"
                f" {difference.listed('{} {}, not {}')}; leave one of the two out"
            )
    return parts


def refuse_output(output: Place, there: Dataset, part: Place, wanted: Dataset) -> None:
    """Refuse an output that cannot take a part in.

    Args:
        output: where to join.
        there: the dataset in it.
        part: one of those that are to be joined.
        wanted: the dataset in that.

    Raises:
        UserError: one line, if the output is a part itself or another dataset.
    """
    if there.part is not None:
        raise UserError(
            f"{output}: is part {there.part} itself and cannot become the whole: choose another"
            " folder as the output"
        )
    difference = find_difference(there, _as_whole(wanted))
    if difference is not None:
        raise UserError(
            f"{output}: was made with {difference.what} than {part}:"
            f" {difference.listed('{} {}, not {}')}; choose another folder as the output"
        )


def sources_of(parts: Sequence[tuple[Place, Dataset]]) -> dict[str, Source]:
    """Every shard that the parts have, by its name.

    Raises:
        UserError: if two parts have one of a name that is not the same.
    """
    each = [(place, record) for place, dataset in parts for record in dataset.shards]
    each.sort(key=lambda shard: shard[1].name)
    sources = {}
    for name, group in groupby(each, key=lambda shard: shard[1].name):
        places, records = zip(*group, strict=True)
        if len(set(records)) > 1:
            raise UserError(
                f"{name} is not the same in {' and '.join(map(str, places))}: they were rendered on"
                " devices that differ, or with other limits; leave one of them out"
            )
        sources[name] = Source(records[0], places)
    return sources


def add_up(there: Dataset, datasets: Sequence[Dataset], names: Collection[str]) -> Made:
    """What was spent on a dataset once it has the shards of those names.

    A part counts when all its shards are in and were not before, so that a merge that is stopped
    or done twice counts it once; so does a copy of a part. One that has grown counts again in full.

    Args:
        there: the dataset before.
        datasets: the parts' ones.
        names: of all shards that the dataset has now.
    """
    before = {record.name for record in there.shards}
    counted: list[Dataset] = []
    for dataset in datasets:
        own = {record.name for record in dataset.shards}
        if own <= set(names) and not own <= before and dataset not in counted:
            counted.append(dataset)
    made = [there.made, *(dataset.made for dataset in counted)]
    contacts = made[0].contacts
    for other in made[1:]:
        contacts = contacts + other.contacts
    return Made(
        started=min((m.started for m in made if m.started), default=None),
        finished=max((m.finished for m in made if m.finished), default=None),
        seconds=round(sum(m.seconds for m in made), 3),
        runs=sum(m.runs for m in made),
        devices=tuple(sorted({device for m in made for device in m.devices})),
        hardware=next((m.hardware for m in made if m.hardware), {}),
        contacts=contacts,
    )


def number_of_parts(datasets: Sequence[Dataset]) -> int | None:
    """Into how many parts the work was divided; None if they do not say, or not the same."""
    said = {parse_part(dataset.part).of for dataset in datasets if dataset.part is not None}
    return said.pop() if len(said) == 1 else None


def _as_whole(dataset: Dataset) -> Dataset:
    return replace(dataset, part=None)


def _is_same(one: Place, other: Place) -> bool:
    if one.folder is not None and other.folder is not None:
        return one.folder.resolve() == other.folder.resolve()
    return (type(one.filesystem), one.root) == (type(other.filesystem), other.root)
