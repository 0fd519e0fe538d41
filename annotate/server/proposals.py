"""Labels that are proposed to a person: by the tracker, or from the photographs around."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from fastapi import APIRouter
from numpy.typing import NDArray

from annotate.labels import INTERPOLATED, Label
from annotate.photographs.decode import UnreadableError, load_upright
from annotate.photographs.inside import open_inside
from annotate.sequences import sequence_of
from annotate.server.models import Base, Detail
from annotate.server.serving import (
    PhotographId,
    Serving,
    detail,
    errors,
    own_store,
    readable,
    refuse,
)
from annotate.store.store import Store, commit, label_at, photographs, read_label, set_unsure
from annotate.store.types import Photograph
from synth.errors import UserError

if TYPE_CHECKING:
    from annotate.prelabel import Prelabel

_CHANGES: Final[dict[int | str, dict[str, Any]]] = errors(404, 409, 410, 503)


def proposal_routes(serving: Serving) -> APIRouter:
    """Routes that commit a proposal, whose points are not confirmed."""
    router = APIRouter(
        prefix="/api/photographs/{photo_id}",
        dependencies=[own_store(serving)],
        responses=errors(503),
    )
    store = serving.store

    @router.post("/prelabel", responses=_CHANGES)
    def prelabel(photo_id: PhotographId, body: Base) -> Detail:
        """The tracker's hands beside those that a person has touched, and how unsure it is."""
        from annotate.prelabel import with_prelabel  # slow to import

        found = readable(serving, photo_id)
        # What takes long is not begun on an old label.
        label = label_at(store, photo_id, body.base)
        answer, source = _ask(serving, _pixels(store, found), label.mirrored)
        set_unsure(store, photo_id, answer.unsure)
        if not answer.hands:
            refuse(409, "the tracker finds no hand in this photograph")
        proposed = with_prelabel(label, answer)
        if proposed != label:
            commit(store, photo_id, body.base, proposed, "ask the tracker", source)
        return detail(serving, readable(serving, photo_id))

    @router.post("/interpolate", responses=_CHANGES)
    def interpolate(photo_id: PhotographId, body: Base) -> Detail:
        """Hands between those of the nearest confirmed photographs before and after."""
        from annotate.interpolate_folder import between  # slow to import

        found = readable(serving, photo_id)
        label = label_at(store, photo_id, body.base)
        labels = _Labels(store, {photo.path: photo for photo in photographs(store)})
        sequence = sequence_of(labels.photographs, found.path)
        proposed = between(labels, sequence, found.path, found.width, found.height)
        if proposed is None:
            refuse(409, "there are no two confirmed photographs with a hand in common around it")
        if proposed != label:
            commit(store, photo_id, body.base, proposed, "interpolate", INTERPOLATED)
        return detail(serving, found)

    return router


class _Labels(Mapping[str, Label]):
    """Labels by path, read when they are asked for: a sequence may be long."""

    def __init__(self, store: Store, photographs: Mapping[str, Photograph]) -> None:
        self.store = store
        self.photographs = photographs

    def __getitem__(self, path: str) -> Label:
        photograph = self.photographs[path]
        revision = None if photograph.head is None else read_label(self.store, photograph.id)
        if revision is None:
            raise KeyError(path)
        return revision.label

    def __iter__(self) -> Iterator[str]:
        return (path for path, found in self.photographs.items() if found.head is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _pixels(store: Store, photograph: Photograph) -> NDArray[np.uint8]:
    try:
        with open_inside(store.folder, photograph.path) as file:
            return load_upright(file)
    except (OSError, UnreadableError) as error:  # changed since it was looked at
        refuse(410, f"{photograph.path}: {error}")


def _ask(serving: Serving, image: NDArray[np.uint8], mirrored: bool) -> tuple[Prelabel, str]:
    if serving.load_tracker is None:
        refuse(409, "there is no tracker here: install onnxruntime to have one")
    with serving.predicting:
        try:
            prelabeller, source = serving.load_tracker()
        except UserError as error:
            refuse(409, f"the tracker cannot be loaded: {error}")
        return prelabeller(image, mirrored), source
