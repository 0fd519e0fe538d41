"""Stand-ins for the two models: scripted stages whose truth is a formula, and tiny ONNX graphs."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from tracker.estimates import HandEstimate
from tracker.palms import NO_PALMS, Palms
from tracker.roi import PALM_LANDMARKS, Roi
from tracker.stages import Stages

Array = NDArray[np.float64]


def _upright_hand() -> Array:
    """(21, 2): a spread hand that points up, 1 from wrist to middle MCP, wrist at the origin."""
    points = np.zeros((21, 2))
    roots = {1: (-0.35, -0.15), 5: (-0.28, -0.97), 9: (0, -1), 13: (0.25, -0.93), 17: (0.45, -0.8)}
    for first, (x, y) in roots.items():
        angle = math.radians({1: -50, 5: -12, 9: 0, 13: 10, 17: 20}[first])
        for joint, length in enumerate((0.0, 0.45, 0.75, 1.0)):
            points[first + joint] = (x + length * math.sin(angle), y - length * math.cos(angle))
    return points


UPRIGHT = _upright_hand()


@dataclass(frozen=True)
class ScriptedHand:
    """A hand at one moment: wrist in pixels, palm size in pixels, rotation, what the model says."""

    wrist: tuple[float, float]
    size: float = 60.0
    rotation: float = 0.0
    right: float = 0.95
    presence: float = 1.0

    @property
    def landmarks(self) -> Array:
        """(21, 3) pixels."""
        cosine, sine = math.cos(self.rotation), math.sin(self.rotation)
        x, y = (UPRIGHT * self.size).T
        flat = np.stack([cosine * x - sine * y, sine * x + cosine * y], axis=1) + self.wrist
        return np.concatenate([flat, np.zeros((21, 1))], axis=1)


@dataclass
class Scene:
    """Scripted stages: at `time` the hands are `hands(time)`; what the stages saw is counted.

    A region shows the hand whose middle is nearest to its centre, if that is nearer than half the
    region's side and the hand is not too large or small for it.
    """

    hands: Callable[[float], Sequence[ScriptedHand]]
    time: float = 0.0
    noise: float = 0.0
    searches: list[float] = field(default_factory=list)
    looks: list[int] = field(default_factory=list)
    extra_palms: Callable[[float], Sequence[ScriptedHand]] = lambda time: ()
    random: np.random.Generator = field(default_factory=lambda: np.random.default_rng(0))

    @property
    def stages(self) -> Stages:
        return Stages(self._find_palms, self._find_landmarks)

    def _find_palms(self, image: NDArray[np.uint8]) -> Palms:
        self.searches.append(self.time)
        hands = [*self.hands(self.time), *self.extra_palms(self.time)]
        palms = [hand.landmarks[list(PALM_LANDMARKS), :2] for hand in hands]
        if not palms:
            return NO_PALMS
        boxes = [
            [*(palm.min(axis=0) + palm.max(axis=0)) / 2, np.ptp(palm, axis=0).max()]
            for palm in palms
        ]
        return Palms(np.full(len(palms), 0.9), np.array(boxes), np.array(palms))

    def _find_landmarks(
        self, image: NDArray[np.uint8], rois: Sequence[Roi], in_mirror: bool = False
    ) -> list[HandEstimate]:
        if rois:
            self.looks.append(len(rois))
        return [self._look(roi) for roi in rois]

    def _look(self, roi: Roi) -> HandEstimate:
        def distance(hand: ScriptedHand) -> float:
            return math.dist(hand.landmarks[9, :2], roi.center)

        near = [
            hand
            for hand in self.hands(self.time)
            if distance(hand) < roi.size / 2 and 2 < roi.size / hand.size < 8
        ]
        if not near:
            nothing = np.zeros((21, 3))
            return HandEstimate(roi, 0.0, 0.5, nothing, nothing)
        hand = min(near, key=distance)
        noise = self.random.normal(0, 1, (21, 3)) * self.noise * hand.size
        landmarks = hand.landmarks + noise
        world = landmarks / hand.size * 0.1
        return HandEstimate(roi, hand.presence, hand.right, landmarks, world - world.mean(axis=0))


def write_palm_model(folder: Path, side: int = 192, **sidecar: Any) -> Path:
    """palm.onnx: one upright palm in the middle, scored by the picture's mean brightness ÷ 255.

    Anchor 0 is the palm: box (0.5, 0.5, 0.2), wrist at (0.5, 0.6), middle MCP at (0.5, 0.4).
    Anchor 1 scores 0.
    """
    keypoints = np.full((1, 2, 7, 2), 0.5)
    keypoints[0, :, 0] = (0.5, 0.6)
    keypoints[0, :, 2] = (0.5, 0.4)
    constants = {
        "picks": np.array([[1.0, 0.0]]),
        "box": np.array([[[0.5, 0.5, 0.2], [0.1, 0.1, 0.1]]]),
        "points": keypoints,
    }
    nodes = [
        *_brightness("image"),
        helper.make_node("Mul", ["bright2", "picks"], ["scores"]),
        *_spread("box", "boxes", 3),
        *_spread("points", "keypoints", 4),
    ]
    outputs = {"scores": [None, 2], "boxes": [None, 2, 3], "keypoints": [None, 2, 7, 2]}
    return _write(folder / "palm.onnx", "palm", "image", side, nodes, constants, outputs, sidecar)


#: What `write_landmark_model` says of each region, in fractions of its side and in metres.
MODEL_LANDMARKS = np.concatenate(
    [UPRIGHT * 0.2 + (0.5, 0.7), np.linspace(0.1, 0.5, 21)[:, None]], axis=1
)
MODEL_WORLD = np.concatenate([UPRIGHT * 0.1, np.zeros((21, 1))], axis=1)


def write_landmark_model(
    folder: Path, side: int = 64, name: str = "landmark", **sidecar: Any
) -> Path:
    """NAME.onnx: always the same hand; presence is the crop's mean brightness ÷ 255.

    The probability of a right hand is 1 − presence.
    """
    constants = {
        "one": np.array([1.0]),
        "points": MODEL_LANDMARKS[None],
        "metres": MODEL_WORLD[None],
    }
    nodes = [
        *_brightness("crop"),
        helper.make_node("Reshape", ["bright2", "flat"], ["presence"]),
        helper.make_node("Sub", ["one", "presence"], ["handedness"]),
        *_spread("points", "landmarks", 3),
        *_spread("metres", "world", 3),
    ]
    outputs = {
        "landmarks": [None, 21, 3],
        "presence": [None],
        "handedness": [None],
        "world": [None, 21, 3],
    }
    path = folder / f"{name}.onnx"
    return _write(path, "landmark", "crop", side, nodes, constants, outputs, sidecar)


def _brightness(source: str) -> list[onnx.NodeProto]:
    """`bright2` (N, 1): mean ÷ 255."""
    return [
        helper.make_node("Cast", [source], ["float"], to=TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["float"], ["mean"], axes=[1, 2, 3], keepdims=0),
        helper.make_node("Div", ["mean", "white"], ["bright"]),
        helper.make_node("Reshape", ["bright", "column"], ["bright2"]),
    ]


def _spread(constant: str, output: str, dimensions: int) -> list[onnx.NodeProto]:
    """`output`: the constant once for each image of the batch."""
    shape = f"{output}_shape"
    return [
        helper.make_node("Sub", ["bright2", "bright2"], [f"{output}_zero"]),
        helper.make_node("Reshape", [f"{output}_zero", f"ones{dimensions}"], [shape]),
        helper.make_node("Add", [shape, constant], [output]),
    ]


def _write(
    path: Path,
    kind: str,
    source: str,
    side: int,
    nodes: list[onnx.NodeProto],
    constants: dict[str, Array],
    outputs: dict[str, list[int | None]],
    sidecar: dict[str, Any],
) -> Path:
    shapes = {
        "column": np.array([-1, 1]),
        "flat": np.array([-1]),
        "ones3": np.array([-1, 1, 1]),
        "ones4": np.array([-1, 1, 1, 1]),
    }
    tensors = [
        numpy_helper.from_array(np.asarray(value, np.float32), name)
        for name, value in {**constants, "white": np.array(255.0)}.items()
    ] + [numpy_helper.from_array(value.astype(np.int64), name) for name, value in shapes.items()]
    graph = helper.make_graph(
        nodes,
        kind,
        [helper.make_tensor_value_info(source, TensorProto.UINT8, [None, side, side, 3])],
        [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
            for name, shape in outputs.items()
        ],
        tensors,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    onnx.checker.check_model(model)
    data = model.SerializeToString()
    path.write_bytes(data)
    described = {
        "kind": kind,
        "name": path.stem,
        "sha256": hashlib.sha256(data).hexdigest(),
        "input_side": side,
        "parameters": 0,
        "recipe": {},
        "data": {},
        "training": {},
        "metrics": {},
        "parity": 0.0,
        **sidecar,
    }
    path.with_suffix(".json").write_text(json.dumps(described), encoding="utf-8")
    return path
