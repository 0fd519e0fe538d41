"""What the page sends and gets, as JSON."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from annotate.labels import Label, State

#: Ids are integers that JavaScript holds exactly.
Id = Annotated[int, Field(ge=1, le=2**53 - 1)]


class _Sent(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Problem(BaseModel):
    """Why nothing was done: one line for a person."""

    detail: str


class Folder(BaseModel):
    """What is labelled here.

    Attributes:
        name: of the folder.
        store: id of its labels. A request that names another one, as `X-Store` or `?store=`, is
            answered 503.
        version: of the program.
        author: who labels.
        photographs: how many there are.
        states: how many of them are in each state; those in none are left out.
        tracker: whether it can be asked for hands.
        other: name of the pass that this one is compared with, None without one.
    """

    name: str
    store: str
    version: str
    author: str
    photographs: int
    states: dict[State, int]
    tracker: bool
    other: str | None


class Listed(BaseModel):
    """One photograph of the list; `disagreement` as in `Other`. What is null is left out."""

    id: Id
    path: str
    state: State
    unsure: float | None = None
    disagreement: float | None = None


class Photographs(BaseModel):
    """All photographs in natural order of their paths."""

    photographs: list[Listed]


class Detail(BaseModel):
    """One photograph and its label.

    Attributes:
        id, path, state, unsure: as in the list.
        width, height: pixels, upright; None if it cannot be shown.
        problem: why it cannot be shown, one line.
        modified: milliseconds since 1970; as `?v=` of the image's address it lets the browser keep
            the image.
        revision: the one that holds, None without any.
        label: what it says; without any revision the empty label.
        labelled_size: width and height that the photograph had when it was labelled, if it has
            others now: a person must look again. None if there is nothing to say.
        can_undo, can_redo: whether there is something to undo or redo.
    """

    id: Id
    path: str
    state: State
    width: int | None
    height: int | None
    problem: str | None
    modified: int
    unsure: float | None
    revision: Id | None
    label: Label
    labelled_size: tuple[int, int] | None
    can_undo: bool
    can_redo: bool


class Base(_Sent):
    """The revision that a change is made from, None if the photograph has none."""

    base: Id | None


class Edit(_Sent):
    """A new label, and what was done in a few words.

    Attributes:
        modified: of the photograph that the person sees; if its file is another one by now, nothing
            is written. None if nobody looks.
    """

    base: Id | None
    modified: Annotated[int, Field(ge=0, le=2**53 - 1)] | None = None
    action: str = Field(min_length=1, max_length=200)
    label: Label


class Other(BaseModel):
    """What the other pass says of a photograph, and by how much the two differ."""

    label: Label | None
    disagreement: float | None
