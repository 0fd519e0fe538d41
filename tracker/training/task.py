"""What the training loop needs to know of a task: palms or landmarks."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

Indices = NDArray[np.int64]


class Task(Protocol):
    """Data, model and loss of one stage of the tracker."""

    @property
    def count(self) -> int:
        """Training samples in an epoch."""
        ...

    def build_model(self) -> nn.Module:
        """The network with fresh weights."""
        ...

    def draw_batch(self, indices: Indices, generator: torch.Generator, device: torch.device) -> Any:
        """Samples `indices`, augmented, on the device. All randomness comes from `generator`."""
        ...

    def loss(self, model: nn.Module, batch: Any) -> dict[str, Tensor]:
        """Named terms, weighted already; their sum is what is minimised. Runs under autocast."""
        ...

    def validate(self, model: nn.Module, device: torch.device) -> dict[str, float]:
        """Metrics on the val split; `score` among them, the higher the better."""
        ...
