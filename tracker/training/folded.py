"""Weights that can go on learning, out of an exported model.

An export has no batch norms any more: each is folded into the convolution before it, whose filters
it scales and to which it gives a bias. Evaluated the model is the same, but it cannot be trained: a
norm in training subtracts the batch's mean, and nobody knows any more what that was. So it is
measured again, on the pictures that the training is about to see.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from synth.errors import UserError
from tracker.export import HALF_SUFFIX
from tracker.model_file import checked_bytes
from tracker.models.blocks import normed_convolutions
from tracker.sidecar import Sidecar

#: What the exporter calls the bias that a batch norm leaves behind, after the filters' name.
_BIAS = ".weight_bias"
#: Of the wrapper whose graph is exported (tracker.export), before the model's own names.
_PREFIX = "model."


def folded_weights(path: Path, sidecar: Sidecar) -> dict[str, Tensor]:
    """Weights of an exported model by the names of its network's parameters, in single precision;
    `NAME.weight_bias` is what a batch norm left to the convolution NAME.

    Raises:
        UserError: the file is missing, or not the one that the sidecar describes.
    """
    graph = onnx.load_from_string(checked_bytes(path, sidecar)).graph
    weights = {}
    for stored in graph.initializer:
        name = stored.name.removesuffix(HALF_SUFFIX)
        if name.startswith(_PREFIX):
            # A copy: what numpy gives may be the file's bytes, which cannot be written.
            values = torch.from_numpy(numpy_helper.to_array(stored).copy())
            weights[name.removeprefix(_PREFIX)] = values.float()
    return weights


def unfolded(
    folded: dict[str, Tensor], model: nn.Module, batches: list[Tensor]
) -> dict[str, Tensor]:
    """Give the convolutions their batch norms back.

    Evaluated, the network of the result gives the same for a picture as the exported one; its
    norms' means and variances are those of `batches`, so that training goes on where it had ended.
    Filters are scaled to the length that fresh ones have, which a norm takes out again: updates are
    then as large, compared with them, as a recipe's learning rate means them to be.

    Args:
        folded: what folded_weights gives.
        model: a fresh network of the same architecture, on the CPU; it is written to.
        batches: of (N, 3, side, side) RGB in [0, 1], what the training shows.

    Raises:
        UserError: a weight is missing, or of another shape.
    """
    state = model.state_dict()
    norms = list(normed_convolutions(model))
    filters = {name: convolution for name, convolution, _ in norms}
    for name, parameter in model.named_parameters():
        if any(parameter is own for _, _, norm in norms for own in norm.parameters()):
            continue
        found = folded.get(name)
        if found is None or found.shape != parameter.shape:
            raise UserError(
                f"{name}: missing, or of another shape; was the model exported by this package?"
            )
        state[name] = found
    lengths = {
        name: _lengths(convolution.weight.detach()) / _lengths(state[f"{name}.weight"])
        for name, convolution in filters.items()
    }
    model.load_state_dict(state)
    seen = {name: _Seen() for name in filters}
    hooks = []
    for name, convolution, norm in norms:
        bias = folded.get(name + _BIAS)
        if bias is None:
            raise UserError(
                f"{name}: no folded batch norm; was the model exported by this package?"
            )
        scale = lengths[name]
        with torch.no_grad():
            convolution.weight.mul_(scale[:, None, None, None])
            # For now the norm does what its folded one did, and its input is looked at.
            norm.running_mean.zero_()
            norm.running_var.fill_(1 - norm.eps)
            norm.weight.copy_(1 / scale)
            norm.bias.copy_(bias)
        hooks.append(norm.register_forward_pre_hook(seen[name].look))
    model.eval()
    with torch.no_grad():
        for images in batches:
            model(images)
        for name, _, norm in norms:
            mean, variance = seen[name].mean, seen[name].variance
            norm.bias.add_(norm.weight * mean)
            norm.weight.mul_((variance + norm.eps).sqrt())
            norm.running_mean.copy_(mean)
            norm.running_var.copy_(variance)
    for hook in hooks:
        hook.remove()
    return {name: value.clone() for name, value in model.state_dict().items()}


@dataclass
class _Seen:
    """Mean and variance of each channel over all that was looked at."""

    count: int = 0
    sums: list[Tensor] = field(default_factory=list)

    def look(self, _: nn.Module, inputs: tuple[Any, ...]) -> None:
        values = inputs[0].double()
        self.count += values.numel() // values.shape[1]
        sums = [values.sum(dim=(0, 2, 3)), values.square().sum(dim=(0, 2, 3))]
        self.sums = [a + b for a, b in zip(self.sums, sums, strict=True)] if self.sums else sums

    @property
    def mean(self) -> Tensor:
        return (self.sums[0] / self.count).float()

    @property
    def variance(self) -> Tensor:
        mean = self.sums[0] / self.count
        return (self.sums[1] / self.count - mean.square()).clamp(min=0).float()


def _lengths(filters: Tensor) -> Tensor:
    """(D,) of (D, C, h, w); never zero: a dead filter stays as it is."""
    return filters.flatten(1).norm(dim=1).clamp(min=1e-6)
