"""The moving average against the recursion written out."""

from __future__ import annotations

import torch
from torch import nn

from tracker.training.ema import averaged_copy, update_average


def network() -> nn.Module:
    return nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3))


def test_the_recursion() -> None:
    torch.manual_seed(0)
    model = network()
    average = averaged_copy(model)
    expected = model[0].weight.detach().clone().double()
    for step in range(200):
        with torch.no_grad():
            model[0].weight.add_(torch.randn(3, 2))
            model[1].num_batches_tracked.add_(1)
            model[1].running_mean.add_(1.0)
        update_average(average, model, 0.9, step)
        decay = min(0.9, (1 + step) / (10 + step))
        expected = decay * expected + (1 - decay) * model[0].weight.detach().double()
    torch.testing.assert_close(average[0].weight.double(), expected, atol=1e-5, rtol=1e-5)
    assert int(average[1].num_batches_tracked) == 200
    # A ramp is followed nine steps late: d / (1 − d).
    torch.testing.assert_close(average[1].running_mean, torch.full((3,), 191.0), atol=0.01, rtol=0)


def test_a_copy_is_never_trained_and_never_touched() -> None:
    model = network().train()
    average = averaged_copy(model)
    assert not average.training
    assert not any(parameter.requires_grad for parameter in average.parameters())
    assert all(parameter.requires_grad for parameter in model.parameters())
    before = average[0].weight.clone()
    with torch.no_grad():
        model[0].weight.zero_()
    assert torch.equal(average[0].weight, before)
    assert average[0].weight.data_ptr() != model[0].weight.data_ptr()


def test_fresh_weights_are_soon_forgotten() -> None:
    model = network()
    average = averaged_copy(model)
    with torch.no_grad():
        model[0].weight.fill_(5.0)
    update_average(average, model, 0.999, 0)
    kept = (average[0].weight - 5).abs() / 5
    assert kept.max() < 0.1 * 1.3
