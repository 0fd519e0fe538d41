"""Random generators by name."""

from __future__ import annotations

import hashlib

import numpy as np

from synth.seeding import component_rng


def test_a_stream_is_the_same_wherever_and_whenever_it_is_asked_for() -> None:
    first = component_rng(7, 3, "camera").random(5)
    component_rng(7, 3, "light").random(1000)
    np.testing.assert_array_equal(component_rng(7, 3, "camera").random(5), first)


def test_the_seed_is_the_sha256_of_the_three_values() -> None:
    words = np.frombuffer(hashlib.sha256(b"7/3/camera").digest(), "<u4").tolist()
    expected = np.random.Generator(np.random.PCG64(np.random.SeedSequence(words)))
    np.testing.assert_array_equal(component_rng(7, 3, "camera").random(9), expected.random(9))


def test_no_two_streams_are_alike() -> None:
    firsts = {
        component_rng(seed, sequence, name).integers(2**62)
        for seed in (0, 1, 11, 111)
        for sequence in (0, 1, 11, 111)
        for name in ("camera", "light", "1", "11", "")
    }
    assert len(firsts) == 4 * 4 * 5


def test_streams_of_neighbouring_sequences_are_independent() -> None:
    draws = np.array([component_rng(0, n, "light").random(200) for n in range(50)])
    correlation = np.corrcoef(draws) - np.eye(50)
    # 1/sqrt(200) = 0.07 is the standard deviation of a chance correlation.
    assert np.abs(correlation).max() < 0.07 * 5
    assert abs(draws.mean() - 0.5) < 0.29 / 100 * 4
