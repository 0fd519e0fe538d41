"""Sessions of onnxruntime: CUDA where it works, the CPU otherwise, and silence about it."""

from __future__ import annotations

import ctypes
import io
import logging
from contextlib import redirect_stdout
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from synth.errors import UserError
from synth.hardware import available_cores

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

Device = Literal["auto", "cuda", "cpu"]
UsedDevice = Literal["cuda", "cpu"]

#: Threads of a model on the CPU by default, if there are as many cores: more gain little on nets of
#: this size and take the cores from the rest of the program.
DEFAULT_THREADS: Final = 2

_log = logging.getLogger(__name__)
_CUDA: Final = "CUDAExecutionProvider"
_CPU: Final = "CPUExecutionProvider"


def open_session(
    model: bytes, device: Device = "auto", threads: int | None = None
) -> tuple[InferenceSession, UsedDevice]:
    """A session of a model and what it runs on.

    Args:
        model: the content of an .onnx file.
        device: `auto` takes CUDA where it works and the CPU otherwise; `cuda` insists.
        threads: of the CPU; None is DEFAULT_THREADS or the number of cores if that is smaller.

    Raises:
        UserError: if the device is not there, or the model cannot be loaded.
    """
    if device not in get_args(Device):
        raise UserError(f"device is {device!r}; it can be {', '.join(get_args(Device))}")
    if threads is not None and threads < 1:
        raise UserError(f"threads is {threads}; it must be at least 1")
    try:
        import onnxruntime
    except ImportError:
        raise UserError("onnxruntime is not installed: pip install onnxruntime") from None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads or min(DEFAULT_THREADS, available_cores())
    options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
    # Threads that spin between frames burn the cores that the rest of the program needs.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 4
    session = None if device == "cpu" else _cuda_session(onnxruntime, model, options)
    if session is not None:
        return session, "cuda"
    if device == "cuda":
        raise UserError(
            "device is 'cuda', but onnxruntime cannot use it here: it needs an NVIDIA driver,"
            " onnxruntime-gpu and its CUDA libraries; or choose 'auto' or 'cpu'"
        )
    try:
        session = onnxruntime.InferenceSession(model, options, providers=[_CPU], enable_fallback=0)
    except Exception as error:
        raise UserError(f"onnxruntime cannot load it: {_one_line(error)}") from None
    return session, "cpu"


def _cuda_session(onnxruntime: Any, model: bytes, options: Any) -> InferenceSession | None:
    """A session on CUDA, or None where that does not work; nothing is printed either way."""
    if _CUDA not in onnxruntime.get_available_providers() or not _has_nvidia_driver():
        return None
    if hasattr(onnxruntime, "preload_dlls"):
        # Finds the CUDA libraries that pip has installed; it prints what it misses.
        with redirect_stdout(io.StringIO()):
            onnxruntime.preload_dlls()
    # Batches come in few sizes, one for each number of hands: the exhaustive search for the fastest
    # convolution would stall the first frame of each.
    cuda = (_CUDA, {"cudnn_conv_algo_search": "HEURISTIC"})
    # Libraries that are missing are an error in onnxruntime's own log; here they decide the device.
    onnxruntime.set_default_logger_severity(4)
    try:
        session = onnxruntime.InferenceSession(
            model, options, providers=[cuda, _CPU], enable_fallback=0
        )
    except Exception as error:
        _log.info("CUDA is not used: %s", _one_line(error))
        return None
    finally:
        onnxruntime.set_default_logger_severity(2)
    return session if _CUDA in session.get_providers() else None


def _has_nvidia_driver() -> bool:
    for name in ("libcuda.so.1", "nvcuda.dll"):
        try:
            ctypes.CDLL(name)
        except OSError:
            continue
        return True
    return False


def _one_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0]
