"""How many processes a machine's processors can feed, as far as it is known without Blender."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

from synth.hardware import available_cores, memory_bytes

#: Of the machine's memory all processes may have together before the heavy ones are replaced.
_MEMORY_SHARE: Final = 0.8


def default_workers(device: str, cores: int, gpus: int) -> int:
    """Processes to start when the user does not say: one a GPU, or one a CPU core.

    Processes on one GPU take turns on it and each keeps a copy of the scene there.

    Args:
        device: one of `synth.engine.job.DEVICES`; `auto` takes a GPU if there is any.
        cores: CPU cores that may be used.
        gpus: see `count_gpus`.
    """
    if device == "cpu" or (device == "auto" and not gpus):
        return cores
    return max(1, gpus)


def workers_here(device: str) -> int:
    """`default_workers` of this machine."""
    return default_workers(device, available_cores(), 0 if device == "cpu" else len(visible_gpus()))


def threads_here(device: str, workers: int) -> int:
    """Threads of each of so many processes of this machine.

    One where the CPU renders: with two, on a busy machine, Cycles gives some pictures other noise,
    and a dataset's bytes must not hang on the number of processes.
    """
    on_cpu = device == "cpu" or (device == "auto" and not visible_gpus())
    return 1 if on_cpu else max(1, available_cores() // workers)


def memory_limit(workers: int) -> int:
    """Bytes that each of so many processes of this machine may have before it is replaced."""
    return int(_MEMORY_SHARE * memory_bytes() / workers)


def visible_gpus() -> list[str]:
    """NVIDIA GPUs that this process may use, as CUDA names them: all, or those that a scheduler or
    the user left in CUDA_VISIBLE_DEVICES."""
    said = os.environ.get("CUDA_VISIBLE_DEVICES")
    if said is None:
        return [str(index) for index in range(count_gpus())]
    names = [name.strip() for name in said.split(",")]
    # CUDA ends the list at the first name that is none.
    return list(itertools.takewhile(lambda name: name not in ("", "-1"), names))


def own_gpu(number: int, device: str) -> dict[str, str]:
    """Environment in which process `number` of this machine sees one GPU alone.

    Cycles would render each picture on all that it sees, and every process would wait for every
    GPU.
    """
    gpus = [] if device == "cpu" else visible_gpus()
    return {"CUDA_VISIBLE_DEVICES": gpus[number % len(gpus)]} if gpus else {}


def count_gpus(devices: Path = Path("/dev")) -> int:
    """NVIDIA GPUs of this machine; whether Cycles can use them shows only in a worker.

    The kernel's device files are counted, and where there are none (WSL) what nvidia-smi lists.
    """
    files = list(devices.glob("nvidia[0-9]*"))
    if files:
        return len(files)
    command = shutil.which("nvidia-smi")
    if command is None:
        return 0
    try:
        listed = subprocess.run(
            [command, "-L"], capture_output=True, text=True, timeout=20, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return 0
    return sum(line.startswith("GPU ") for line in listed.stdout.splitlines())
