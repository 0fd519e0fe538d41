"""The training loop: what it visits, how fast it learns, and that a stop changes nothing."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from torch import Tensor

from synth.errors import UserError
from tests.tracker.training.tiny_task import STEPS, TinyTask, tiny_recipe
from tracker.training.checkpoint import load_checkpoint
from tracker.training.curves import read_history
from tracker.training.loop import batch_indices, learning_rate, train
from tracker.training.processes import Processes
from tracker.training.recipe import Schedule

ROOT = Path(__file__).parents[3]
ALONE = Processes(torch.device("cpu"))
State = dict[str, Tensor]


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def folder(path: Path) -> Path:
    path.mkdir()
    return path


def weights(run: Path) -> dict[str, State]:
    state = load_checkpoint(run)
    assert state is not None
    assert state["step"] == STEPS
    return {name: state[name] for name in ("model", "average")}


def read_text(run: Path) -> str:
    return (run / "history.jsonl").read_text()


def assert_identical(one: dict[str, State], other: dict[str, State]) -> None:
    for name, tensors in one.items():
        assert tensors.keys() == other[name].keys()
        for key, tensor in tensors.items():
            assert torch.equal(tensor, other[name][key]), (name, key)


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    run = tmp_path_factory.mktemp("undisturbed")
    torch.set_num_threads(1)
    train(TinyTask(), tiny_recipe(), run, ALONE)
    return run


@pytest.mark.parametrize(("count", "batch"), [(12, 4), (10, 4), (3, 8), (7, 7)])
def test_all_samples_once_an_epoch(count: int, batch: int) -> None:
    steps = 5 * count
    visits = np.concatenate([batch_indices(count, batch, step, 1) for step in range(steps)])
    epochs = visits[: len(visits) // count * count].reshape(-1, count)
    assert (np.sort(epochs, axis=1) == np.arange(count)).all()
    if count > 3:
        assert len({tuple(epoch) for epoch in epochs.tolist()}) > 1
    np.testing.assert_array_equal(batch_indices(count, batch, 2, 1), visits[2 * batch : 3 * batch])


def test_another_seed_another_order() -> None:
    assert batch_indices(100, 50, 0, 1).tolist() != batch_indices(100, 50, 0, 2).tolist()


def test_learning_rate() -> None:
    schedule = Schedule(steps=1000, warmup_steps=100, learning_rate=0.5, decay_share=0.4)
    assert learning_rate(schedule, 0) == pytest.approx(0.005)
    assert learning_rate(schedule, 49) == pytest.approx(0.25)
    assert {learning_rate(schedule, step) for step in range(99, 601)} == {0.5}
    assert learning_rate(schedule, 700) == pytest.approx(0.5 * 0.75)
    assert learning_rate(schedule, 999) == pytest.approx(0.5 / 400)
    # A run that is shorter than its warm-up.
    short = Schedule(steps=5, warmup_steps=10, learning_rate=1.0, decay_share=0.2)
    assert learning_rate(short, 4) == 0.5
    # Of a longer run the beginning is the same.
    longer = schedule.model_copy(update={"steps": 2000})
    for step in range(600):
        assert learning_rate(longer, step) == learning_rate(schedule, step)


def test_it_learns_and_says_so(undisturbed: Path) -> None:
    rows = read_history(undisturbed)
    losses = [row["loss"]["square"] for row in rows if "loss" in row]
    assert [row["step"] for row in rows] == [20, 25, 30, 30]
    assert [("loss" in row, "val" in row) for row in rows] == [
        (False, True), (True, False), (True, False), (False, True),
    ]  # fmt: skip
    assert losses[-1] < 20
    curves = cv2.imread(str(undisturbed / "curves.png"))
    assert curves is not None
    assert curves.std() > 5


def test_what_is_validated_is_the_average(tmp_path: Path) -> None:
    task = TinyTask()
    average = train(task, tiny_recipe(), folder(tmp_path / "run"), ALONE)
    saved = weights(tmp_path / "run")
    assert len(task.validated) == 2
    for name, tensor in average.state_dict().items():
        assert torch.equal(task.validated[-1][name], tensor)
        assert torch.equal(saved["average"][name], tensor)
    assert not torch.equal(saved["average"]["4.weight"], saved["model"]["4.weight"])
    # Batch norm's statistics are averaged as the weights are, counters are copied.
    assert not torch.equal(saved["average"]["1.running_mean"], saved["model"]["1.running_mean"])
    assert int(saved["average"]["1.num_batches_tracked"]) == STEPS


@pytest.mark.parametrize("stop", [2, 13, 28])
def test_a_run_that_was_stopped_ends_the_same(stop: int, undisturbed: Path, tmp_path: Path) -> None:
    run = folder(tmp_path / "run")
    with pytest.raises(KeyboardInterrupt):
        train(TinyTask(stop_before=stop), tiny_recipe(), run, ALONE)
    torch.manual_seed(99)
    task = TinyTask()
    train(task, tiny_recipe(), run, ALONE)
    assert len(task.drawn) == STEPS - stop // 4 * 4
    assert_identical(weights(undisturbed), weights(run))
    assert read_text(run) == read_text(undisturbed)


def test_a_run_that_was_killed_ends_the_same(undisturbed: Path, tmp_path: Path) -> None:
    run = tmp_path / "run"
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.tracker.training.tiny_task", str(run)],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1", "PAUSE": "0.1"},
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 60
        while not (run / "checkpoint.pt").exists() and time.monotonic() < deadline:
            time.sleep(0.02)
        assert process.poll() is None
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    state = load_checkpoint(run)
    assert state is not None
    assert 4 <= state["step"] < STEPS
    train(TinyTask(), tiny_recipe(), run, ALONE)
    assert_identical(weights(undisturbed), weights(run))


def test_a_finished_run_is_left_as_it_is(undisturbed: Path) -> None:
    before = (undisturbed / "checkpoint.pt").read_bytes()
    task = TinyTask()
    average = train(task, tiny_recipe(), undisturbed, ALONE)
    assert task.drawn == []
    assert (undisturbed / "checkpoint.pt").read_bytes() == before
    assert torch.equal(
        average.state_dict()["4.weight"], weights(undisturbed)["average"]["4.weight"]
    )


def test_another_recipe_is_refused(undisturbed: Path) -> None:
    with pytest.raises(UserError, match="another recipe") as error:
        train(TinyTask(), tiny_recipe(learning_rate=0.02), undisturbed, ALONE)
    assert "\n" not in str(error.value)


def test_a_finished_run_is_made_longer(tmp_path: Path) -> None:
    run, whole = folder(tmp_path / "run"), folder(tmp_path / "whole")
    train(TinyTask(), tiny_recipe(steps=20), run, ALONE)
    with pytest.raises(UserError, match=r"falls already.*before-decay.pt"):
        train(TinyTask(), tiny_recipe(steps=30), run, ALONE)
    os.replace(run / "before-decay.pt", run / "checkpoint.pt")
    task = TinyTask()
    train(task, tiny_recipe(steps=30), run, ALONE)
    # 14 steps at the full rate, of which 12 were saved.
    assert len(task.drawn) == 18
    train(TinyTask(), tiny_recipe(steps=30), whole, ALONE)
    assert_identical(weights(whole), weights(run))
    assert read_text(run) == read_text(whole)


@pytest.mark.parametrize("save_every", [4, 100])
def test_a_loss_that_is_no_number_is_reported_and_not_saved(
    save_every: int, tmp_path: Path
) -> None:
    run = folder(tmp_path / "run")
    with pytest.raises(UserError, match="square, half, the gradient: no finite number") as error:
        train(TinyTask(nan_from=9), tiny_recipe(save_every=save_every), run, ALONE)
    assert "\n" not in str(error.value)
    state = load_checkpoint(run)
    if state is not None:
        assert all(torch.isfinite(tensor).all() for tensor in state["model"].values())
        assert state["step"] <= 9


def test_a_batch_divides_among_the_processes(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="8 does not divide among 3"):
        train(TinyTask(), tiny_recipe(), tmp_path, Processes(torch.device("cpu"), 0, 3))


def test_bfloat16(tmp_path: Path) -> None:
    run = folder(tmp_path / "run")
    train(TinyTask(), tiny_recipe(precision="bfloat16"), run, ALONE)
    losses = [row["loss"]["square"] for row in read_history(run) if "loss" in row]
    assert all(math.isfinite(loss) for loss in losses)
    assert all(tensor.dtype != torch.bfloat16 for tensor in weights(run)["model"].values())


@pytest.mark.slow
def test_two_processes_train_one_model(tmp_path: Path) -> None:
    run = tmp_path / "run"
    subprocess.run(
        [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2",
         "-m", "tests.tracker.training.tiny_task", str(run)],
        cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        timeout=300,
        check=True,
        capture_output=True,
    )  # fmt: skip
    first, second = (torch.load(run / f"rank{rank}.pt") for rank in (0, 1))
    for name, tensor in first["average"].items():
        # Each process keeps batch norm's statistics of its own part of the last batch.
        if "running" not in name:
            assert torch.equal(tensor, second["average"][name]), name
    # Together they see every sample that one process would see, and none twice.
    both = torch.cat([first["drawn"], second["drawn"]], dim=1)
    assert both.shape == (STEPS, 8)
    for step in range(STEPS):
        assert both[step].tolist() == batch_indices(20, 8, step, 3).tolist()
    saved = weights(run)
    assert all(torch.equal(saved["average"][k], first["average"][k]) for k in first["average"])
    # One process alone goes on from there.
    assert train(TinyTask(), tiny_recipe(), run, ALONE) is not None
