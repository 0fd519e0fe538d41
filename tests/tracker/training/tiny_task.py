"""A task that trains in milliseconds, alone (`python -m tests.tracker.training.tiny_task RUN`) or
under torchrun."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from tracker.training.draws import normal
from tracker.training.landmark.task import LandmarkRecipe
from tracker.training.loop import train
from tracker.training.processes import training_processes
from tracker.training.recipe import Recipe, Schedule
from tracker.training.task import Indices

STEPS = 30


def tiny_recipe(**schedule: Any) -> Recipe:
    defaults = {
        "steps": STEPS, "batch": 8, "learning_rate": 0.01, "warmup_steps": 5, "ema_decay": 0.9,
        "validate_every": 20, "save_every": 4, "precision": "float32",
    }  # fmt: skip
    chosen = Schedule.model_validate({**defaults, **schedule})
    return Recipe(name="tiny", seed=3, schedule=chosen, landmark=LandmarkRecipe())


@dataclass
class TinyTask:
    """Learn the sum of a picture's pixels from a picture that is disturbed anew in each step.

    Attributes:
        pause: seconds that a batch takes.
        stop_before: step before which it is as if Ctrl-C had been pressed.
        nan_from: step from which the loss is no number.
        drawn: indices of the batches so far.
        validated: weights that were validated, one copy each time.
    """

    pause: float = 0.0
    stop_before: int | None = None
    nan_from: int | None = None
    count: int = 20
    drawn: list[list[int]] = field(default_factory=list)
    validated: list[dict[str, Tensor]] = field(default_factory=list)
    steps: int = 0

    def build_model(self) -> nn.Module:
        return nn.Sequential(
            nn.Conv2d(3, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4), nn.ReLU(),
            nn.Flatten(), nn.Linear(64, 1),
        )  # fmt: skip

    def draw_batch(
        self, indices: Indices, generator: torch.Generator, device: torch.device
    ) -> tuple[Tensor, Tensor]:
        if self.steps == self.stop_before:
            raise KeyboardInterrupt
        time.sleep(self.pause)
        self.steps += 1
        self.drawn.append(indices.tolist())
        own = torch.Generator().manual_seed(0)
        images = torch.rand(self.count, 3, 4, 4, generator=own)[torch.from_numpy(indices)]
        images = images + normal(images.shape, generator, 0.05)
        return images, images.sum(dim=(1, 2, 3)) - 24

    def loss(self, model: nn.Module, batch: tuple[Tensor, Tensor]) -> dict[str, Tensor]:
        images, sums = batch
        loss = (model(images).squeeze(1) - sums).square().mean()
        if self.nan_from is not None and self.steps > self.nan_from:
            loss = loss * torch.nan
        return {"square": loss, "half": 0.5 * loss}

    def validate(self, model: nn.Module, device: torch.device) -> dict[str, float]:
        assert not model.training
        self.validated.append({name: value.clone() for name, value in model.state_dict().items()})
        return {"score": float(self.validated[-1]["4.weight"].sum()), "nothing": float("nan")}


def main() -> None:
    run = Path(sys.argv[1])
    torch.set_num_threads(1)
    task = TinyTask(pause=float(os.environ.get("PAUSE", "0")))
    with training_processes("cpu", 1) as processes:
        run.mkdir(exist_ok=True)
        average = train(task, tiny_recipe(), run, processes)
        state = {"average": average.state_dict(), "drawn": torch.tensor(task.drawn)}
        torch.save(state, run / f"rank{processes.rank}.pt")


if __name__ == "__main__":
    main()
