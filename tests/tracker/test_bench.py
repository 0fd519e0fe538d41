from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner, Result

from synth.errors import UserError
from tests.made_shards import write_shards
from tests.tracker.evaluation.made_dataset import hand_label, sample
from tests.tracker.fake_models import ScriptedHand, write_landmark_model, write_palm_model
from tracker.bench import PeerTiming, bench, read_peer_timing, table
from tracker.evaluation.timing import Milliseconds, Timing


def run(*arguments: Any) -> Result:
    app = typer.Typer()
    app.command()(bench)
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def models(tmp_path: Path) -> list[Any]:
    palm, landmark = write_palm_model(tmp_path), write_landmark_model(tmp_path)
    return ["--palm-model", palm, "--landmark-model", landmark]


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    label = hand_label(ScriptedHand((80, 120), 30))
    return write_shards(tmp_path / "data", {"test": [sample("00000000_000_0", label)]})


def peer(path: Path, frames: int) -> Path:
    record = {"tool": "Peer", "cores": 1, "frames": frames, "ms_median": 10.0, "ms_p95": 12.0}
    path.write_text(json.dumps(record))
    return path


def test_stages_of_a_dataset_add_up(tmp_path: Path, dataset: Path, models: list[Any]) -> None:
    result = run(dataset, *models, "--frames", 24, "--threads", 1, "--json")
    assert result.exit_code == 0, result.output
    (timing,) = json.loads(result.stdout)["tracker"]
    assert timing["threads"] == 1
    assert timing["frames"] == 24 - 10
    for stage in ("palm", "crop", "landmark", "rest", "loop"):
        assert timing[stage]["count"] == 14
        assert 0 <= timing[stage]["median"] <= timing[stage]["p95"]
    assert timing["landmark"]["median"] < timing["loop"]["median"]


def test_the_video_can_be_kept_and_timed_again(
    tmp_path: Path, dataset: Path, models: list[Any]
) -> None:
    video = tmp_path / "v.avi"
    made = run(dataset, *models, "--frames", 22, "--threads", 1, "--save-video", video)
    assert made.exit_code == 0, made.output
    again = run(video, *models, "--threads", 1, "--peer", peer(tmp_path / "p.json", 22))
    assert again.exit_code == 0, again.output
    assert "Peer, 1 core: 10.00 (12.00) ms a frame, " in again.output
    other = run(video, *models, "--threads", 1, "--peer", peer(tmp_path / "p.json", 300))
    assert isinstance(other.exception, UserError)
    assert "timed on 300 frames, these are 22" in str(other.exception)


def test_ratio_is_of_the_same_number_of_threads() -> None:
    def timing(threads: int, loop: float) -> Timing:
        some = Milliseconds(0.5, 0.6, 9)
        return Timing(threads, "cpu", 9, 9, 1, some, some, some, some, Milliseconds(loop, loop, 9))

    text = table([timing(1, 4.0), timing(2, 2.0)], [PeerTiming("A", 1, 9, 10.0, 11.0)])
    assert "A, 1 core: 10.00 (11.00) ms a frame, 2.50 times this loop" in text
    text = table([timing(1, 4.0)], [PeerTiming("A", 4, 9, 10.0, 11.0)])
    assert "times this loop" not in text


def test_what_cannot_be_read(tmp_path: Path, models: list[Any]) -> None:
    (tmp_path / "v.avi").write_bytes(b"no video")
    for source, message in (("none", "there is no such"), ("v.avi", "has 0 frames")):
        result = run(tmp_path / source, *models)
        assert isinstance(result.exception, UserError)
        assert message in str(result.exception)
    (tmp_path / "p.json").write_text("{}")
    with pytest.raises(UserError, match="is no timing"):
        read_peer_timing(tmp_path / "p.json")
