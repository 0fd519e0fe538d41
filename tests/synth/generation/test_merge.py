"""Parts that were made apart, joined, are what one run makes."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from synth.dataset import read_dataset
from synth.errors import UserError
from synth.generation.gaps import missing_sequences
from synth.generation.make import make
from synth.generation.merge import merge
from synth.generation.work import prepare
from synth.manifest import Manifest
from synth.shards.plan import Part, parse_part, plan_shards, why_nothing
from synth.storage.lock import locked
from synth.storage.place import place_at
from tests.synth.generation.test_make import SETTINGS, content, run


def run_part(manifest: Manifest, folder: Path, part: Part, limit: int | None = None) -> None:
    with locked(folder):
        work = prepare(manifest, place_at(folder), folder, limit, pytest.fail, part)
        make(work, SETTINGS, lambda _event: None)


def test_parts_are_disjoint_and_nothing_is_left_out(
    make_manifest: Callable[..., Manifest],
) -> None:
    manifest = make_manifest(sequences=41)
    for limit in (None, 30, 7, 1):
        whole = [plan.name for plan in plan_shards(manifest, limit)]
        for of in (1, 2, 3, 7, 40):
            parts = [
                [plan.name for plan in plan_shards(manifest, limit, Part(k, of))]
                for k in range(1, of + 1)
            ]
            assert sorted(name for part in parts for name in part) == sorted(whole)
    # What is a part's own stays its own with another limit.
    for k in (1, 2, 3):
        own = {plan.name for plan in plan_shards(manifest, None, Part(k, 3))}
        assert {plan.name for plan in plan_shards(manifest, 9, Part(k, 3))} <= own


@pytest.mark.parametrize("text", ["0/3", "4/3", "3", "a/b", "1/0", "-1/3", "1/3/5", ""])
def test_what_is_no_part_is_refused(text: str) -> None:
    with pytest.raises(UserError, match="is no part: write k/n"):
        parse_part(text)
    assert parse_part("3/8") == Part(3, 8)


def test_a_part_without_shards_says_why(make_manifest: Callable[..., Manifest]) -> None:
    manifest = make_manifest()
    assert why_nothing(manifest, None, Part(4, 4)) is None
    assert why_nothing(manifest, None, Part(4, 99)) is None
    assert why_nothing(manifest, None, Part(50, 99)) == (
        "part 50/99 has nothing to make: there are only 4 shards, and parts are made of whole ones"
    )
    assert why_nothing(manifest, 1, Part(4, 4)) == (
        "with a limit of 1 sequence part 4/4 has nothing to make"
    )


def test_merged_parts_are_the_dataset(
    make_manifest: Callable[..., Manifest], tmp_path: Path
) -> None:
    manifest = make_manifest(sequences=23)
    run(manifest, tmp_path / "whole")
    for k in (1, 2, 3):
        run_part(manifest, tmp_path / f"part{k}", Part(k, 3))
        assert read_dataset(tmp_path / f"part{k}").part == f"{k}/3"
    parts = [place_at(tmp_path / f"part{k}") for k in (3, 1, 2)]
    merge(parts, place_at(tmp_path / "merged"))
    assert content(tmp_path / "merged") == content(tmp_path / "whole")
    assert read_dataset(tmp_path / "merged").made.runs == 3
    shard = tmp_path / "merged" / "train-000000.tar"
    assert os.stat(shard).st_nlink == 2, "on one disk shards are linked"
    # Again, over what is there.
    merge(parts, place_at(tmp_path / "merged"))
    assert content(tmp_path / "merged") == content(tmp_path / "whole")
    assert run(manifest, tmp_path / "merged").sequences == 0


def test_what_no_part_has_is_made_afterwards(
    make_manifest: Callable[..., Manifest], tmp_path: Path
) -> None:
    manifest = make_manifest(sequences=23)
    run(manifest, tmp_path / "whole")
    run_part(manifest, tmp_path / "one", Part(1, 3))
    merged = merge([place_at(tmp_path / "one")], place_at(tmp_path / "merged")).dataset
    there = sum(shard.sequences for shard in merged.shards)
    assert there + sum(map(len, missing_sequences(merged))) == 23
    assert run(manifest, tmp_path / "merged").sequences == 23 - there
    assert content(tmp_path / "merged") == content(tmp_path / "whole")


def test_a_merge_that_was_killed_goes_on(
    make_manifest: Callable[..., Manifest], tmp_path: Path
) -> None:
    manifest = make_manifest(sequences=23)
    run(manifest, tmp_path / "whole")
    parts = []
    for k in (1, 2):
        run_part(manifest, tmp_path / f"part{k}", Part(k, 2))
        parts.append(place_at(tmp_path / f"part{k}"))

    def killed(shards: object, _count: int) -> object:
        for i, shard in enumerate(shards):  # type: ignore[arg-type, var-annotated]
            if i == 3:
                raise KeyboardInterrupt
            yield shard

    with pytest.raises(KeyboardInterrupt):
        merge(parts, place_at(tmp_path / "merged"), watch=killed)  # type: ignore[arg-type]
    noted = read_dataset(tmp_path / "merged")
    assert len(noted.shards) == 3
    assert noted.made.runs == 0, "no part is in as a whole"
    (tmp_path / "merged" / "train-000009.tar.77.tmp").write_bytes(b"half")
    merge(parts, place_at(tmp_path / "merged"))
    assert content(tmp_path / "merged") == content(tmp_path / "whole")
    assert not list((tmp_path / "merged").glob("*.tmp"))
    assert read_dataset(tmp_path / "merged").made.runs == 2


def test_parts_that_do_not_belong_together_are_refused(
    make_manifest: Callable[..., Manifest], tmp_path: Path
) -> None:
    run_part(make_manifest(), tmp_path / "one", Part(1, 2))
    run_part(make_manifest(seed=6), tmp_path / "other", Part(2, 2))
    one, other = place_at(tmp_path / "one"), place_at(tmp_path / "other")
    with pytest.raises(
        UserError, match="other: was made with another manifest than .*one: seed"
    ) as no:
        merge([one, other], place_at(tmp_path / "merged"))
    assert str(no.value).endswith("seed 6, not 5; leave one of the two out")
    assert not (tmp_path / "merged").exists()
    shard = tmp_path / "one" / "train-000000.tar"
    shard.write_bytes(shard.read_bytes()[:-1000])
    with pytest.raises(UserError, match=r"one/train-000000.tar: has \d+ bytes instead of"):
        merge([one], place_at(tmp_path / "merged"))
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "thesis.tex").write_text("…")
    with pytest.raises(UserError, match="is not empty and is no dataset"):
        merge([one], place_at(tmp_path / "thesis"))


def test_a_part_is_not_gone_on_with_as_another(
    make_manifest: Callable[..., Manifest], tmp_path: Path
) -> None:
    manifest = make_manifest()
    run_part(manifest, tmp_path / "one", Part(1, 2))
    with pytest.raises(
        UserError, match='begun with another share of the work: part "1/2" there, "2/2" now'
    ):
        run_part(manifest, tmp_path / "one", Part(2, 2))
    with pytest.raises(UserError, match='part "1/2" there, null now'):
        run(manifest, tmp_path / "one")
