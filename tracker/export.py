"""From a training run to an ONNX model with its sidecar, checked against PyTorch."""

from __future__ import annotations

import hashlib
import json
import logging
import math
import warnings
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from synth.errors import UserError
from tracker.model_file import GRAPH_INPUT, GRAPH_OUTPUTS
from tracker.models.blocks import parameter_count
from tracker.sidecar import Sidecar

#: Largest difference between ONNX and PyTorch that is accepted: of a probability, a fraction of the
#: input's side or a metre. Weights are kept in half precision, which is most of it.
LARGEST_DIFFERENCE: Final = 0.01
#: What the names of weights in half precision end in.
HALF_SUFFIX: Final = "_half"

Images = NDArray[np.uint8]


class _LandmarkGraph(nn.Module):
    """Bytes in, probabilities and coordinates out."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, crop: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        output = self.model(crop.permute(0, 3, 1, 2).float() / 255)
        return (
            output.landmarks,
            output.presence.sigmoid(),
            output.handedness.sigmoid(),
            output.world,
        )


class _PalmGraph(nn.Module):
    """Bytes in, probabilities and coordinates out; a probability of `best_score` becomes 0.5."""

    def __init__(self, model: nn.Module, best_score: float) -> None:
        super().__init__()
        self.model = model
        self.shift = math.log(best_score / (1 - best_score))

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        output = self.model(image.permute(0, 3, 1, 2).float() / 255)
        return (output.logits - self.shift).sigmoid(), output.boxes, output.keypoints


def export_model(
    model: nn.Module,
    kind: Literal["palm", "landmark"],
    side: int,
    samples: Images,
    path: Path,
    facts: dict[str, Any],
) -> Sidecar:
    """Write `path` (.onnx) and the sidecar beside it.

    Args:
        model: a PalmModel or LandmarkModel in evaluation mode, on the CPU.
        kind: which of them.
        side: pixels of its input.
        samples: (N, side, side, 3) real inputs on which both are compared.
        path: where the model goes.
        facts: the sidecar's name, recipe, data, training and metrics.

    Raises:
        UserError: ONNX and PyTorch differ by more than LARGEST_DIFFERENCE.
    """
    best_score = facts["metrics"].get("best_score", 0.5)
    graph: nn.Module = _PalmGraph(model, best_score)
    if kind == "landmark":
        graph = _LandmarkGraph(model)
    graph.eval()
    inputs, outputs = [GRAPH_INPUT[kind]], list(GRAPH_OUTPUTS[kind])
    path.parent.mkdir(parents=True, exist_ok=True)
    proto = _to_onnx(graph, torch.from_numpy(samples[:2]), inputs, outputs)
    data = without_traces(with_half_weights(proto)).SerializeToString()
    parity = largest_difference(graph, data, inputs[0], samples)
    if not parity <= LARGEST_DIFFERENCE:
        raise UserError(
            f"{path}: not written: ONNX and PyTorch differ by {parity:.4g}, "
            f"more than {LARGEST_DIFFERENCE}"
        )
    path.write_bytes(data)
    sidecar = Sidecar(
        kind=kind,
        sha256=hashlib.sha256(data).hexdigest(),
        input_side=side,
        parameters=parameter_count(model),
        parity=parity,
        **facts,
    )
    path.with_suffix(".json").write_text(sidecar.model_dump_json(indent=1) + "\n")
    return sidecar


def largest_difference(graph: nn.Module, data: bytes, name: str, samples: Images) -> float:
    """Over all outputs and samples, between PyTorch and onnxruntime; NaN if one of them is."""
    import onnxruntime

    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    with torch.no_grad():
        ours = graph(torch.from_numpy(samples))
    theirs = session.run(None, {name: samples})
    differences = [
        np.abs(one.numpy() - other).max() for one, other in zip(ours, theirs, strict=True)
    ]
    return float(np.max(differences))


def with_half_weights(model: onnx.ModelProto) -> onnx.ModelProto:
    """The model with its large float32 weights kept as float16 and cast back when it is loaded:
    half the size on the disk, and the arithmetic stays single precision."""
    result = onnx.ModelProto()
    result.CopyFrom(model)
    graph = result.graph
    casts = []
    for weight in graph.initializer:
        if weight.data_type != TensorProto.FLOAT or np.prod(weight.dims) < 256:
            continue
        values = numpy_helper.to_array(weight).astype(np.float16)
        half = numpy_helper.from_array(values, weight.name + HALF_SUFFIX)
        casts.append(helper.make_node("Cast", [half.name], [weight.name], to=TensorProto.FLOAT))
        weight.CopyFrom(half)
    nodes = list(graph.node)
    del graph.node[:]
    graph.node.extend(casts + nodes)
    onnx.checker.check_model(result)
    return result


def without_traces(model: onnx.ModelProto) -> onnx.ModelProto:
    """The model without what the exporter notes of each node: lines and paths of the source."""
    result = onnx.ModelProto()
    result.CopyFrom(model)
    graph = result.graph
    # Shapes in between, with notes of their own; a runtime works them out by itself.
    del graph.value_info[:]
    for part in (result, graph, *graph.node, *graph.input, *graph.output, *graph.initializer):
        del part.metadata_props[:]
        part.doc_string = ""
    return result


def _to_onnx(
    graph: nn.Module, example: Tensor, inputs: list[str], outputs: list[str]
) -> onnx.ModelProto:
    # The exporter speaks of its own stages and of packages that are not there.
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            graph,
            (example,),
            input_names=inputs,
            output_names=outputs,
            dynamic_shapes=({0: torch.export.Dim("n", min=1, max=64)},),
            dynamo=True,
            verbose=False,
        )
    assert program is not None
    model = program.model_proto
    if not model.graph.input[0].type.tensor_type.shape.dim[0].dim_param:
        raise RuntimeError("the batch size is fixed: the network takes it as a number, with len()?")
    return model


def sidecar_text(sidecar: Sidecar) -> str:
    """One line for a person."""
    metrics = json.dumps({name: round(value, 3) for name, value in sidecar.metrics.items()})
    return (
        f"{sidecar.name}: {sidecar.parameters / 1e6:.2f} M parameters, "
        f"ONNX and PyTorch differ by at most {sidecar.parity:.2g}, {metrics}"
    )
