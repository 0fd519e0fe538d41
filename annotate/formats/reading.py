"""Files from elsewhere, checked: what is wrong is told in one line that names the place."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from annotate.formats.document import Document, LabelledPhotograph
from annotate.labels import IMPORTED, Hand, Label, Point
from synth.errors import UserError
from synth.landmarks import LANDMARKS

T = TypeVar("T")

#: Number of a landmark by its name.
NUMBER_OF: Final = {name: number for number, name in enumerate(LANDMARKS)}


class Record(BaseModel):
    """An object of a file: the keys that are looked at. Others may be there."""

    model_config = ConfigDict(extra="ignore", frozen=True)


def parse_json(kind: type[T], data: bytes, name: str) -> T:
    """Content of a JSON file.

    Args:
        kind: what it must be: a `Record`, or a list of some.
        name: of the file, for errors.

    Raises:
        UserError: one line with the place in the file and what is wrong there.
    """
    try:
        # Windows' editors put a mark of the encoding first, which JSON does not know.
        return TypeAdapter(kind).validate_json(data.removeprefix(codecs.BOM_UTF8))
    except ValidationError as error:
        raise UserError(f"{name}: {_first(error)}") from None


def new_label(where: str, hands: Iterable[Hand], **states: bool) -> Label:
    """A label from what a file says.

    Raises:
        UserError: if it contradicts itself; `where` says of which photograph.
    """
    try:
        return Label(hands=tuple(hands), **states)
    except ValidationError as error:
        raise UserError(f"{where}: {_first(error)}") from None


def new_hand(where: str, **values: Any) -> Hand:
    """A hand from what a file says.

    Raises:
        UserError: if a value is impossible.
    """
    try:
        return Hand(**values)
    except ValidationError as error:
        raise UserError(f"{where}: {_first(error)}") from None


def new_point(where: str, **values: Any) -> Point:
    """A point from what a file says.

    Raises:
        UserError: if a value is impossible.
    """
    try:
        return Point(**values)
    except ValidationError as error:
        raise UserError(f"{where}: {_first(error)}") from None


def new_photograph(
    where: str, path: str, width: int, height: int, label: Label
) -> LabelledPhotograph:
    """A photograph from what a file says.

    Raises:
        UserError: if the path leads out of the folder or the size is none.
    """
    try:
        return LabelledPhotograph(path, width, height, label)
    except ValueError as error:
        raise UserError(f"{where}: {error}") from None


def new_document(name: str, photographs: Iterable[LabelledPhotograph]) -> Document:
    """A document from what a file says.

    Raises:
        UserError: if a photograph is there twice.
    """
    try:
        return Document(tuple(photographs))
    except ValueError as error:
        raise UserError(f"{name}: {error}") from None


def free_ids(taken: Iterable[int | None]) -> list[int]:
    """Ids of a photograph's hands in order: those that are known, and new ones for None."""
    ids = list(taken)
    used = {known for known in ids if known is not None}
    news = (number for number in range(1, len(ids) + len(used) + 1) if number not in used)
    return [next(news) if known is None else known for known in ids]


def names_by_source(hand: Hand) -> dict[str, list[str]]:
    """Names of the placed points by who placed them."""
    names: dict[str, list[str]] = {}
    for name, point in zip(LANDMARKS, hand.points, strict=True):
        if point is not None:
            names.setdefault(point.source, []).append(name)
    return names


def source_by_name(names: Mapping[str, Sequence[str]] | None) -> dict[str, str]:
    """The inverse of `names_by_source`; what the file does not say is left out."""
    return {name: source for source, group in (names or {}).items() for name in group}


def source_of(name: str, known: Mapping[str, str]) -> str:
    """Source of a point that is read from a file."""
    return known.get(name, IMPORTED)


def _first(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_context=False)[0]
    place = "".join(f"[{p}]" if isinstance(p, int) else f".{p}" for p in first["loc"]).lstrip(".")
    return f"{place}: {first['msg']}" if place else first["msg"]
