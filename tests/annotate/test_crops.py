from __future__ import annotations

import hashlib
import json
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from annotate.crops import (
    FACTOR,
    INDEX,
    LEAST_POINTS,
    LEAST_SIDE,
    Crop,
    Written,
    sample_crops,
    write_crops,
)
from annotate.formats.document import Document, LabelledPhotograph
from annotate.formats.splits import split_runs
from annotate.labels import Hand, Label
from synth.errors import UserError
from tests.annotate.drawn import full_hand
from tests.annotate.formats.pictures import write_picture


def photograph(path: str, *hands: Hand, width: int = 640, height: int = 480) -> LabelledPhotograph:
    label = Label(hands=hands, done=True) if hands else Label(no_hand=True)
    return LabelledPhotograph(path, width, height, label)


def some_photographs(count: int) -> list[LabelledPhotograph]:
    """Hands of several sizes at several places, and a photograph in ten without one."""
    rng = np.random.default_rng(7)
    found = []
    for number in range(count):
        hands = [
            full_hand(
                float(rng.uniform(120, 500)),
                float(rng.uniform(150, 450)),
                float(rng.uniform(30, 70)),
                id_=i + 1,
                side=str(rng.choice(["left", "right"])),
            )
            for i in range(1 if number % 3 else 2)
        ]
        found.append(photograph(f"{number}/a.png", *(hands if number % 10 else [])))
    return found


def bounds(hand: Hand) -> tuple[float, float, float, float]:
    places = [(p.x, p.y) for p in hand.points if p]
    xs, ys = zip(*places, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def overlap(crop: Crop, box: tuple[float, float, float, float]) -> float:
    wide = min(crop.x + crop.side, box[2]) - max(crop.x, box[0])
    high = min(crop.y + crop.side, box[3]) - max(crop.y, box[1])
    return max(wide, 0) * max(high, 0)


def test_squares_are_inside_around_hands_and_away_from_them() -> None:
    photographs = some_photographs(100)
    by_path = {photo.path: photo for photo in photographs}
    crops = sample_crops(photographs, 2, seed=1)
    positives = [crop for crop in crops if crop.presence]
    assert len(positives) == sum(len(photo.label.hands) for photo in photographs)
    for crop in crops:
        assert crop.x >= 0
        assert crop.y >= 0
        assert crop.side >= LEAST_SIDE
        assert crop.x + crop.side <= 640
        assert crop.y + crop.side <= 480
        hands = {hand.id: hand for hand in by_path[crop.photograph].label.hands}
        if crop.presence:
            assert crop.hand is not None
            hand = hands[crop.hand]
            box = bounds(hand)
            assert overlap(crop, box) == pytest.approx((box[2] - box[0]) * (box[3] - box[1]))
            longer = max(box[2] - box[0], box[3] - box[1])
            assert crop.side == 480 or 0.86 * FACTOR < crop.side / longer < 1.16 * FACTOR
            assert crop.hand_side == hand.side
        else:
            assert (crop.hand, crop.hand_side) == (None, None)
            assert all(overlap(crop, bounds(hand)) == 0 for hand in hands.values())


def test_negatives_are_as_large_as_positives_where_there_is_room() -> None:
    photographs = [photograph("h.png", full_hand(300, 300, 40))]
    photographs += [photograph(f"{n}/e.png") for n in range(20)]
    crops = sample_crops(photographs, 3, seed=0)
    (positive,) = [crop for crop in crops if crop.presence]
    empty = [crop for crop in crops if crop.photograph != "h.png"]
    assert len(empty) >= 55
    same = [crop for crop in empty if abs(crop.side - positive.side) <= 1]
    assert len(same) > len(empty) / 2
    for a, b in combinations([c for c in empty if c.photograph == "0/e.png"], 2):
        both = overlap(a, (b.x, b.y, b.x + b.side, b.y + b.side))
        assert both <= 0.3 * (a.side**2 + b.side**2 - both) + 1e-9


def test_where_there_is_no_room_there_is_no_negative() -> None:
    everywhere = photograph("a.png", full_hand(50, 99, 40), width=100, height=100)
    assert [crop.presence for crop in sample_crops([everywhere], 5, seed=0)] == [True]


def first_points(hand: Hand, count: int) -> Hand:
    points = tuple(p if i < count else None for i, p in enumerate(hand.points))
    return hand.model_copy(update={"points": points})


def test_a_hand_may_be_anywhere_around_its_few_points() -> None:
    hand = full_hand(100, 240, 60)
    few = photograph("a.png", first_points(hand, LEAST_POINTS - 1))
    assert sample_crops([few], 5, seed=0) == []
    enough = photograph("b.png", first_points(hand, LEAST_POINTS))
    assert [crop.presence for crop in sample_crops([enough], 0, seed=0)] == [True]


def test_negatives_stay_half_a_hand_away_where_points_are_missing() -> None:
    hand = first_points(full_hand(320, 260, 60), 17)
    x0, y0, x1, y1 = bounds(hand)
    margin = max(x1 - x0, y1 - y0) / 2
    photographs = [photograph(f"{n}/a.png", hand) for n in range(30)]
    negatives = [crop for crop in sample_crops(photographs, 3, seed=0) if not crop.presence]
    assert len(negatives) > 30
    wide = (x0 - margin, y0 - margin, x1 + margin, y1 + margin)
    assert all(overlap(crop, wide) == 0 for crop in negatives)


def test_only_finished_photographs_count() -> None:
    begun = LabelledPhotograph("a.png", 640, 480, Label(hands=(full_hand(),)))
    assert sample_crops([begun, LabelledPhotograph("b.png", 640, 480)], 3, seed=0) == []


def test_the_draws_of_a_photograph_hang_on_seed_and_path() -> None:
    photographs = some_photographs(30)
    crops = sample_crops(photographs, 2, seed=1)
    assert sample_crops(photographs, 2, seed=1) == crops
    assert sample_crops(photographs, 2, seed=2) != crops
    positives = [crop for crop in crops if crop.presence]
    fewer = [crop for crop in sample_crops(photographs[:10], 0, seed=1) if crop.presence]
    assert positives[: len(fewer)] == fewer


def place_picture(width: int, height: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Red says x and green y, in steps of 4 pixels."""
    picture = np.zeros((height, width, 3), np.uint8)
    picture[..., 0] = np.arange(width)[None, :] // 4
    picture[..., 1] = np.arange(height)[:, None] // 4
    return picture


@pytest.fixture
def written(tmp_path: Path) -> tuple[list[LabelledPhotograph], Path]:
    """Photographs, of which every other one is mirrored, in a folder."""
    photographs = []
    for number, photo in enumerate(some_photographs(12)):
        mirrored = photo.label.model_copy(update={"mirrored": number % 2 == 1})
        photographs.append(LabelledPhotograph(photo.path, 640, 480, mirrored))
        write_picture(tmp_path / "photos" / photo.path, place_picture(640, 480))
    return photographs, tmp_path / "photos"


def test_files_show_what_the_list_says(
    written: tuple[list[LabelledPhotograph], Path], tmp_path: Path
) -> None:
    photographs, folder = written
    output = tmp_path / "out"
    counts = write_crops(Document(tuple(photographs)), folder, output, 1, 3)
    records = json.loads((output / INDEX).read_text())
    assert counts == Written(
        len(list((output / "positive").iterdir())), len(list((output / "negative").iterdir()))
    )
    assert str(counts) == f"{counts.positive} crops with a hand, {counts.negative} without"
    assert counts.negative > 0
    assert len(records) == counts.positive + counts.negative
    split_of = {
        path: run.split
        for run in split_runs([p.path for p in photographs], seed=3)
        for path in run.paths
    }
    for record in records:
        assert record["file"].startswith("positive/" if record["presence"] else "negative/")
        assert record["split"] == split_of[record["photograph"]]
        with Image.open(output / record["file"]) as image:
            pixels = np.array(image).astype(int)
        assert pixels.shape == (record["side"], record["side"], 3)
        unflipped = pixels[:, ::-1] if record["mirrored"] else pixels
        middle = record["side"] // 2
        x, y = record["x"] + middle, record["y"] + middle
        assert abs(unflipped[middle, middle, 0] - x // 4) <= 3
        assert abs(unflipped[middle, middle, 1] - y // 4) <= 3


def test_the_same_seed_gives_the_same_bytes(
    written: tuple[list[LabelledPhotograph], Path], tmp_path: Path
) -> None:
    photographs, folder = written
    sums = []
    for name, seed in (("one", 5), ("two", 5), ("three", 6)):
        write_crops(Document(tuple(photographs)), folder, tmp_path / name, seed=seed)
        files = sorted(path for path in (tmp_path / name).rglob("*") if path.is_file())
        digest = hashlib.sha256()
        for file in files:
            digest.update(str(file.relative_to(tmp_path / name)).encode() + file.read_bytes())
        sums.append(digest.hexdigest())
    assert sums[0] == sums[1] != sums[2]


def test_errors(written: tuple[list[LabelledPhotograph], Path], tmp_path: Path) -> None:
    photographs, folder = written
    with pytest.raises(UserError, match="no photograph is done"):
        write_crops(Document(), folder, tmp_path / "out")
    (folder / photographs[5].path).unlink()
    with pytest.raises(UserError, match=rf"^{photographs[5].path}: cannot be read"):
        write_crops(Document(tuple(photographs)), folder, tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []
    (tmp_path / "out" / "mine.txt").write_text("")
    with pytest.raises(UserError, match="holds something"):
        write_crops(Document(tuple(photographs)), folder, tmp_path / "out")
    assert (tmp_path / "out" / "mine.txt").exists()
