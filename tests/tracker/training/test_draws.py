"""Random numbers: in bounds, and each step's own."""

from __future__ import annotations

import pytest
import torch

from tracker.training.draws import chance, normal, shuffled, step_generator, uniform

CPU = torch.device("cpu")


def fresh() -> torch.Generator:
    return torch.Generator().manual_seed(7)


def test_distributions() -> None:
    values = uniform((20_000,), fresh(), -1.0, 3.0)
    assert values.min() >= -1
    assert values.max() < 3
    assert float(values.mean()) == pytest.approx(1, abs=0.03)
    assert float(normal((20_000,), fresh(), 0.3).std()) == pytest.approx(0.3, rel=0.03)
    assert float(chance(20_000, 0.2, fresh()).float().mean()) == pytest.approx(0.2, abs=0.01)
    assert not chance(100, 0.0, fresh()).any()
    assert chance(100, 1.0, fresh()).all()
    assert shuffled(50, fresh()).sort().values.tolist() == list(range(50))


def test_a_step_has_its_own_numbers_whatever_came_before() -> None:
    first = uniform((4,), step_generator(1, 10, 0, CPU))
    torch.manual_seed(0)
    assert torch.equal(first, uniform((4,), step_generator(1, 10, 0, CPU)))
    draws = {
        tuple(uniform((3,), step_generator(seed, step, rank, CPU)).tolist())
        for seed in range(4)
        for step in range(40)
        for rank in range(4)
    }
    assert len(draws) == 4 * 40 * 4


def test_any_seed_of_a_recipe_will_do() -> None:
    for seed in (0, 2**31, 2**62, 2**63 - 1):
        step_generator(seed, 10**7, 63, CPU)
