"""Building blocks of both networks: plain 3×3 convolutions.

Depthwise convolutions have fewer multiply-adds but are slower to train on a CPU and no faster in
onnxruntime at the same accuracy (docs/accuracy.md has the measurements).
"""

from __future__ import annotations

from collections.abc import Iterator

from torch import Tensor, nn


class ConvNormAct(nn.Sequential):
    """Convolution, batch norm, ReLU. (N, C, H, W) → (N, D, ⌈H/stride⌉, ⌈W/stride⌉)."""

    def __init__(self, inputs: int, outputs: int, kernel: int = 3, stride: int = 1) -> None:
        super().__init__(
            nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(inplace=True),
        )


class Residual(nn.Module):
    """Two 3×3 convolutions and a shortcut (He et al. 2016). The shape stays."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = ConvNormAct(channels, channels)
        self.second = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(channels)
        self.act = nn.ReLU(inplace=True)
        # Each block begins as the identity, which lets a deep network start at a high rate.
        nn.init.zeros_(self.norm.weight)

    def forward(self, x: Tensor) -> Tensor:
        return self.act(x + self.norm(self.second(self.first(x))))


def stage(inputs: int, outputs: int, depth: int, stride: int = 2) -> nn.Sequential:
    """A convolution that goes to the next width and scale, and `depth` residual blocks."""
    blocks: list[nn.Module] = [ConvNormAct(inputs, outputs, stride=stride)]
    blocks += [Residual(outputs) for _ in range(depth)]
    return nn.Sequential(*blocks)


def normed_convolutions(model: nn.Module) -> Iterator[tuple[str, nn.Conv2d, nn.BatchNorm2d]]:
    """The convolutions that a batch norm follows: name, convolution, norm."""
    for name, module in model.named_modules():
        within = f"{name}." if name else ""
        if isinstance(module, ConvNormAct):
            convolution, norm, _ = module
            yield within + "0", convolution, norm
        elif isinstance(module, Residual):
            yield within + "second", module.second, module.norm


def parameter_count(model: nn.Module) -> int:
    return sum(parameter.numel() for parameter in model.parameters())
