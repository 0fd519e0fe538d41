"""History and curves of a run."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from tracker.training.curves import CURVES_NAME, draw_curves, read_history, write_history

ROWS = [
    {"step": 25, "loss": {"a": 2.0, "b": 0.0}},
    {"step": 50, "loss": {"a": 1.0, "b": -1.0}},
    {"step": 50, "val": {"score": 3.0, "nothing": float("nan")}},
    {"step": 75, "loss": {"a": 0.5, "b": 1.0}},
]


def test_history_comes_back_up_to_a_step(tmp_path: Path) -> None:
    assert read_history(tmp_path) == []
    write_history(tmp_path, ROWS[:2])
    assert read_history(tmp_path) == ROWS[:2]
    write_history(tmp_path, ROWS)
    assert [row["step"] for row in read_history(tmp_path)] == [25, 50, 50, 75]
    assert [row["step"] for row in read_history(tmp_path, 50)] == [25, 50, 50]


def test_a_line_that_a_kill_cut_short_is_left_out(tmp_path: Path) -> None:
    write_history(tmp_path, ROWS[:2])
    path = tmp_path / "history.jsonl"
    path.write_text(path.read_text() + '{"step": 75, "lo')
    assert read_history(tmp_path) == ROWS[:2]


def test_curves_have_a_panel_each(tmp_path: Path) -> None:
    draw_curves(tmp_path, [])
    assert not (tmp_path / CURVES_NAME).exists()
    sizes = []
    for rows in (ROWS[:2], ROWS):
        draw_curves(tmp_path, rows)
        image = cv2.imread(str(tmp_path / CURVES_NAME))
        assert image is not None
        sizes.append(image.shape)
        # Two series in four columns: the last quarter has no empty frame in it.
        drawn = np.any(image < 250, axis=(0, 2))
        assert drawn[: image.shape[1] // 4].any()
        assert drawn[image.shape[1] * 3 // 4 :].any() == (rows is ROWS)
    assert sizes[0] == sizes[1]
