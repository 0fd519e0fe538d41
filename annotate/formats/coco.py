"""COCO keypoints: one annotation a hand, in the category `hand`.

Besides COCO's own keys, images and annotations have `attributes`, which COCO's readers pass over:
of an image `done`, `no_hand` and `mirrored`; of a hand `hand` (its id), `side`, `sources` (names of
the points by who placed them), `unconfirmed` (names) and `outside` (x, y by name of the points that
lie outside of the photograph, which COCO has no place for).
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Annotated, Any, Final, Literal

from pydantic import Field

from annotate.formats.document import Document, LabelledPhotograph
from annotate.formats.reading import (
    NUMBER_OF,
    Record,
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
from annotate.labels import OUTSIDE, Hand, Point, Side
from synth.errors import UserError
from synth.export.coco_hand import HAND, Placed, hand_category, keypoints_of, outside_of
from synth.landmarks import LANDMARKS

LOSSES: Final = (
    "COCO: nothing is lost when hand-annotate reads the file again. Other tools see a point"
    " outside of the photograph as not labelled, and do not see sides, sources, what is confirmed,"
    " done, no hand and mirrored, which stand under `attributes`. x, y have their origin at the"
    " corner of the first pixel, as COCO's boxes have. bbox and area are of the points, not of the"
    " skin."
)

#: JSON knows no difference between 2 and 2.0.
_VISIBILITIES: Final = {0.0: 0, 1.0: 1, 2.0: 2}


def write_coco(document: Document) -> bytes:
    """A COCO keypoint file, ASCII JSON; the same bytes for the same document.

    `v` of a keypoint is 2 visible, 1 hidden, 0 not placed or outside of the photograph (x and y are
    then 0). `bbox` is the smallest around the keypoints with v > 0, `area` its own.
    """
    annotations: list[dict[str, Any]] = []
    images = []
    for number, photograph in enumerate(document.photographs, 1):
        label = photograph.label
        images.append(
            {
                "id": number,
                "file_name": photograph.path,
                "width": photograph.width,
                "height": photograph.height,
                "attributes": {
                    "done": label.done,
                    "no_hand": label.no_hand,
                    "mirrored": label.mirrored,
                },
            }
        )
        for hand in label.hands:
            annotations.append(
                {"id": len(annotations) + 1, "image_id": number, **_annotation(hand)}
            )
    content = {
        "info": {"description": "21 points a hand, labelled with hand-annotate", "version": "1.0"},
        "licenses": [],
        "images": images,
        "annotations": annotations,
        "categories": [hand_category()],
    }
    # Not as UTF-8: tools open the file in their machine's own encoding.
    return (json.dumps(content, separators=(",", ":"), allow_nan=False) + "\n").encode("ascii")


def _annotation(hand: Hand) -> dict[str, Any]:
    placed: list[Placed] = [None if p is None else (p.x, p.y, p.visibility) for p in hand.points]
    inside_points = [p for p in hand.points if p is not None and p.visibility != OUTSIDE]
    x0, y0, x1, y1 = _bounds(inside_points)
    named = [(name, p) for name, p in zip(LANDMARKS, hand.points, strict=True) if p is not None]
    return {
        "category_id": HAND,
        "iscrowd": 0,
        **keypoints_of(placed),
        "bbox": [x0, y0, x1 - x0, y1 - y0],
        "area": (x1 - x0) * (y1 - y0),
        "attributes": {
            "hand": hand.id,
            "side": hand.side,
            "sources": names_by_source(hand),
            "unconfirmed": [name for name, point in named if not point.confirmed],
            "outside": outside_of(placed),
        },
    }


def _bounds(points: list[Point]) -> tuple[float, float, float, float]:
    if not points:
        return 0.0, 0.0, 0.0, 0.0
    xs, ys = [p.x for p in points], [p.y for p in points]
    return min(xs), min(ys), max(xs), max(ys)


class _ImageAttributes(Record):
    done: bool = False
    no_hand: bool = False
    mirrored: bool = False


class _Image(Record):
    id: int
    file_name: str
    width: int
    height: int
    attributes: _ImageAttributes = _ImageAttributes()


class _HandAttributes(Record):
    hand: int | None = None
    side: Side | None = None
    sources: dict[str, list[str]] | None = None
    unconfirmed: tuple[str, ...] = ()
    outside: dict[str, tuple[float, float]] = Field(default_factory=dict)


class _Annotation(Record):
    image_id: int
    category_id: int
    keypoints: tuple[float, ...] | None = None
    iscrowd: Literal[0, 1] = 0
    attributes: _HandAttributes = _HandAttributes()


class _Category(Record):
    id: int
    name: str = ""
    keypoints: tuple[str, ...] | None = None


class _File(Record):
    images: tuple[_Image, ...]
    annotations: tuple[_Annotation, ...]
    categories: Annotated[tuple[_Category, ...], Field(min_length=1)]


def read_coco(data: bytes, name: str = "COCO file") -> Document:
    """Photographs and hands of a COCO keypoint file, in the order of its images.

    Categories whose keypoints are the 21 of this project, in any order, are hands; annotations of
    others are left out. Of files that other tools wrote, points are confirmed and their source is
    "imported", no side is known, and no photograph is done.

    Args:
        name: of the file, for errors.

    Raises:
        UserError: one line, if it is no such file, or says what cannot be.
    """
    content = parse_json(_File, data, name)
    orders = {
        category.id: [NUMBER_OF[keypoint] for keypoint in category.keypoints]
        for category in content.categories
        if category.keypoints is not None and set(category.keypoints) == set(LANDMARKS)
        if len(category.keypoints) == len(LANDMARKS)
    }
    if not orders:
        names = ", ".join(category.name for category in content.categories)
        raise UserError(
            f"{name}: no category has the keypoints {LANDMARKS[0]} … {LANDMARKS[-1]}"
            f" (categories: {names:.200}): rename its keypoints"
        )
    of_image: dict[int, list[_Annotation]] = defaultdict(list)
    for annotation in content.annotations:
        if annotation.category_id in orders:
            of_image[annotation.image_id].append(annotation)
    known = {image.id for image in content.images}
    if len(known) < len(content.images):
        raise UserError(f"{name}: two images have the same id")
    if lost := of_image.keys() - known:
        raise UserError(f"{name}: annotations are of image {min(lost)}, which is not in the file")
    return new_document(
        name, [_photograph(name, image, of_image[image.id], orders) for image in content.images]
    )


def _photograph(
    name: str, image: _Image, annotations: list[_Annotation], orders: dict[int, list[int]]
) -> LabelledPhotograph:
    where = f"{name}: {image.file_name!r:.200}"
    ids = free_ids(annotation.attributes.hand for annotation in annotations)
    hands = [
        _hand(where, number, annotation, orders[annotation.category_id])
        for number, annotation in zip(ids, annotations, strict=True)
    ]
    label = new_label(where, hands, **image.attributes.model_dump())
    return new_photograph(where, image.file_name, image.width, image.height, label)


def _hand(where: str, number: int, annotation: _Annotation, order: list[int]) -> Hand:
    numbers, said = annotation.keypoints, annotation.attributes
    if annotation.iscrowd:
        raise UserError(f"{where}: an annotation is a crowd, which is no hand: remove it")
    if numbers is None or len(numbers) != 3 * len(LANDMARKS):
        raise UserError(f"{where}: a hand must have {3 * len(LANDMARKS)} numbers as keypoints")
    sources, unconfirmed = source_by_name(said.sources), set(said.unconfirmed)
    points: list[Point | None] = [None] * len(LANDMARKS)
    for place, landmark in enumerate(order):
        x, y, visibility = numbers[3 * place : 3 * place + 3]
        keypoint = LANDMARKS[landmark]
        if visibility == OUTSIDE:
            if keypoint not in said.outside:
                continue
            x, y = said.outside[keypoint]
        points[landmark] = new_point(
            f"{where}: {keypoint}",
            x=x,
            y=y,
            visibility=_VISIBILITIES.get(visibility, visibility),
            source=source_of(keypoint, sources),
            confirmed=keypoint not in unconfirmed,
        )
    return new_hand(where, id=number, side=said.side, points=tuple(points))
