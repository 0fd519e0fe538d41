"""This process among those that train together, as torchrun starts them."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import distributed

from synth.errors import UserError

#: Options of glibc's mallopt (malloc.h).
_M_TRIM_THRESHOLD = -1
_M_MMAP_MAX = -4


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
    else:
        _keep_freed_memory()
    if count == 1:
        yield Processes(chosen)
        return
    distributed.init_process_group("nccl" if on_gpu else "gloo")
    try:
        yield Processes(chosen, rank, count)
    finally:
        distributed.destroy_process_group()


def _keep_freed_memory() -> None:
    """Have the C library keep the memory of tensors that are freed, where it is glibc.

    It would give large blocks back to the system, which clears them anew for the next tensor: a
    quarter of the time that a batch takes on a CPU.
    """
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None
    mallopt = getattr(libc, "mallopt", None)
    if mallopt is not None:
        for option, value in ((_M_MMAP_MAX, 0), (_M_TRIM_THRESHOLD, 2**31 - 1)):
            mallopt(option, value)
