"""Which samples of a dataset are exported, and reading them, one shard at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import Path
from typing import Final

from synth.dataset import Dataset, read_dataset
from synth.errors import UserError
from synth.manifest import SPLITS
from synth.sample import Sample
from synth.scene import Split
from synth.shards.archive import unpack
from synth.shards.members import decode_members
from synth.storage.place import Place, local_copy, place_at


@dataclass(frozen=True)
class Portion:
    """The first samples of a shard, or all of them."""

    shard: str
    samples: int


@dataclass(frozen=True)
class Selection:
    """What of a dataset is exported: portions of shards by split, train first.

    Splits of which nothing is exported are not in it.
    """

    place: Place
    dataset: Dataset
    portions: Mapping[Split, tuple[Portion, ...]]

    @property
    def samples(self) -> int:
        """Number of samples in all."""
        return sum(portion.samples for portions in self.portions.values() for portion in portions)


@dataclass(frozen=True)
class Exported:
    """What an export wrote.

    Attributes:
        images: images by split.
        hands: labelled hands.
        left_out: hands that were left out, by the reason.
    """

    images: Mapping[Split, int]
    hands: int
    left_out: Mapping[str, int]


def select(where: str | Path, split: Split | None = None, limit: int | None = None) -> Selection:
    """Samples of a dataset, in the order in which they are stored.

    Args:
        where: path or URL of the dataset's folder.
        split: the only one to be exported; None means all.
        limit: most samples of each split; None means all.

    Raises:
        UserError: if it is no dataset, or has no such sample.
    """
    dataset = read_dataset(where)
    place = place_at(where)
    portions: dict[Split, tuple[Portion, ...]] = {}
    for name in SPLITS if split is None else (split,):
        shards = [shard for shard in dataset.shards if shard.split == name]
        left = sum(shard.samples for shard in shards) if limit is None else limit
        chosen = []
        for shard in shards:
            if (samples := min(left, shard.samples)) > 0:
                chosen.append(Portion(shard.name, samples))
                left -= samples
        if chosen:
            portions[name] = tuple(chosen)
    if not portions:
        of_split = f" of the split {split}" if split else ""
        raise UserError(f"{place}: there is no image{of_split} to export: name another split")
    return Selection(place, dataset, portions)


def read_portion(place: Place, portion: Portion) -> Iterator[Sample]:
    """The samples of a portion. Of a store one shard at a time is on this machine.

    Raises:
        UserError: if the shard cannot be read or holds fewer samples.
    """
    count = 0
    for sample in islice(_samples(place, portion.shard), portion.samples):
        count += 1
        yield sample
    if count < portion.samples:
        raise UserError(
            f"{place / portion.shard}: holds {count} samples, dataset.json says"
            f" {portion.samples} or more; run `hand-synth generate` again to mend it"
        )


def _samples(place: Place, name: str) -> Iterator[Sample]:
    """All samples of a shard.

    Whether a shard is whole is seen by its checksum, and `generate` mends one that is not. What a
    whole one has wrong in it only a check of its content finds.
    """
    try:
        with local_copy(place, name) as shard:
            for key, group in groupby(unpack(shard), key=lambda m: m[0].partition(".")[0]):
                members = {member.partition(".")[2]: data for member, data in group}
                yield _decoded(f"{place / name}: sample {key}", key, members)
    except FileNotFoundError:
        raise UserError(
            f"{place}: there is no shard {name}; run `hand-synth generate` again to mend it"
        ) from None
    except (OSError, ValueError) as error:
        raise UserError(
            f"{place / name}: cannot be read: {error}; run `hand-synth generate` again to mend it"
        ) from None


def _decoded(where: str, key: str, members: dict[str, bytes]) -> Sample:
    try:
        sample = decode_members(key, members)
    except Exception as error:  # NumPy's and zipfile's readers raise many kinds
        reason = str(error).removeprefix(f"sample {key}: ").removeprefix(f"sample {key} ")
        raise UserError(f"{where}: cannot be read: {reason}; {_LOOK}") from None
    if not isinstance(sample.label, dict) or not isinstance(sample.label.get("hands"), list):
        raise UserError(f"{where}: its label has no hands; {_LOOK}")
    return sample


_LOOK: Final = (
    "`hand-synth validate` says more; without the shard's file `hand-synth generate` makes it anew"
)


def read_split(selection: Selection, split: Split) -> Iterator[Sample]:
    """All samples that are selected of a split.

    Raises:
        UserError: if a shard cannot be read.
    """
    for portion in selection.portions[split]:
        yield from read_portion(selection.place, portion)
