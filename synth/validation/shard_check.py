"""All checks of one shard, in one reading of its file."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from synth.shards.members import JPEG, LABEL
from synth.shards.writer import ShardRecord
from synth.storage.place import local_copy, place_at
from synth.validation.boxes import box_faults
from synth.validation.constancy import constancy_faults
from synth.validation.fault import Fault, Tally
from synth.validation.geometry import camera_faults, geometry_faults
from synth.validation.label_schema import read_label
from synth.validation.labelled_hands import hands_of, views_of
from synth.validation.order import Layout, Order, member_faults, sample_numbers
from synth.validation.pixels import image_faults
from synth.validation.pose import pose_faults, posed_hands
from synth.validation.shard_stream import ShardStream, open_stream
from synth.validation.splits import Pools
from synth.validation.surfaces import surface_faults

MISSING: Final = "missing shard"
SIZE: Final = "size"
CHECKSUM: Final = "checksum"
ARCHIVE: Final = "archive"
SCHEMA: Final = "label"

#: Labels that are compared at once: enough for NumPy, few enough for any memory. A sequence, whose
#: images are compared with each other, is never parted.
_BATCH: Final = 256

Labels = list[tuple[str, dict[str, Any]]]


@dataclass(frozen=True)
class Job:
    """One shard to check.

    Attributes:
        url: of the dataset's folder.
        record: what dataset.json says of the shard.
        layout: what the manifest says of every shard.
        limit: faults of a check that are kept.
        with_shapes: whether the hand asset is there.
    """

    url: str
    record: ShardRecord
    layout: Layout
    limit: int
    with_shapes: bool


@dataclass(frozen=True)
class Checked:
    """What came of a shard.

    Attributes:
        faults: in the order in which they were found.
        pools: what its images draw on.
        samples, bytes: how much was read.
        seconds: that a core was busy with it.
    """

    faults: Tally
    pools: Pools
    samples: int
    bytes: int
    seconds: float


def check_shard(job: Job) -> Checked:
    """Read a shard and check everything in it.

    Raises:
        UserError: if a store cannot be reached.
    """
    started = time.process_time()
    record, tally, pools = job.record, Tally(job.limit), Pools()
    samples = size = 0
    try:
        with local_copy(place_at(job.url), record.name) as path:
            stream = open_stream(path)
            with stream.file:
                order = Order(record, job.layout)
                tally.add(_faults(job, stream, order, pools))
                samples, size = order.samples, stream.size
    except FileNotFoundError:
        tally.add([Fault(MISSING, record.name, "", "is not there")])
    except OSError as error:
        tally.add([Fault(ARCHIVE, record.name, "", f"cannot be read: {error.strerror or error}")])
    return Checked(tally, pools, samples, size, time.process_time() - started)


def _faults(job: Job, stream: ShardStream, order: Order, pools: Pools) -> Iterator[Fault]:
    record, labels = job.record, Labels()
    members = stream.members()
    for key, group in groupby(members, key=lambda member: member[0].partition(".")[0]):
        parts = [(name.partition(".")[2], data) for name, data in group]
        yield from order.take(key)
        yield from member_faults(record.name, key, [name for name, _ in parts], job.layout.members)
        content = dict(parts)
        label: dict[str, Any] = {}
        if LABEL in content:
            label, problem = read_label(content[LABEL])
            if problem is not None:
                yield Fault(SCHEMA, record.name, key, problem)
            yield from _place_faults(record, key, label)
            if len(labels) >= _BATCH and label.get("sequence") != labels[-1][1].get("sequence"):
                yield from _label_faults(record.name, labels, job.with_shapes)
                labels.clear()
            labels.append((key, label))
        if JPEG in content:
            yield from image_faults(record.name, key, content[JPEG], label)
            pools.add(label, content[JPEG])
        yield from surface_faults(record.name, key, content, label)
    yield from _label_faults(record.name, labels, job.with_shapes)
    yield from _file_faults(record, stream)
    if stream.broken is None:
        yield from order.end()


def _label_faults(shard: str, labels: Labels, with_shapes: bool) -> Iterator[Fault]:
    hands = hands_of(labels)
    yield from camera_faults(shard, views_of(labels))
    yield from geometry_faults(shard, hands)
    yield from box_faults(shard, hands)
    yield from pose_faults(shard, posed_hands(labels), with_shapes)
    yield from constancy_faults(shard, labels)


def _place_faults(record: ShardRecord, key: str, label: Mapping[str, Any]) -> Iterator[Fault]:
    """A label that says it is another sample's, or another split's."""
    numbers = sample_numbers(key)
    said = tuple(label.get(name) for name in ("sequence", "frame", "camera_index"))
    if numbers is not None and None not in said and said != numbers:
        yield Fault(SCHEMA, record.name, key, f"says that it is the label of {said}")
    if label.get("split", record.split) != record.split:
        yield Fault(SCHEMA, record.name, key, f"says that it is in {label['split']}")


def _file_faults(record: ShardRecord, stream: ShardStream) -> Iterator[Fault]:
    """Of a file of another size the checksum is another, too: that is one fault."""
    if stream.broken is not None:
        yield Fault(ARCHIVE, record.name, "", stream.broken)
    if stream.size != record.bytes:
        yield Fault(SIZE, record.name, "", f"has {stream.size} bytes instead of {record.bytes}")
    elif stream.sha256 != record.sha256:
        yield Fault(CHECKSUM, record.name, "", "has another SHA-256 than dataset.json says")
