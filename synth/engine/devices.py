"""How many processes a machine's processors can feed, as far as it is known without Blender."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path


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
