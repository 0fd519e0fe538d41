"""What a run was made of, for the sidecar of its model."""

from __future__ import annotations

import json
import platform
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from synth.dataset import read_dataset
from synth.errors import UserError
from synth.hardware import processor_name
from synth.storage.files import sha256_of
from tracker.photos import INDEX

FILE_NAME = "run.json"
#: The facts of the run whose weights this one began with.
_START_NAME = "began_with.json"


def describe_data(datasets: Sequence[str | Path], photos: Sequence[Path]) -> dict[str, Any]:
    """Names, sizes and checksums of what is trained on, and how often each was named.

    Raises:
        UserError: a folder is not what it should be.
    """
    described: dict[str, Any] = {}
    for folder, times in Counter(datasets).items():
        dataset = read_dataset(folder)
        name, others = dataset.name, sum(key.startswith(dataset.name) for key in described)
        described[f"{name} #{others + 1}" if name in described else name] = {
            "manifest_sha256": dataset.manifest_sha256,
            "train_images": dataset.counts()["train"]["samples"],
            "times": times,
            "complete": dataset.complete,
        }
    for folder in photos:
        described[f"photographs {folder.name}"] = _photographs(folder)
    return described


def _photographs(folder: Path) -> dict[str, Any]:
    try:
        records = len(json.loads((folder / INDEX).read_bytes()))
    except (OSError, ValueError):
        raise UserError(f"{folder}: there is no {INDEX} that describes photographs") from None
    return {"index_sha256": sha256_of(folder / INDEX), "records": records}


def describe_machine(device: torch.device) -> dict[str, Any]:
    gpu = torch.cuda.get_device_name(device) if device.type == "cuda" else None
    return {
        "device": gpu or processor_name(),
        "threads": torch.get_num_threads(),
        "torch": torch.__version__,
        "python": platform.python_version(),
    }


def write_run(run: Path, facts: dict[str, Any]) -> None:
    (run / FILE_NAME).write_text(json.dumps(facts, indent=1) + "\n")


def write_start(run: Path, facts: dict[str, Any] | None) -> None:
    """Keep what the run is that this one begins with, or that there is none."""
    if facts is None:
        (run / _START_NAME).unlink(missing_ok=True)
    else:
        (run / _START_NAME).write_text(json.dumps(facts, indent=1) + "\n")


def read_start(run: Path) -> dict[str, Any] | None:
    """What write_start kept, or None."""
    path = run / _START_NAME
    return json.loads(path.read_text()) if path.exists() else None


def read_run(run: Path) -> dict[str, Any]:
    """The facts of a run.

    Raises:
        UserError: the folder is no run, or the run has not been finished.
    """
    try:
        return json.loads((run / FILE_NAME).read_text())
    except FileNotFoundError:
        raise UserError(
            f"{run}: no {FILE_NAME} in it; name the folder that `hand-tracker train -o` wrote to"
        ) from None
    except ValueError as error:
        raise UserError(f"{run / FILE_NAME}: cannot be read: {error}") from None
