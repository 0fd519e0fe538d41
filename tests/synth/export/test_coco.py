"""What pycocotools, and hand-annotate, make of an export."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from annotate.formats.coco import read_coco
from synth.export.coco import run_lengths, write_coco
from synth.export.selection import Exported, read_split, select
from synth.landmarks import LANDMARKS
from tests.made_shards import write_shards
from tests.synth.export.made_hands import HEIGHT, LEFT, RIGHT, WIDTH, photograph, write_dataset


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_dataset(tmp_path_factory.mktemp("coco") / "drawn")


@pytest.fixture(scope="module")
def exported(dataset: Path) -> tuple[Path, Exported]:
    output = dataset.parent / "out"
    output.mkdir()
    return output, write_coco(select(dataset), output)


def load(folder: Path, split: str) -> Any:
    with contextlib.redirect_stdout(io.StringIO()):
        return COCO(str(folder / "annotations" / f"hand_keypoints_{split}.json"))


def of_image(coco: Any, key: str) -> list[dict[str, Any]]:
    (image,) = [i for i in coco.dataset["images"] if i["file_name"] == f"{key}.jpg"]
    found: list[dict[str, Any]] = coco.loadAnns(coco.getAnnIds(imgIds=[image["id"]]))
    return found


def test_images_and_splits(dataset: Path, exported: tuple[Path, Exported]) -> None:
    folder, counts = exported
    assert counts == Exported({"train": 4, "val": 1, "test": 2}, 8, {})
    assert sorted(path.name for path in (folder / "annotations").iterdir()) == [
        f"hand_keypoints_{split}.json" for split in ("test", "train", "val")
    ]
    image_ids: list[int] = []
    annotation_ids: list[int] = []
    selection = select(dataset)
    for split in selection.portions:
        coco = load(folder, split)
        assert coco.loadCats(coco.getCatIds(catNms=["hand"]))[0]["keypoints"] == list(LANDMARKS)
        image_ids += coco.getImgIds()
        annotation_ids += coco.getAnnIds()
        for sample, image in zip(read_split(selection, split), coco.dataset["images"], strict=True):
            path = folder / "images" / split / image["file_name"]
            assert path.read_bytes() == sample.jpeg
            assert (image["width"], image["height"]) == (WIDTH, HEIGHT)
            assert image["attributes"]["key"] == sample.key == path.stem
            hands = coco.loadAnns(coco.getAnnIds(imgIds=[image["id"]]))
            assert len(hands) == len(sample.label["hands"])
    assert sorted(image_ids) == list(range(1, 8))
    assert sorted(annotation_ids) == list(range(1, 9))


def test_a_hand(exported: tuple[Path, Exported]) -> None:
    right, left = of_image(load(exported[0], "train"), "00000000_000_0")
    for annotation, hand in ((right, RIGHT), (left, LEFT)):
        keypoints = np.reshape(annotation["keypoints"], (21, 3))
        np.testing.assert_array_equal(keypoints[:, 2], hand["visibility"])
        np.testing.assert_array_equal(keypoints[:, :2], np.array(hand["landmarks_image"])[:, :2])
        assert annotation["bbox"] == hand["box"]
        assert annotation["attributes"]["side"] == hand["side"]
        assert annotation["attributes"]["identity"] == "000007"
        assert annotation["attributes"]["outside"] == {}
    assert right["num_keypoints"] == left["num_keypoints"] == 21


def test_points_outside_are_not_labelled(exported: tuple[Path, Exported]) -> None:
    (annotation,) = of_image(load(exported[0], "train"), "00000002_000_0")
    keypoints = np.reshape(annotation["keypoints"], (21, 3))
    outside = annotation["attributes"]["outside"]
    assert 0 < len(outside) < 21
    assert annotation["num_keypoints"] == 21 - len(outside)
    for name, keypoint in zip(LANDMARKS, keypoints, strict=True):
        if name in outside:
            assert keypoint.tolist() == [0, 0, 0]
            assert outside[name][0] < 0
        else:
            assert keypoint[2] == 2


def test_segmentation_and_area(dataset: Path, exported: tuple[Path, Exported]) -> None:
    coco = load(exported[0], "train")
    (sample, *_) = read_split(select(dataset), "train")
    assert sample.mask is not None
    for annotation, hand in zip(of_image(coco, sample.key), sample.label["hands"], strict=True):
        x, y, width, height = hand["box"]
        columns, rows = np.arange(WIDTH), np.arange(HEIGHT)[:, None]
        # Pixels that the box touches.
        inside = (columns + 1 > x) & (columns < x + width) & (rows + 1 > y) & (rows < y + height)
        expected = (sample.mask == hand["number"] + 1) & inside
        found = coco.annToMask(annotation)
        np.testing.assert_array_equal(found, expected)
        assert annotation["area"] == coco_mask.area(coco.annToRLE(annotation)) == expected.sum()
        assert 0 < annotation["area"] < width * height


def test_without_seen_skin_the_area_is_the_boxs(exported: tuple[Path, Exported]) -> None:
    _, unseen = of_image(load(exported[0], "train"), "00000003_000_0")
    (unmasked,) = of_image(load(exported[0], "val"), "00000004_000_0")
    for annotation in (unseen, unmasked):
        assert annotation["segmentation"] == []
        assert annotation["area"] == annotation["bbox"][2] * annotation["bbox"][3]
    assert set(unseen["keypoints"][2::3]) == {1}


def test_pycocotools_scores_the_file_against_itself(exported: tuple[Path, Exported]) -> None:
    coco = load(exported[0], "train")
    with contextlib.redirect_stdout(io.StringIO()):
        results = [{**a, "score": 1.0} for a in coco.dataset["annotations"]]
        scores = COCOeval(coco, coco.loadRes(results), "keypoints")
        scores.params.kpt_oks_sigmas = scores.params.kpt_oks_sigmas[:1].repeat(21)
        scores.evaluate()
        scores.accumulate()
        scores.summarize()
    assert scores.stats[0] == pytest.approx(1.0)


@settings(deadline=None)
@given(arrays(bool, st.tuples(st.integers(1, 6), st.integers(1, 6))))
def test_run_lengths_are_cocos(mask: np.ndarray) -> None:
    lengths = {"size": list(mask.shape), "counts": run_lengths(mask)}
    packed = coco_mask.frPyObjects(lengths, *mask.shape)
    np.testing.assert_array_equal(coco_mask.decode(packed), mask)
    assert packed == coco_mask.encode(np.asfortranarray(mask, np.uint8))


def test_photographs(tmp_path: Path) -> None:
    write_shards(tmp_path / "photos", {"test": [photograph()]})
    (tmp_path / "out").mkdir()
    write_coco(select(tmp_path / "photos"), tmp_path / "out")
    (annotation,) = load(tmp_path / "out", "test").dataset["annotations"]
    assert annotation["num_keypoints"] == 20
    assert annotation["keypoints"][60:] == [0, 0, 0]
    assert annotation["attributes"]["identity"] is None


def test_hand_annotate_reads_it(exported: tuple[Path, Exported]) -> None:
    data = (exported[0] / "annotations" / "hand_keypoints_train.json").read_bytes()
    assert data.isascii()
    both, empty, partly, _ = read_coco(data).photographs
    assert (both.path, len(both.label.hands), len(empty.label.hands)) == (
        "00000000_000_0.jpg",
        2,
        0,
    )
    assert [hand.side for hand in both.label.hands] == ["right", "left"]
    for point, place, state in zip(
        both.label.hands[1].points, LEFT["landmarks_image"], LEFT["visibility"], strict=True
    ):
        assert point is not None
        assert (point.x, point.y, point.visibility) == (*place[:2], state)
    assert all(point is not None for point in partly.label.hands[0].points)
    assert json.loads(data)["info"]["description"].startswith("drawn, train")
