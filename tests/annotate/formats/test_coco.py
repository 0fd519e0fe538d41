from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from annotate.formats.coco import read_coco, write_coco
from annotate.formats.document import Document, LabelledPhotograph
from annotate.labels import Hand, Label, Point
from synth.errors import UserError
from synth.landmarks import LANDMARKS
from tests.annotate.drawn import documents, full_hand

POINTS = (
    Point(x=10, y=20),
    Point(x=30.5, y=60, visibility=1, source="tracker full 0.1.0", confirmed=False),
    Point(x=-5, y=70, visibility=0),
    *[None] * 18,
)
DOCUMENT = Document(
    (
        LabelledPhotograph("bare.png", 8, 6),
        LabelledPhotograph(
            "ä/b.jpg",
            640,
            480,
            Label(hands=(Hand(id=7, side="right", points=POINTS), Hand(id=2)), mirrored=True),
        ),
    )
)


@settings(deadline=None)
@given(documents())
def test_nothing_is_lost(document: Document) -> None:
    assert read_coco(write_coco(document)) == document


def test_what_stands_in_the_file() -> None:
    content = json.loads(write_coco(DOCUMENT))
    (category,) = content["categories"]
    assert category["keypoints"] == list(LANDMARKS)
    assert len(category["skeleton"]) == 20
    assert [1, 2] in category["skeleton"]  # wrist and thumb CMC, counted from 1
    assert min(min(edge) for edge in category["skeleton"]) == 1
    assert [image["file_name"] for image in content["images"]] == ["bare.png", "ä/b.jpg"]
    first, second = content["annotations"]
    assert (first["image_id"], first["id"], second["id"]) == (2, 1, 2)
    assert first["keypoints"][:9] == [10, 20, 2, 30.5, 60, 1, 0, 0, 0]
    assert first["keypoints"][9:] == [0] * 54
    assert first["num_keypoints"] == 2
    assert first["bbox"] == [10, 20, 20.5, 40]
    assert first["area"] == 820
    assert first["attributes"]["side"] == "right"
    assert (second["num_keypoints"], second["bbox"], second["area"]) == (0, [0, 0, 0, 0], 0)


def test_any_tool_can_decode_it() -> None:
    assert write_coco(DOCUMENT).isascii()


def test_pycocotools_loads_it(tmp_path: Path) -> None:
    module = pytest.importorskip("pycocotools.coco")
    path = tmp_path / "hands.json"
    path.write_bytes(write_coco(DOCUMENT))
    with contextlib.redirect_stdout(io.StringIO()):
        coco = module.COCO(str(path))
    assert coco.getCatIds(catNms=["hand"]) == [1]
    assert coco.loadImgs([2])[0]["file_name"] == "ä/b.jpg"
    annotations = coco.loadAnns(coco.getAnnIds(imgIds=[2], iscrowd=False))
    assert [a["num_keypoints"] for a in annotations] == [2, 0]
    assert coco.getAnnIds(imgIds=[1]) == []


def test_pycocotools_scores_the_file_against_itself(tmp_path: Path) -> None:
    module = pytest.importorskip("pycocotools.coco")
    cocoeval = pytest.importorskip("pycocotools.cocoeval")
    label = Label(hands=(full_hand(), full_hand(300, 300, id_=2)), done=True)
    path = tmp_path / "hands.json"
    path.write_bytes(write_coco(Document((LabelledPhotograph("a.jpg", 640, 480, label),))))
    with contextlib.redirect_stdout(io.StringIO()):
        coco = module.COCO(str(path))
        results = [{**a, "score": 1.0} for a in coco.dataset["annotations"]]
        scores = cocoeval.COCOeval(coco, coco.loadRes(results), "keypoints")
        scores.params.kpt_oks_sigmas = scores.params.kpt_oks_sigmas[:1].repeat(21)
        scores.evaluate()
        scores.accumulate()
        scores.summarize()
    assert scores.stats[0] == pytest.approx(1.0)


def foreign(**changes: Any) -> dict[str, Any]:
    """What another tool might write: names in another order, no attributes."""
    names = list(reversed(LANDMARKS))
    keypoints = [0] * 63
    keypoints[60:] = [5, 6, 2]  # the wrist, which is last
    return {
        "images": [{"id": 9, "file_name": "a.jpg", "width": 20, "height": 10, "license": None}],
        "annotations": [
            {
                "id": 1,
                "image_id": 9,
                "category_id": 3,
                "keypoints": keypoints,
                "bbox": [0, 0, 1, 1],
            },
            {"id": 2, "image_id": 9, "category_id": 4, "bbox": [0, 0, 1, 1]},
        ],
        "categories": [
            {"id": 4, "name": "cup"},
            {"id": 3, "name": "paw", "keypoints": names, "skeleton": []},
        ],
        **changes,
    }


def test_other_tools_files_are_read_by_the_names_of_keypoints() -> None:
    (photograph,) = read_coco(json.dumps(foreign()).encode()).photographs
    (hand,) = photograph.label.hands
    assert hand.points[0] == Point(x=5, y=6, source="imported")
    assert hand.points[1:] == (None,) * 20
    assert (hand.id, hand.side, photograph.label.done) == (1, None, False)


ANNOTATION = {"image_id": 9, "category_id": 3, "keypoints": [1, 2, 2] * 21}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"images": None}, "images: "),
        ({"categories": [{"id": 1, "name": "face"}]}, r"no category has .*face"),
        ({"annotations": [{**ANNOTATION, "keypoints": [1, 2, 2]}]}, "63 numbers"),
        ({"annotations": [{**ANNOTATION, "keypoints": [1, 2, 7] * 21}]}, "visibility: Input"),
        ({"annotations": [{**ANNOTATION, "keypoints": [1e9, 2, 2] * 21}]}, "x: Input"),
        ({"annotations": [{**ANNOTATION, "iscrowd": 1}]}, "crowd"),
        ({"annotations": [{**ANNOTATION, "image_id": 8}]}, "image 8, which is not"),
        (
            {"annotations": [{**ANNOTATION, "attributes": {"side": "up"}}]},
            r"\[0\]\.attributes\.side",
        ),
        ({"annotations": [{**ANNOTATION, "attributes": {"hand": 3}}] * 2}, "same id"),
        ({"annotations": [ANNOTATION] * 33}, "hands: .*32"),
        ({"images": [{"id": 9, "file_name": "../a", "width": 1, "height": 1}]}, "no path inside"),
        ({"images": [{"id": 9, "file_name": "a", "width": 0, "height": 1}]}, "no pixels"),
        (
            {"images": [{"id": i, "file_name": "a", "width": 1, "height": 1} for i in (9, 10)]},
            "there twice",
        ),
        (
            {"images": [{"id": 9, "file_name": i, "width": 1, "height": 1} for i in "ab"]},
            "same id",
        ),
    ],
)
def test_what_is_wrong_is_named_in_one_line(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=f"^x.json: .*{message}") as caught:
        read_coco(json.dumps(foreign(**changes)).encode(), "x.json")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b"\xff\xfe{}", b"[" * 100_000, b'{"images": NaN}', b"1" * 10_000]
)
def test_what_is_no_coco_file_is_refused(data: bytes) -> None:
    with pytest.raises(UserError, match=r"^x\.json: "):
        read_coco(data, "x.json")


def test_keypoints_that_are_no_numbers_are_refused() -> None:
    text = json.dumps(foreign(annotations=[ANNOTATION])).replace("[1, 2, 2,", "[NaN, 2, NaN,", 1)
    with pytest.raises(UserError):
        read_coco(text.encode())
