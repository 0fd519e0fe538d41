"""The project's own datasets (docs/format.md) of photographs.

Beside the shards and `dataset.json` stands `photographs.json`: for the key of each sample the path
of its photograph, and whether that is a mirror image, which the sample is not.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from annotate.formats.document import Document, LabelledPhotograph
from annotate.formats.new_folder import new_folder
from annotate.formats.picture import unmirrored_jpeg
from annotate.formats.reading import Record, new_document, parse_json
from annotate.formats.shard_label import KIND, photograph_of, sample_label
from annotate.formats.splits import SHARES, Run, split_runs
from annotate.labels import is_finished
from synth.dataset import Dataset, Made, package_versions, write_dataset
from synth.errors import UserError
from synth.manifest import SPLITS
from synth.sample import Sample
from synth.scene import Split
from synth.shards.archive import END, pack
from synth.shards.label_json import encode_label
from synth.shards.members import encode_members
from synth.shards.plan import sample_key
from synth.shards.reader import read_samples
from synth.shards.writer import ShardRecord
from synth.storage.files import sha256_of, write_atomically

LOSSES: Final = (
    "Shards: only photographs that are done or have no hand are written. Lost are who placed and"
    " who confirmed a point (all come back as imported and confirmed), and digits after the fourth"
    " of a place. Mirrored photographs are flipped. JPEGs that need no turning keep what the camera"
    " wrote into them, place and time among it."
)

INDEX: Final = "photographs.json"
#: A sequence's frames have three digits.
_MOST_FRAMES: Final = 1000
#: A shard is full with so many samples; the sequence that fills it is in it whole.
_FULL: Final = 200


@dataclass(frozen=True)
class _Sequence:
    """Photographs that become frames."""

    number: int
    split: Split
    photographs: tuple[LabelledPhotograph, ...]

    def frames(self) -> Iterator[tuple[str, int, LabelledPhotograph]]:
        """Key of the sample, frame, photograph."""
        for frame, photograph in enumerate(self.photographs):
            yield sample_key(self.number, frame, 0), frame, photograph


class _Origin(Record):
    path: str
    mirrored: bool = False


def is_written(photograph: LabelledPhotograph) -> bool:
    """Whether all is known of a photograph, so that it goes into a dataset.

    Who says that a photograph is done agrees to all of its points.
    """
    return is_finished(photograph.label)


def write_shards(
    document: Document,
    folder: Path,
    output: Path,
    *,
    name: str = "photographs",
    shares: Mapping[Split, float] = SHARES,
    seed: int = 0,
    paths: Iterable[str] = (),
    block: int | None = None,
    tick: Callable[[], object] = lambda: None,
) -> Dataset:
    """Write the photographs that are done or have no hand as a dataset.

    Args:
        document: labelled photographs.
        folder: of the photographs, whose files are only read.
        output: a new or empty folder.
        name: of the dataset.
        shares: of the photographs, about, that each split gets.
        seed: of the draw of the splits.
        paths: of all photographs in the folder, labelled or not, so that what follows each other
            does not change while they are labelled.
        block: parts long sequences, see `splits.split_runs`.
        tick: called after each photograph.

    Returns:
        What stands in dataset.json; `counts()` says what is in which split.

    Raises:
        UserError: if nothing is done, a photograph cannot be read or has another size than was
            labelled, or the output holds something.
    """
    started, clock = datetime.now(UTC), time.monotonic()
    written = {photo.path: photo for photo in document.photographs if is_written(photo)}
    if not written:
        raise UserError(f"{folder}: no photograph is done or without a hand: mark some as done")
    chosen = _numbered(split_runs(written, paths, shares, seed, block), written)
    digests: dict[str, str] = {}
    with new_folder(output):
        records = _write(chosen, folder.resolve(), output, digests, tick)
        manifest = {
            "name": name,
            "kind": KIND,
            "sequences": len(chosen),
            "seed": seed,
            "splits": {split: float(shares.get(split, 0.0)) for split in SPLITS},
            "block": block,
            "labels_sha256": _labels_checksum(chosen),
            "left_out": len(document.photographs) - len(written),
        }
        dataset = Dataset(
            name=name,
            manifest=manifest,
            manifest_sha256=hashlib.sha256(_json(manifest)).hexdigest(),
            inputs={"photographs": hashlib.sha256(_json(digests)).hexdigest()},
            versions=package_versions(),
            shards=tuple(records),
            made=Made(
                started=started.isoformat(timespec="seconds"),
                finished=datetime.now(UTC).isoformat(timespec="seconds"),
                seconds=round(time.monotonic() - clock, 1),
                runs=1,
            ),
        )
        write_dataset(output, dataset)  # last: without it the folder is no dataset
    return dataset


def read_shards(folder: Path) -> Document:
    """Photographs of a dataset that `write_shards` wrote, in its order. See `LOSSES`.

    Raises:
        UserError: if it is no such dataset, or a shard cannot be read.
    """
    path = folder / INDEX
    try:
        origins = parse_json(dict[str, _Origin], path.read_bytes(), str(path))
    except FileNotFoundError:
        raise UserError(f"{folder}: is no dataset of photographs, {INDEX} is missing") from None
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror}") from None
    photographs = []
    for sample in read_samples(folder):
        try:
            origin = origins[sample.key]
            photographs.append(photograph_of(sample.label, origin.path, origin.mirrored))
        except (KeyError, TypeError, ValueError) as error:
            reason = " ".join(f"{type(error).__name__} {error}".split())
            raise UserError(
                f"{folder}: sample {sample.key} is no photograph ({reason:.200}): write it again"
            ) from None
    return new_document(str(folder), photographs)


def _numbered(runs: Sequence[Run], written: Mapping[str, LabelledPhotograph]) -> list[_Sequence]:
    """Sequences, numbered from 0: train first, then val, then test."""
    parts = [
        (run.split, run.paths[i : i + _MOST_FRAMES])
        for split in SPLITS
        for run in runs
        if run.split == split
        for i in range(0, len(run.paths), _MOST_FRAMES)
    ]
    return [
        _Sequence(number, split, tuple(written[path] for path in part))
        for number, (split, part) in enumerate(parts)
    ]


def _write(
    chosen: Sequence[_Sequence],
    folder: Path,
    output: Path,
    digests: dict[str, str],
    tick: Callable[[], object],
) -> list[ShardRecord]:
    """Shards and index. `digests` gets the SHA-256 of every picture, by path."""
    records = []
    for split in SPLITS:
        own = [sequence for sequence in chosen if sequence.split == split]
        for index, group in enumerate(_shards(own)):
            path = output / f"{split}-{index:06d}.tar"
            write_atomically(path, _members(group, folder, digests, tick))
            records.append(_record(path, group))
    origins = {
        key: {"path": photo.path, "mirrored": photo.label.mirrored}
        for sequence in chosen
        for key, _, photo in sequence.frames()
    }
    write_atomically(output / INDEX, [_json(origins)])
    return records


def _shards(chosen: Sequence[_Sequence]) -> Iterator[list[_Sequence]]:
    group: list[_Sequence] = []
    for sequence in chosen:
        group.append(sequence)
        if sum(len(one.photographs) for one in group) >= _FULL:
            yield group
            group = []
    if group:
        yield group


def _members(
    group: Sequence[_Sequence], folder: Path, digests: dict[str, str], tick: Callable[[], object]
) -> Iterator[bytes]:
    for sequence in group:
        for key, frame, photograph in sequence.frames():
            jpeg = unmirrored_jpeg(folder, photograph)
            digests[photograph.path] = hashlib.sha256(jpeg).hexdigest()
            label = sample_label(photograph, sequence.number, frame, sequence.split)
            yield from pack(encode_members(Sample(key, jpeg, label)))
            tick()
    yield END


def _record(path: Path, group: Sequence[_Sequence]) -> ShardRecord:
    return ShardRecord(
        name=path.name,
        split=group[0].split,
        sha256=sha256_of(path),
        bytes=path.stat().st_size,
        first_sequence=group[0].number,
        sequences=len(group),
        samples=sum(len(sequence.photographs) for sequence in group),
    )


def _labels_checksum(chosen: Sequence[_Sequence]) -> str:
    digest = hashlib.sha256()
    for sequence in chosen:
        for _, frame, photograph in sequence.frames():
            label = sample_label(photograph, sequence.number, frame, sequence.split)
            digest.update(encode_label(label))
    return digest.hexdigest()


def _json(content: Any) -> bytes:
    text = json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False)
    return (text + "\n").encode()
