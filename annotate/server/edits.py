"""Reading and changing labels."""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Final
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import Response

from annotate.agreement import disagreement
from annotate.documents import document_of
from annotate.formats.texts import TextFormatName, text_format
from annotate.server.compare import disagreements, other_label
from annotate.server.models import Base, Detail, Edit, Folder, Other, Photographs
from annotate.server.serving import (
    PhotographId,
    Serving,
    detail,
    errors,
    look,
    modified,
    own_store,
    readable,
)
from annotate.store.store import Conflict, commit, photographs, read_label, redo, state_counts, undo

_CHANGES: Final[dict[int | str, dict[str, Any]]] = errors(404, 409, 410, 503)
_DOWNLOAD: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The file",
        "content": {
            "application/json": {"schema": {}},
            "application/xml": {"schema": {"type": "string"}},
        },
    },
    **errors(503),
}


def label_routes(serving: Serving) -> APIRouter:
    """Routes of what is known of the photographs."""
    router = APIRouter(prefix="/api", dependencies=[own_store(serving)], responses=errors(503))
    store, comparison = serving.store, serving.comparison

    @router.get("/folder")
    def folder() -> Folder:
        """What is labelled here."""
        states = state_counts(store)
        return Folder(
            name=store.folder.name,
            store=store.id,
            version=_version(),
            author=serving.author,
            photographs=sum(states.values()),
            states=states,
            tracker=serving.load_tracker is not None,
            other=None if comparison is None else comparison.name,
        )

    @router.get("/photographs", response_model=Photographs)
    def listing() -> Response:
        """All photographs, in natural order."""
        # Written without the model, which would take most of the time for 20,000, and without what
        # is null, which would be half of the text.
        apart = {} if comparison is None else disagreements(comparison, store)
        found = []
        for photograph in photographs(store):
            entry: dict[str, Any] = {
                "id": photograph.id,
                "path": photograph.path,
                "state": photograph.state,
            }
            if photograph.unsure is not None:
                entry["unsure"] = photograph.unsure
            if photograph.id in apart:
                entry["disagreement"] = apart[photograph.id]
            found.append(entry)
        text = json.dumps({"photographs": found}, ensure_ascii=False, separators=(",", ":"))
        return Response(text.encode(), media_type="application/json")

    @router.get("/export/{format_name}", response_class=Response, responses=_DOWNLOAD)
    def export(format_name: TextFormatName) -> Response:
        """All labels as a file of another tool."""
        text = text_format(format_name)
        name = f"{store.folder.name}-{text.file_name}"
        return Response(
            text.write(document_of(store).document),
            headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"},
            media_type=text.content_type,
        )

    @router.get("/photographs/{photo_id}", responses=errors(404))
    def one(photo_id: PhotographId) -> Detail:
        """One photograph and its label; it is decoded if it never was."""
        return detail(serving, look(serving, photo_id))

    @router.get("/photographs/{photo_id}/other", responses=errors(404))
    def other(photo_id: PhotographId) -> Other:
        """What the other pass says of a photograph, if there is another pass."""
        found = look(serving, photo_id)
        label = None if comparison is None else other_label(comparison, found.path)
        own = read_label(store, photo_id)
        return Other(
            label=label, disagreement=disagreement(None if own is None else own.label, label)
        )

    @router.put("/photographs/{photo_id}/label", responses=_CHANGES)
    def put_label(photo_id: PhotographId, edit: Edit) -> Detail:
        """A new label. The answer is sent when it is on the disk."""
        found = readable(serving, photo_id)
        if edit.modified is not None and edit.modified != modified(found):
            raise Conflict("the photograph's file was changed meanwhile")
        commit(store, photo_id, edit.base, edit.label, edit.action, serving.author)
        return detail(serving, found)

    @router.post("/photographs/{photo_id}/undo", responses=_CHANGES)
    def undo_one(photo_id: PhotographId, body: Base) -> Detail:
        """Back to the label before."""
        found = readable(serving, photo_id)
        undo(store, photo_id, body.base)
        return detail(serving, found)

    @router.post("/photographs/{photo_id}/redo", responses=_CHANGES)
    def redo_one(photo_id: PhotographId, body: Base) -> Detail:
        """Forward to the label that was undone last."""
        found = readable(serving, photo_id)
        redo(store, photo_id, body.base)
        return detail(serving, found)

    return router


def _version() -> str:
    try:
        return version("handsynth")
    except PackageNotFoundError:
        return "not installed"
