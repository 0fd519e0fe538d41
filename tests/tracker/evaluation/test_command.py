from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import typer
from typer.testing import CliRunner, Result

from synth.errors import UserError
from tests.made_shards import write_shards
from tests.tracker.evaluation.made_dataset import hand_label, sample
from tests.tracker.fake_models import ScriptedHand, write_landmark_model, write_palm_model
from tracker.evaluation.command import evaluate

HAND = ScriptedHand((80, 120), 30)


def run(*arguments: Any) -> Result:
    app = typer.Typer()
    app.command()(evaluate)
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def peer(path: Path, keys: list[str], offset: float) -> Path:
    """A tracker that is `offset` pixels off in x, in every image."""
    points = (HAND.landmarks + (offset, 0, 0)).tolist()
    hand = {"landmarks": points, "landmarks_world": points, "handedness": "right", "score": 0.9}
    lines = [{"tool": "Peer 1"}, *[{"key": key, "ms": 1.0, "hands": [hand]} for key in keys]]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    samples = [sample(f"{i:08d}_000_0", hand_label(HAND)) for i in range(4)]
    return write_shards(tmp_path / "data", {"test": samples})


def test_a_dataset_with_a_peer_beside_the_tracker(tmp_path: Path, dataset: Path) -> None:
    keys = [f"{i:08d}_000_0" for i in range(4)]
    out = tmp_path / "out"
    result = run(
        *["--data", dataset, "-o", out, "--peer", peer(tmp_path / "p.jsonl", keys, 3)],
        *["--palm-model", write_palm_model(tmp_path), "--videos", 0],
        *["--landmark-model", write_landmark_model(tmp_path), "--device", "cpu"],
    )
    assert result.exit_code == 0, result.output
    assert "data, test (sha256 abababababababab)" in result.output
    assert "| images " in result.output
    metrics = json.loads((out / "metrics.json").read_text())
    own, other = metrics["trackers"]
    assert (own["images"], other["images"]) == (4, 4)
    assert own["stages"]["presence"]["positives"] == 4
    assert own["videos"] is None
    assert other["stages"] is None
    assert other["groups"]["all"]["all hands"]["palm_error_median"] == pytest.approx(0.1, rel=1e-4)
    assert other["groups"]["all"]["all hands"]["handedness"] == 1
    assert metrics["source"]["checksum"] == "ab" * 32
    assert {path.name for path in out.iterdir()} == {
        *("metrics.json", "metrics.md", "groups.png", "errors.png", "worst.png")
    }
    assert (out / "metrics.md").read_text() in result.output


def test_limit_is_said(tmp_path: Path, dataset: Path) -> None:
    recorded = peer(tmp_path / "p.jsonl", ["00000000_000_0"], 0)
    result = run("--data", dataset, "--peers-only", "--peer", recorded, "--limit", 1)
    assert result.exit_code == 0, result.output
    assert "the first 1 images only" in result.output


def test_photographs(tmp_path: Path) -> None:
    cv2.imwrite(str(tmp_path / "a.png"), np.zeros((160, 160, 3), np.uint8))
    points = HAND.landmarks[:, :2]
    keypoints = [None, None, None, None, points[4].tolist(), *[None] * 16]
    record = {
        "file": "a.png",
        "width": 160,
        "height": 160,
        "set": "s",
        "boxes": [[*points.min(axis=0).tolist(), *points.max(axis=0).tolist()]],
        "keypoints": [keypoints],
        "handedness": ["Right"],
    }
    (tmp_path / "index.json").write_text(json.dumps([record]))
    recorded = peer(tmp_path / "p.jsonl", ["a.png"], 3)
    out = tmp_path / "out"
    result = run("--photos", tmp_path, "--peers-only", "--peer", recorded, "-o", out)
    assert result.exit_code == 0, result.output
    figures = json.loads((out / "metrics.json").read_text())["on_photos"]["Peer 1"]
    assert figures["recall"] == 1
    side = float(np.ptp(points, axis=0).max())
    assert figures["landmarks"]["thumb_tip"]["mean"] == pytest.approx(3 / side, rel=1e-4)
    assert (out / "worst.png").is_file()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "either --data DIR or --photos DIR"),
        (["--data", "a", "--photos", "b"], "either --data DIR or --photos DIR"),
        (["--data", "a", "--split", "best"], "'best' is none of train, val, test"),
        (["--data", "a", "--peers-only"], "name results with --peer"),
    ],
)
def test_bad_arguments(arguments: list[str], message: str) -> None:
    result = run(*arguments)
    assert isinstance(result.exception, UserError)
    assert message in str(result.exception)


def test_results_of_other_images_are_refused(tmp_path: Path, dataset: Path) -> None:
    recorded = peer(tmp_path / "p.jsonl", ["other"], 0)
    result = run("--data", dataset, "--peers-only", "--peer", recorded)
    assert "has no result for image 00000000_000_0" in str(result.exception)


def test_a_folder_that_is_no_dataset(tmp_path: Path) -> None:
    recorded = peer(tmp_path / "p.jsonl", ["other"], 0)
    result = run("--data", tmp_path, "--peers-only", "--peer", recorded)
    assert "is no dataset" in str(result.exception)
