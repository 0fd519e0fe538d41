"""Export: ONNX against PyTorch, a wrong graph is refused, weights take half the room."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from onnx import numpy_helper
from torch import nn

from synth.errors import UserError
from tracker import export as export_module
from tracker.anchors import anchors_of
from tracker.export import (
    LARGEST_DIFFERENCE,
    export_model,
    largest_difference,
    sidecar_text,
    with_half_weights,
)
from tracker.model_file import GRAPH_INPUT, GRAPH_OUTPUTS
from tracker.models.blocks import parameter_count
from tracker.models.landmark import LandmarkModel
from tracker.models.landmark_architecture import LandmarkArchitecture
from tracker.models.palm import PalmArchitecture, PalmModel
from tracker.sidecar import Sidecar

SIDE = 32
FACTS: dict[str, Any] = {
    "name": "tiny",
    "recipe": {"seed": 1},
    "data": {"hands": {"manifest_sha256": "ab"}},
    "training": {"steps": 2},
    "metrics": {"score": -1.23456},
}


def samples(count: int = 5, side: int = SIDE) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (count, side, side, 3), np.uint8)


def landmark_model() -> nn.Module:
    torch.manual_seed(0)
    return LandmarkModel(
        LandmarkArchitecture(
            input_side=SIDE, stem=8, widths=(8, 16, 24, 24), depths=(1, 1, 1, 0), bins=20, hidden=16
        )
    ).eval()


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Sidecar]:
    path = tmp_path_factory.mktemp("models") / "landmark.onnx"
    return path, export_model(landmark_model(), "landmark", SIDE, samples(), path, FACTS)


@pytest.mark.parametrize("count", [1, 3])
def test_any_batch_and_the_names_that_the_runtime_expects(
    exported: tuple[Path, Sidecar], count: int
) -> None:
    path, sidecar = exported
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    assert [node.name for node in session.get_inputs()] == [GRAPH_INPUT["landmark"]]
    assert tuple(node.name for node in session.get_outputs()) == GRAPH_OUTPUTS["landmark"]
    batch = samples(count)
    found = session.run(None, {"crop": batch})
    with torch.no_grad():
        output = landmark_model()(torch.from_numpy(batch).permute(0, 3, 1, 2) / 255)
    expected = [
        output.landmarks,
        1 / (1 + (-output.presence).exp()),
        1 / (1 + (-output.handedness).exp()),
        output.world,
    ]
    for one, other in zip(found, expected, strict=True):
        assert one.dtype == np.float32
        assert one.shape == tuple(other.shape)
        assert np.abs(one - other.numpy()).max() < 0.005
    assert 0 < sidecar.parity <= LARGEST_DIFFERENCE


def test_the_sidecar_is_true_and_comes_back(exported: tuple[Path, Sidecar]) -> None:
    path, sidecar = exported
    assert Sidecar.model_validate_json(path.with_suffix(".json").read_text()) == sidecar
    assert sidecar.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert sidecar.parameters == parameter_count(landmark_model())
    assert sidecar.input_side == SIDE
    for key, value in FACTS.items():
        assert getattr(sidecar, key) == value
    text = sidecar_text(sidecar)
    assert f"{sidecar.parity:.2g}" in text
    assert "-1.235" in text
    assert "\n" not in text


def test_weights_take_two_bytes_each(exported: tuple[Path, Sidecar]) -> None:
    path, sidecar = exported
    kinds: Counter[int] = Counter()
    for weight in onnx.load(path).graph.initializer:
        kinds[weight.data_type] += int(np.prod(weight.dims))
    assert kinds[onnx.TensorProto.FLOAT16] > 0.85 * sidecar.parameters
    # The rest of the file is the graph itself.
    assert len(path.read_bytes()) < 2 * sidecar.parameters + 20_000


def test_a_model_does_not_say_where_it_was_made(exported: tuple[Path, Sidecar]) -> None:
    data = exported[0].read_bytes()
    for text in (str(Path(export_module.__file__).parents[1]), ".py", "forward"):
        assert text.encode() not in data


def test_half_weights_are_the_nearest_ones() -> None:
    weight = np.random.default_rng(0).normal(size=(16, 32)).astype(np.float32)
    bias = np.arange(32, dtype=np.float32)
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node("Gemm", ["x", "w", "b"], ["y"])],
        "g",
        [onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, [None, 16])],
        [onnx.helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, [None, 32])],
        [numpy_helper.from_array(weight, "w"), numpy_helper.from_array(bias, "b")],
    )
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)])
    model.ir_version = 8
    halved = with_half_weights(model)
    stored = {w.name: w for w in halved.graph.initializer}
    assert stored["b"].data_type == onnx.TensorProto.FLOAT
    x = np.random.default_rng(1).normal(size=(3, 16)).astype(np.float32)
    session = onnxruntime.InferenceSession(
        halved.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    expected = x @ weight.astype(np.float16).astype(np.float32) + bias
    np.testing.assert_allclose(session.run(None, {"x": x})[0], expected, rtol=1e-5, atol=1e-5)
    # The model that was given stays as it was.
    assert model.graph.initializer[0].data_type == onnx.TensorProto.FLOAT


@pytest.mark.parametrize("value", [0.05, float("nan")])
def test_a_graph_that_is_wrong_is_refused(
    value: float,
    exported: tuple[Path, Sidecar],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The graph's last output is off, by little or by NaN."""
    right = with_half_weights

    def wrong(model: onnx.ModelProto) -> onnx.ModelProto:
        result = right(model)
        for node in result.graph.node:
            node.output[:] = ["exact" if name == "world" else name for name in node.output]
        result.graph.initializer.append(
            numpy_helper.from_array(np.array(value, np.float32), "error")
        )
        result.graph.node.append(onnx.helper.make_node("Add", ["exact", "error"], ["world"]))
        return result

    monkeypatch.setattr(export_module, "_to_onnx", lambda *_: onnx.load(exported[0]))
    monkeypatch.setattr(export_module, "with_half_weights", wrong)
    path = tmp_path / "a.onnx"
    with pytest.raises(UserError, match="not written: ONNX and PyTorch differ by") as error:
        export_model(landmark_model(), "landmark", SIDE, samples(), path, FACTS)
    assert "\n" not in str(error.value)
    assert list(tmp_path.iterdir()) == []


def test_the_largest_difference_is_over_all_samples(exported: tuple[Path, Sidecar]) -> None:
    path, sidecar = exported

    class Off(nn.Module):
        """The model, with the last sample's first landmark off by one."""

        def __init__(self) -> None:
            super().__init__()
            self.model = landmark_model()

        def forward(self, crop: torch.Tensor) -> list[torch.Tensor]:
            output = self.model(crop.permute(0, 3, 1, 2) / 255)
            landmarks = output.landmarks.clone()
            landmarks[-1, 0, 0] += 1
            return [
                landmarks, output.presence.sigmoid(), output.handedness.sigmoid(), output.world,
            ]  # fmt: skip

    found = largest_difference(Off().eval(), path.read_bytes(), "crop", samples())
    assert found == pytest.approx(1, abs=2 * sidecar.parity)


def test_palm_detector(tmp_path: Path) -> None:
    torch.manual_seed(0)
    architecture = PalmArchitecture(
        input_side=SIDE, stem=4, widths=(4, 8, 8, 12), depths=(0, 0, 0, 0)
    )
    path = tmp_path / "palm.onnx"
    sidecar = export_model(PalmModel(architecture).eval(), "palm", SIDE, samples(), path, FACTS)
    assert sidecar.kind == "palm"
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    assert tuple(node.name for node in session.get_outputs()) == GRAPH_OUTPUTS["palm"]
    scores, boxes, keypoints = session.run(None, {GRAPH_INPUT["palm"]: samples(3)})
    anchors = len(anchors_of(SIDE))
    assert scores.shape == (3, anchors)
    assert boxes.shape == (3, anchors, 3)
    assert keypoints.shape == (3, anchors, 7, 2)
    assert (scores > 0).all()
    assert (scores < 0.1).all()
    assert json.loads(path.with_suffix(".json").read_text())["licence"] == "Apache-2.0"
