"""The whole evaluation: trackers over a split or a set of photographs, to a report and pictures."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np

from synth.dataset import read_dataset
from synth.errors import UserError
from synth.storage.files import write_atomically
from tracker.evaluation.groups import figures_by_group
from tracker.evaluation.on_digits import digit_figures, shows_digit
from tracker.evaluation.on_photos import PhotoScores, photo_figures, score_photos, worst_photos
from tracker.evaluation.on_videos import VideoFigures, score_videos
from tracker.evaluation.plots import plot_errors, plot_groups
from tracker.evaluation.provenance import (
    dataset_source,
    photos_source,
    this_command,
    this_machine,
)
from tracker.evaluation.report import OfTracker, Report, StageFigures, to_json, to_markdown
from tracker.evaluation.scores import Scores, figures_of, score_images, worst
from tracker.evaluation.sheet import Case, write_cases
from tracker.evaluation.stage_scores import (
    presence_by,
    score_landmarks,
    score_palms,
    score_presence,
)
from tracker.evaluation.tracking import Track
from tracker.evaluation.truth import ResultsOf, Split, TrueImage, read_true_images
from tracker.photos import Part, Photo, load_photo, read_photos
from tracker.stages import Stages

#: Wraps what is gone through, with the number of items and a word for a progress bar.
Watch = Callable[[Iterable[Any], int, str], Iterable[Any]]

#: Cases on the sheet of the worst.
WORST: Final = 50


@dataclass(frozen=True)
class Contender:
    """A tracker that is evaluated.

    Attributes:
        name: as it is printed.
        results_of: its results on an image.
        stages: its stages by themselves, the palm stage reporting low scores too; or None.
        new_track: makes a tracker of one hand in a video; or None.
    """

    name: str
    results_of: ResultsOf
    stages: Stages | None = None
    new_track: Callable[[], Track] | None = None


def evaluate_dataset(
    folder: str | Path,
    split: Split,
    contenders: Sequence[Contender],
    output: Path | None = None,
    limit: int | None = None,
    videos: int = 0,
    watch: Watch = lambda items, _count, _word: items,
) -> Report:
    """All figures of SPEC's single images on a split; files too if there is a place for them.

    Args:
        folder: of the dataset.
        contenders: at least one; the worst cases are the first one's.
        output: folder for metrics.json, metrics.md and the PNGs.
        limit: look at the first so many images only.
        videos: hands to make videos of, in which they are followed.

    Raises:
        UserError: if there are no such images, or the output cannot be written.
    """
    dataset = read_dataset(folder)
    planned = dataset.counts()[split]["samples"]
    count = planned if limit is None else min(limit, planned)

    def images(word: str) -> Iterator[TrueImage]:
        yield from watch(islice(read_true_images(folder, split), limit), count, word)

    scores = {
        contender.name: score_images(images(contender.name), contender.results_of)
        for contender in contenders
    }
    trackers = tuple(
        _of_tracker(
            contender,
            scores[contender.name],
            _stage_figures(contender.stages, images) if contender.stages else None,
            score_videos(folder, split, contender.new_track, videos)
            if contender.new_track and videos
            else None,
        )
        for contender in contenders
    )
    source = dataset_source(dataset, split)
    report = Report(source, this_machine(), this_command(), trackers, limit=limit)
    if output is not None:
        _write_report(output, report)
        plot_groups(output / "groups.png", {tracker.name: tracker.groups for tracker in trackers})
        plot_errors(output / "errors.png", {name: of.hands for name, of in scores.items()})
        first = contenders[0]
        _write_worst(output, images("worst cases"), scores[first.name], first.results_of)
    return report


def evaluate_photos(
    folder: Path,
    only: str | None,
    contenders: Sequence[Contender],
    output: Path | None = None,
    limit: int | None = None,
    watch: Watch = lambda items, _count, _word: items,
    part: Part = "all",
) -> Report:
    """Box recall, landmark errors and handedness on photographs, and digits read from fingers.

    Args:
        folder: holds index.json.
        only: name of the one set; None for all.
        contenders, output, limit: as evaluate_dataset takes them.
        part: all photographs, those that a training sees, or those that are kept from it.

    Raises:
        UserError: if there are no such photographs, one cannot be read, none has a labelled box
            or shows a digit, or the output cannot be written.
    """
    every = read_photos(folder, only, part)[:limit]
    digits = [photo for photo in every if shows_digit(photo)]
    photos = [photo for photo in every if not shows_digit(photo)]
    boxed = any(hand.box is not None for photo in photos for hand in photo.hands)
    if not boxed and not digits:
        raise UserError(
            f"{folder}: no hand has a box, and none shows a digit,"
            f" in the set {only or 'of all photographs'}"
        )
    scores = {
        contender.name: score_photos(
            watch(photos, len(photos), contender.name), contender.results_of
        )
        for contender in contenders
        if boxed
    }
    report = Report(
        photos_source(folder, only or "all sets"),
        this_machine(),
        this_command(),
        on_photos={name: photo_figures(of) for name, of in scores.items()},
        on_digits={
            contender.name: digit_figures(
                watch(digits, len(digits), contender.name), contender.results_of
            )
            for contender in contenders
            if digits
        },
        limit=limit,
    )
    if output is not None:
        _write_report(output, report)
        if boxed:
            first = contenders[0]
            _write_worst_photos(output, photos, scores[first.name], first.results_of)
    return report


def _of_tracker(
    contender: Contender,
    scores: Scores,
    stages: StageFigures | None,
    videos: VideoFigures | None,
) -> OfTracker:
    return OfTracker(
        contender.name,
        figures_by_group(scores.hands),
        scores.images,
        scores.false_positives,
        scores.outside,
        scores.hidden,
        scores.by_kind,
        stages,
        videos,
    )


def _stage_figures(stages: Stages, images: Callable[[str], Iterator[TrueImage]]) -> StageFigures:
    find_landmarks = stages.find_landmarks
    return StageFigures(
        landmarks=figures_of(score_landmarks(images("landmarks alone"), find_landmarks)),
        palms=score_palms(images("palms alone"), stages.find_palms),
        presence=score_presence(images("presence"), presence_by(find_landmarks)),
    )


def _write_report(output: Path, report: Report) -> None:
    try:
        output.mkdir(parents=True, exist_ok=True)
        text = json.dumps(to_json(report), indent=1, ensure_ascii=False) + "\n"
        write_atomically(output / "metrics.json", [text.encode()])
        write_atomically(output / "metrics.md", [to_markdown(report).encode()])
    except OSError as error:
        raise UserError(f"{output}: cannot be written: {error.strerror}") from None


def _write_worst(
    output: Path, images: Iterable[TrueImage], scores: Scores, results_of: ResultsOf
) -> None:
    chosen = worst(scores.hands, WORST)
    captions = {
        hand.key: "missed"
        if hand.errors is None
        else f"{hand.errors.box_error:.0%} box {hand.errors.palm_error:.0%} palm"
        for hand in reversed(chosen)
    }
    cases = {
        image.key: Case(
            image.image,
            tuple(hand.landmarks for hand in image.hands),
            (),
            tuple(result.landmarks for result in results_of(image.key, image.image)),
            f"{image.key} {captions[image.key]}",
        )
        for image in images
        if image.key in captions
    }
    if cases:
        order = dict.fromkeys(hand.key for hand in chosen)
        write_cases(output / "worst.png", [cases[key] for key in order])


def _write_worst_photos(
    output: Path, photos: Sequence[Photo], scores: PhotoScores, results_of: ResultsOf
) -> None:
    by_key = {photo.key: photo for photo in photos}
    cases = {}
    for hand in worst_photos(scores.hands, WORST):
        if hand.key in cases:
            continue
        photo = by_key[hand.key]
        image = load_photo(photo)
        known = hand.errors[np.isfinite(hand.errors)]
        error = f"{known.mean():.0%} box" if known.size else ""
        cases[hand.key] = Case(
            image,
            tuple(own.landmarks for own in photo.hands),
            tuple(own.box for own in photo.hands if own.box is not None),
            tuple(result.landmarks for result in results_of(photo.key, image)),
            f"{Path(hand.key).stem[-18:]} {error if hand.found else 'missed'}",
        )
    if cases:
        write_cases(output / "worst.png", list(cases.values()))
