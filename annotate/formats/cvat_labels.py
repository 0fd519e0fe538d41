"""The labels that a CVAT task needs before it takes a file with hands."""

from __future__ import annotations

import json
from typing import Any, Final
from xml.etree import ElementTree

from synth.landmarks import LANDMARKS, SKELETON_EDGES

HAND: Final = "hand"
SIDE_UNKNOWN: Final = "unknown"
#: Tags of an image, named as the states of a label are.
TAGS: Final = ("no_hand", "mirrored", "done")

_HAND_COLOR: Final = "#33ddff"
_TAG_COLOR: Final = "#aaaaaa"
#: One for the wrist and each finger.
_POINT_COLORS: Final = ("#ffffff", "#ff5555", "#ffaa00", "#55cc55", "#5588ff", "#cc66dd")
#: Name, kind of input, default, values: of a skeleton's attributes.
_ATTRIBUTES: Final = (
    ("hand", "number", "1", ("1", "1000000", "1")),
    ("side", "select", SIDE_UNKNOWN, (SIDE_UNKNOWN, "left", "right")),
    ("sources", "text", "", ("",)),
    ("outside", "text", "", ("",)),
)
#: Where the template's points lie, of 100: the back of a left hand, fingers up.
_TEMPLATE: Final = (
    (50, 95), (66, 86), (79, 72), (88, 60), (95, 49),
    (66, 53), (70, 37), (72, 26), (74, 16),
    (53, 50), (54, 32), (55, 20), (55, 8),
    (41, 53), (38, 36), (37, 24), (36, 13),
    (29, 60), (23, 47), (19, 38), (16, 29),
)  # fmt: skip


def raw_labels() -> str:
    """JSON to paste into the tab "Raw" of a new CVAT task's labels."""
    labels: list[dict[str, Any]] = [
        {
            "name": HAND,
            "color": _HAND_COLOR,
            "type": "skeleton",
            "attributes": [
                {
                    "name": name,
                    "mutable": False,
                    "input_type": kind,
                    "default_value": default,
                    "values": list(values),
                }
                for name, kind, default, values in _ATTRIBUTES
            ],
            "sublabels": [
                {"name": name, "color": _color(number), "type": "points", "attributes": []}
                for number, name in enumerate(LANDMARKS)
            ],
            "svg": _template(),
        },
        *({"name": tag, "color": _TAG_COLOR, "type": "tag", "attributes": []} for tag in TAGS),
    ]
    return json.dumps(labels, indent=1) + "\n"


def label_elements() -> ElementTree.Element:
    """The same as the element `labels` of an annotation file."""
    labels = ElementTree.Element("labels")
    hand = _label(labels, HAND, _HAND_COLOR, "skeleton")
    for name, kind, default, values in _ATTRIBUTES:
        attribute = ElementTree.SubElement(hand[-1], "attribute")
        for key, text in (
            ("name", name),
            ("mutable", "False"),
            ("input_type", kind),
            ("default_value", default),
            ("values", "\n".join(values)),
        ):
            ElementTree.SubElement(attribute, key).text = text
    ElementTree.SubElement(hand, "svg").text = _template()
    for number, name in enumerate(LANDMARKS):
        point = _label(labels, name, _color(number), "points")
        ElementTree.SubElement(point, "parent").text = HAND
    for tag in TAGS:
        _label(labels, tag, _TAG_COLOR, "tag")
    return labels


def _label(parent: ElementTree.Element, name: str, color: str, kind: str) -> ElementTree.Element:
    label = ElementTree.SubElement(parent, "label")
    for key, text in (("name", name), ("color", color), ("type", kind), ("attributes", "")):
        ElementTree.SubElement(label, key).text = text
    return label


def _color(number: int) -> str:
    return _POINT_COLORS[0 if number == 0 else (number + 3) // 4]


def _template() -> str:
    """The skeleton's drawing: lines and circles whose data- attributes CVAT reads."""
    lines = [
        f'<line x1="{_TEMPLATE[a][0]}" y1="{_TEMPLATE[a][1]}" x2="{_TEMPLATE[b][0]}"'
        f' y2="{_TEMPLATE[b][1]}" data-type="edge" data-node-from="{a + 1}"'
        f' data-node-to="{b + 1}" stroke="black" stroke-width="0.5"></line>'
        for a, b in SKELETON_EDGES
    ]
    circles = [
        f'<circle r="1" cx="{x}" cy="{y}" stroke="black" fill="{_color(number)}"'
        f' stroke-width="0.1" data-type="element node" data-element-id="{number + 1}"'
        f' data-node-id="{number + 1}" data-label-name="{LANDMARKS[number]}"></circle>'
        for number, (x, y) in enumerate(_TEMPLATE)
    ]
    return "".join(lines + circles)
