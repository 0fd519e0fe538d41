from __future__ import annotations

import json
import math
from dataclasses import replace

from tests.tracker.evaluation.test_scores import score
from tracker.evaluation import motion
from tracker.evaluation.groups import figures_by_group
from tracker.evaluation.on_videos import VideoFigures
from tracker.evaluation.provenance import Machine, Source
from tracker.evaluation.report import OfTracker, Report, percent, table, to_json, to_markdown
from tracker.evaluation.scores import FalsePositives
from tracker.evaluation.tracking import TrackingFigures


def report() -> Report:
    groups = figures_by_group([score(0.1), score(0.3), score(None)])
    followed = TrackingFigures(
        300, 0.05, 0.01, 0.5, motion.Continuity(300, 2, 3, 1, 0, 1 / 6), 0, 1.0, 0
    )
    videos = VideoFigures(1, 300, (followed,), (followed,), 0.002)
    by_kind = {"empty": FalsePositives(2, 6), "hand": FalsePositives(1, 0)}
    nothing = {"empty": FalsePositives(2, 0), "hand": FalsePositives(1, 0)}
    trackers = (
        OfTracker("A", groups, 3, 6, 1, 4, by_kind, None, videos),
        OfTracker("B", figures_by_group([score(None)]), 3, 0, 0, 0, nothing),
    )
    machine = Machine("CPU", 2, "Linux", "3.12")
    return Report(Source("data", "test", "0123456789abcdef00", False), machine, "cmd", trackers)


def test_markdown_says_where_figures_come_from_and_what_was_left_out() -> None:
    text = to_markdown(report())
    assert "data, test (sha256 0123456789abcdef, not yet complete)" in text
    assert "- machine: CPU, 2 cores, Linux, Python 3.12" in text
    assert "- command: `cmd`" in text
    assert "1 hands without any skin in the image" in text
    assert "4 hands without a visible landmark" in text


def test_rows_of_the_table() -> None:
    rows = {
        line.split("|")[1].strip(): [cell.strip() for cell in line.split("|")[2:-1]]
        for line in to_markdown(report()).splitlines()
        if line.startswith("|")
    }
    assert rows["median error ÷ palm, all"] == ["20.00 %", "–"]
    assert rows["mean error ÷ palm, capped, missed 100 %"] == ["46.67 %", "100.00 %"]
    assert rows["hands found, palm > 4 % of the image"] == ["66.67 %", "0.00 %"]
    assert rows["false positives an image"] == ["2.000", "0.000"]
    assert rows["false positives an image, kind empty"] == ["3.000", "0.000"]
    assert rows["false positives an image, kind hand"] == ["0.000", "0.000"]
    assert rows["lost frames, of those in view"] == ["1.00 %", "1.00 %"]
    assert rows["re-detections a minute"] == ["6.00", "6.00"]


def test_json_has_null_where_there_is_no_number() -> None:
    content = json.loads(json.dumps(to_json(report()), allow_nan=False))
    assert content["trackers"][1]["groups"]["all"]["all hands"]["palm_error_median"] is None
    assert content["trackers"][0]["groups"]["all"]["all hands"]["hands"] == 3


def test_columns_stand_in_line() -> None:
    lines = table([["name", "x"], ["a", "123"]])
    assert lines == ["| name |   x |", "| ---- | --: |", "| a    | 123 |"]
    assert percent(math.nan) == "–"


def test_kinds_are_told_apart_only_where_there_are_several() -> None:
    whole = report()
    one = {"hand": FalsePositives(3, 6)}
    alone = replace(whole, trackers=(replace(whole.trackers[0], by_kind=one),))
    assert "kind hand" not in to_markdown(alone)
    assert "| kind " not in to_markdown(alone)
    groups = figures_by_group([score(0.1), score(0.2, kind="people", together=True)])
    both = replace(whole, trackers=(replace(whole.trackers[0], groups=groups),))
    assert "| kind " in to_markdown(both)
    assert "| together " in to_markdown(both)
    assert "| held " not in to_markdown(both)
