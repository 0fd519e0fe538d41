from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotate.formats.splits import Run, split_runs
from synth.errors import UserError
from synth.manifest import SPLITS


def singles(count: int) -> list[str]:
    """Photographs that do not follow each other."""
    return [f"{'abcdefghij'[n % 10]}/{n // 10:04d}/x.jpg" for n in range(count)]


def photographs(runs: list[Run]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for run in runs:
        counts[run.split] += len(run.paths)
    return counts


def test_shares_are_about_what_was_asked_for() -> None:
    counts = photographs(split_runs(singles(2000), shares={"train": 8, "val": 1, "test": 1}))
    # 2,000 draws: five standard deviations are 67 and 90.
    assert abs(counts["val"] - 200) < 67
    assert abs(counts["test"] - 200) < 67
    assert abs(counts["train"] - 1600) < 90


def test_a_sequence_stays_in_one_split() -> None:
    paths = [f"v{v}/f{n}.jpg" for v in range(40) for n in range(5)]
    runs = split_runs(paths)
    assert len(runs) == 40
    assert all(len({path.split("/")[0] for path in run.paths}) == 1 for run in runs)
    assert sorted(path for run in runs for path in run.paths) == sorted(paths)


def test_the_draw_hangs_on_the_seed_and_stays_when_others_come() -> None:
    few, many = singles(300), singles(600)
    splits = {run.paths: run.split for run in split_runs(few, seed=3)}
    again = {run.paths: run.split for run in split_runs(many[::-1], seed=3)}
    assert all(again[paths] == split for paths, split in splits.items())
    assert {run.paths: run.split for run in split_runs(few, seed=4)} != splits


def test_labelling_more_of_a_sequence_does_not_move_it() -> None:
    everything = [f"v{v}/f{n}.jpg" for v in range(60) for n in range(40)]
    first = {run.paths[0][:3]: run.split for run in split_runs(everything[20::40], everything)}
    later = {run.paths[0][:3]: run.split for run in split_runs(everything[::7], everything)}
    assert len(first) == 60
    assert later == first
    # f0 and f39 are far apart, but what lies between them joins them.
    (run,) = split_runs([everything[0], everything[39]], everything)
    assert run.paths == (everything[0], everything[39])


@pytest.mark.parametrize("seed", range(20))
def test_every_split_gets_one_and_long_runs_do_not_go_to_small_splits(seed: int) -> None:
    video = [f"v/f{n}.jpg" for n in range(90)]
    runs = split_runs([*video, *singles(10)], seed=seed)
    assert {run.split for run in runs} == set(SPLITS)
    assert [run.split for run in runs if len(run.paths) == 90] == ["train"]


def test_long_sequences_count_for_the_shares() -> None:
    video = [f"v/f{n}.jpg" for n in range(1000)]
    runs = split_runs([*video, *singles(1000)])
    counts = photographs(runs)
    # Each of the 1,000 others is in val, or in test, with a chance of 0.2: five deviations are 63.
    assert abs(counts["val"] - 200) < 63
    assert abs(counts["test"] - 200) < 63
    few = photographs(split_runs([*video, *singles(100)]))
    assert min(few["val"], few["test"]) > 25  # the video is more than train's share


@pytest.mark.parametrize(("count", "used"), [(1, 1), (2, 2), (3, 3)])
def test_as_long_as_there_are_enough(count: int, used: int) -> None:
    assert len({run.split for run in split_runs(singles(30)[::10][:count])}) == used


def test_no_photographs_no_runs() -> None:
    assert split_runs([]) == []


def test_a_split_without_a_share_gets_nothing() -> None:
    assert photographs(split_runs(singles(50), shares={"test": 0.2})) == {"test": 50}


def test_long_sequences_are_parted_if_asked() -> None:
    paths = [f"f{n:03d}.jpg" for n in range(100)]
    assert len(split_runs(paths)) == 1
    runs = split_runs(paths, block=30)
    assert [len(run.paths) for run in runs] == [30, 30, 30, 10]
    assert {run.split for run in runs} == set(SPLITS)


@pytest.mark.parametrize(
    "shares",
    [{}, {"train": 0}, {"train": -1, "val": 2}, {"train": float("nan")}, {"val": float("inf")}],
)
def test_impossible_shares(shares: Any) -> None:
    with pytest.raises(UserError, match="shares of the splits"):
        split_runs(["a.jpg"], shares=shares)


def test_an_empty_block() -> None:
    with pytest.raises(UserError, match="block of 0"):
        split_runs(["a.jpg"], block=0)


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 40)), unique=True),
    st.integers(0, 5),
    st.sampled_from([None, 1, 4]),
)
def test_each_photograph_is_there_once(places: list[Any], seed: int, block: int | None) -> None:
    paths = [f"{folder}/{number}.jpg" for folder, number in places]
    runs = split_runs(paths, seed=seed, block=block)
    assert sorted(path for run in runs for path in run.paths) == sorted(paths)
    assert len({run.split for run in runs}) == min(3, len(runs))
