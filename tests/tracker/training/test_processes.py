"""The process and its device."""

from __future__ import annotations

import pytest
import torch

from synth.errors import UserError
from tracker.training.processes import Processes, training_processes


def test_alone_on_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("WORLD_SIZE", "RANK", "LOCAL_RANK"):
        monkeypatch.delenv(name, raising=False)
    before = torch.get_num_threads()
    try:
        with training_processes("cpu", threads=1) as processes:
            assert processes == Processes(torch.device("cpu"), 0, 1)
            assert processes.is_first
            assert torch.get_num_threads() == 1
            assert not torch.distributed.is_initialized()
    finally:
        torch.set_num_threads(before)
    assert not Processes(torch.device("cpu"), 1, 2).is_first


def test_no_gpu_where_one_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(UserError, match="sees no GPU"), training_processes("cuda"):
        pass
    with training_processes("auto") as processes:
        assert processes.device.type == "cpu"


def test_no_such_device() -> None:
    with pytest.raises(UserError, match="can be auto, cpu or cuda"), training_processes("gpu"):
        pass
