from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings

from annotate.formats.document import Document, LabelledPhotograph
from annotate.formats.shard_label import box_of, photograph_of, sample_label
from annotate.labels import Hand, Label, Point
from synth.shards.label_json import decode_label, encode_label
from tests.annotate.drawn import documents, full_hand

FORMAT = Path(__file__).parents[3] / "docs" / "format.md"


def keys_of_format() -> tuple[set[str], set[str]]:
    """Keys of a label and of one of its hands, as docs/format.md lists them."""
    text = FORMAT.read_text().partition("## The label")[2].partition("### Frames")[0]
    keys = re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE)
    tops = {re.split(r"[.\[]", key)[0] for key in keys}
    hands = {re.split(r"[.\[]", key[8:])[0] for key in keys if key.startswith("hands[].")}
    return tops, hands


def test_it_has_exactly_the_keys_of_the_format() -> None:
    label = sample_label(
        LabelledPhotograph("a.jpg", 640, 480, Label(hands=(full_hand(),))), 12, 3, "val"
    )
    tops, hands = keys_of_format()
    assert len(tops) > 6
    assert len(hands) > 10
    assert set(label) == tops
    assert set(label["hands"][0]) == hands


def test_what_is_known_and_what_is_not() -> None:
    points = (Point(x=10, y=20), Point(x=30, y=45, visibility=1), *[None] * 19)
    label = Label(hands=(Hand(id=3, side="right", points=points), Hand(id=9)), done=True)
    sample = json.loads(
        encode_label(sample_label(LabelledPhotograph("a.jpg", 64, 48, label), 12, 3, "val"))
    )
    assert (sample["sequence"], sample["frame"], sample["camera_index"]) == (12, 3, 0)
    assert (sample["split"], sample["kind"]) == ("val", "photograph")
    assert sample["image"] == {"width": 64, "height": 48}
    assert sample["camera"] is None
    assert sample["light"] is None
    first, second = sample["hands"]
    assert (first["number"], first["side"]) == (2, "right")
    assert first["landmarks_image"][:3] == [[10, 20, None], [30, 45, None], [None] * 3]
    assert first["visibility"] == [2, 1, *[None] * 19]
    assert first["palm_box"] is None
    assert first["box"] == [8.5, 18.5, 23, 28]  # 0.06 of 25 all round
    unknown = {"identity", "landmarks_camera", "landmarks_world", "bones", "blendshapes"}
    unknown |= {"phenotype", "skin", "gesture", "worn", "holds"}
    assert all(first[key] is None for key in unknown)
    assert (second["box"], second["side"], second["visibility"]) == (None, None, [None] * 21)


def test_the_box_is_of_the_points_inside_and_cut_to_the_photograph() -> None:
    points = (
        Point(x=1, y=1),
        Point(x=51, y=11),
        Point(x=500, y=5, visibility=0),
        Point(x=101, y=5),  # said to be visible, but is not in it
        *[None] * 17,
    )
    assert box_of(Hand(id=1, points=points), 100, 100) == (0, 0, 54, 14)
    assert box_of(Hand(id=1, points=points[2:3] + (None,) * 20), 100, 100) is None


def test_the_palm_is_where_its_landmarks_are() -> None:
    # Turned by a quarter to the right: the hand points to +x.
    upright = np.array([(0, 0), (-10, -10), (-15, -20), (-8, -40), (0, -42), (7, -40), (12, -36)])
    turned = [(-y + 100, x + 100) for x, y in upright.tolist()]
    places = dict(zip((0, 1, 2, 5, 9, 13, 17), turned, strict=True))
    points = tuple(
        Point(x=places[i][0], y=places[i][1]) if i in places else None for i in range(21)
    )
    label = Label(hands=(Hand(id=1, points=points),))
    palm = sample_label(LabelledPhotograph("a.jpg", 300, 300, label), 0, 0, "train")["hands"][0][
        "palm_box"
    ]
    assert palm["rotation"] == pytest.approx(np.pi / 2)
    assert palm["size"] == pytest.approx(42)
    assert palm["center"] == pytest.approx([121, 98.5])


def test_mirrored_photographs_are_flipped() -> None:
    label = Label(hands=(full_hand(100),), mirrored=True, done=True)
    hand = sample_label(LabelledPhotograph("a.jpg", 640, 480, label), 0, 0, "train")["hands"][0]
    plain = full_hand(540).points[0]
    assert plain is not None
    assert hand["landmarks_image"][0] == [plain.x, plain.y, None]
    assert hand["side"] == "left"


@settings(deadline=None)
@given(documents())
def test_what_a_shard_holds_comes_back(document: Document) -> None:
    for photograph in document.photographs:
        label = decode_label(encode_label(sample_label(photograph, 0, 0, "train")))
        back = photograph_of(label, photograph.path, photograph.label.mirrored)
        assert (back.width, back.height) == (photograph.width, photograph.height)
        assert back.label.mirrored == photograph.label.mirrored
        assert back.label.done == bool(photograph.label.hands)
        assert back.label.no_hand != back.label.done
        for hand, other in zip(back.label.hands, photograph.label.hands, strict=True):
            assert (hand.id, hand.side) == (other.id, other.side)
            for a, b in zip(hand.points, other.points, strict=True):
                assert (a is None) == (b is None)
                if a is not None and b is not None:
                    width, height = photograph.width, photograph.height
                    if photograph.label.mirrored:  # flipped there and back, as rounding has it
                        b = b.model_copy(update={"x": width - (width - b.x)})
                    inside = 0 <= b.x <= width and 0 <= b.y <= height
                    visibility = b.visibility if inside else 0  # what lies outside cannot be seen
                    assert (a.visibility, a.source, a.confirmed) == (visibility, "imported", True)
                    assert abs(a.x - b.x) <= 5.1e-5
                    assert abs(a.y - b.y) <= 5.1e-5


def test_a_point_beyond_the_edge_is_not_visible() -> None:
    points = (Point(x=531, y=10), Point(x=10, y=10, visibility=1), Point(x=5, y=-1, visibility=1))
    hand = Hand(id=1, points=(*points, *[None] * 18))
    for mirrored in (False, True):
        photograph = LabelledPhotograph("a.jpg", 512, 512, Label(hands=(hand,), mirrored=mirrored))
        written = sample_label(photograph, 0, 0, "train")["hands"][0]
        assert written["visibility"] == [0, 1, 0, *[None] * 18]
