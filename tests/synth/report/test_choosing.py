"""What is kept of a stream."""

from __future__ import annotations

import random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from synth.report.choosing import Extremes, Reservoir


def kept(size: int, length: int, seed: int) -> list[int]:
    reservoir: Reservoir[int] = Reservoir(size, random.Random(seed))
    for number in range(length):
        reservoir.offer(lambda n=number: n)  # type: ignore[misc]
    assert reservoir.seen == length
    return reservoir.items


def test_all_of_a_short_stream_and_the_same_of_the_same_seed() -> None:
    assert kept(5, 3, 0) == [0, 1, 2]
    assert kept(5, 1000, 1) == kept(5, 1000, 1)
    assert kept(0, 10, 0) == []


def test_each_has_the_same_chance() -> None:
    counts = np.zeros(20)
    for seed in range(4000):
        counts[kept(4, 20, seed)] += 1
    # 800 of each, with a standard deviation of √(4000 · 0.2 · 0.8) = 25.
    assert np.abs(counts - 800).max() < 4.5 * 25.3


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 8)), max_size=60), st.integers(1, 6))
def test_the_smallest_of_each_family(stream: list[tuple[int, int]], size: int) -> None:
    extremes: Extremes[int] = Extremes(size)
    for measure, family in stream:
        extremes.offer(measure, family, lambda m=measure: m)  # type: ignore[misc]
    best = {f: min(m for m, g in stream if g == f) for _, f in stream}
    assert extremes.in_order() == sorted(best.values())[:size]
