"""What a run was made of, for the sidecar of its model."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from synth.dataset import read_dataset
from synth.errors import UserError
from synth.hardware import processor_name

FILE_NAME = "run.json"


def describe_data(datasets: Sequence[Path], photos: Sequence[Path]) -> dict[str, Any]:
    """Names, sizes and checksums of what is trained on.

    Raises:
        UserError: a folder is not what it should be.
    """
    described: dict[str, Any] = {}
    for folder in datasets:
        dataset = read_dataset(folder)
        name = dataset.name
        described[name if name not in described else f"{name} ({folder})"] = {
            "manifest_sha256": dataset.manifest_sha256,
            "train_images": dataset.counts()["train"]["samples"],
            "complete": dataset.complete,
        }
    for folder in photos:
        described[f"photographs {folder.name}"] = _photographs(folder)
    return described


def _photographs(folder: Path) -> dict[str, Any]:
    try:
        index = (folder / "index.json").read_bytes()
        records = len(json.loads(index))
    except (OSError, ValueError):
        raise UserError(f"{folder}: there is no index.json that describes photographs") from None
    return {"index_sha256": hashlib.sha256(index).hexdigest(), "records": records}


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
