from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings

from annotate.formats.cvat import read_cvat, write_cvat
from annotate.formats.cvat_labels import raw_labels
from annotate.formats.document import Document, LabelledPhotograph
from annotate.labels import Hand, Label, Point
from synth.errors import UserError
from synth.landmarks import LANDMARKS
from tests.annotate.drawn import documents

POINTS = (
    Point(x=10, y=20),
    Point(x=30.5, y=60, visibility=1, source="tracker full 0.1.0", confirmed=False),
    Point(x=-5, y=70, visibility=0),
    *[None] * 18,
)
DOCUMENT = Document(
    (
        LabelledPhotograph("bare.png", 8, 6, Label(no_hand=True)),
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
    assert read_cvat(write_cvat(document)) == document


def test_what_stands_in_the_file() -> None:
    root = ElementTree.fromstring(write_cvat(DOCUMENT, "my task"))
    assert root.findtext("version") == "1.1"
    assert root.findtext("meta/task/name") == "my task"
    assert root.findtext("meta/task/size") == "2"
    bare, image = root.findall("image")
    assert bare.attrib == {"id": "0", "name": "bare.png", "width": "8", "height": "6"}
    assert [tag.get("label") for tag in bare.findall("tag")] == ["no_hand"]
    assert [tag.get("label") for tag in image.findall("tag")] == ["mirrored"]
    skeleton, empty = image.findall("skeleton")
    assert skeleton.attrib == {"label": "hand", "source": "auto", "z_order": "0"}
    assert empty.get("source") == "manual"
    elements = skeleton.findall("points")
    assert [element.get("label") for element in elements] == list(LANDMARKS)
    assert elements[0].attrib == {
        "label": "wrist",
        "source": "manual",
        "outside": "0",
        "occluded": "0",
        "points": "10.0,20.0",
    }
    said = [[e.get(key) for key in ("source", "outside", "occluded")] for e in elements[1:4]]
    assert said == [["auto", "0", "1"], ["manual", "1", "0"], ["manual", "1", "0"]]
    assert elements[2].get("points") == "-5.0,70.0"
    attributes = {a.get("name"): a.text for a in skeleton.findall("attribute")}
    assert (attributes["side"], attributes["hand"]) == ("right", "7")
    assert attributes["outside"] == "thumb_mcp"
    assert {a.get("name"): a.text for a in empty.findall("attribute")}["side"] == "unknown"


def test_labels_are_the_same_in_the_file_and_for_a_new_task() -> None:
    raw = json.loads(raw_labels())
    root = ElementTree.fromstring(write_cvat(DOCUMENT))
    labels = root.findall("meta/task/labels/label")
    names = {label.findtext("name"): label.findtext("parent") for label in labels}
    assert names == {
        **{label["name"]: None for label in raw},
        **{point["name"]: "hand" for point in raw[0]["sublabels"]},
    }
    assert [point["name"] for point in raw[0]["sublabels"]] == list(LANDMARKS)
    written = {
        attribute.get("name")
        for skeleton in root.iter("skeleton")
        for attribute in skeleton.findall("attribute")
    }
    assert written <= {attribute["name"] for attribute in raw[0]["attributes"]}
    template = ElementTree.fromstring(f"<svg>{raw[0]['svg']}</svg>")
    circles, lines = template.findall("circle"), template.findall("line")
    assert [circle.get("data-label-name") for circle in circles] == list(LANDMARKS)
    assert len(lines) == 20
    for line in lines:  # each line ends in the nodes that it names
        for end, node in (("1", "data-node-from"), ("2", "data-node-to")):
            circle = circles[int(line.get(node, "")) - 1]
            assert [line.get(f"x{end}"), line.get(f"y{end}")] == [
                circle.get("cx"),
                circle.get("cy"),
            ]


def image(inner: str, name: str = "a.jpg", head: str = "") -> bytes:
    return (
        f'{head}<annotations><version>1.1</version><image id="0" name="{name}" width="20"'
        f' height="10">{inner}</image></annotations>'
    ).encode()


def test_files_of_other_tools() -> None:
    points = (
        '<points label="wrist" outside="0" occluded="0" points="1.50,2.25"/>'
        '<points label="thumb_tip" source="auto" outside="0" occluded="1" points="3,4"/>'
        '<points label="index_tip" outside="1" occluded="0" points="3,4"/>'
    )
    skeleton = f'<skeleton label="hand">{points}</skeleton>'
    data = image(f'{skeleton}<box label="cup"/><skeleton label="body"/><tag label="done"/>')
    (photograph,) = read_cvat(data).photographs
    (hand,) = photograph.label.hands
    assert hand.points[0] == Point(x=1.5, y=2.25, source="imported")
    assert hand.points[4] == Point(x=3, y=4, visibility=1, source="imported", confirmed=False)
    assert hand.points[8] is None  # CVAT's outside: not there
    assert (hand.id, hand.side, photograph.label.done) == (1, None, True)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is no XML"),
        (b"<annotations>", "is no XML"),
        (b"\xff\xfe", "is no XML"),
        (b'<?xml version="1.0" encoding="none"?><annotations/>', "is no XML"),
        (b"<html/>", "is no CVAT file"),
        (b"<annotations><track/></annotations>", "is of a video"),
        (b"<a>" * 100_000, "nested"),
        (image("", "../a"), "no path inside"),
        (image("", ""), "no path inside"),
        (image('<skeleton label="body"/>'), "no skeleton is labelled hand .*body"),
        (image('<skeleton label="hand"><points label="1"/></skeleton>'), "'1' is no name"),
        (image('<skeleton label="hand"><points label="wrist" points="1"/></skeleton>'), "x,y"),
        (image('<skeleton label="hand"><points label="wrist" points="nan,1"/></skeleton>'), "x: "),
        (
            image('<skeleton label="hand"><attribute name="side">up</attribute></skeleton>'),
            "side: Input",
        ),
        (
            image('<skeleton label="hand"><attribute name="hand">one</attribute></skeleton>'),
            "whole number",
        ),
        (
            image('<skeleton label="hand"><attribute name="sources">{</attribute></skeleton>'),
            "sources: ",
        ),
    ],
)
def test_what_is_wrong_is_named_in_one_line(data: bytes, message: str) -> None:
    with pytest.raises(UserError, match=f"^x.xml: .*{message}") as caught:
        read_cvat(data, "x.xml")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "declaration",
    [
        '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd">',
        '<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;&x;"><!ENTITY z "&y;&y;&y;">]>',
        "<!DOCTYPE a>",
    ],
)
def test_document_types_are_refused(declaration: str) -> None:
    with pytest.raises(UserError, match="document type"):
        read_cvat(image("&x;" if "ENTITY" in declaration else "", head=declaration))


def test_names_that_xml_cannot_hold_are_refused() -> None:
    document = Document((LabelledPhotograph("a\x01.jpg", 1, 1),))
    with pytest.raises(UserError, match=r"a\\x01\.jpg.*rename"):
        write_cvat(document)


def test_names_with_line_ends_are_kept() -> None:
    document = Document((LabelledPhotograph("a\n\tb \r.jpg", 1, 1),))
    assert read_cvat(write_cvat(document)) == document
