"""Load a model file and its sidecar, check both, and run it with onnxruntime."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from synth.errors import UserError
from tracker.sessions import Device, UsedDevice, open_session
from tracker.sidecar import Sidecar

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

Kind = Literal["palm", "landmark"]

#: Names of the graphs' inputs and outputs (tracker.sidecar.Sidecar says what they are); the outputs
#: in the order in which `Model.run` gives them.
GRAPH_INPUT: Final[dict[Kind, str]] = {"palm": "image", "landmark": "crop"}
GRAPH_OUTPUTS: Final[dict[Kind, tuple[str, ...]]] = {
    "palm": ("scores", "boxes", "keypoints"),
    "landmark": ("landmarks", "presence", "handedness", "world"),
}
#: Folder of the weights that come with the package.
WEIGHTS: Final = Path(__file__).parent / "weights"
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Model:
    """A model ready to run.

    Attributes:
        path: of the .onnx file.
        sidecar: what it is.
        device: what it runs on.
        session: of onnxruntime.
    """

    path: Path
    sidecar: Sidecar
    device: UsedDevice
    session: InferenceSession

    def run(self, images: NDArray[np.uint8]) -> list[NDArray[Any]]:
        """The graph's outputs in the order of GRAPH_OUTPUTS.

        Args:
            images: (N, input_side, input_side, 3) RGB uint8.
        """
        kind = self.sidecar.kind
        outputs: list[NDArray[Any]] = self.session.run(
            GRAPH_OUTPUTS[kind], {GRAPH_INPUT[kind]: images}
        )
        return outputs


def packaged_model(name: str) -> Path:
    """File of the weights that come with the package under this name.

    Raises:
        UserError: if there are none; it says which there are.
    """
    path = WEIGHTS / f"{name}.onnx"
    if not path.is_file():
        there = ", ".join(sorted(file.stem for file in WEIGHTS.glob("*.onnx"))) or "none"
        raise UserError(f"there are no packaged weights named {name!r}; there are: {there}")
    return path


def load_model(
    path: str | Path, kind: Kind, device: Device = "auto", threads: int | None = None
) -> Model:
    """Read a model, compare it with its sidecar and make it ready.

    Args:
        path: `NAME.onnx`; its sidecar is `NAME.json` beside it.
        kind: what it must be.
        device, threads: as tracker.sessions.open_session takes them.

    Raises:
        UserError: if a file is missing or damaged, if it is another kind of model, or if the
            device is not there.
    """
    path = Path(path)
    sidecar = read_sidecar(path)
    if sidecar.kind != kind:
        raise UserError(f"{path}: this is a {sidecar.kind} model; a {kind} model is needed here")
    data = checked_bytes(path, sidecar)
    try:
        session, used = open_session(data, device, threads)
    except UserError as error:
        raise UserError(f"{path}: {error}") from None
    _check_graph(path, session, sidecar)
    _log.info("%s (%s) runs on %s", sidecar.name, path.name, used)
    return Model(path, sidecar, used, session)


def checked_bytes(path: Path, sidecar: Sidecar) -> bytes:
    """The model file's bytes.

    Raises:
        UserError: it is missing, or not the one that the sidecar describes.
    """
    data = _read(path)
    if hashlib.sha256(data).hexdigest() != sidecar.sha256:
        raise UserError(
            f"{path}: the file is damaged, its SHA-256 is not the one in {path.stem}.json;"
            " install the package or export the model again"
        )
    return data


def read_sidecar(path: Path) -> Sidecar:
    """The description of the model file `path`.

    Raises:
        UserError: if it is missing or not sound.
    """
    sidecar_path = path.with_suffix(".json")
    data = _read(sidecar_path)
    try:
        return Sidecar.model_validate_json(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        what = f"{where}: {first['msg']}" if where else first["msg"]
        raise UserError(f"{sidecar_path}: no sound description of a model: {what}") from None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise UserError(f"{path}: there is no such file") from None
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror}") from None


def _check_graph(path: Path, session: InferenceSession, sidecar: Sidecar) -> None:
    inputs = [(item.name, item.type, item.shape[1:]) for item in session.get_inputs()]
    side = sidecar.input_side
    wanted = [(GRAPH_INPUT[sidecar.kind], "tensor(uint8)", [side, side, 3])]
    outputs = {item.name for item in session.get_outputs()}
    missing = [name for name in GRAPH_OUTPUTS[sidecar.kind] if name not in outputs]
    if inputs != wanted or missing:
        what = f"lacks the outputs {', '.join(missing)}" if missing else f"has the inputs {inputs}"
        raise UserError(f"{path}: no {sidecar.kind} model of this package: the graph {what}")
