"""The training loop: the same for both stages, on one GPU, several, or the CPU."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel
from tqdm import tqdm

from synth.errors import UserError
from tracker.training.checkpoint import BEFORE_DECAY, FILE_NAME, load_checkpoint, save_checkpoint
from tracker.training.curves import draw_curves, read_history, write_history
from tracker.training.draws import step_generator
from tracker.training.ema import averaged_copy, update_average
from tracker.training.optimizer import build_optimizers
from tracker.training.processes import Processes
from tracker.training.recipe import Recipe, Schedule
from tracker.training.task import Indices, Task

_LOG_EVERY = 25


@dataclass
class Progress:
    """What the run has used up so far, over all its parts."""

    seconds: float = 0.0
    waiting: float = 0.0
    """Seconds in which the model waited for a batch."""
    images: int = 0


def train(
    task: Task,
    recipe: Recipe,
    run: Path,
    processes: Processes,
    initial: Mapping[str, Tensor] | None = None,
) -> nn.Module:
    """Train, or go on where a run was stopped.

    Args:
        task: what is trained.
        recipe: for how long and how; a run that was begun with another is refused.
        run: folder of the run: checkpoint.pt, history.jsonl, curves.png.
        processes: this process's place among those that train together.
        initial: weights to begin with in place of random ones, all or some.

    Returns:
        The averaged model, in evaluation mode.

    Raises:
        UserError: the run was begun with another recipe, a batch does not divide among the
            processes, or a loss is no finite number any more.
    """
    device, schedule = processes.device, recipe.schedule
    if schedule.batch % processes.count:
        raise UserError(
            f"schedule.batch: {schedule.batch} does not divide among {processes.count} processes"
        )
    torch.manual_seed(recipe.seed)
    model = task.build_model()
    if initial is not None:
        model.load_state_dict({**model.state_dict(), **initial})
    model.to(device, memory_format=torch.channels_last)
    average = averaged_copy(model)
    optimizers = build_optimizers(model, schedule.learning_rate, schedule.weight_decay)
    progress, first, rows = Progress(), 0, []
    state = load_checkpoint(run, device)
    if state is not None:
        _require_same(state, recipe, run)
        model.load_state_dict(state["model"])
        average.load_state_dict(state["average"])
        for optimizer, saved in zip(optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(saved)
        first, progress = state["step"], Progress(**state["progress"])
        rows = read_history(run, first)
    wrapped = DistributedDataParallel(model) if processes.count > 1 else model

    batches = _batches(task, recipe, first, processes)
    steps = tqdm(
        range(first, schedule.steps),
        initial=first,
        total=schedule.steps,
        unit="step",
        disable=None if processes.is_first else True,
    )
    started = time.perf_counter()
    sums: dict[str, float] = {}
    for step in steps:
        for group in (group for optimizer in optimizers for group in optimizer.param_groups):
            group["lr"] = learning_rate(schedule, step)
        before = time.perf_counter()
        batch = next(batches)
        progress.waiting += time.perf_counter() - before
        wrapped.train()
        with torch.autocast(device.type, torch.bfloat16, enabled=schedule.precision == "bfloat16"):
            terms = task.loss(wrapped, batch)
        loss = torch.stack(list(terms.values())).sum()
        model.zero_grad(set_to_none=True)
        loss.backward()
        norm = nn.utils.clip_grad_norm_(model.parameters(), schedule.clip_norm)
        for optimizer in optimizers:
            optimizer.step()
        update_average(average, model, schedule.ema_decay, step)
        progress.images += schedule.batch
        done = step + 1
        last = done == schedule.steps
        validates = done % schedule.validate_every == 0 or last
        saves = done % schedule.save_every == 0 or validates
        logs = done % _LOG_EVERY == 0 or last
        if logs or saves:
            # Before anything is saved: no run goes on from weights that are no numbers.
            sums = {name: float(term.detach()) for name, term in terms.items()}
            _require_finite({**sums, "the gradient": float(norm)}, done)
        now = time.perf_counter()
        progress.seconds, started = progress.seconds + now - started, now
        if not processes.is_first:
            continue
        if logs:
            rows.append({"step": done, "loss": sums})
            steps.set_postfix_str(_status(progress, sum(sums.values())), refresh=False)
        if validates:
            metrics = task.validate(average, device)
            rows.append({"step": done, "val": metrics})
            steps.write(f"step {done}: " + _listed(metrics))
            draw_curves(run, rows)
            started = time.perf_counter()
        if saves:
            if steps.disable:
                # No bar where nobody watches a terminal, but a log should show that it goes on.
                steps.write(f"step {done}: {_status(progress, sum(sums.values()))}")
            write_history(run, rows)
            state = {
                "recipe": recipe.model_dump(mode="json"),
                "model": model.state_dict(),
                "average": average.state_dict(),
                "optimizers": [optimizer.state_dict() for optimizer in optimizers],
                "step": done,
                "progress": vars(progress),
            }
            save_checkpoint(run, state)
            if done <= schedule.decay_from < done + schedule.save_every:
                save_checkpoint(run, state, BEFORE_DECAY)
    return average


def learning_rate(schedule: Schedule, step: int) -> float:
    """Linear warm-up, the peak, then linearly down towards 0 over the last `decay_share`.

    Until the decay begins it does not depend on the number of steps: a run can be made longer.
    """
    grown = min((step + 1) / schedule.warmup_steps, 1.0)
    left = (schedule.steps - step) / max(schedule.steps - schedule.decay_from, 1)
    return schedule.learning_rate * grown * min(left, 1.0)


def batch_indices(count: int, batch: int, step: int, seed: int) -> Indices:
    """Samples of a step: all are seen once before any is seen again, in an order that depends on
    seed and epoch alone."""
    positions = np.arange(step * batch, (step + 1) * batch)
    result = np.empty(batch, np.int64)
    for epoch in np.unique(positions // count):
        order = np.random.default_rng((seed, int(epoch))).permutation(count)
        here = positions // count == epoch
        result[here] = order[positions[here] % count]
    return result


def _batches(task: Task, recipe: Recipe, first: int, processes: Processes) -> Iterator[Any]:
    """One batch a step. A GPU works on one while the next is made; a CPU has nothing to gain."""
    share = recipe.schedule.batch // processes.count

    def draw(step: int) -> Any:
        indices = batch_indices(task.count, recipe.schedule.batch, step, recipe.seed)
        mine = indices[processes.rank * share : (processes.rank + 1) * share]
        generator = step_generator(recipe.seed, step, processes.rank, processes.device)
        return task.draw_batch(mine, generator, processes.device)

    if processes.device.type == "cpu":
        for step in range(first, recipe.schedule.steps):
            yield draw(step)
        return
    with ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(draw, step) for step in range(first, first + 3)]
        for step in range(first, recipe.schedule.steps):
            yield waiting.pop(0).result()
            waiting.append(pool.submit(draw, step + 3))


def _require_same(state: dict[str, Any], recipe: Recipe, run: Path) -> None:
    """A run goes on with its own recipe, or a longer one while the rate has not begun to fall."""
    begun = Recipe.model_validate(state["recipe"])
    if begun == recipe:
        return
    longer = begun.schedule.model_copy(update={"steps": recipe.schedule.steps})
    if begun.model_copy(update={"schedule": longer}) != recipe:
        raise UserError(
            f"{run}: was begun with another recipe; use that one, or another folder with -o"
        )
    if state["step"] > min(begun.schedule.decay_from, recipe.schedule.decay_from):
        raise UserError(
            f"{run}: its learning rate falls already; to train for {recipe.schedule.steps} steps "
            f"put {BEFORE_DECAY} in the place of {FILE_NAME} first"
        )


def _require_finite(terms: dict[str, float], step: int) -> None:
    wrong = [name for name, value in terms.items() if not math.isfinite(value)]
    if wrong:
        raise UserError(
            f"step {step}: {', '.join(wrong)}: no finite number any more; "
            "lower schedule.learning_rate"
        )


def _status(progress: Progress, loss: float) -> str:
    rate = progress.images / max(progress.seconds, 1e-9)
    share = 100 * progress.waiting / max(progress.seconds, 1e-9)
    return f"loss {loss:.3f}, {rate:.0f} images/s, {share:.0f} % waiting for data"


def _listed(metrics: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:.4g}" for name, value in metrics.items())
