"""Random numbers for a batch, from one generator, on its device."""

from __future__ import annotations

import torch
from torch import Tensor


def uniform(
    shape: tuple[int, ...], generator: torch.Generator, low: float = 0.0, high: float = 1.0
) -> Tensor:
    return torch.rand(shape, generator=generator, device=generator.device) * (high - low) + low


def normal(shape: tuple[int, ...], generator: torch.Generator, sigma: float = 1.0) -> Tensor:
    return torch.randn(shape, generator=generator, device=generator.device) * sigma


def chance(count: int, share: float, generator: torch.Generator) -> Tensor:
    """(count,) bool, each true with probability `share`."""
    return uniform((count,), generator) < share


def shuffled(count: int, generator: torch.Generator) -> Tensor:
    """(count,) a permutation of 0 … count − 1."""
    return torch.randperm(count, generator=generator, device=generator.device)


def step_generator(seed: int, step: int, rank: int, device: torch.device) -> torch.Generator:
    """Generator of one step of one process: it hangs on nothing that came before, so a run that was
    stopped goes on with the numbers that it would have had."""
    generator = torch.Generator(device=device)
    # SplitMix64's odd constants keep neighbouring (seed, step, rank) apart.
    mixed = (seed * 0x9E3779B97F4A7C15 + step * 0xBF58476D1CE4E5B9 + rank * 0x94D049BB133111EB) & (
        2**63 - 1
    )
    generator.manual_seed(mixed)
    return generator
