"""Hands from what Label Studio exports as JSON."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

from pydantic import Field

from annotate.formats.document import Document, LabelledPhotograph
from annotate.formats.label_studio import CONFIRMED, STATES, VISIBILITIES
from annotate.formats.reading import (
    NUMBER_OF,
    Record,
    free_ids,
    new_document,
    new_hand,
    new_label,
    new_photograph,
    new_point,
    parse_json,
)
from annotate.labels import IMPORTED, VISIBLE, Point
from synth.errors import UserError
from synth.landmarks import LANDMARKS

#: Decimals of a pixel that a place in percent is good for.
_DECIMALS: Final = 6
#: Id of a hand's rectangle that `write_label_studio` gave it: its place among the hands, its id.
_REGION: Final = re.compile(r"hand-([0-9]{1,2})-([0-9]{1,7})")
_VISIBILITY_OF: Final = {word: visibility for visibility, word in VISIBILITIES.items()}


class _Value(Record):
    x: float = 0.0
    y: float = 0.0
    keypointlabels: tuple[str, ...] = ()
    rectanglelabels: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()


class _Meta(Record):
    text: tuple[str, ...] | str = ()


class _Item(Record):
    id: str = ""
    type: str = ""
    from_name: str = ""
    parentID: str | None = None  # noqa: N815 - Label Studio's own name
    original_width: int | None = None
    original_height: int | None = None
    value: _Value = _Value()
    meta: _Meta | None = None


class _Annotation(Record):
    result: tuple[_Item, ...] = ()
    was_cancelled: bool = False


class _Task(Record):
    data: dict[str, Any]
    annotations: tuple[_Annotation, ...] = ()
    predictions: tuple[_Annotation | int, ...] = ()
    id: int | str | None = Field(None)


def read_label_studio(data: bytes, name: str = "Label Studio file") -> Document:
    """Photographs and hands of Label Studio's export "JSON", in the order of its tasks.

    Of several annotations of a task the last one counts that was not cancelled; hands of the last
    prediction are added, unconfirmed, unless they are in the annotation too. Points without a hand
    are taken for one hand. Where nothing else is said, the source of a point is "imported". A task
    that says nothing, not even the photograph's size, is left out.

    Args:
        name: of the file, for errors.

    Raises:
        UserError: one line, if it is no such file, or says what cannot be.
    """
    photographs = (
        _photograph(f"{name}: task {number}", task)
        for number, task in enumerate(parse_json(tuple[_Task, ...], data, name), 1)
    )
    return new_document(name, [photograph for photograph in photographs if photograph])


def _photograph(where: str, task: _Task) -> LabelledPhotograph | None:
    path = _path(where, task.data)
    agreed = next((a.result for a in task.annotations[::-1] if not a.was_cancelled), ())
    guesses = [p for p in task.predictions if isinstance(p, _Annotation)]
    there = {item.id for item in agreed}
    guessed = [item for item in (guesses[-1].result if guesses else ()) if item.id not in there]
    size = _size([*agreed, *guessed], task.data)
    if size is None:
        return None
    where = f"{where} ({path!r:.200})"
    found = [*_hands(where, agreed, size, True), *_hands(where, guessed, size, False)]
    found.sort(key=lambda hand: hand[0])  # stable: hands drawn in Label Studio come last
    ids = free_ids(known for _, known, _, _ in found)
    hands = [
        new_hand(where, id=id_, side=side, points=points)
        for id_, (_, _, side, points) in zip(ids, found, strict=True)
    ]
    words = {
        word
        for item in agreed
        if item.from_name == "photograph" and item.type == "choices"
        for word in item.value.choices
    }
    states = {key: word in words for key, word in STATES.items()}
    return new_photograph(where, path, *size, new_label(where, hands, **states))


_Found = tuple[float, int | None, str | None, tuple[Point | None, ...]]


def _hands(where: str, items: Sequence[_Item], size: tuple[int, int], sure: bool) -> list[_Found]:
    """Of each hand its place among the hands, id, side and points; of new hands inf and None."""
    regions = [
        i.id for i in items if i.type == "rectanglelabels" and "hand" in i.value.rectanglelabels
    ]
    choices = {(i.id, i.from_name): i.value.choices for i in items if i.type == "choices"}
    groups: dict[str | None, list[_Item]] = {region: [] for region in regions}
    for item in items:
        if item.type == "keypointlabels":
            groups.setdefault(item.parentID if item.parentID in groups else None, []).append(item)
    found = []
    for region, group in groups.items():
        points: list[Point | None] = [None] * len(LANDMARKS)
        for item in group:
            name, point = _point(where, item, choices.get((item.id, "visibility"), ()), size, sure)
            if points[NUMBER_OF[name]] is not None:
                raise UserError(f"{where}: a hand has two points {name}: make a hand their parent")
            points[NUMBER_OF[name]] = point
        match = _REGION.fullmatch(region or "")
        place, known = (float(match[1]), int(match[2])) if match else (float("inf"), None)
        side = next(iter(choices.get((region or "", "side"), ())), None)
        found.append((place, known, side, tuple(points)))
    return found


def _point(
    where: str, item: _Item, choices: Sequence[str], size: tuple[int, int], sure: bool
) -> tuple[str, Point]:
    names = item.value.keypointlabels
    if len(names) != 1 or names[0] not in NUMBER_OF:
        raise UserError(f"{where}: {names!r:.60} is no name of a landmark: rename the label")
    text = item.meta.text if item.meta else ()
    lines = text.splitlines() if isinstance(text, str) else list(text)
    visibility = [_VISIBILITY_OF[word] for word in choices if word in _VISIBILITY_OF]
    return names[0], new_point(
        f"{where}: {names[0]}",
        x=round(item.value.x * size[0] / 100, _DECIMALS),
        y=round(item.value.y * size[1] / 100, _DECIMALS),
        visibility=visibility[0] if visibility else VISIBLE,
        source=lines[0] if lines else IMPORTED,
        confirmed=sure or CONFIRMED in lines[1:],
    )


def _size(items: Sequence[_Item], data: dict[str, Any]) -> tuple[int, int] | None:
    sizes = [(i.original_width, i.original_height) for i in items]
    for width, height in [*sizes, (data.get("width"), data.get("height"))]:
        if isinstance(width, int) and isinstance(height, int):
            return width, height
    return None


def _path(where: str, data: dict[str, Any]) -> str:
    """`data.path` where the file is ours; else the path in the address of the image."""
    path, address = data.get("path"), data.get("image")
    if isinstance(path, str):
        return path
    if not isinstance(address, str):
        raise UserError(f"{where}: has no data.image")
    parts = urlsplit(address)
    local = parse_qs(parts.query).get("d")  # of files that Label Studio serves from a folder
    return (local[0] if local else unquote(parts.path)).lstrip("/")
