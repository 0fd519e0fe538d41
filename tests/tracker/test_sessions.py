from __future__ import annotations

import ctypes
from pathlib import Path
from typing import Any

import pytest

from synth.errors import UserError
from tests.tracker.fake_models import write_palm_model
from tracker.sessions import open_session


@pytest.fixture
def model(tmp_path: Path) -> bytes:
    return write_palm_model(tmp_path).read_bytes()


def test_a_device_is_chosen_in_silence(model: bytes, capfd: pytest.CaptureFixture[str]) -> None:
    session, device = open_session(model)
    assert device in {"cpu", "cuda"}
    assert (device == "cuda") == ("CUDAExecutionProvider" in session.get_providers())
    assert capfd.readouterr() == ("", "")


def test_a_driver_without_libraries_means_the_cpu(
    model: bytes, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if open_session(model)[1] == "cuda":
        pytest.skip("CUDA works here")
    monkeypatch.setattr("tracker.sessions._has_nvidia_driver", lambda: True)
    assert open_session(model)[1] == "cpu"
    assert capfd.readouterr() == ("", "")


def test_cuda_that_is_not_there(model: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_library(name: str) -> Any:
        raise OSError(name)

    monkeypatch.setattr(ctypes, "CDLL", no_library)
    assert open_session(model, "auto")[1] == "cpu"
    with pytest.raises(UserError, match="NVIDIA driver"):
        open_session(model, "cuda")


def test_threads(model: bytes) -> None:
    session, _ = open_session(model, "cpu", threads=1)
    assert session.get_session_options().intra_op_num_threads == 1
    default, _ = open_session(model, "cpu")
    assert default.get_session_options().intra_op_num_threads in {1, 2}
    with pytest.raises(UserError, match="threads is 0"):
        open_session(model, threads=0)


def test_no_such_device(model: bytes) -> None:
    with pytest.raises(UserError, match="'tpu'; it can be auto, cuda, cpu"):
        open_session(model, "tpu")  # type: ignore[arg-type]
