"""The machine that a process runs on."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import Any


def available_cores() -> int:
    """CPU cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def processor_name() -> str:
    """As the system names it; the architecture where it does not."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def memory_bytes() -> int:
    """Memory of the machine."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def describe_hardware() -> dict[str, Any]:
    """Processor, cores, memory and system of this machine."""
    return {
        "processor": processor_name(),
        "cores": available_cores(),
        "memory_bytes": memory_bytes(),
        "system": platform.platform(),
    }
