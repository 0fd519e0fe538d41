"""Which split a photograph belongs to: train, val or test.

Photographs that follow each other look alike, so a sequence stays in one split. It is drawn by a
hash of the seed and of the sequence's first path: it stays where it is when others are added.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from annotate.sequences import sequences
from synth.errors import UserError
from synth.manifest import SPLITS
from synth.scene import Split

#: Shares of the photographs that each split gets, about.
SHARES: Final[Mapping[Split, float]] = {"train": 0.8, "val": 0.1, "test": 0.1}


@dataclass(frozen=True)
class Run:
    """Photographs that follow each other, in their order, and the split that they share."""

    split: Split
    paths: tuple[str, ...]


def split_runs(
    paths: Iterable[str],
    everything: Iterable[str] = (),
    shares: Mapping[Split, float] = SHARES,
    seed: int = 0,
    block: int | None = None,
) -> list[Run]:
    """Sequences of photographs with their splits, in natural order.

    A sequence longer than the smallest split goes to the largest one; of the others, so many go
    there that the shares are kept as well as they can be. Each split with a share gets a sequence
    as long as there are enough.

    Args:
        paths: of the photographs that are wanted, each once.
        everything: paths of all photographs that there are, so that what follows each other, and
            with it the draw, does not change while more of them become wanted.
        shares: of the splits, 0 or more each; what is left out has none.
        seed: of the draw.
        block: parts sequences of more photographs than this into blocks of so many, which are
            drawn by themselves. Photographs at a border of blocks may look alike in two splits.

    Raises:
        UserError: if the shares or the block are not such.
    """
    weights = _weights(shares)
    if block is not None and block < 1:
        raise UserError(f"a block of {block} photographs is too small: 1 is the least")
    wanted = set(paths)
    runs: list[tuple[str, ...]] = []
    hashes: list[bytes] = []
    for sequence in sequences(wanted.union(everything)):
        step = block or len(sequence)
        for start in range(0, len(sequence), step):
            part = sequence[start : start + step]
            run = tuple(path for path in part if path in wanted)
            if run:
                runs.append(run)
                hashes.append(hashlib.sha256(f"{seed}/{part[0]}".encode()).digest())
    lengths = [len(run) for run in runs]
    found = _drawn(lengths, hashes, weights)
    for number, weight in enumerate(weights):
        if weight > 0 and number not in found:
            _give_one(found, number, list(zip(lengths, hashes, strict=True)))
    return [Run(SPLITS[number], run) for number, run in zip(found, runs, strict=True)]


def _weights(shares: Mapping[Split, float]) -> list[float]:
    """Of the three splits; their sum is 1."""
    weights = [float(shares.get(split, 0.0)) for split in SPLITS]
    whole = sum(weights)
    if not (min(weights) >= 0 and 0 < whole < float("inf")):
        given = ", ".join(f"{split} {weight:g}" for split, weight in shares.items())
        raise UserError(f"shares of the splits must be 0 or more and not all 0, are {given}")
    return [weight / whole for weight in weights]


def _drawn(lengths: Sequence[int], hashes: Sequence[bytes], weights: Sequence[float]) -> list[int]:
    """Numbers of the splits of runs of so many photographs."""
    total, largest = sum(lengths), weights.index(max(weights))
    longest = min(weight for weight in weights if weight > 0) * total
    quotas = [weight * total for weight in weights]
    quotas[largest] -= sum(length for length in lengths if length > longest)
    left = sum(max(quota, 0.0) for quota in quotas)
    found = []
    for length, hash_ in zip(lengths, hashes, strict=True):
        place = int.from_bytes(hash_[:6], "big") / 2**48 * left
        split = largest
        # Test first: where the quotas change a little, none goes from train to test.
        for number in reversed(range(len(quotas))) if length <= longest else ():
            if place < quotas[number]:
                split = number
                break
            place -= max(quotas[number], 0.0)
        found.append(split)
    return found


def _give_one(found: list[int], number: int, ranks: Sequence[tuple[int, bytes]]) -> None:
    """Move the shortest run out of the split that has most to one that has none."""
    donor = max(set(found), key=found.count, default=None)
    if donor is not None and found.count(donor) > 1:
        movable = (place for place, split in enumerate(found) if split == donor)
        found[min(movable, key=lambda place: ranks[place])] = number
