"""Whether splits share a person, a light or a picture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import pairwise
from typing import Any, Final

from synth.dataset import Dataset
from synth.manifest import SPLITS
from synth.validation.fault import Fault

SPLIT: Final = "splits"


@dataclass
class Pools:
    """What a split draws on, as far as labels say.

    It grows with the numbers of identities and HDRIs, which manifests bound, and not with that of
    the images; `pictures` are of photographs alone, which people have labelled one by one.

    Attributes:
        identities: `hands[].identity`.
        hdris: `light.hdri`.
        pictures: SHA-256 of photographs, the first 16 bytes.
    """

    identities: set[str] = field(default_factory=set)
    hdris: set[str] = field(default_factory=set)
    pictures: set[bytes] = field(default_factory=set)

    def add(self, label: Mapping[str, Any], jpeg: bytes) -> None:
        """What one sample draws on."""
        if label.get("kind") == "photograph":
            self.pictures.add(sha256(jpeg).digest()[:16])
        light, hands = label.get("light"), label.get("hands")
        if isinstance(light, dict) and isinstance(light.get("hdri"), str):
            self.hdris.add(light["hdri"])
        for hand in hands if isinstance(hands, list) else ():
            if isinstance(hand, dict) and isinstance(hand.get("identity"), str):
                self.identities.add(hand["identity"])

    def update(self, other: Pools) -> None:
        self.identities |= other.identities
        self.hdris |= other.hdris
        self.pictures |= other.pictures


def split_faults(pools: Mapping[str, Pools]) -> Iterator[Fault]:
    """Identities, HDRIs and photographs that are in two splits.

    Args:
        pools: by split.
    """
    pairs = [(a, b) for i, a in enumerate(SPLITS) for b in SPLITS[i + 1 :]]
    for one, other in pairs:
        if one not in pools or other not in pools:
            continue
        a, b = pools[one], pools[other]
        shared: list[tuple[str, Iterable[str]]] = [
            ("identity", sorted(a.identities & b.identities)),
            ("HDRI", sorted(a.hdris & b.hdris)),
            ("photograph of SHA-256", sorted(x.hex() for x in a.pictures & b.pictures)),
        ]
        for what, names in shared:
            for name in names:
                yield Fault(SPLIT, "", "", f"{what} {name} is in {one} and in {other}")


def sequence_faults(dataset: Dataset) -> Iterator[Fault]:
    """Sequences that two shards of dataset.json claim."""
    records = sorted(dataset.shards, key=lambda record: record.first_sequence)
    for before, record in pairwise(records):
        end = before.first_sequence + before.sequences
        if record.first_sequence < end:
            what = f"sequence {record.first_sequence} is in {before.name}, too"
            yield Fault(SPLIT, record.name, "", what)


def origin_faults(name: str, origins: Mapping[str, str], dataset: Dataset) -> Iterator[Fault]:
    """Photographs that two splits share by their file, and samples without one.

    Args:
        name: of the index.
        origins: path of the photograph by the sample's key.
    """
    ends = [
        (record.first_sequence, record.first_sequence + record.sequences, record.split)
        for record in dataset.shards
    ]
    samples = sum(record.samples for record in dataset.shards)
    if len(origins) != samples:
        yield Fault(SPLIT, name, "", f"names {len(origins)} samples instead of {samples}")
    first: dict[str, tuple[str, str]] = {}
    for key, path in origins.items():
        sequence = int(key[:8]) if key[:8].isdecimal() else -1
        split = next((split for start, end, split in ends if start <= sequence < end), None)
        if split is None:
            yield Fault(SPLIT, name, key, "is in no shard of dataset.json")
            continue
        other_key, other = first.setdefault(path, (key, split))
        if other != split:
            yield Fault(SPLIT, name, key, f"{path} is in {split}, and as {other_key} in {other}")
