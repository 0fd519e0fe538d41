"""The JSON beside every ONNX model: what it is, what it takes and gives, where it comes from."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict


class Sidecar(BaseModel):
    """Description of a model file `NAME.onnx`, kept as `NAME.json`.

    The graphs (all inputs are RGB uint8, (N, side, side, 3)):

    - palm: input `image`, the letterboxed picture. Outputs, for each of A anchors: `scores` (N, A)
      probabilities, shifted so that one half tells palms best from others on the val split;
      `boxes` (N, A, 3) centre x, y and side of the palm's square; `keypoints` (N, A, 7, 2) x, y in
      the order of tracker.roi.PALM_LANDMARKS. Coordinates are fractions of the input's side.
    - landmark: input `crop`, the upright region. Outputs: `landmarks` (N, 21, 3) x, y in fractions
      of the region's side from its top-left corner, z relative to the wrist in the same unit;
      `presence` (N,) probability of a hand; `handedness` (N,) probability that it is a right hand;
      `world` (N, 21, 3) metres in the region's axes, origin at the mean of the points.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["palm", "landmark"]
    name: str
    sha256: str
    """Of the .onnx file."""
    input_side: int
    parameters: int
    recipe: dict[str, Any]
    """The recipe with all keys."""
    began_with: dict[str, Any] | None = None
    """The same of the run whose weights came first."""
    data: dict[str, Any]
    """Names and checksums of the datasets that it was trained on."""
    training: dict[str, Any]
    """Device, hours, steps, images a second."""
    metrics: dict[str, float]
    """Of the validation at the end of training."""
    parity: float
    """Largest difference between ONNX and PyTorch on real inputs at the export."""
    licence: str = "Apache-2.0"
