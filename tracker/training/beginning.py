"""What a training may begin with: the weights of a finished run, or of an exported model."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from pydantic import ValidationError
from torch import Tensor

from synth.errors import UserError
from tracker.model_file import read_sidecar
from tracker.sidecar import Sidecar
from tracker.training.checkpoint import load_checkpoint
from tracker.training.draws import step_generator
from tracker.training.folded import folded_weights, unfolded
from tracker.training.provenance import read_run
from tracker.training.recipe import Recipe
from tracker.training.task import Task

#: Batches on which an exported model's norms are measured.
_BATCHES = 4


@dataclass(frozen=True)
class Beginning:
    """Weights to begin with.

    Attributes:
        facts: what the run or the sidecar says of them.
        weights: by the network's names; without those of the head if that is another one.
        folded: whether batch norms are folded into the convolutions, as in an exported model.
    """

    facts: dict[str, Any]
    weights: dict[str, Tensor]
    folded: bool


def read_beginning(source: Path, recipe: Recipe) -> Beginning:
    """Averaged weights of a finished run (its folder), or of an exported model (its .onnx file).

    Raises:
        UserError: there are none, or the architecture is another than the recipe's; only a run's
            may have another head.
    """
    if source.suffix == ".onnx":
        sidecar = read_sidecar(source)
        if not _same_network(source, sidecar.recipe, recipe):
            raise UserError(f"{source}: has another head than the recipe {recipe.name}")
        return Beginning(_facts(sidecar), folded_weights(source, sidecar), folded=True)
    facts, state = read_run(source), load_checkpoint(source)
    if state is None:
        raise UserError(f"{source}: has no checkpoint; train it again")
    weights = state["average"]
    if not _same_network(source, facts["recipe"], recipe):
        weights = {n: t for n, t in weights.items() if not n.startswith("head.")}
    return Beginning(facts, weights, folded=False)


def initial_weights(beginning: Beginning, task: Task, recipe: Recipe) -> dict[str, Tensor]:
    """Weights that the network can go on learning from.

    Raises:
        UserError: an exported model's weights are not those of the network.
    """
    if not beginning.folded:
        return beginning.weights
    device, count = torch.device("cpu"), recipe.schedule.batch
    batches = [
        task.draw_batch(
            np.arange(number * count, (number + 1) * count) % task.count,
            step_generator(recipe.seed, number, 0, device),
            device,
        ).images
        for number in range(_BATCHES)
    ]
    return unfolded(beginning.weights, task.build_model(), batches)


def _same_network(source: Path, theirs: dict[str, Any], recipe: Recipe) -> bool:
    """Whether the head is the same, too."""
    try:
        one = Recipe.model_validate(theirs).architecture.model_dump()
    except ValidationError:
        raise UserError(f"{source}: its recipe is none of this version of the package") from None
    other = recipe.architecture.model_dump()
    same_head = one.pop("head", None) == other.pop("head", None)
    if one != other:
        raise UserError(f"{source}: has another architecture than the recipe {recipe.name}")
    return same_head


def _facts(sidecar: Sidecar) -> dict[str, Any]:
    """A sidecar's part that a run has, too."""
    facts = {"name", "recipe", "began_with", "data", "training", "metrics"}
    return sidecar.model_dump(mode="json", include=facts)
