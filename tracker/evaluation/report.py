"""Figures as JSON and as Markdown tables, together with where they come from."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tracker.evaluation.groups import Groups
from tracker.evaluation.matching import BOX_IOU, LANDMARK_REACH
from tracker.evaluation.on_digits import DigitFigures
from tracker.evaluation.on_photos import PhotoFigures
from tracker.evaluation.on_videos import VideoFigures
from tracker.evaluation.provenance import Machine, Source
from tracker.evaluation.scores import FalsePositives, Figures
from tracker.evaluation.stage_scores import PalmFigures, PresenceFigures
from tracker.evaluation.tracking import TrackingFigures


@dataclass(frozen=True)
class StageFigures:
    """The stages by themselves: landmarks on true regions, palms of whole images, presence."""

    landmarks: Figures
    palms: PalmFigures
    presence: PresenceFigures


@dataclass(frozen=True)
class OfTracker:
    """Of one tracker on a dataset.

    Attributes:
        name: of the tracker, with its model and device.
        groups: of `figures_by_group`.
        images: looked at.
        false_positives: results on no hand.
        outside: labelled hands without any skin in the image, left out.
        hidden: labelled hands without a visible landmark, left out with the results on them.
        by_kind: images and results on no hand, by the scene's kind.
        stages: None where they cannot be had.
        videos: None where there are none.
    """

    name: str
    groups: Groups
    images: int
    false_positives: int
    outside: int
    hidden: int
    by_kind: dict[str, FalsePositives]
    stages: StageFigures | None = None
    videos: VideoFigures | None = None


@dataclass(frozen=True)
class Report:
    """All trackers on a split of a dataset, or on a set of photographs.

    Attributes:
        trackers: on a dataset; empty for photographs.
        on_photos, on_digits: figures by the tracker's name; empty for a dataset.
        limit: only the first so many images were looked at; None for all.
    """

    source: Source
    machine: Machine
    command: str
    trackers: tuple[OfTracker, ...] = ()
    on_photos: dict[str, PhotoFigures] | None = None
    on_digits: dict[str, DigitFigures] | None = None
    limit: int | None = None


#: What is given for each group of hands: heading, attribute, how it is written.
_COLUMNS = (
    ("hands", "hands", "count"),
    ("found", "found", "percent"),
    ("palm > 4 %: hands", "large_hands", "count"),
    ("found of these", "large_found", "percent"),
    ("median ÷ palm", "palm_error_median", "percent"),
    ("mean ÷ palm", "palm_error_mean", "percent"),
    ("capped mean", "palm_error_capped", "percent"),
    ("mean ÷ box", "box_error_mean", "percent"),
    ("PCK@0.2", "pck", "percent"),
    ("AUC 0–30 px", "auc", "ratio"),
    ("EPE px", "epe", "pixels"),
    ("depth median", "depth_error_median", "percent"),
    ("depth mean", "depth_error_mean", "percent"),
    ("handedness", "handedness", "percent"),
)


def to_json(report: Report) -> dict[str, Any]:
    """JSON-ready; figures of nothing are null."""
    return {str(key): _plain(value) for key, value in asdict(report).items()}


def to_markdown(report: Report) -> str:
    """All tables, ending in a newline."""
    limited = "" if report.limit is None else f", the first {report.limit} images only"
    lines = [f"# {report.source.name}, {report.source.part}", ""]
    lines += [
        f"- images: {report.source}{limited}",
        f"- machine: {report.machine}",
        f"- command: `{report.command}`",
        "",
    ]
    if report.on_photos:
        lines += _photo_tables(report.on_photos)
    if report.on_digits:
        lines += _digit_table(report.on_digits)
    if report.trackers:
        lines += _headlines(report.trackers)
        for tracker in report.trackers:
            lines += _details(tracker)
    return "\n".join(lines) + "\n"


def _headlines(trackers: Sequence[OfTracker]) -> list[str]:
    rows: list[list[str]] = [["", *[tracker.name for tracker in trackers]]]

    def row(name: str, cells: Sequence[str]) -> None:
        rows.append([name, *cells])

    halves = [tracker.groups["all"]["half visible"] for tracker in trackers]
    alls = [tracker.groups["all"]["all hands"] for tracker in trackers]
    row("images", [str(tracker.images) for tracker in trackers])
    row("hands", [str(of.hands) for of in alls])
    row("hands at least half visible", [str(of.hands) for of in halves])
    row("median error ÷ palm, half visible", [percent(of.palm_error_median) for of in halves])
    row("mean error ÷ box side, half visible", [percent(of.box_error_mean) for of in halves])
    row("median error ÷ palm, all", [percent(of.palm_error_median) for of in alls])
    row("mean error ÷ palm, all", [percent(of.palm_error_mean) for of in alls])
    row("mean error ÷ palm, capped, missed 100 %", [percent(of.palm_error_capped) for of in alls])
    row("hands found, palm > 4 % of the image", [percent(of.large_found) for of in alls])
    row("handedness, found hands", [percent(of.handedness) for of in alls])
    row("handedness, found and half visible", [percent(of.handedness) for of in halves])
    row("false positives an image", [f"{of.false_positives / of.images:.3f}" for of in trackers])
    kinds = list(trackers[0].by_kind)
    for kind in kinds if len(kinds) > 1 else ():
        of_kind = [tracker.by_kind[kind] for tracker in trackers]
        row(f"false positives an image, kind {kind}", [f"{of.an_image:.3f}" for of in of_kind])
    stages = [tracker.stages for tracker in trackers]
    if any(stages):
        row(
            "presence AUC (with hand/without)",
            [
                f"{ratio(s.presence.auc)} ({s.presence.positives}/{s.presence.negatives})"
                if s
                else "–"
                for s in stages
            ],
        )
        row("palm AP50", [percent(s.palms.ap50) if s else "–" for s in stages])
        row("palm AP50–95", [percent(s.palms.ap50_95) if s else "–" for s in stages])
        row(
            "region holds all landmarks",
            [percent(s.palms.roi_recall) if s else "–" for s in stages],
        )
        row(
            "region's angle, median error",
            [f"{math.degrees(s.palms.angle_median):.1f}°" if s else "–" for s in stages],
        )
        row(
            "median error ÷ palm, true regions",
            [percent(s.landmarks.palm_error_median) if s else "–" for s in stages],
        )
    return [
        *table(rows),
        "",
        f"A result lies on a hand when its landmarks are off by at most {LANDMARK_REACH:.0%} of the"
        " longer side of the rectangle round the true landmarks, in the mean. Errors are of the"
        " hands found.",
        "",
    ]


def _details(tracker: OfTracker) -> list[str]:
    lines = [f"## {tracker.name}", "", "Left out:"]
    left = [
        f"{tracker.outside} hands without any skin in the image",
        f"{tracker.hidden} hands without a visible landmark, and the results on them",
    ]
    if tracker.stages:
        presence, palms = tracker.stages.presence, tracker.stages.palms
        left += [
            f"of presence {presence.hidden} hands less than half visible and {presence.left_out}"
            " images without room for a region away from the hands",
            f"of palm AP {palms.ignored} palms whose centre is outside the image or whose hand has"
            " no visible landmark",
        ]
    lines[-1] += f" {'; '.join(left)}."
    lines.append("")
    if tracker.videos:
        lines += [*_videos(tracker.videos), ""]
    for name, groups in tracker.groups.items():
        if groups:
            heading = [name, *[column for column, _, _ in _COLUMNS]]
            lines += [*table([heading, *[_row(g, f) for g, f in groups.items()]]), ""]
    return lines


def _videos(figures: VideoFigures) -> list[str]:
    rows = [["videos of one hand", "moving", "leaving and coming back"]]
    both = (figures.moving, figures.leaving)

    def row(
        name: str, of: Callable[[TrackingFigures], float], written: Callable[[float], str]
    ) -> None:
        means = [_mean_of_known([of(video) for video in videos]) for videos in both]
        rows.append([name, *[written(mean) for mean in means]])

    row("median error ÷ palm", lambda v: v.error_median, percent)
    row("jitter (acceleration error ÷ palm)", lambda v: v.jitter, percent)
    row("lag, frames", lambda v: v.lag, number)
    row("lost frames, of those in view", lambda v: v.continuity.lost_share, percent)
    row("re-detections a minute", lambda v: v.continuity.redetections_a_minute, number)
    row("frames until found, each video", lambda v: v.continuity.late, number)
    row("changes of id, each video", lambda v: v.continuity.id_changes, number)
    row("flips of handedness a track", lambda v: v.flips, number)
    row("handedness", lambda v: v.handedness, percent)
    row("results beside the hand, each video", lambda v: v.extra, number)
    return [
        *table(rows),
        "",
        f"Means over {figures.videos} hands in videos of {figures.frames} frames; standard"
        f" deviation of landmarks on a still hand {percent(figures.still_deviation)} of the palm.",
    ]


def _mean_of_known(values: Sequence[float]) -> float:
    known = [value for value in values if math.isfinite(value)]
    return sum(known) / len(known) if known else float("nan")


def _row(name: str, figures: Figures) -> list[str]:
    return [name, *[_written(getattr(figures, key), kind) for _, key, kind in _COLUMNS]]


def _photo_tables(figures: dict[str, PhotoFigures]) -> list[str]:
    each = list(figures.values())
    rows = [["", *figures]]
    rows.append(["photographs", *[str(of.photos) for of in each]])
    rows.append(["labelled hands", *[str(of.hands) for of in each]])
    rows.append([f"box recall, IoU {BOX_IOU}", *[percent(of.recall) for of in each]])
    for least in each[0].recall_at:
        rows.append([f"box recall, IoU {least}", *[percent(of.recall_at[least]) for of in each]])
    false = [f"{of.false_positives_an_image:.3f}" for of in each]
    rows.append(["false positives an image", *false])
    for name in each[0].landmarks:
        known = [of.landmarks[name] for of in each]
        title = f"{name.replace('_', ' ')} error ÷ box"
        rows.append([f"{title}, mean", *[percent(of.mean) for of in known]])
        rows.append([f"{title}, median", *[percent(of.median) for of in known]])
        rows.append([f"{title}, capped, missed 100 %", *[percent(of.capped) for of in known]])
    rows.append(
        [
            "handedness (of found hands)",
            *[f"{percent(of.handedness)} ({of.handedness_known})" for of in each],
        ]
    )
    left = each[0]
    return [
        *table(rows),
        "",
        "A hand is found when the rectangle round a result's landmarks, cut to the image, and its"
        f" labelled box have an IoU of at least {BOX_IOU}. Errors are of the hands found, ÷ the"
        " box's longer side.",
        "",
        f"Left out: {left.unlabelled} photographs without a labelled box; {left.without_box} hands"
        " without a box.",
        "",
    ]


def _digit_table(figures: dict[str, DigitFigures]) -> list[str]:
    each = list(figures.values())
    rows = [["", *figures]]
    rows.append(["photographs of digits", *[str(of.photos) for of in each]])
    rows.append(["hand found", *[percent(of.found / of.photos) for of in each]])
    rows.append(["digit read", *[percent(of.read / of.photos) for of in each]])
    for digit, (shown, _) in each[0].by_digit.items():
        read = [of.by_digit[digit][1] / shown for of in each]
        rows.append([f"read, of {shown} that show {digit}", *[percent(share) for share in read]])
    return [
        *table(rows),
        "",
        "A digit is read from the fingers that are stretched"
        " (`tracker/evaluation/finger_states.py`); where no hand is found, it is not read.",
        "",
    ]


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Markdown lines of a table whose first row is its heading; columns stand in line."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]

    def line(row: Sequence[str]) -> str:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        return f"| {' | '.join(cells)} |"

    ruler = ["-" * widths[0], *["-" * (width - 1) + ":" for width in widths[1:]]]
    return [line(rows[0]), f"| {' | '.join(ruler)} |", *[line(row) for row in rows[1:]]]


def percent(value: float) -> str:
    return "–" if math.isnan(value) else f"{100 * value:.2f} %"


def number(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.2f}"


def ratio(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.4f}"


def _written(value: float, kind: str) -> str:
    if kind == "percent":
        return percent(value)
    if kind == "ratio":
        return ratio(value)
    return str(int(value)) if kind == "count" else number(value)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
