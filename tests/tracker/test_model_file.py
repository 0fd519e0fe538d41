from __future__ import annotations

import json
import logging
from pathlib import Path

import numpy as np
import pytest

from synth.errors import UserError
from tests.tracker.fake_models import MODEL_LANDMARKS, write_landmark_model, write_palm_model
from tracker import model_file
from tracker.model_file import load_model, packaged_model


def test_runs_a_batch(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "tracker"):
        model = load_model(write_landmark_model(tmp_path), "landmark", "cpu", threads=1)
    assert model.device == "cpu"
    assert "runs on cpu" in caplog.text
    crops = np.stack([np.full((64, 64, 3), value, np.uint8) for value in (255, 51, 0)])
    landmarks, presence, handedness, world = model.run(crops)
    assert landmarks.shape == world.shape == (3, 21, 3)
    assert landmarks[2] == pytest.approx(MODEL_LANDMARKS, abs=1e-6)
    assert presence == pytest.approx([1, 0.2, 0])
    assert handedness == pytest.approx([0, 0.8, 1])


def test_a_flipped_byte_is_noticed(tmp_path: Path) -> None:
    path = write_palm_model(tmp_path)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(UserError, match=r"palm\.onnx: the file is damaged.*again"):
        load_model(path, "palm")


def test_missing_files(tmp_path: Path) -> None:
    path = write_palm_model(tmp_path)
    path.with_suffix(".json").unlink()
    with pytest.raises(UserError, match=r"palm\.json: there is no such file"):
        load_model(path, "palm")
    with pytest.raises(UserError, match=r"other\.json: there is no such file"):
        load_model(tmp_path / "other.onnx", "palm")
    write_palm_model(tmp_path).unlink()
    with pytest.raises(UserError, match=r"palm\.onnx: there is no such file"):
        load_model(path, "palm")


def test_the_wrong_kind(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="this is a palm model; a landmark model is needed"):
        load_model(write_palm_model(tmp_path), "landmark")


def test_a_broken_sidecar(tmp_path: Path) -> None:
    path = write_palm_model(tmp_path)
    sidecar = path.with_suffix(".json")
    sidecar.write_text("{ not json")
    with pytest.raises(UserError, match=r"palm\.json: no sound description") as caught:
        load_model(path, "palm")
    assert "\n" not in str(caught.value)
    path = write_palm_model(tmp_path)
    described = json.loads(sidecar.read_text())
    del described["sha256"]
    sidecar.write_text(json.dumps(described))
    with pytest.raises(UserError, match="sha256: Field required"):
        load_model(path, "palm")


def test_a_graph_with_another_interface(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="has the inputs"):
        load_model(write_palm_model(tmp_path, input_side=128), "palm", "cpu")
    with pytest.raises(UserError, match="lacks the outputs landmarks"):
        load_model(write_palm_model(tmp_path, kind="landmark"), "landmark", "cpu")


def test_no_onnx_at_all(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    import hashlib

    path = write_palm_model(tmp_path)
    path.write_bytes(b"not a graph")
    sidecar = path.with_suffix(".json")
    described = json.loads(sidecar.read_text())
    described["sha256"] = hashlib.sha256(b"not a graph").hexdigest()
    sidecar.write_text(json.dumps(described))
    with pytest.raises(UserError, match=r"palm\.onnx: onnxruntime cannot load it"):
        load_model(path, "palm")
    assert capfd.readouterr() == ("", "")


def test_packaged_weights_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_file, "WEIGHTS", tmp_path)
    with pytest.raises(UserError, match="'palm'; there are: none"):
        packaged_model("palm")
    path = write_palm_model(tmp_path)
    write_landmark_model(tmp_path, name="landmark_full")
    assert packaged_model("palm") == path
    with pytest.raises(UserError, match="'landmark_huge'; there are: landmark_full, palm"):
        packaged_model("landmark_huge")
