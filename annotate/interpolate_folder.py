"""Interpolation in a store: one photograph, or all between two that are confirmed."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping

from annotate.interpolate import interpolated, surrounding
from annotate.labels import INTERPOLATED, TRACKER, Label, is_a_persons, is_only_from, is_touched
from annotate.sequences import sequences
from annotate.store.look import look_at
from annotate.store.store import Conflict, Store, commit, labelled, photographs


def interpolate_folder(store: Store) -> int:
    """Commit interpolated hands wherever there are only the tracker's, or interpolated ones, and
    two confirmed photographs of the sequence are around; how many photographs got some."""
    held = {photograph.path: revision for photograph, revision in labelled(store)}
    labels = {path: revision.label for path, revision in held.items()}
    ids = {photograph.path: photograph for photograph in photographs(store)}
    count = 0
    for sequence in sequences(ids):
        for path in sequence:
            label = labels.get(path, Label())
            if is_a_persons(label) or not is_only_from(label, TRACKER, INTERPOLATED):
                continue
            looked = look_at(store, ids[path].id) if len(sequence) > 2 else None
            if looked is None:
                continue
            found = looked.photograph
            proposed = between(labels, sequence, path, found.width, found.height)
            if proposed is None or proposed == label:
                continue
            base = held[path].id if path in held else None
            with contextlib.suppress(Conflict):  # somebody has labelled it meanwhile
                commit(store, found.id, base, proposed, "interpolate", INTERPOLATED)
                count += 1
    return count


def between(
    labels: Mapping[str, Label],
    sequence: list[str],
    path: str,
    width: int | None,
    height: int | None,
) -> Label | None:
    """The label of a photograph with hands interpolated between its confirmed neighbours.

    Hands that a person has touched stay, others are replaced.

    Args:
        labels: by path; those of photographs that nobody has begun may be missing.
        sequence: paths in order.
        path: one of them.
        width, height: of the photograph in pixels, None if it cannot be read.

    Returns:
        None without two confirmed neighbours, or if they have no hand in common.
    """
    around = surrounding(labels, sequence, path)
    if around is None or width is None or height is None:
        return None
    label = labels.get(path, Label())
    hands = interpolated(labels[around.before], labels[around.after], around.share, width, height)
    kept = tuple(hand for hand in label.hands if is_touched(hand))
    new = tuple(hand for hand in hands if hand.id not in {other.id for other in kept})
    if not new:
        return None
    mirrored = labels[around.before].mirrored
    return label.model_copy(
        update={"hands": (*kept, *new), "no_hand": False, "done": False, "mirrored": mirrored}
    )
