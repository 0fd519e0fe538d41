from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from synth.errors import UserError
from tracker.evaluation.peers.recorded import read_recorded

HAND = {
    "landmarks": [[float(i), 2.0 * i, 0.5] for i in range(21)],
    "landmarks_world": [[0.001 * i, 0.0, 0.0] for i in range(21)],
    "handedness": "left",
    "score": 0.75,
}


def write(path: Path, *records: Any) -> Path:
    lines = [{"tool": "Other 1.0"}, *records]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return path


def test_results_by_key(tmp_path: Path) -> None:
    one = {"key": "a", "ms": 12.5, "hands": [HAND]}
    recorded = read_recorded(write(tmp_path / "r.jsonl", one, {**one, "key": "b", "hands": []}))
    nothing = np.zeros((1, 1, 3), np.uint8)
    assert recorded.name == "Other 1.0"
    (hand,) = recorded("a", nothing)
    assert (hand.handedness, hand.handedness_score) == ("left", 0.75)
    assert hand.landmarks[3].tolist() == [3, 6, 0.5]
    assert recorded("b", nothing) == ()
    assert recorded.milliseconds["a"] == 12.5
    with pytest.raises(UserError, match="no result for image c"):
        recorded("c", nothing)


@pytest.mark.parametrize(
    ("records", "line"),
    [
        ([{"key": "a", "ms": 1.0}], 2),
        ([{"key": "a", "ms": 1.0, "hands": []}, {"key": "a", "ms": 1.0, "hands": []}], 3),
        ([{"key": "a", "ms": 1.0, "hands": [{**HAND, "landmarks": [[0, 0, 0]]}]}], 2),
        ([{"key": "a", "ms": 1.0, "hands": [{**HAND, "handedness": "Left"}]}], 2),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, records: list[Any], line: int) -> None:
    with pytest.raises(UserError, match=f"line {line} "):
        read_recorded(write(tmp_path / "r.jsonl", *records))


def test_a_file_that_is_missing_or_empty(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        read_recorded(tmp_path / "none.jsonl")
    (tmp_path / "empty.jsonl").write_text("")
    with pytest.raises(UserError, match="line 1"):
        read_recorded(tmp_path / "empty.jsonl")
