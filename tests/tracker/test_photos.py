from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from synth.errors import UserError
from tracker.photos import load_photo, read_photos

RECORD = {"file": "a.png", "width": 40, "height": 30, "set": "some"}
POINTS = [[1.5, 2.5], *[None] * 20]
REAL = Path(__file__).parents[3] / "shared" / "real-photos"


def write(folder: Path, *records: Any) -> Path:
    (folder / "index.json").write_text(json.dumps(list(records)), encoding="utf-8")
    return folder


def test_what_is_known_is_read(tmp_path: Path) -> None:
    record = {
        **RECORD,
        "boxes": [[-3, 1, 20, 99]],
        "keypoints": [POINTS],
        "handedness": ["Left"],
        "label": "3",
    }
    photo, bare = read_photos(write(tmp_path, record, {**RECORD, "set": "other"}))
    (hand,) = photo.hands
    assert hand.box is not None
    assert hand.box.tolist() == [0, 1, 20, 30]  # cut to the image
    assert hand.landmarks[0].tolist() == [1.5, 2.5]
    assert np.isnan(hand.landmarks[1:]).all()
    assert (hand.side, photo.label, photo.key) == ("left", "3", "a.png")
    assert bare.hands == ()
    assert [photo.set for photo in read_photos(tmp_path, "other")] == ["other"]


def test_what_is_not_known_stays_so(tmp_path: Path) -> None:
    record = {**RECORD, "boxes": [[0, 0, 5, 5], [9, 9, 20, 20]], "handedness": [None, "right"]}
    (photo,) = read_photos(write(tmp_path, record))
    assert [hand.side for hand in photo.hands] == [None, "right"]
    assert np.isnan(photo.hands[0].landmarks).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"file": None}, "file must be a str"),
        ({"width": "40"}, "width must be a int"),
        ({"height": -1}, "has no size"),
        ({"boxes": [[0, 0, 5]]}, "a box must be"),
        ({"boxes": [[5, 5, 5, 9]]}, "empty or outside"),
        ({"boxes": [[50, 5, 60, 9]]}, "empty or outside"),
        ({"boxes": {"x": 1}}, "boxes must be a list"),
        ({"boxes": [[0, 0, float("nan"), 5]]}, "a box must be"),
        ({"keypoints": [[[1, 2]]]}, "21 of"),
        ({"keypoints": [[[1, "2"], *[None] * 20]]}, "keypoint 0"),
        ({"handedness": ["up"]}, "Left or Right"),
        ({"boxes": [[0, 0, 5, 5]], "handedness": []}, "different lengths"),
    ],
)
def test_a_bad_record_is_named(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    folder = write(tmp_path, RECORD, {**RECORD, **change})
    with pytest.raises(UserError, match=f"record 1 .*{message}"):
        read_photos(folder)


def test_a_bad_index(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="there is no index.json"):
        read_photos(tmp_path)
    (tmp_path / "index.json").write_text("{]")
    with pytest.raises(UserError, match="is no JSON"):
        read_photos(tmp_path)
    (tmp_path / "index.json").write_text("{}")
    with pytest.raises(UserError, match="must be a list"):
        read_photos(tmp_path)
    with pytest.raises(UserError, match="no set 'none', there are some"):
        read_photos(write(tmp_path, RECORD), "none")


def test_pixels_are_rgb_and_of_the_size_that_is_said(tmp_path: Path) -> None:
    red = np.zeros((30, 40, 3), np.uint8)
    red[..., 2] = 255  # OpenCV writes BGR
    cv2.imwrite(str(tmp_path / "a.png"), red)
    good, wrong, missing, text = read_photos(
        write(
            tmp_path,
            RECORD,
            {**RECORD, "width": 41},
            {**RECORD, "file": "none.jpg"},
            {**RECORD, "file": "index.json"},
        )
    )
    assert load_photo(good)[0, 0].tolist() == [255, 0, 0]
    with pytest.raises(UserError, match="is 40x30, its record says 41x30"):
        load_photo(wrong)
    with pytest.raises(UserError, match="cannot be read"):
        load_photo(missing)
    with pytest.raises(UserError, match="is no image"):
        load_photo(text)


@pytest.mark.skipif(not REAL.is_dir(), reason="the development photographs are not here")
def test_development_photographs() -> None:
    photos = read_photos(REAL)
    assert {photo.set for photo in photos} == {"subhih", "ti1k", "digits"}
    photo = next(photo for photo in photos if photo.set == "ti1k")
    assert load_photo(photo).shape == (photo.height, photo.width, 3)
    assert np.isfinite(photo.hands[0].landmarks[[4, 8]]).all()


def test_a_fifth_of_each_set_is_kept_in_whole_blocks(tmp_path: Path) -> None:
    records = [{**RECORD, "set": ("one", "other")[i % 2]} for i in range(620)]
    folder = write(tmp_path, *records)
    kept = read_photos(folder, part="kept")
    assert len(kept) == 2 * 60
    learned = read_photos(folder, "one", "learned")
    assert len(learned) == 310 - 60
    assert [photo.kept for photo in read_photos(folder, "one")].index(True) == 240
    assert read_photos(write(tmp_path, RECORD), part="kept") == []
