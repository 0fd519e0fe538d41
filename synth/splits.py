"""Which split a sequence belongs to, and what each split may use.

Pure functions of the manifest. Splits are disjoint in sequences, identities, HDRIs and
photographs. Sequence numbers are contiguous in a split: first train, then val, then test.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

from synth import inputs
from synth.errors import UserError
from synth.manifest import SPLITS, Manifest
from synth.scene import Split


def apportion(total: int, weights: Sequence[Fraction]) -> tuple[int, ...]:
    """Share `total` things out in proportion to `weights`.

    The Huntington–Hill method (the one of the US House of Representatives): every weight above 0
    gets one as long as there are enough, and nobody's share shrinks when `total` grows, which
    rounding by largest remainders does not promise. Ties go to the larger weight, then the
    earlier one.
    """
    whole = sum(weights, Fraction(0))
    # The method gives a few less than the quota at worst; starting there keeps the loop short.
    shares = [max(0, int(total * weight / whole) - len(weights)) for weight in weights]
    while sum(shares) < total:
        priorities = [
            (shares[i] == 0, weight**2 / (shares[i] * (shares[i] + 1) or 1), -i)
            for i, weight in enumerate(weights)
            if weight > 0
        ]
        shares[-max(priorities)[2]] += 1
    return tuple(shares)


def _fractions(manifest: Manifest) -> tuple[Fraction, ...]:
    return tuple(
        Fraction(getattr(manifest.splits, split)).limit_denominator(10**6) for split in SPLITS
    )


@lru_cache(maxsize=64)
def _ranges(total: int, fractions: tuple[Fraction, ...]) -> dict[Split, range]:
    ranges: dict[Split, range] = {}
    start = 0
    for split, count in zip(SPLITS, apportion(total, fractions), strict=True):
        ranges[split] = range(start, start + count)
        start += count
    return ranges


def sequence_ranges(manifest: Manifest) -> dict[Split, range]:
    """Sequence numbers of each split."""
    return _ranges(manifest.sequences, _fractions(manifest))


def limited_ranges(manifest: Manifest, limit: int | None) -> dict[Split, range]:
    """The first sequences of each split, `limit` in all; those of a smaller limit are among them.

    Args:
        limit: number of sequences; None or more than there are means all.
    """
    full = sequence_ranges(manifest)
    if limit is None or limit >= manifest.sequences:
        return full
    shares = apportion(limit, [Fraction(len(full[split])) for split in SPLITS])
    return {split: full[split][:share] for split, share in zip(SPLITS, shares, strict=True)}


def split_of(manifest: Manifest, sequence: int) -> Split:
    """Split of a sequence number.

    Raises:
        ValueError: if the manifest has no such sequence.
    """
    for split, sequences in sequence_ranges(manifest).items():
        if sequence in sequences:
            return split
    raise ValueError(f"sequence {sequence} is not within 0 … {manifest.sequences - 1}")


def identities_of(manifest: Manifest, split: Split) -> range:
    """Numbers of the identities that appear in a split."""
    return _ranges(manifest.identity.count, _fractions(manifest))[split]


def identity_of(manifest: Manifest, sequence: int) -> int:
    """Identity of a sequence: those of its split take turns, so all are used alike."""
    split = split_of(manifest, sequence)
    identities = identities_of(manifest, split)
    return identities[(sequence - sequence_ranges(manifest)[split].start) % len(identities)]


def hdris_of(manifest: Manifest, split: Split) -> tuple[str, ...]:
    """HDRIs of a split, as `synth.scene.Light.hdri` takes them.

    Raises:
        UserError: if there are fewer HDRIs than splits that need one.
    """
    return _pool(inputs.list_hdris(manifest), manifest, split, "light.hdris")


def photos_of(manifest: Manifest, split: Split) -> tuple[str, ...]:
    """Background photographs of a split; none if the manifest wants none.

    Raises:
        UserError: if there are fewer photographs than splits that need one.
    """
    photos = inputs.list_photos(manifest)
    return _pool(photos, manifest, split, "background.photos") if photos else ()


def _pool(files: tuple[str, ...], manifest: Manifest, split: Split, key: str) -> tuple[str, ...]:
    fractions = _fractions(manifest)
    used = [name for name, fraction in zip(SPLITS, fractions, strict=True) if fraction > 0]
    if len(files) < len(used):
        raise UserError(
            f"{key}: {len(files)} files for {len(used)} splits ({', '.join(used)}), which share"
            f" none: add files, or set the splits' fractions so that fewer are used"
        )
    return _shuffled(files, manifest.seed)[slice_of(_ranges(len(files), fractions)[split])]


def slice_of(numbers: range) -> slice:
    return slice(numbers.start, numbers.stop)


@lru_cache(maxsize=8)
def _shuffled(files: tuple[str, ...], seed: int) -> tuple[str, ...]:
    # By a hash of the bare name, so that the order is the same wherever the folder lies.
    def rank(file: str) -> bytes:
        return hashlib.sha256(f"{seed}/{Path(file).name}".encode()).digest()

    return tuple(sorted(files, key=rank))
