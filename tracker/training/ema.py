"""Exponential moving average of a model's weights, which is what is validated and exported."""

from __future__ import annotations

import copy

import torch
from torch import nn


def averaged_copy(model: nn.Module) -> nn.Module:
    """A copy that is never trained."""
    average = copy.deepcopy(model).eval()
    for parameter in average.parameters():
        parameter.requires_grad_(False)
    return average


@torch.no_grad()
def update_average(average: nn.Module, model: nn.Module, decay: float, step: int) -> None:
    """Move the average a little towards the model.

    While there were few steps the decay is smaller, (1 + step) / (10 + step), so that the fresh
    weights are soon forgotten. Whole numbers (counters of batch norm) are copied.
    """
    weight = 1 - min(decay, (1 + step) / (10 + step))
    theirs = model.state_dict()
    for name, value in average.state_dict().items():
        if value.dtype.is_floating_point:
            value.lerp_(theirs[name].to(value.dtype), weight)
        else:
            value.copy_(theirs[name])
