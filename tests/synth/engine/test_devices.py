"""How many processes are started on which machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from synth.engine import devices
from synth.engine.devices import (
    count_gpus,
    default_workers,
    memory_limit,
    own_gpu,
    threads_here,
    visible_gpus,
    workers_here,
)
from synth.hardware import memory_bytes


@pytest.mark.parametrize(
    ("device", "cores", "gpus", "workers"),
    [
        ("cpu", 16, 0, 16),
        ("cpu", 16, 2, 16),
        ("auto", 2, 0, 2),
        ("auto", 16, 1, 1),
        ("auto", 16, 4, 4),
        ("cuda", 16, 1, 1),
        ("optix", 16, 2, 2),
        # The device files may be hidden: the worker says whether there is such a device.
        ("cuda", 16, 0, 1),
    ],
)
def test_one_process_a_gpu_or_a_core(device: str, cores: int, gpus: int, workers: int) -> None:
    assert default_workers(device, cores, gpus) == workers


@pytest.mark.parametrize(
    ("device", "gpus", "workers", "threads"),
    [
        ("cpu", 2, 1, 1),
        ("auto", 0, 1, 1),
        ("auto", 2, 2, 8),
        ("cuda", 0, 1, 16),
        ("cuda", 1, 64, 1),
    ],
)
def test_one_thread_where_the_cpu_renders(
    device: str, gpus: int, workers: int, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(devices, "visible_gpus", lambda: ["0"] * gpus)
    monkeypatch.setattr(devices, "available_cores", lambda: 16)
    assert threads_here(device, workers) == threads


def test_device_files_are_counted_without_the_control_files(tmp_path: Path) -> None:
    for name in ("nvidia0", "nvidia1", "nvidiactl", "nvidia-uvm", "null"):
        (tmp_path / name).touch()
    assert count_gpus(tmp_path) == 2


def test_without_device_files_nvidia_smi_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool = tmp_path / "nvidia-smi"
    monkeypatch.setattr(devices.shutil, "which", lambda _name: str(tool))
    assert count_gpus(tmp_path) == 0  # named but not there
    tool.write_text("#!/bin/sh\necho 'GPU 0: NVIDIA H100 (UUID: GPU-1)'\necho 'GPU 1: same'\n")
    tool.chmod(0o755)
    assert count_gpus(tmp_path) == 2
    tool.write_text("#!/bin/sh\necho 'NVIDIA-SMI has failed'\nexit 9\n")
    assert count_gpus(tmp_path) == 0
    monkeypatch.setattr(devices.shutil, "which", lambda _name: None)
    assert count_gpus(tmp_path) == 0


def test_all_processes_together_have_less_than_the_machine() -> None:
    assert 0.5 * memory_bytes() < 4 * memory_limit(4) < memory_bytes()


@pytest.mark.parametrize(
    ("said", "gpus"),
    [
        (None, ["0", "1", "2"]),
        ("1", ["1"]),
        ("2, 0", ["2", "0"]),
        ("GPU-8a,GPU-9b", ["GPU-8a", "GPU-9b"]),
        ("", []),
        ("-1", []),
        ("0,-1,1", ["0"]),
    ],
)
def test_each_process_sees_a_gpu_of_its_own(
    said: str | None, gpus: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(devices, "count_gpus", lambda: 3)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    if said is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", said)
    assert visible_gpus() == gpus
    seen = [own_gpu(number, "auto").get("CUDA_VISIBLE_DEVICES") for number in range(4)]
    assert seen == ([*gpus * 4][:4] if gpus else [None] * 4)
    assert own_gpu(0, "cpu") == {}
    if gpus:
        assert workers_here("auto") == len(gpus)
