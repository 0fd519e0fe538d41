"""From a recipe and shards to a run folder and a model that onnxruntime runs."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch

from synth.errors import UserError
from tests.tracker.training.made_hands import write_hands
from tracker.models.landmark import LandmarkModel
from tracker.models.landmark_architecture import LandmarkArchitecture
from tracker.sidecar import Sidecar
from tracker.training.checkpoint import load_checkpoint
from tracker.training.landmark.task import LandmarkRecipe
from tracker.training.processes import Processes
from tracker.training.recipe import Recipe, Schedule
from tracker.training.run import TrainingData, export_run, train_run

ALONE = Processes(torch.device("cpu"))
ARCHITECTURE = LandmarkArchitecture(
    input_side=32, stem=4, widths=(4, 6, 8, 8), depths=(0, 0, 1, 0), bins=16, hidden=8
)


def recipe(**schedule: Any) -> Recipe:
    defaults = {"steps": 6, "batch": 4, "validate_every": 3, "save_every": 2, "warmup_steps": 2}
    return Recipe(
        name="tiny",
        seed=2,
        schedule=Schedule.model_validate({**defaults, **schedule}),
        landmark=LandmarkRecipe(architecture=ARCHITECTURE),
    )


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> TrainingData:
    folder = tmp_path_factory.mktemp("data")
    return TrainingData([write_hands(folder / "hands")], [], folder / "cache")


@pytest.fixture(scope="module")
def finished(data: TrainingData, tmp_path_factory: pytest.TempPathFactory) -> Path:
    run = tmp_path_factory.mktemp("runs") / "deep" / "run"
    train_run(recipe(), data, run, ALONE)
    return run


def test_what_a_run_leaves(finished: Path) -> None:
    assert {path.name for path in finished.iterdir()} == {
        "checkpoint.pt", "before-decay.pt", "history.jsonl", "curves.png", "inputs.npy", "run.json",
    }  # fmt: skip
    facts = json.loads((finished / "run.json").read_text(), parse_constant=pytest.fail)
    assert facts["name"] == "tiny"
    assert Recipe.model_validate(facts["recipe"]) == recipe()
    assert facts["data"]["hands"]["train_images"] == 24
    training = facts["training"]
    assert training["steps"] == 6
    assert training["processes"] == 1
    assert training["images_per_second"] > 0
    assert 0 <= training["waiting_for_data_share"] <= 1
    assert facts["metrics"]["score"] == -facts["metrics"]["box_mean"]
    inputs = np.load(finished / "inputs.npy")
    assert inputs.shape[1:] == (32, 32, 3)
    assert inputs.dtype == np.uint8
    assert inputs.std() > 10


def test_the_exported_model_is_the_average(finished: Path, tmp_path: Path) -> None:
    path = tmp_path / "new" / "tiny.onnx"
    sidecar = export_run(finished, path)
    assert sidecar.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert Sidecar.model_validate_json(path.with_suffix(".json").read_text()) == sidecar
    assert sidecar.kind == "landmark"
    assert sidecar.input_side == 32
    assert sidecar.data["hands"]["manifest_sha256"] == "0" * 64
    state = load_checkpoint(finished)
    assert state is not None
    inputs = np.load(finished / "inputs.npy")[:5]
    theirs = onnxruntime.InferenceSession(path).run(["landmarks", "presence"], {"crop": inputs})
    images = torch.from_numpy(inputs).permute(0, 3, 1, 2) / 255
    found = {}
    for name in ("average", "model"):
        model = LandmarkModel(ARCHITECTURE).eval()
        model.load_state_dict(state[name])
        with torch.no_grad():
            found[name] = model(images)
    close = np.abs(theirs[0] - found["average"].landmarks.numpy()).max()
    assert close <= sidecar.parity + 1e-6
    assert close < np.abs(theirs[0] - found["model"].landmarks.numpy()).max()


def test_a_finished_run_may_be_run_again(data: TrainingData, finished: Path) -> None:
    before = (finished / "checkpoint.pt").read_bytes()
    train_run(recipe(), data, finished, ALONE)
    assert (finished / "checkpoint.pt").read_bytes() == before


def test_another_recipe_is_refused(data: TrainingData, finished: Path) -> None:
    with pytest.raises(UserError, match="another recipe"):
        train_run(recipe(batch=6), data, finished, ALONE)


def test_weights_to_begin_with(data: TrainingData, finished: Path, tmp_path: Path) -> None:
    start = load_checkpoint(finished)
    assert start is not None
    still = recipe(learning_rate=1e-12, ema_decay=0.0)
    train_run(still, data, tmp_path / "run", ALONE, begin_with=finished)
    state = load_checkpoint(tmp_path / "run")
    assert state is not None
    for name, tensor in start["average"].items():
        if "running" not in name and "num_batches" not in name:
            torch.testing.assert_close(state["model"][name], tensor, msg=name)
    facts = json.loads((tmp_path / "run" / "run.json").read_text())
    assert facts["began_with"] == json.loads((finished / "run.json").read_text())
    sidecar = export_run(tmp_path / "run", tmp_path / "a.onnx")
    assert sidecar.began_with == facts["began_with"]


def test_weights_to_begin_with_of_another_head(
    data: TrainingData, finished: Path, tmp_path: Path
) -> None:
    start = load_checkpoint(finished)
    assert start is not None
    still = recipe(steps=1, learning_rate=1e-12, ema_decay=0.0)
    other = LandmarkRecipe(architecture=ARCHITECTURE.model_copy(update={"head": "bins"}))
    still = still.model_copy(update={"landmark": other})
    train_run(still, data, tmp_path / "run", ALONE, begin_with=finished)
    state = load_checkpoint(tmp_path / "run")
    assert state is not None
    kept = {name for name in start["average"] if not name.startswith("head.")}
    assert kept
    assert kept == {name for name in state["model"] if not name.startswith("head.")}
    for name in kept:
        if "running" not in name and "num_batches" not in name:
            torch.testing.assert_close(state["model"][name], start["average"][name], msg=name)


def test_weights_to_begin_with_of_an_exported_model(
    data: TrainingData, finished: Path, tmp_path: Path
) -> None:
    model = tmp_path / "tiny.onnx"
    sidecar = export_run(finished, model)
    still = recipe(steps=1, learning_rate=1e-12, ema_decay=0.0)
    train_run(still, data, tmp_path / "run", ALONE, begin_with=model)
    facts = json.loads((tmp_path / "run" / "run.json").read_text())
    assert facts["began_with"] == json.loads((finished / "run.json").read_text())
    again = export_run(tmp_path / "run", tmp_path / "again.onnx")
    assert again.began_with is not None
    assert again.began_with["name"] == sidecar.name
    # One step takes in a tenth of the batch's statistics, and nothing is learned.
    inputs = np.load(finished / "inputs.npy")
    one, other = (
        onnxruntime.InferenceSession(path).run(["landmarks"], {"crop": inputs})[0]
        for path in (model, tmp_path / "again.onnx")
    )
    assert np.abs(one - other).max() < 0.02
    untrained = LandmarkModel(ARCHITECTURE).eval()
    with torch.no_grad():
        fresh = untrained(torch.from_numpy(inputs).permute(0, 3, 1, 2) / 255).landmarks.numpy()
    assert np.abs(one - fresh).max() > 0.05
    other_head = LandmarkRecipe(architecture=ARCHITECTURE.model_copy(update={"head": "bins"}))
    with pytest.raises(UserError, match="has another head than the recipe tiny"):
        train_run(
            still.model_copy(update={"landmark": other_head}),
            data,
            tmp_path / "other",
            ALONE,
            begin_with=model,
        )
    assert not (tmp_path / "other").exists()


def test_what_a_run_began_with_outlives_a_stop(
    data: TrainingData, finished: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = tmp_path / "run"
    with monkeypatch.context() as patch:
        patch.setattr("tracker.training.run.write_run", _stopped)
        with pytest.raises(KeyboardInterrupt):
            train_run(recipe(), data, run, ALONE, begin_with=finished)
    train_run(recipe(), data, run, ALONE)
    facts = json.loads((run / "run.json").read_text())
    assert facts["began_with"] == json.loads((finished / "run.json").read_text())
    # Stopped before it has learned anything, it begins anew.
    (run / "checkpoint.pt").unlink()
    train_run(recipe(), data, run, ALONE)
    assert json.loads((run / "run.json").read_text())["began_with"] is None


def _stopped(*_: object) -> None:
    raise KeyboardInterrupt


def test_weights_that_do_not_fit(data: TrainingData, finished: Path, tmp_path: Path) -> None:
    other = ARCHITECTURE.model_copy(update={"hidden": 12})
    wanted = recipe().model_copy(update={"landmark": LandmarkRecipe(architecture=other)})
    with pytest.raises(UserError, match="has another architecture than the recipe tiny"):
        train_run(wanted, data, tmp_path / "run", ALONE, begin_with=finished)
    with pytest.raises(UserError, match=r"no run.json"):
        train_run(recipe(), data, tmp_path / "run", ALONE, begin_with=tmp_path)


def test_what_cannot_be_exported(finished: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no run.json"):
        export_run(tmp_path, tmp_path / "a.onnx")
    for name in ("run.json", "checkpoint.pt"):
        (tmp_path / name).write_bytes((finished / name).read_bytes())
    with pytest.raises(UserError, match=r"inputs.npy: cannot be read"):
        export_run(tmp_path, tmp_path / "a.onnx")
    (tmp_path / "inputs.npy").write_bytes(b"")
    with pytest.raises(UserError, match=r"inputs.npy: cannot be read"):
        export_run(tmp_path, tmp_path / "a.onnx")
    (tmp_path / "checkpoint.pt").unlink()
    with pytest.raises(UserError, match="no checkpoint"):
        export_run(tmp_path, tmp_path / "a.onnx")
    assert not (tmp_path / "a.onnx").exists()


def test_data_that_is_none(tmp_path: Path) -> None:
    missing = TrainingData([tmp_path / "no"], [], tmp_path / "cache")
    with pytest.raises(UserError, match=r"is no dataset"):
        train_run(recipe(), missing, tmp_path / "run", ALONE)
    assert not (tmp_path / "run").exists()


def test_a_model_of_another_making_is_refused(
    data: TrainingData, finished: Path, tmp_path: Path
) -> None:
    export_run(finished, tmp_path / "tiny.onnx")
    facts = json.loads((tmp_path / "tiny.json").read_text())
    (tmp_path / "tiny.json").write_text(json.dumps({**facts, "recipe": {"seed": 1}}))
    with pytest.raises(UserError, match=r"tiny.onnx: its recipe is none of this version"):
        train_run(recipe(), data, tmp_path / "run", ALONE, begin_with=tmp_path / "tiny.onnx")
