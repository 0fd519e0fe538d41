from __future__ import annotations

import math

import numpy as np
import pytest

from tracker.one_euro import HAND_SMOOTHING, OneEuroSettings, begin, smooth


class Reference:
    """The filter of one number in the form of the paper's pseudo-code (rates, not durations)."""

    def __init__(self, min_cutoff: float, beta: float, speed_cutoff: float) -> None:
        self.settings = min_cutoff, beta, speed_cutoff
        self.last: tuple[float, float, float] | None = None

    @staticmethod
    def alpha(rate: float, cutoff: float) -> float:
        tau = 1.0 / (2 * math.pi * cutoff)
        te = 1.0 / rate
        return 1.0 / (1.0 + tau / te)

    def __call__(self, x: float, t: float) -> float:
        if self.last is None:
            self.last = x, 0.0, t
            return x
        min_cutoff, beta, speed_cutoff = self.settings
        x_before, dx_before, t_before = self.last
        rate = 1 / (t - t_before)
        dx = (x - x_before) * rate
        a = self.alpha(rate, speed_cutoff)
        edx = a * dx + (1 - a) * dx_before
        b = self.alpha(rate, min_cutoff + beta * abs(edx))
        filtered = b * x + (1 - b) * x_before
        self.last = filtered, edx, t
        return filtered


def test_as_the_paper_s_pseudo_code() -> None:
    random = np.random.default_rng(0)
    times = np.cumsum(random.uniform(0.005, 0.1, 50))
    values = np.cumsum(random.normal(0, 1, (50, 4, 3)), axis=0)
    settings = OneEuroSettings(1.2, 0.7, 0.9)
    references = [Reference(1.2, 0.7, 0.9) for _ in range(12)]
    state = begin(values[0], times[0])
    for index, (value, time) in enumerate(zip(values, times, strict=True)):
        if index:
            state = smooth(state, value, time, settings=settings)
        expected = [
            one(number, time) for one, number in zip(references, value.ravel(), strict=True)
        ]
        assert state.value.ravel() == pytest.approx(expected)


def test_one_step_worked_by_hand() -> None:
    # Cutoffs of 1 / 2π: after 1 s the weights are 1 / 2. Speed 0.5 · 8 = 4; with β = 1 / 2π the
    # cutoff is 5 / 2π, the weight 5 / 6.
    unit = 1 / (2 * math.pi)
    state = smooth(begin(np.array(0.0), 0.0), np.array(8.0), 1.0, 1.0, OneEuroSettings(*[unit] * 3))
    assert state.speed == pytest.approx(4)
    assert state.value == pytest.approx(8 * 5 / 6)


def test_near_and_far_hands_are_smoothed_alike() -> None:
    random = np.random.default_rng(1)
    values = np.cumsum(random.normal(0, 1, (20, 2)), axis=0)
    small, large = begin(values[0], 0.0), begin(100 * values[0], 0.0)
    for index, value in enumerate(values[1:], start=1):
        small = smooth(small, value, index / 30, size=5.0)
        large = smooth(large, 100 * value, index / 30, size=500.0)
        assert large.value == pytest.approx(100 * small.value)


def test_steady_at_rest_and_hardly_late_in_movement() -> None:
    # What HAND_SMOOTHING promises: noise of 0.5 % of the hand, 30 frames a second.
    random = np.random.default_rng(2)
    times = np.arange(300) / 30
    noise = random.normal(0, 0.005, (300, 50))
    rest = _run(noise, times)
    assert rest[30:].std() < 0.5 * noise.std()
    swing = np.sin(2 * math.pi * 0.5 * times)[:, None] * np.ones(50)  # up to 3.1 hands a second
    moved = _run(swing + noise, times)
    slope = 2 * math.pi * 0.5 * np.cos(2 * math.pi * 0.5 * times)[:, None]
    fast = np.abs(slope[:, 0]) > 1.5
    late = ((swing - moved) / slope)[fast] * 30
    assert 0 < late.mean() < 0.6  # frames


def _run(values: np.ndarray, times: np.ndarray) -> np.ndarray:
    state = begin(values[0], times[0])
    smoothed = [state.value]
    for value, time in zip(values[1:], times[1:], strict=True):
        state = smooth(state, value, time, settings=HAND_SMOOTHING)
        smoothed.append(state.value)
    return np.array(smoothed)
