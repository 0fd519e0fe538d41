from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotate.formats.document import Document, LabelledPhotograph
from annotate.formats.label_studio import LABELING_CONFIG, write_label_studio
from annotate.formats.label_studio_read import read_label_studio
from annotate.labels import Hand, Label, Point
from synth.errors import UserError
from synth.landmarks import LANDMARKS
from tests.annotate.drawn import documents

POINTS = (Point(x=10, y=20, source="imported"), Point(x=8, y=3, visibility=1), *[None] * 19)
GUESSED = (
    Point(x=1, y=2, source="tracker full 0.1.0", confirmed=False),
    Point(x=-4, y=2, visibility=0),
    *[None] * 19,
)
DOCUMENT = Document(
    (
        LabelledPhotograph("bare.png", 8, 6),
        LabelledPhotograph(
            "ä/b 1.jpg",
            40,
            50,
            Label(
                hands=(
                    Hand(id=7, side="right", points=GUESSED),
                    Hand(id=2, side="left", points=POINTS),
                ),
                mirrored=True,
                done=True,
            ),
        ),
    )
)


@settings(deadline=None)
@given(documents(), st.sampled_from(["", "/data/local-files/?d=some/folder/", "http://x/"]))
def test_all_comes_back_and_places_to_a_millionth(document: Document, prefix: str) -> None:
    read = read_label_studio(write_label_studio(document, prefix))
    assert len(read.photographs) == len(document.photographs)
    for a, b in zip(document.photographs, read.photographs, strict=True):
        assert without_places(a) == without_places(b)
        for hand, other in zip(a.label.hands, b.label.hands, strict=True):
            for point, same in zip(hand.points, other.points, strict=True):
                if point is not None and same is not None:
                    assert abs(point.x - same.x) < 1e-6
                    assert abs(point.y - same.y) < 1e-6


def without_places(photograph: LabelledPhotograph) -> Any:
    points = {"points": {"__all__": {"x", "y"}}}
    hands = photograph.label.model_dump(exclude={"hands": {"__all__": points}})
    return photograph.path, photograph.width, photograph.height, hands


def test_usual_places_come_back_exactly() -> None:
    assert read_label_studio(write_label_studio(DOCUMENT)) == DOCUMENT


def test_what_stands_in_the_file() -> None:
    bare, task = json.loads(write_label_studio(DOCUMENT, "/data/local-files/?d=x/"))
    assert bare["annotations"] == bare["predictions"] == []
    assert task["data"]["image"] == "/data/local-files/?d=x/%C3%A4/b%201.jpg"
    ((annotation,), (prediction,)) = task["annotations"], task["predictions"]
    results = annotation["result"]
    assert results[0]["value"] == {"choices": ["done", "mirrored"]}
    assert all(r["original_width"] == 40 and r["to_name"] == "image" for r in results)
    (hand,) = [r for r in results if r["type"] == "rectanglelabels"]
    assert hand["value"] == {
        "x": 20,
        "y": 6,
        "width": 5,
        "height": 34,
        "rotation": 0,
        "rectanglelabels": ["hand"],
    }
    wrist, thumb = [r for r in results if r["type"] == "keypointlabels"]
    assert (wrist["value"]["x"], wrist["value"]["y"]) == (25, 40)
    assert wrist["value"]["keypointlabels"] == ["wrist"]
    assert wrist["parentID"] == hand["id"]
    assert wrist["meta"] == {"text": ["imported"]}
    choices = {
        (r["id"], r["from_name"]): r["value"]["choices"]
        for r in results[1:]
        if r["type"] == "choices"
    }
    assert choices == {(hand["id"], "side"): ["left"], (thumb["id"], "visibility"): ["hidden"]}
    assert {r["meta"]["text"][0] for r in prediction["result"] if "meta" in r} == {
        "tracker full 0.1.0",
        "person",
    }


def test_the_interface_has_every_control_and_label_that_results_name() -> None:
    view = ElementTree.fromstring(LABELING_CONFIG)
    image = view.find("Image")
    assert image is not None
    assert (image.get("name"), image.get("value")) == ("image", "$image")
    words = {
        control.get("name"): {word.get("value") for word in control}
        for control in view
        if control.get("toName") == "image"
    }
    assert words["points"] == set(LANDMARKS)
    order = [
        (word.get("value"), word.get("model_index")) for word in view.find("KeyPointLabels") or ()
    ]
    assert order == [(name, str(number)) for number, name in enumerate(LANDMARKS)]
    for task in json.loads(write_label_studio(DOCUMENT)):
        for part in (*task["annotations"], *task["predictions"]):
            for result in part["result"]:
                kind = result["type"]
                assert set(result["value"][kind]) <= words[result["from_name"]]
                (control,) = [c for c in view if c.get("name") == result["from_name"]]
                assert control.tag.lower() == kind


def point(name: str, x: float, y: float, **keys: Any) -> dict[str, Any]:
    return {
        "id": f"{name}{x}",
        "type": "keypointlabels",
        "from_name": "points",
        "to_name": "image",
        "original_width": 200,
        "original_height": 100,
        "value": {"x": x, "y": y, "width": 0.5, "keypointlabels": [name]},
        **keys,
    }


def task(*result: dict[str, Any], **keys: Any) -> dict[str, Any]:
    return {
        "id": 3,
        "data": {"image": "/data/upload/1/a%20b.jpg"},
        "annotations": [{"result": result}],
        **keys,
    }


def read(*tasks: Any) -> Document:
    return read_label_studio(json.dumps(tasks).encode(), "x.json")


def test_hands_drawn_in_label_studio() -> None:
    region = {
        **point("", 0, 0),
        "id": "q1",
        "type": "rectanglelabels",
        "value": {"x": 0, "y": 0, "width": 1, "height": 1, "rectanglelabels": ["hand"]},
    }
    side = {**region, "type": "choices", "from_name": "side", "value": {"choices": ["left"]}}
    relation = {"from_id": "q1", "to_id": "b", "type": "relation", "direction": "right"}
    (photograph,) = read(
        task(region, side, relation, point("wrist", 50, 10, parentID="q1"), point("wrist", 1, 10))
    ).photographs
    assert photograph.path == "data/upload/1/a b.jpg"
    one, other = photograph.label.hands
    assert (one.id, one.side, one.points[0]) == (1, "left", Point(x=100, y=10, source="imported"))
    assert (other.id, other.side, other.points[0]) == (2, None, Point(x=2, y=10, source="imported"))


def test_local_files_are_found_by_their_path() -> None:
    data = {"image": "/data/local-files/?d=photos/%C3%A4.jpg"}
    (photograph,) = read(task(point("wrist", 1, 1), data=data)).photographs
    assert photograph.path == "photos/ä.jpg"


def test_accepted_predictions_are_confirmed_and_there_once() -> None:
    tasks = json.loads(write_label_studio(DOCUMENT))
    guessed = tasks[1]["predictions"][0]["result"]
    tasks[1]["annotations"][0]["result"] += guessed
    label = read(*tasks).photographs[1].label
    assert [hand.id for hand in label.hands] == [7, 2]
    assert all(point is None or point.confirmed for hand in label.hands for point in hand.points)
    first = label.hands[0].points[0]
    assert first is not None
    assert first.source == "tracker full 0.1.0"


def test_the_last_annotation_counts_that_was_not_cancelled() -> None:
    annotations = [
        {"result": [point("wrist", 1, 1)]},
        {"result": [point("wrist", 2, 2)]},
        {"result": [], "was_cancelled": True},
    ]
    (photograph,) = read(task(annotations=annotations, predictions=[17])).photographs
    assert photograph.label.hands[0].points[0] == Point(x=4, y=2, source="imported")


def test_a_task_without_anything_is_left_out() -> None:
    assert read({"data": {"image": "a.jpg"}}) == Document()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([{"data": {"text": "a"}}], "task 1: has no data.image"),
        ([1], r"\[0\]: Input"),
        ([task(point("elbow", 1, 1))], "'elbow'.* is no name of a landmark"),
        ([task(point("wrist", 1, 1), point("wrist", 2, 1))], "two points wrist"),
        ([task(point("wrist", 1e12, 1))], "wrist: x: "),
        ([task(point("wrist", 1, 1), data={"image": "a", "path": "../b"})], "no path inside"),
        ([task(point("wrist", 1, 1, original_width=0))], "no pixels"),
        ([task(point("wrist", 1, 1))] * 2, "there twice"),
    ],
)
def test_what_is_wrong_is_named_in_one_line(given: Any, message: str) -> None:
    with pytest.raises(UserError, match=f"^x.json: .*{message}") as caught:
        read(*given)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("data", [b"", b"{}", b"\xff", b"[" * 100_000, b'[{"data": 1}]'])
def test_what_is_no_list_of_tasks_is_refused(data: bytes) -> None:
    with pytest.raises(UserError, match=r"^x\.json: "):
        read_label_studio(data, "x.json")
