"""What a report says of a dataset whose numbers are known."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from synth.dataset import read_dataset, write_dataset
from synth.errors import UserError
from synth.hand.joint_angles import ANGLE_NAMES
from synth.report.collect import collect
from synth.report.figures import Figures
from tests.synth.validation.made import (
    HEIGHT,
    WIDTH,
    Members,
    angles_of,
    edit_label,
    label_of,
    replace_image,
    write_made,
)

DARK, BRIGHT = "00000000_001_0", "00000003_000_1"


def edit(members: Members) -> None:
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 40, (HEIGHT, WIDTH, 3))
    replace_image(DARK, noise)(members)
    replace_image(BRIGHT, 255 - noise * (np.arange(WIDTH) < 20)[:, None])(members)
    for key in members:
        if key.startswith("00000002"):
            edit_label(key, lambda label: label.update(kind="empty", hands=[]))(members)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_made(tmp_path_factory.mktemp("made") / "dataset", edit)


@pytest.fixture(scope="module")
def figures(folder: Path) -> Figures:
    return collect(folder, 100)


def test_counts(figures: Figures) -> None:
    assert (figures.images, figures.hands, figures.empty) == (16, 12, 4)
    assert figures.notes == ()
    groups = {sheet.title: {g.name: g.count for g in sheet.groups} for sheet in figures.sheets}
    assert groups["Kinds of scenes"] == {"hand": 12, "empty": 4}
    assert groups["Skins"] == {"tan": 12}
    assert groups["Gestures"] == {"fist": 6}
    assert groups["Lights"] == {"light-train.exr": 8, "light-val.exr": 4, "light-test.exr": 4}
    assert groups["Worn"] == {"ring": 12}
    assert sum(groups["Sizes"].values()) == 12
    assert figures.gestures is not None
    assert (figures.gestures.names, figures.gestures.counts) == (("fist",), (6,))


def test_angles_are_those_of_the_poses(figures: Figures) -> None:
    drawn = [angles_of(sequence, frame).to_vector() for sequence in (0, 1, 3) for frame in (0, 1)]
    by_name = {histogram.title: histogram for histogram in figures.angles}
    # Index and middle metacarpals do not move; the wrist is not in the label.
    assert len(by_name) == len(ANGLE_NAMES) - 3 - 2
    for name, histogram in by_name.items():
        values = np.degrees([vector[ANGLE_NAMES.index(name)] for vector in drawn])
        expected, _ = np.histogram(values, len(histogram.counts), (histogram.low, histogram.high))
        assert list(histogram.counts) == expected.tolist()
        assert histogram.mean == pytest.approx(values.mean(), abs=1e-3)
        assert histogram.limits is not None
        assert (
            histogram.limits[0] - 1e-3 <= values.min() <= values.max() <= histogram.limits[1] + 1e-3
        )


def test_sizes_and_visibility(figures: Figures, folder: Path) -> None:
    members: Members = {}
    write_made(folder.parent / "again", members.update)
    hands = [
        label_of(members, key)["hands"][0] for key in members if not key.startswith("00000002")
    ]
    sizes, _, visible = figures.histograms
    assert sizes.mean == pytest.approx(np.mean([max(h["box"][2:]) / HEIGHT for h in hands]))
    assert visible.mean == pytest.approx(np.mean([h["visibility"].count(2) for h in hands]))
    assert visible.counts[21] == sum(h["visibility"].count(2) == 21 for h in hands)
    assert figures.visibility is not None
    for landmark, shares in enumerate(figures.visibility.shares):
        states = [hand["visibility"][landmark] for hand in hands]
        assert shares == pytest.approx([states.count(state) / 12 for state in (2, 1, 0)])
    assert figures.viewpoints is not None
    assert sum(figures.viewpoints.palm) + sum(figures.viewpoints.back) == 12


def test_worst_cases(figures: Figures) -> None:
    worst = {one.title: [picture.key for picture in one.pictures] for one in figures.worst}
    assert worst["Darkest"][0] == DARK
    assert worst["Most burnt out"][0] == BRIGHT
    assert worst["Least contrast on the hand"][0] in (DARK, BRIGHT)
    for keys in worst.values():
        sequences = [key[:8] for key in keys]
        assert len(set(sequences)) == len(sequences)


def test_pictures_are_small_and_skeletons_lie_on_them(figures: Figures) -> None:
    pictures = [p for sheet in figures.sheets for group in sheet.groups for p in group.pictures]
    for picture in pictures:
        image = cv2.imdecode(np.frombuffer(picture.jpeg, np.uint8), cv2.IMREAD_COLOR)
        assert image.shape[:2] == (picture.height, picture.width)
        assert max(image.shape) <= 168
        if picture.key in (DARK, BRIGHT):
            continue
        for skeleton in picture.skeletons:
            for point, state in zip(skeleton.points, skeleton.visibility, strict=True):
                assert point is not None
                x, y = (int(value) for value in point)
                # Landmarks are painted in a colour that nothing else has.
                if state == 2 and 2 <= x < picture.width - 2 and 2 <= y < picture.height - 2:
                    near = image[y - 1 : y + 2, x - 1 : x + 2, 2]
                    assert near.max() > 190


def test_the_same_dataset_gives_the_same_pictures(figures: Figures, folder: Path) -> None:
    assert collect(folder, 100) == figures


def test_fewer_pictures(folder: Path) -> None:
    few = collect(folder, 1)
    assert all(len(group.pictures) <= 2 for sheet in few.sheets for group in sheet.groups)


def test_damage_is_one_line(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is no dataset"):
        collect(tmp_path, 10)
    broken = write_made(tmp_path / "a", lambda members: members[DARK].update(jpg=b""))
    with pytest.raises(UserError, match=f"train-000000.tar: sample {DARK}: the image is damaged"):
        collect(broken, 10)
    no_label = write_made(tmp_path / "b", lambda members: members[DARK].update(json=b"{"))
    with pytest.raises(UserError, match="cannot be read"):
        collect(no_label, 10)
    content = json.loads((folder / "dataset.json").read_text())
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "dataset.json").write_text(json.dumps(content))
    with pytest.raises(UserError, match="there is no shard"):
        collect(tmp_path / "c", 10)


@pytest.mark.parametrize(("part", "what"), [(None, "the dataset"), ("3/9", "the part")])
def test_nothing_is_said_of_nothing(
    folder: Path, tmp_path: Path, part: str | None, what: str
) -> None:
    write_dataset(tmp_path, replace(read_dataset(folder), shards=(), part=part))
    with pytest.raises(UserError, match=f"there is no image to report on: {what} is empty"):
        collect(tmp_path, 10)
