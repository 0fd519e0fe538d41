"""Muon's step against the singular value decomposition, AdamW's against PyTorch's own."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from tracker.models.landmark import LandmarkModel
from tracker.models.landmark_architecture import LandmarkArchitecture
from tracker.training.optimizer import build_optimizers, orthogonalised


@pytest.mark.parametrize("shape", [(8, 8), (16, 72), (72, 16), (1, 30)])
def test_orthogonalised_keeps_the_singular_vectors(shape: tuple[int, int]) -> None:
    matrix = torch.randn(shape, generator=torch.Generator().manual_seed(1))
    result = orthogonalised(matrix).float()
    values = torch.linalg.svdvals(result)
    assert values.max() < 1.25
    # A quarter of a square matrix' own values are too small for five iterations.
    assert values.median() > 0.65
    u, _, v = torch.linalg.svd(matrix, full_matrices=False)
    inside = u.T @ result @ v.T
    off = inside - torch.diag(inside.diagonal())
    assert off.abs().max() < 0.05
    assert (inside.diagonal() > 0).all()


def test_a_step_has_the_length_that_adamw_has() -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(8, 8), nn.Linear(8, 64, bias=False))
    before = model[1].weight.detach().clone()
    muon, _ = build_optimizers(model, 0.01, 0.0)
    model(torch.randn(128, 8)).square().sum().backward()
    muon.step()
    moved = (model[1].weight.detach() - before).square().mean().sqrt().item()
    # 0.2 · √64 times a matrix whose 8 singular values are about 1: √(8 / 512) a number.
    assert moved == pytest.approx(0.01 * 0.2 * math.sqrt(64) * math.sqrt(8 / 512), rel=0.2)


def test_momentum_and_decay_by_hand() -> None:
    first = nn.Linear(2, 3, bias=False)
    hidden = nn.Linear(3, 1, bias=False)
    model = nn.Sequential(first, hidden)
    optimizer, _ = build_optimizers(model, 0.1, 0.5)
    start = hidden.weight.detach().clone()
    # A matrix of one row is its own direction: the update is the row over its length, times 0.7
    # to 1.2, whatever the momentum.
    hidden.weight.grad = torch.tensor([[3.0, 0.0, 4.0]])
    optimizer.step()
    step = (hidden.weight - start * (1 - 0.1 * 0.5)) / (-0.1 * 0.2 * math.sqrt(3))
    assert 0.6 < step.norm() < 1.25
    torch.testing.assert_close(step / step.norm(), torch.tensor([[0.6, 0, 0.8]]), atol=0.01, rtol=0)
    # The second gradient is small: what was learned before still leads.
    before = hidden.weight.detach().clone()
    hidden.weight.grad = torch.tensor([[0.0, 1e-3, 0.0]])
    optimizer.step()
    moved = before * (1 - 0.1 * 0.5) - hidden.weight
    assert moved[0, 0] > 10 * moved[0, 1].abs()


def test_the_rest_is_adamw() -> None:
    torch.manual_seed(0)
    one = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 2))
    other = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 2))
    other.load_state_dict(one.state_dict())
    muon, adamw = build_optimizers(one, 0.01, 0.1)
    rest = [other[0].weight, other[0].bias, other[1].bias]
    theirs = torch.optim.AdamW(rest, lr=0.01, weight_decay=0.0)
    for _ in range(3):
        picture = torch.randn(8, 4)
        for model in (one, other):
            model.zero_grad()
            model(picture).square().sum().backward()
        muon.step()
        adamw.step()
        theirs.step()
        other[1].weight.data.copy_(one[1].weight)
        torch.testing.assert_close(one[0].weight, other[0].weight)
        torch.testing.assert_close(one[1].bias, other[1].bias)


def test_which_weights_are_muons() -> None:
    model = LandmarkModel(LandmarkArchitecture())
    hidden, others = (
        optimizer.param_groups[0]["params"] for optimizer in build_optimizers(model, 0.01, 0.02)
    )
    assert all(parameter.ndim > 1 for parameter in hidden)
    assert any(parameter is model.stem[0].weight for parameter in others)
    assert sum(p.ndim > 1 for p in others) == 1
    assert len(hidden) + len(others) == len(list(model.parameters()))
