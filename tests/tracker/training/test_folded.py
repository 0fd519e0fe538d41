"""An exported model goes on learning: the same outputs, norms as training sees them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch
from torch import nn

from synth.errors import UserError
from tracker.export import export_model
from tracker.model_file import packaged_model, read_sidecar
from tracker.models.blocks import normed_convolutions
from tracker.models.landmark import LandmarkModel
from tracker.models.landmark_architecture import LandmarkArchitecture
from tracker.models.palm import PalmArchitecture, PalmModel
from tracker.sidecar import Sidecar
from tracker.training.folded import folded_weights, unfolded
from tracker.training.recipe import Recipe

SIDE = 64
ARCHITECTURES: dict[str, Any] = {
    "landmark": LandmarkArchitecture(
        input_side=SIDE, stem=8, widths=(8, 16, 24, 24), depths=(1, 0, 1, 1), hidden=16
    ),
    "palm": PalmArchitecture(input_side=SIDE, stem=4, widths=(4, 8, 8, 12), depths=(1, 0, 0, 1)),
}


def fresh(kind: str) -> nn.Module:
    return {"landmark": LandmarkModel, "palm": PalmModel}[kind](ARCHITECTURES[kind])


def images(count: int, seed: int) -> np.ndarray:
    """Noise, each picture with a brightness of its own."""
    random = np.random.default_rng(seed)
    noise = random.integers(0, 256, (count, SIDE, SIDE, 3))
    return (noise * random.uniform(0.2, 1, (count, 1, 1, 3))).astype(np.uint8)


def batch(pictures: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(pictures).permute(0, 3, 1, 2) / 255


def worn_in(kind: str) -> nn.Module:
    """A network whose norms have seen pictures and whose every parameter is off its first value."""
    torch.manual_seed(3)
    model = fresh(kind).train()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
        for number in range(30):
            model(batch(images(8, number)))
    return model.eval()


@pytest.fixture(scope="module", params=["landmark", "palm"])
def exported(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path, Sidecar]:
    kind: Any = request.param
    path = tmp_path_factory.mktemp("models") / f"{kind}.onnx"
    facts = {"name": "tiny", "recipe": {}, "data": {}, "training": {}, "metrics": {}}
    return kind, path, export_model(worn_in(kind), kind, SIDE, images(4, 50), path, facts)


def test_evaluated_it_is_the_exported_model(exported: tuple[str, Path, Sidecar]) -> None:
    kind, path, sidecar = exported
    model = fresh(kind)
    # The pictures of the norms are others than those of the comparison.
    state = unfolded(folded_weights(path, sidecar), model, [batch(images(8, 100))])
    again = fresh(kind).eval()
    again.load_state_dict(state)
    pictures = images(5, 200)
    with torch.no_grad():
        ours = again(batch(pictures))
    name = {"landmark": "crop", "palm": "image"}[kind]
    wanted = {"landmark": ["landmarks", "presence"], "palm": ["boxes", "scores"]}[kind]
    theirs = onnxruntime.InferenceSession(path).run(wanted, {name: pictures})
    pairs = {
        "landmark": lambda: (ours.landmarks, ours.presence.sigmoid()),
        "palm": lambda: (ours.boxes, ours.logits.sigmoid()),
    }[kind]()
    for one, other in zip(pairs, theirs, strict=True):
        np.testing.assert_allclose(one.numpy(), other, atol=1e-3)


def test_norms_are_those_of_the_pictures(exported: tuple[str, Path, Sidecar]) -> None:
    """In training, where a norm takes the batch's own statistics, nothing jumps."""
    kind, path, sidecar = exported
    shown = batch(images(32, 100))
    model = fresh(kind)
    state = unfolded(folded_weights(path, sidecar), model, [shown[:20], shown[20:]])
    model.load_state_dict(state)
    found: list[torch.Tensor] = []
    with torch.no_grad():
        for training in (False, True):
            model.train(training)
            output = model(shown)
            found.append(output.landmarks if kind == "landmark" else output.boxes)
    np.testing.assert_allclose(found[0].numpy(), found[1].numpy(), atol=2e-3)


def test_filters_are_as_long_as_fresh_ones(exported: tuple[str, Path, Sidecar]) -> None:
    kind, path, sidecar = exported
    torch.manual_seed(9)
    model = fresh(kind)
    before = {n: c.weight.detach().flatten(1).norm(dim=1) for n, c, _ in normed_convolutions(model)}
    state = unfolded(folded_weights(path, sidecar), model, [batch(images(4, 1))])
    for name, lengths in before.items():
        torch.testing.assert_close(state[f"{name}.weight"].flatten(1).norm(dim=1), lengths)


def test_what_does_not_fit_is_said(exported: tuple[str, Path, Sidecar], tmp_path: Path) -> None:
    kind, path, sidecar = exported
    weights = folded_weights(path, sidecar)
    name = next(normed_convolutions(fresh(kind)))[0]
    for lost in (f"{name}.weight", f"{name}.weight_bias"):
        others = {key: value for key, value in weights.items() if key != lost}
        with pytest.raises(UserError, match=f"^{name}.*exported by this package"):
            unfolded(others, fresh(kind), [batch(images(2, 0))])
    damaged = tmp_path / path.name
    damaged.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(UserError, match="damaged"):
        folded_weights(damaged, sidecar)


@pytest.mark.parametrize(("name", "kind"), [("palm", "palm"), ("landmark_full", "landmark")])
def test_packaged_weights_can_go_on_learning(name: str, kind: str) -> None:
    path = packaged_model(name)
    sidecar = read_sidecar(path)
    architecture: Any = Recipe.model_validate(sidecar.recipe).architecture
    model = {"landmark": LandmarkModel, "palm": PalmModel}[kind](architecture)
    side = sidecar.input_side
    pictures = np.random.default_rng(0).integers(0, 256, (4, side, side, 3), np.uint8)
    model.load_state_dict(unfolded(folded_weights(path, sidecar), model, [batch(pictures)]))
    with torch.no_grad():
        output: Any = model.eval()(batch(pictures))
    ours, wanted, graph_input = (
        (output.landmarks, "landmarks", "crop")
        if kind == "landmark"
        else (output.boxes, "boxes", "image")
    )
    theirs = onnxruntime.InferenceSession(path).run([wanted], {graph_input: pictures})[0]
    np.testing.assert_allclose(ours.numpy(), theirs, atol=2e-3)
