"""What is missing in a dataset, in words."""

from __future__ import annotations

from collections.abc import Callable, Collection

import pytest

from synth.dataset import Dataset
from synth.generation.gaps import describe_gaps
from synth.manifest import Manifest
from synth.shards.plan import plan_shards
from synth.shards.writer import ShardRecord


def dataset_without(manifest: Manifest, left_out: Collection[int]) -> Dataset:
    """With all shards but those at some places in their order."""
    records = tuple(
        ShardRecord(plan.name, plan.split, "", 0, plan.sequences.start, len(plan.sequences), 0)
        for place, plan in enumerate(plan_shards(manifest))
        if place not in left_out
    )
    return Dataset("tiny", manifest.model_dump(mode="json"), "", {}, {}, records)


@pytest.mark.parametrize(
    ("left_out", "of", "words"),
    [
        ([], 3, None),
        ([1], None, "sequences 3 to 5 are missing"),
        ([1], 3, "sequences 3 to 5 are missing (part 2/3 is not whole)"),
        ([1, 4, 7], 3, "… (part 2/3 is not there)"),
        ([1, 4, 7, 2], 3, "… (part 2/3 is not there, part 3/3 is not whole)"),
        ([0, 1], 9, "sequences 0 to 5 are missing (parts 1/9, 2/9 are not there)"),
        ([8], 9, "sequence 22 is missing (part 9/9 is not there)"),
        ([8], 10**9, "sequence 22 is missing (part 9/1000000000 is not there)"),
    ],
)
def test_sequences_and_parts_are_named(
    make_manifest: Callable[..., Manifest], left_out: list[int], of: int | None, words: str | None
) -> None:
    manifest = make_manifest(
        sequences=23, splits={"train": 0.8, "val": 0.15, "test": 0.05}, identity={"count": 3}
    )
    assert len(list(plan_shards(manifest))) == 9
    found = describe_gaps(dataset_without(manifest, left_out), manifest, of)
    if words is None or found is None:
        assert found == words
    else:
        assert found.endswith(words.removeprefix("…"))


def test_many_are_cut_short(make_manifest: Callable[..., Manifest]) -> None:
    manifest = make_manifest(sequences=100)
    found = describe_gaps(dataset_without(manifest, range(0, 30, 2)), manifest, 15)
    assert found is not None
    assert found.startswith("sequences 0 to 2, 6 to 8, 12 to 14, 18 to 20, 24 to 26, … are missing")
    assert found.count("/15") == 5
