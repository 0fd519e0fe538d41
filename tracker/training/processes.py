"""This process among those that train together, as torchrun starts them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import distributed

from synth.errors import UserError


@dataclass(frozen=True)
class Processes:
    """`rank` of `count` processes, and the device that this one trains on."""

    device: torch.device
    rank: int = 0
    count: int = 1

    @property
    def is_first(self) -> bool:
        return self.rank == 0


@contextmanager
def training_processes(device: str = "auto", threads: int | None = None) -> Iterator[Processes]:
    """Join the others, if torchrun started any, and choose the device.

    Args:
        device: `auto`, `cpu` or `cuda`.
        threads: of PyTorch on the CPU; None leaves it as it is.

    Raises:
        UserError: there is no such device, or no GPU though one was asked for.
    """
    if device not in ("auto", "cpu", "cuda"):
        raise UserError(f"--device {device}: can be auto, cpu or cuda")
    if device == "cuda" and not torch.cuda.is_available():
        raise UserError("--device cuda: PyTorch sees no GPU; leave the option out to use the CPU")
    if threads is not None:
        torch.set_num_threads(threads)
    on_gpu = device == "cuda" or (device == "auto" and torch.cuda.is_available())
    count = int(os.environ.get("WORLD_SIZE", "1"))
    rank, local = int(os.environ.get("RANK", "0")), int(os.environ.get("LOCAL_RANK", "0"))
    chosen = torch.device("cuda", local) if on_gpu else torch.device("cpu")
    if on_gpu:
        torch.cuda.set_device(chosen)
        torch.backends.cudnn.benchmark = True
    if count == 1:
        yield Processes(chosen)
        return
    distributed.init_process_group("nccl" if on_gpu else "gloo")
    try:
        yield Processes(chosen, rank, count)
    finally:
        distributed.destroy_process_group()
