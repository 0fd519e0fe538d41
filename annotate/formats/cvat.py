"""CVAT for images 1.1: an XML file with one skeleton `hand` a hand.

An image has the tags `no_hand`, `mirrored` and `done`. A skeleton has the attributes `hand` (its
id), `side`, `sources` (JSON: names of the points by who placed them) and `outside` (names of the
points that were placed outside of the photograph: CVAT itself calls every point `outside` that is
not there). Points that nobody has confirmed have the source "auto".
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Final
from xml.etree import ElementTree

from annotate.formats.cvat_labels import HAND, SIDE_UNKNOWN, TAGS, label_elements
from annotate.formats.document import Document, LabelledPhotograph
from annotate.formats.reading import (
    NUMBER_OF,
    free_ids,
    names_by_source,
    new_document,
    new_hand,
    new_label,
    new_photograph,
    new_point,
    parse_json,
    source_by_name,
    source_of,
)
from annotate.formats.safe_xml import parse_xml, refuse_control_characters
from annotate.labels import HIDDEN, OUTSIDE, VISIBLE, Hand, Point
from synth.errors import UserError
from synth.landmarks import LANDMARKS

LOSSES: Final = (
    "CVAT: nothing is lost when hand-annotate reads the file again. CVAT does not show a point"
    " outside of the photograph, and knows the sources only as manual (confirmed) and auto (not"
    " confirmed) beside the text that stands under `sources`; a point that is moved there keeps the"
    " source that stands in that text. Names with control characters cannot be written."
)

_VERSION: Final = "1.1"
_MANUAL: Final = "manual"
_AUTO: Final = "auto"


def write_cvat(document: Document, task: str = "hands") -> bytes:
    """An XML file as CVAT's import "CVAT 1.1" takes it, into a task with the labels of
    `cvat_labels.raw_labels()` and the same photographs.

    Args:
        task: name that stands in the file.

    Raises:
        UserError: if a path has control characters, which XML cannot hold.
    """
    root = ElementTree.Element("annotations")
    _text(root, "version", _VERSION)
    about = ElementTree.SubElement(ElementTree.SubElement(root, "meta"), "task")
    _text(about, "name", task)
    _text(about, "size", str(len(document.photographs)))
    _text(about, "mode", "annotation")
    _text(about, "overlap", "0")
    about.append(label_elements())
    for number, photograph in enumerate(document.photographs):
        root.append(_image(number, photograph))
    ElementTree.indent(root, " ")
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def _image(number: int, photograph: LabelledPhotograph) -> ElementTree.Element:
    refuse_control_characters(photograph.path)
    label = photograph.label
    image = ElementTree.Element(
        "image",
        id=str(number),
        name=photograph.path,
        width=str(photograph.width),
        height=str(photograph.height),
    )
    for hand in label.hands:
        image.append(_skeleton(hand, photograph))
    for tag in TAGS:
        if getattr(label, tag):
            ElementTree.SubElement(image, "tag", label=tag, source=_MANUAL)
    return image


def _skeleton(hand: Hand, photograph: LabelledPhotograph) -> ElementTree.Element:
    placed = [point for point in hand.points if point is not None]
    confirmed = all(point.confirmed for point in placed)
    skeleton = ElementTree.Element(
        "skeleton", label=HAND, source=_MANUAL if confirmed else _AUTO, z_order="0"
    )
    # CVAT wants a place for every point: those that are not there lie in the middle of the others.
    middle = _middle(placed, photograph)
    for name, point in zip(LANDMARKS, hand.points, strict=True):
        x, y = middle if point is None else (point.x, point.y)
        ElementTree.SubElement(
            skeleton,
            "points",
            label=name,
            source=_MANUAL if point is None or point.confirmed else _AUTO,
            outside=str(int(point is None or point.visibility == OUTSIDE)),
            occluded=str(int(point is not None and point.visibility == HIDDEN)),
            points=f"{x!r},{y!r}",
        )
    _attribute(skeleton, "hand", str(hand.id))
    _attribute(skeleton, "side", hand.side or SIDE_UNKNOWN)
    if placed:
        _attribute(skeleton, "sources", json.dumps(names_by_source(hand)))
    outside = [
        name
        for name, point in zip(LANDMARKS, hand.points, strict=True)
        if point is not None and point.visibility == OUTSIDE
    ]
    if outside:
        _attribute(skeleton, "outside", " ".join(outside))
    return skeleton


def _middle(points: list[Point], photograph: LabelledPhotograph) -> tuple[float, float]:
    if not points:
        return photograph.width / 2, photograph.height / 2
    return sum(p.x for p in points) / len(points), sum(p.y for p in points) / len(points)


def _text(parent: ElementTree.Element, tag: str, text: str) -> None:
    ElementTree.SubElement(parent, tag).text = text


def _attribute(parent: ElementTree.Element, name: str, value: str) -> None:
    ElementTree.SubElement(parent, "attribute", name=name).text = value


def read_cvat(data: bytes, name: str = "CVAT file") -> Document:
    """Photographs and hands of a file "CVAT for images 1.1", in the order of its images.

    Skeletons labelled `hand` are read; other shapes are left out. Where nothing else is said, the
    source of a point is "imported", and it is confirmed unless CVAT calls its source "auto".

    Args:
        name: of the file, for errors.

    Raises:
        UserError: one line, if it is no such file, has a document type, or says what cannot be.
    """
    root = parse_xml(data, name)
    if root.tag != "annotations":
        raise UserError(f"{name}: is no CVAT file: it begins with <{root.tag:.50}>")
    if root.find("track") is not None:
        raise UserError(f"{name}: is of a video: export it from CVAT as CVAT for images 1.1")
    labels = {skeleton.get("label") for skeleton in root.iter("skeleton")}
    if labels and HAND not in labels:
        others = ", ".join(sorted(str(label) for label in labels))
        raise UserError(f"{name}: no skeleton is labelled {HAND} (there are {others:.200})")
    return new_document(name, [_photograph(name, image) for image in root.iter("image")])


def _photograph(name: str, image: ElementTree.Element) -> LabelledPhotograph:
    path = image.get("name", "")
    where = f"{name}: image {path!r:.200}"
    skeletons = [shape for shape in image.iter("skeleton") if shape.get("label") == HAND]
    said = [_attributes(skeleton) for skeleton in skeletons]
    ids = free_ids(_whole(where, a["hand"]) if a.get("hand") else None for a in said)
    hands = [_hand(where, *parts) for parts in zip(ids, skeletons, said, strict=True)]
    tags = {tag.get("label") for tag in image.iter("tag")}
    label = new_label(where, hands, **{tag: tag in tags for tag in TAGS})
    width, height = (_whole(where, image.get(key, "")) for key in ("width", "height"))
    return new_photograph(where, path, width, height, label)


def _attributes(skeleton: ElementTree.Element) -> dict[str, str]:
    return {a.get("name", ""): (a.text or "").strip() for a in skeleton.iterfind("attribute")}


def _hand(where: str, number: int, skeleton: ElementTree.Element, said: dict[str, str]) -> Hand:
    where = f"{where}, hand {number}"
    text = said.get("sources")
    known = parse_json(dict[str, list[str]], text.encode(), f"{where}: sources") if text else None
    sources, outside = source_by_name(known), set(said.get("outside", "").split())
    points: list[Point | None] = [None] * len(LANDMARKS)
    for element in skeleton.iterfind("points"):
        landmark = element.get("label", "")
        if landmark not in NUMBER_OF:
            raise UserError(f"{where}: {landmark!r:.60} is no name of a landmark: rename it")
        if element.get("outside") == "1" and landmark not in outside:
            continue
        x, y = _place(f"{where}, {landmark}", element.get("points", ""))
        points[NUMBER_OF[landmark]] = new_point(
            f"{where}, {landmark}",
            x=x,
            y=y,
            visibility=_visibility(element),
            source=source_of(landmark, sources),
            confirmed=element.get("source", _MANUAL) != _AUTO,
        )
    side = said.get("side", SIDE_UNKNOWN)
    return new_hand(
        where, id=number, side=None if side == SIDE_UNKNOWN else side, points=tuple(points)
    )


def _visibility(element: ElementTree.Element) -> int:
    if element.get("outside") == "1":
        return OUTSIDE
    return HIDDEN if element.get("occluded") == "1" else VISIBLE


def _place(where: str, text: str) -> Iterable[float]:
    try:
        x, y = (float(number) for number in text.split(","))
    except ValueError:
        raise UserError(f"{where}: points must be x,y, is {text!r:.60}") from None
    return x, y


def _whole(where: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise UserError(f"{where}: must be a whole number, is {text!r:.60}") from None
