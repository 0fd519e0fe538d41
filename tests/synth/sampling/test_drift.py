"""Sway: rigid, small, smooth."""

from __future__ import annotations

import numpy as np

from synth.sampling.drift import Drift, sample_drift


def test_drift_is_rigid_small_and_smooth() -> None:
    shifts, turns, speeds = [], [], []
    for seed in range(200):
        drift = sample_drift(np.random.default_rng(seed))
        first, second = drift.at(1.0), drift.at(1.001)
        for matrix in (first, second):
            rotation = matrix[:3, :3]
            np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-12)
            np.testing.assert_allclose(matrix[3], [0, 0, 0, 1])
        shifts.append(first[:3, 3])
        turns.append(np.arccos(np.clip((np.trace(first[:3, :3]) - 1) / 2, -1, 1)))
        speeds.append(np.linalg.norm(second[:3, 3] - first[:3, 3]) / 0.001)
    assert 0.001 < np.std(shifts) < 0.008
    assert 0.5 < np.degrees(np.median(turns)) < 10
    assert max(speeds) < 0.2  # metres a second


def test_one_wave_worked_by_hand() -> None:
    amplitude = np.zeros((1, 6))
    amplitude[0, 1], amplitude[0, 5] = 0.01, np.pi / 2
    drift = Drift(amplitude, np.full((1, 6), 0.25), np.zeros((1, 6)))
    # At a quarter of the period: 1 cm along y, 90° about z.
    expected = [[0, -1, 0, 0], [1, 0, 0, 0.01], [0, 0, 1, 0], [0, 0, 0, 1]]
    np.testing.assert_allclose(drift.at(1.0), expected, atol=1e-12)
    np.testing.assert_allclose(drift.at(0.0), np.eye(4), atol=1e-12)
