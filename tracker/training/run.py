"""A training from its recipe to a run folder that can be exported."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from synth.errors import UserError
from tracker.export import export_model
from tracker.model_file import packaged_model, read_sidecar
from tracker.models.landmark import LandmarkModel
from tracker.models.palm import PalmModel
from tracker.sidecar import Sidecar
from tracker.training.beginning import initial_weights, read_beginning
from tracker.training.checkpoint import has_checkpoint, load_checkpoint
from tracker.training.curves import read_history
from tracker.training.draws import step_generator
from tracker.training.landmark.task import LandmarkTask
from tracker.training.loop import train
from tracker.training.palm.task import PalmTask
from tracker.training.processes import Processes
from tracker.training.provenance import (
    describe_data,
    describe_machine,
    read_run,
    read_start,
    write_run,
    write_start,
)
from tracker.training.recipe import Recipe

Kind = Literal["palm", "landmark"]
#: Inputs kept in the run's folder, on which an exported model is compared with PyTorch.
_SAMPLES_NAME = "inputs.npy"
_SAMPLES = 32


@dataclass(frozen=True)
class TrainingData:
    """Generated datasets, folders of photographs, where decoded pictures are kept, and the palm
    detector that proposes places to a landmark model; None for the packaged one."""

    datasets: Sequence[str | Path]
    photos: Sequence[Path]
    cache: Path
    palm_model: Path | None = None


def train_run(
    recipe: Recipe,
    data: TrainingData,
    run: Path,
    processes: Processes,
    begin_with: Path | None = None,
) -> None:
    """Train what the recipe says, or go on with it; leaves run.json when it is done.

    Args:
        recipe: what is trained and how.
        data: what it learns from.
        run: folder of the run.
        processes: this process's place among those that train together.
        begin_with: a finished run of the same architecture, but perhaps for the head, or an
            exported model (.onnx), whose weights come first; a run that goes on has no use for it.

    Raises:
        UserError: the data or a run's folder is not what it should be.
    """
    facts = describe_data(data.datasets, data.photos)
    if recipe.landmark is not None and recipe.landmark.proposal_score is not None:
        sidecar = read_sidecar(data.palm_model or packaged_model("palm"))
        facts[f"proposals of {sidecar.name}"] = {"sha256": sidecar.sha256}
    begins = not has_checkpoint(run)
    beginning = read_beginning(begin_with, recipe) if begins and begin_with else None
    run.mkdir(parents=True, exist_ok=True)
    if begins and processes.is_first:
        # Kept at once: who goes on with a stopped run need not name the earlier one again.
        write_start(run, beginning.facts if beginning else None)
    task = _task(recipe, data)
    initial = initial_weights(beginning, task, recipe) if beginning else None
    _keep_inputs(task, recipe, run, processes)
    train(task, recipe, run, processes, initial)
    if processes.is_first:
        state = load_checkpoint(run)
        assert state is not None
        progress = state["progress"]
        seconds = max(progress["seconds"], 1e-9)
        # The last step validates; its metrics are those of the weights that are exported.
        metrics = next(row["val"] for row in reversed(read_history(run)) if "val" in row)
        write_run(
            run,
            {
                "name": recipe.name,
                "recipe": recipe.model_dump(mode="json", exclude_none=True),
                "began_with": read_start(run),
                "data": facts,
                "training": {
                    **describe_machine(processes.device),
                    "processes": processes.count,
                    "hours": round(seconds / 3600, 3),
                    "steps": state["step"],
                    "images_per_second": round(progress["images"] / seconds, 1),
                    "waiting_for_data_share": round(progress["waiting"] / seconds, 3),
                },
                # JSON has no NaN, which is what a metric is that the val split says nothing of.
                "metrics": {
                    name: round(value, 4) for name, value in metrics.items() if math.isfinite(value)
                },
            },
        )


def export_run(run: Path, path: Path) -> Sidecar:
    """Write the averaged model of a finished run as ONNX, with its sidecar.

    Raises:
        UserError: the run is not finished, or ONNX and PyTorch differ.
    """
    facts = read_run(run)
    recipe = Recipe.model_validate(facts["recipe"])
    state = load_checkpoint(run)
    if state is None:
        raise UserError(f"{run}: has no checkpoint; train it again")
    model = _model(recipe)
    model.load_state_dict(state["average"])
    samples = _kept_inputs(run)
    return export_model(model.eval(), _kind(recipe), samples.shape[1], samples, path, facts)


def _kind(recipe: Recipe) -> Kind:
    return "palm" if recipe.palm is not None else "landmark"


def _task(recipe: Recipe, data: TrainingData) -> PalmTask | LandmarkTask:
    if recipe.palm is not None:
        return PalmTask(recipe.palm, data.datasets, data.photos, data.cache)
    assert recipe.landmark is not None
    return LandmarkTask(recipe.landmark, data.datasets, data.photos, data.cache, data.palm_model)


def _model(recipe: Recipe) -> nn.Module:
    if recipe.palm is not None:
        return PalmModel(recipe.palm.architecture)
    assert recipe.landmark is not None
    return LandmarkModel(recipe.landmark.architecture)


def _keep_inputs(
    task: PalmTask | LandmarkTask, recipe: Recipe, run: Path, processes: Processes
) -> None:
    if not processes.is_first or (run / _SAMPLES_NAME).exists():
        return
    generator = step_generator(recipe.seed, 0, 0, torch.device("cpu"))
    batch: Any = task.draw_batch(np.arange(_SAMPLES), generator, torch.device("cpu"))
    images = (batch.images.permute(0, 2, 3, 1) * 255).round().clamp(0, 255).byte()
    temporary = run / (_SAMPLES_NAME + ".tmp")
    with temporary.open("wb") as file:
        np.save(file, images.contiguous().numpy())
    os.replace(temporary, run / _SAMPLES_NAME)


def _kept_inputs(run: Path) -> NDArray[np.uint8]:
    try:
        return np.load(run / _SAMPLES_NAME)
    except (OSError, ValueError, EOFError):
        raise UserError(
            f"{run / _SAMPLES_NAME}: cannot be read; remove it and run the same training again"
        ) from None
