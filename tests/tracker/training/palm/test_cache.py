"""Pictures on the disk: what is in them, and that they are whole and made once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from synth.errors import UserError
from tests.tracker.training.palm.tiny_data import tiny_sample, write_dataset, write_photos
from tracker.training.palm import cache as cache_module
from tracker.training.palm.cache import pictures_of_dataset, pictures_of_photos
from tracker.training.palm.pictures import SIDE, picture_of_sample

SCALE = SIDE / 120


def test_pictures_of_a_dataset(tmp_path: Path) -> None:
    data = write_dataset(tmp_path / "data")
    (train,) = pictures_of_dataset(data, "train", tmp_path / "cache")
    (val,) = pictures_of_dataset(data, "val", tmp_path / "cache")
    assert (len(train), len(val)) == (6, 3)
    label = train.labels
    # 120 × 80 letterboxed: bars of 37 and 38 of 224 pixels above and below.
    assert label["content"][2] == pytest.approx([0, 37 / SIDE, 1, (37 + 149) / SIDE])
    assert label["palms"][2, 0] == pytest.approx(
        [42 / 120, (37 + 35 * 149 / 80) / SIDE, 20 / 120], abs=1e-5
    )
    assert np.isnan(label["palms"][2, 1:]).all()
    assert label["landmarks"].shape == (6, 4, 21, 2)
    assert label["landmarks"][2, 0, :, 0] == pytest.approx((42 + np.linspace(-10, 10, 21)) / 120)
    assert label["seen"][2, 0].tolist() == [0] + [1] * 20
    assert not label["weak"].any()


def test_image_and_mask_are_where_the_label_says(tmp_path: Path) -> None:
    (train,) = pictures_of_dataset(write_dataset(tmp_path / "data"), "train", tmp_path / "cache")
    for number in range(6):
        x, y, side = train.labels["palms"][number, 0] * SIDE
        rows, columns = np.nonzero(train.masks[number])
        assert columns.mean() + 0.5 == pytest.approx(x, abs=0.6)
        assert rows.mean() + 0.5 == pytest.approx(y, abs=0.6)
        assert len(rows) == pytest.approx(side**2, rel=0.06)
        # RGB: the square's colours were written as blue, green, red.
        assert train.images[number, int(y), int(x)].tolist() == [160, 180, 200]
        assert train.images[number, 5, 5].tolist() == [0, 0, 0]


def test_photographs_are_known_by_their_boxes(tmp_path: Path) -> None:
    photos = pictures_of_photos(write_photos(tmp_path / "photos"), tmp_path / "cache")
    assert len(photos) == 3
    assert photos.labels["weak"].all()
    assert np.isnan(photos.labels["palms"]).all()
    # 100 × 50: a bar of a quarter above and below.
    assert photos.labels["hand_boxes"][1, 0] == pytest.approx([0.1, 0.35, 0.6, 0.65])
    assert not photos.masks.any()


def test_photographs_without_any_box_are_refused(tmp_path: Path) -> None:
    folder = write_photos(tmp_path / "photos", count=1)
    with pytest.raises(UserError, match="no picture that says where its hands are"):
        pictures_of_photos(folder, tmp_path / "cache")
    assert {path.suffix for path in (tmp_path / "cache").iterdir()} == {".lock"}


def test_a_second_time_nothing_is_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = write_dataset(tmp_path / "data")
    (first,) = pictures_of_dataset(data, "train", tmp_path / "cache")

    def fail(_sample: object) -> None:
        raise AssertionError("decoded again")

    monkeypatch.setattr(cache_module, "picture_of_sample", fail)
    (again,) = pictures_of_dataset(data, "train", tmp_path / "cache")
    assert np.array_equal(again.images, first.images)
    assert np.array_equal(again.labels["palms"], first.labels["palms"], equal_nan=True)


def test_another_shard_of_the_same_name_is_read_anew(tmp_path: Path) -> None:
    data = write_dataset(tmp_path / "data")
    pictures_of_dataset(data, "train", tmp_path / "cache")
    other = write_dataset(tmp_path / "other", train=2)
    for name in ("train-000000.tar", "dataset.json"):
        (data / name).write_bytes((other / name).read_bytes())
    (again,) = pictures_of_dataset(data, "train", tmp_path / "cache")
    assert len(again) == 2


def test_what_a_killed_process_left_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = write_dataset(tmp_path / "data")
    made = 0

    def stop_half_way(sample: object) -> object:
        nonlocal made
        made += 1
        if made > 3:
            raise KeyboardInterrupt
        return picture_of_sample(sample)  # type: ignore[arg-type]

    monkeypatch.setattr(cache_module, "picture_of_sample", stop_half_way)
    with pytest.raises(KeyboardInterrupt):
        pictures_of_dataset(data, "train", tmp_path / "cache")
    monkeypatch.undo()
    (train,) = pictures_of_dataset(data, "train", tmp_path / "cache")
    assert len(train) == 6


def test_a_picture_with_more_hands_than_the_label_holds_is_left_out() -> None:
    sample = tiny_sample(0)
    sample.label["hands"] = sample.label["hands"] * 5
    assert picture_of_sample(sample) is None


def test_hands_that_are_hidden_are_not_asked_for() -> None:
    sample = tiny_sample(0)
    (hand,) = sample.label["hands"]
    for visible, asked in ((4, 1.0), (3, 0.0), (1, 0.0)):
        hand["visibility"] = [2] * visible + [1] * (21 - visible)
        picture = picture_of_sample(sample)
        assert picture is not None
        assert picture.label.asked[0] == asked
        assert picture.label.seen[0].all()
        assert np.isnan(picture.label.asked[1:]).all()


def test_a_hand_without_a_visible_landmark_is_there_if_its_skin_is_seen() -> None:
    sample = tiny_sample(0)
    (hand,) = sample.label["hands"]
    other = {**hand, "number": 1, "visibility": [1] * 21}
    sample.label["hands"] = [other, hand]
    picture = picture_of_sample(sample)
    assert picture is not None
    # The mask has no 2 in the box: one hand, and it is the visible one.
    assert picture.label.asked[:2].tolist() == pytest.approx([1.0, np.nan], nan_ok=True)
    assert not np.isnan(picture.label.palms[0]).any()
    assert np.isnan(picture.label.palms[1]).all()
    assert sample.mask is not None
    sample.mask[30, 40] = 2
    picture = picture_of_sample(sample)
    assert picture is not None
    assert picture.label.asked[:2].tolist() == [0.0, 1.0]
    # Nobody knows what is seen where there is no mask.
    without = picture_of_sample(replace(sample, mask=None))
    assert without is not None
    assert without.label.asked[:2].tolist() == [0.0, 1.0]


def test_hidden_hands_take_no_place_in_the_label() -> None:
    sample = tiny_sample(0)
    (hand,) = sample.label["hands"]
    gone = [{**hand, "number": n, "visibility": [1] * 21} for n in range(1, 6)]
    sample.label["hands"] = [*gone, hand]
    picture = picture_of_sample(sample)
    assert picture is not None
    assert picture.label.asked[0] == 1
