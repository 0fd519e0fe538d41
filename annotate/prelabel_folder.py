"""The tracker over all photographs of a folder that no person has labelled yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from annotate.labels import Label, is_a_persons
from annotate.photographs.decode import UnreadableError, load_upright
from annotate.photographs.inside import open_inside
from annotate.prelabel import Prelabeller, with_prelabel
from annotate.store.store import (
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
    for a person has labelled them or the tracker had looked before. How many hands there were, and
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

    What is finished stays when it is stopped, and is left alone the next time.

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
        if is_a_persons(label) or (photograph.unsure is not None and not again):
            counts.left += 1
        elif _prelabel(store, photograph, label, prelabel, source, counts):
            counts.looked += 1
        else:
            counts.unreadable += 1
        watch(photograph)
    return counts


def _prelabel(
    store: Store,
    photograph: Photograph,
    label: Label,
    prelabel: Prelabeller,
    source: str,
    counts: Prelabelled,
) -> bool:
    """Whether the photograph could be read."""
    try:
        with open_inside(store.folder, photograph.path) as file:
            image = load_upright(file)
    except UnreadableError as error:
        set_problem(store, photograph.id, str(error))
        return False
    except OSError:  # it may be there again the next time
        return False
    set_size(store, photograph.id, image.shape[1], image.shape[0])
    answer = prelabel(image, label.mirrored)
    counts.with_hands += bool(answer.hands)
    counts.hands += len(answer.hands)
    counts.unsure += answer.unsure > UNSURE
    proposed = with_prelabel(label, answer)
    if proposed != label:
        commit(store, photograph.id, photograph.head, proposed, "ask the tracker", source)
    set_unsure(store, photograph.id, answer.unsure)
    return True
