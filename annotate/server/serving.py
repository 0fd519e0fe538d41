"""What all answers of one server draw on, and how they find a photograph or say why not."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Final, NoReturn

from fastapi import Depends, HTTPException, Path, Request

from annotate.labels import Label, state_of
from annotate.photographs.thumbnail import Kept, thumbnail
from annotate.server.compare import Comparison
from annotate.server.models import Detail, Problem
from annotate.store.look import look_at
from annotate.store.store import Photograph, Store, read_label_and_redo

if TYPE_CHECKING:
    from annotate.prelabel import Prelabeller

_THUMBNAILS_BYTES: Final = 32_000_000
_LOOKING: Final = 16

PhotographId = Annotated[int, Path(ge=1, le=2**53 - 1)]


@dataclass(frozen=True)
class Serving:
    """One server's folder, labels and helpers.

    Attributes:
        store: the labels.
        author: who labels here.
        load_tracker: gives what finds hands, and its name; called under `predicting`, each time
            that it is needed. None without a tracker.
        comparison: another pass over the same photographs, if there is one.
        thumbnails: those shown last, by id, size and time of the file.
        predicting: held while the tracker looks, which does so once at a time.
        looking: held while a photograph is looked at, by its id.
    """

    store: Store
    author: str = "person"
    load_tracker: Callable[[], tuple[Prelabeller, str]] | None = None
    comparison: Comparison | None = None
    thumbnails: Kept = field(default_factory=lambda: Kept(_THUMBNAILS_BYTES))
    predicting: threading.Lock = field(default_factory=threading.Lock)
    looking: tuple[threading.Lock, ...] = field(
        default_factory=lambda: tuple(threading.Lock() for _ in range(_LOOKING))
    )


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Error responses of a route, for its description."""
    return {status: {"model": Problem} for status in statuses}


def own_store(serving: Serving) -> Any:
    """What a router depends on so that a page is only answered about the store that it shows.

    At the same address another folder may be served later, whose photographs have the same ids:
    a page that was left open would show one folder and write into the other. 503, so that it
    waits until its own folder is served again.
    """

    async def check(request: Request) -> None:
        named = request.headers.get("x-store") or request.query_params.get("store")
        if named is not None and named != serving.store.id:
            refuse(
                503,
                f"another folder, {serving.store.folder.name}, is served here now: serve the first"
                " one again, or load this page anew",
            )

    return Depends(check)


def look(serving: Serving, photo_id: int, preview: bool = False) -> Photograph:
    """A photograph with its size or problem; its thumbnail is kept if it had to be decoded.

    Raises:
        HTTPException: 404 if there is no such photograph.
    """
    # A browser asks for a photograph's label, image and thumbnail at once: it is decoded for one.
    with serving.looking[photo_id % _LOOKING]:
        looked = look_at(serving.store, photo_id, preview)
        if looked is None:
            refuse(404, "there is no such photograph in the folder")
        if looked.preview is not None:
            serving.thumbnails.put(file_key(looked.photograph), thumbnail(looked.preview))
        return looked.photograph


def readable(serving: Serving, photo_id: int, preview: bool = False) -> Photograph:
    """The same for a photograph that can be shown.

    Raises:
        HTTPException: 404 if there is no such photograph, 410 if it cannot be shown.
    """
    found = look(serving, photo_id, preview)
    if found.problem is not None:
        refuse(410, f"{found.path}: {found.problem}")
    return found


def file_key(photograph: Photograph) -> tuple[int, int, int]:
    """What tells one content of a photograph from another."""
    return photograph.id, photograph.bytes, photograph.modified_ns


def modified(photograph: Photograph) -> int:
    """When its file was last written, milliseconds since 1970: as many as JavaScript can hold."""
    return photograph.modified_ns // 1_000_000


def detail(serving: Serving, photograph: Photograph) -> Detail:
    """A photograph with the label that holds now. One that was made at another size is not done:
    whoever looks at it again says so anew."""
    revision, redoable = read_label_and_redo(serving.store, photograph.id)
    label = Label() if revision is None else revision.label
    state = state_of(label)
    resized = revision is not None and state != "new" and revision.is_of_another_size(photograph)
    if resized:
        label, state = label.model_copy(update={"done": False}), "begun"
    return Detail(
        id=photograph.id,
        path=photograph.path,
        state=state if photograph.problem is None else "unreadable",
        width=photograph.width,
        height=photograph.height,
        problem=photograph.problem,
        modified=modified(photograph),
        unsure=photograph.unsure,
        revision=None if revision is None else revision.id,
        label=label,
        labelled_size=revision.size if revision is not None and resized else None,
        can_undo=revision is not None,
        can_redo=redoable,
    )


def refuse(status: int, line: str) -> NoReturn:
    """Answer with an error of one line."""
    raise HTTPException(status, " ".join(line.split()))
