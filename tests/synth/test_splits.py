from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from synth.errors import UserError
from synth.manifest import SPLITS, Manifest
from synth.splits import (
    apportion,
    hdris_of,
    identities_of,
    identity_of,
    limited_ranges,
    photos_of,
    sequence_ranges,
    split_of,
)

EIGHTY = [Fraction(8, 10), Fraction(1, 10), Fraction(1, 10)]


def greedy(total: int, weights: list[Fraction]) -> tuple[int, ...]:
    """Huntington–Hill seat by seat, from none."""
    shares = [0] * len(weights)
    for _ in range(total):
        best = max(
            (i for i, weight in enumerate(weights) if weight),
            key=lambda i: (
                shares[i] == 0,
                weights[i] ** 2 / max(1, shares[i] * (shares[i] + 1)),
                -i,
            ),
        )
        shares[best] += 1
    return tuple(shares)


@pytest.mark.parametrize(
    "weights",
    [
        EIGHTY,
        [Fraction(999998, 10**6), Fraction(1, 10**6), Fraction(1, 10**6)],
        [Fraction(1, 3), Fraction(1, 3), Fraction(1, 3)],
        [Fraction(1), Fraction(0), Fraction(0)],
        [Fraction(45, 100), Fraction(10, 100), Fraction(45, 100)],
        [Fraction(6667), Fraction(833), Fraction(834)],
    ],
)
def test_apportion_is_huntington_hill(weights: list[Fraction]) -> None:
    for total in [*range(40), 97, 500]:
        assert apportion(total, weights) == greedy(total, weights)


def test_apportion_by_hand() -> None:
    assert apportion(4, EIGHTY) == (2, 1, 1)
    assert apportion(10, EIGHTY) == (8, 1, 1)
    assert apportion(8334, EIGHTY) == (6668, 833, 833)


def test_sequences_are_contiguous_and_all_there(make_manifest: Callable[..., Manifest]) -> None:
    manifest = make_manifest(sequences=57)
    ranges = sequence_ranges(manifest)
    assert [n for split in SPLITS for n in ranges[split]] == list(range(57))
    assert all(split_of(manifest, n) == split for split in SPLITS for n in ranges[split])
    for outside in (-1, 57):
        with pytest.raises(ValueError, match="not within"):
            split_of(manifest, outside)


def test_a_larger_limit_holds_the_smaller_one(make_manifest: Callable[..., Manifest]) -> None:
    manifest = make_manifest(sequences=97)
    full = sequence_ranges(manifest)
    before: set[int] = set()
    for limit in range(1, 100):
        ranges = limited_ranges(manifest, limit)
        now = {n for numbers in ranges.values() for n in numbers}
        assert len(now) == min(limit, 97)
        assert before <= now
        assert all(ranges[split].start == full[split].start for split in SPLITS)
        if limit >= 3:
            assert all(ranges.values())
        before = now
    assert limited_ranges(manifest, None) == full


def test_identities_are_disjoint_and_take_turns(make_manifest: Callable[..., Manifest]) -> None:
    manifest = make_manifest(sequences=200, identity={"count": 20})
    seen = {
        split: Counter(identity_of(manifest, n) for n in numbers)
        for split, numbers in sequence_ranges(manifest).items()
    }
    assert sum(len(identities_of(manifest, split)) for split in SPLITS) == 20
    for split in SPLITS:
        assert set(seen[split]) == set(identities_of(manifest, split))
        assert max(seen[split].values()) - min(seen[split].values()) <= 1
    assert len(set().union(*seen.values())) == 20


def test_an_empty_split_takes_nothing(make_manifest: Callable[..., Manifest]) -> None:
    manifest = make_manifest(splits={"train": 1.0, "val": 0.0, "test": 0.0}, identity={"count": 1})
    assert len(sequence_ranges(manifest)["train"]) == 8
    assert len(hdris_of(manifest, "train")) == 8
    assert not hdris_of(manifest, "val")
    assert not identities_of(manifest, "test")


def test_builtin_hdris_are_disjoint(make_manifest: Callable[..., Manifest]) -> None:
    manifest = make_manifest()
    pools = [hdris_of(manifest, split) for split in SPLITS]
    assert [len(pool) for pool in pools] == [6, 1, 1]
    assert len({hdri for pool in pools for hdri in pool}) == 8
    others = [hdris_of(make_manifest(seed=seed), "test") for seed in range(20)]
    assert len(set(others)) > 3


def touch(folder: Path, names: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_bytes(b"")


def test_a_moved_folder_gives_the_same_splits(
    make_manifest: Callable[..., Manifest], tmp_path: Path
) -> None:
    pools = []
    for folder in (tmp_path / "a", tmp_path / "b" / "c"):
        touch(folder, [f"{n}.hdr" for n in range(12)])
        manifest = make_manifest(light={"hdris": [str(folder)]})
        pools.append([[Path(h).name for h in hdris_of(manifest, split)] for split in SPLITS])
    assert pools[0] == pools[1]


def test_too_few_files_are_refused(make_manifest: Callable[..., Manifest], tmp_path: Path) -> None:
    touch(tmp_path / "two", ["a.hdr", "b.exr", "readme.txt"])
    manifest = make_manifest(light={"hdris": str(tmp_path / "two")})
    with pytest.raises(UserError, match=r"light.hdris: 2 files for 3 splits"):
        hdris_of(manifest, "train")


def test_photos_are_disjoint(make_manifest: Callable[..., Manifest], tmp_path: Path) -> None:
    touch(tmp_path / "photos" / "deep", [f"{n}.JPG" for n in range(10)])
    shares = {"hdri": 0.5, "photo": 0.5, "procedural": 0.0, "photos": str(tmp_path / "photos")}
    manifest = make_manifest(background=shares)
    pools = [photos_of(manifest, split) for split in SPLITS]
    assert [len(pool) for pool in pools] == [8, 1, 1]
    assert len({photo for pool in pools for photo in pool}) == 10
    assert photos_of(make_manifest(), "train") == ()
    (tmp_path / "empty").mkdir()
    manifest = make_manifest(background={**shares, "photos": str(tmp_path / "empty")})
    with pytest.raises(UserError, match=r"background.photos: the folder .* holds no file"):
        photos_of(manifest, "train")
