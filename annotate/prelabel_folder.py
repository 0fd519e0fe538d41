"""The tracker over all photographs of a folder that no person has labelled yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from annotate.labels import TRACKER, Label, is_a_persons, is_only_from
from annotate.photographs.decode import UnreadableError, load_upright
from annotate.photographs.inside import open_inside
from annotate.prelabel import Prelabeller, with_prelabel
from annotate.store.store import (
    Conflict,
    Photograph,
    Store,
    commit,
    photographs,
    read_label,
    set_problem,
    set_size,
    set_unsure,
)

#: Answers further apart than this, of 1, want looking at first.
UNSURE: Final = 0.25


@dataclass
class Prelabelled:
    """How many photographs were looked at, had hands, and could not be read; and those left alone,
    for somebody has labelled them or the tracker had looked before. How many hands there were, and
    how many photographs the tracker is more unsure of than UNSURE."""

    looked: int = 0
    with_hands: int = 0
    hands: int = 0
    unsure: int = 0
    unreadable: int = 0
    left: int = 0


def prelabel_folder(
    store: Store,
    prelabel: Prelabeller,
    source: str,
    again: bool = False,
    watch: Callable[[Photograph], object] = lambda _: None,
) -> Prelabelled:
    """Commit the tracker's hands, a revision a photograph, and how unsure it is.

    What is finished stays when it is stopped, and is left alone the next time. Hands that do not
    come from a tracker (imported, copied, interpolated) are left alone too: somebody wanted them
    there, and they can only be confirmed as long as they are.

    Args:
        store: of the folder.
        prelabel: the tracker.
        source: its name, the author of the revisions.
        again: look at those again that it looked at before, and replace its hands.
        watch: called with each photograph when it is done.
    """
    counts = Prelabelled()
    for photograph in photographs(store):
        held = read_label(store, photograph.id)
        label = Label() if held is None else held.label
        asked = photograph.unsure is not None and not again
        if asked or is_a_persons(label) or not is_only_from(label, TRACKER):
            counts.left += 1
        else:
            base = None if held is None else held.id
            _prelabel(store, photograph, base, label, prelabel, source, counts)
        watch(photograph)
    return counts


def _prelabel(
    store: Store,
    photograph: Photograph,
    base: int | None,
    label: Label,
    prelabel: Prelabeller,
    source: str,
    counts: Prelabelled,
) -> None:
    """Look at one photograph, whose label is that of the revision `base`, and count it."""
    try:
        with open_inside(store.folder, photograph.path) as file:
            image = load_upright(file)
    except UnreadableError as error:
        set_problem(store, photograph.id, str(error))
        counts.unreadable += 1
        return
    except OSError:  # it may be there again the next time
        counts.unreadable += 1
        return
    set_size(store, photograph.id, image.shape[1], image.shape[0])
    answer = prelabel(image, label.mirrored)
    proposed = with_prelabel(label, answer)
    if proposed != label:
        try:
            commit(store, photograph.id, base, proposed, "ask the tracker", source)
        except Conflict:  # somebody has labelled it meanwhile
            counts.left += 1
            return
    set_unsure(store, photograph.id, answer.unsure)
    counts.looked += 1
    counts.with_hands += bool(answer.hands)
    counts.hands += len(answer.hands)
    counts.unsure += answer.unsure > UNSURE
