"""Between a store and the plain values that formats are written from and read into."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from annotate.formats.document import Document, LabelledPhotograph
from annotate.labels import State, confirmed, state_of
from annotate.store.look import look_at
from annotate.store.store import (
    Conflict,
    Store,
    commit,
    labelled,
    labelled_and_gone,
    photographs,
    read_label,
)


@dataclass(frozen=True)
class Gathered:
    """What a store says, and what of it cannot be used.

    Attributes:
        document: the photographs of which anything is said, in natural order.
        paths: of all photographs in the folder, from which splits follow.
        gone: paths of labelled photographs that are not in the folder any more.
        unreadable: paths of those that cannot be read.
        other_size: paths of those that have another size than when they were labelled.
    """

    document: Document
    paths: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()
    other_size: tuple[str, ...] = ()

    def left_out(self) -> str:
        """A line for a person, empty if nothing is left out."""
        parts = _named(
            (self.gone, "not in the folder any more"),
            (self.unreadable, "unreadable"),
            (self.other_size, "of another size than when labelled (look again on the page)"),
        )
        return f"labelled photographs left out: {', '.join(parts)}" if parts else ""


def document_of(store: Store) -> Gathered:
    """All photographs of which anything is said. Those that cannot be read are passed over, as are
    those that have changed their size since: their points would lie elsewhere."""
    found: list[LabelledPhotograph] = []
    unreadable: list[str] = []
    other_size: list[str] = []
    for photograph, revision in labelled(store):
        if state_of(revision.label) == "new":
            continue
        looked = look_at(store, photograph.id)
        now = photograph if looked is None else looked.photograph
        if looked is None or now.width is None or now.height is None:
            unreadable.append(photograph.path)
        elif revision.is_of_another_size(now):
            other_size.append(photograph.path)
        else:
            found.append(LabelledPhotograph(photograph.path, now.width, now.height, revision.label))
    return Gathered(
        Document(tuple(found)),
        tuple(store.places),
        tuple(labelled_and_gone(store)),
        tuple(unreadable),
        tuple(other_size),
    )


@dataclass
class Imported:
    """What became of a document's photographs.

    Attributes:
        taken: got a revision.
        same: say already what the document says.
        kept: have labels that were not to be replaced.
        silent: paths of which the document says nothing: neither hands nor that there is none.
        unknown: paths that are not in the folder, or cannot be read.
        other_size: paths whose photographs have another size than the document says.
    """

    taken: int = 0
    same: int = 0
    kept: int = 0
    silent: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    other_size: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        parts = [f"{self.taken} photographs labelled", f"{self.same} the same as before"]
        parts += [f"{self.kept} kept (use --replace to label them too)"] * bool(self.kept)
        parts += _named(
            (self.silent, "without a hand in the file, left alone"),
            (self.unknown, "not there or unreadable"),
            (self.other_size, "of another size, left alone"),
        )
        return ", ".join(parts)


def import_document(
    store: Store, document: Document, author: str, replace: bool, done: bool = False
) -> Imported:
    """Commit what a document says, a revision a photograph, which can be undone.

    Args:
        store: of the folder that the document's paths are in.
        document: what another tool wrote.
        author: of the revisions.
        replace: also where something is said already.
        done: take photographs with hands as confirmed and done, as a person's Enter does.
    """
    counts = Imported()
    ids = {photograph.path: photograph.id for photograph in photographs(store)}
    for given in document.photographs:
        looked = look_at(store, ids[given.path]) if given.path in ids else None
        if looked is None or looked.photograph.width is None:
            counts.unknown.append(given.path)
            continue
        if (looked.photograph.width, looked.photograph.height) != (given.width, given.height):
            counts.other_size.append(given.path)
            continue
        # An empty label would take away what is said, and mean nothing but that a file is silent.
        if state_of(given.label) == "new":
            counts.silent.append(given.path)
            continue
        label = confirmed(given.label) if done and given.label.hands else given.label
        held = read_label(store, looked.photograph.id)
        state: State = "new" if held is None else state_of(held.label)
        stale = held is not None and held.is_of_another_size(looked.photograph)
        if held is not None and held.label == label and not stale:
            counts.same += 1
        elif state != "new" and not replace:
            counts.kept += 1
        else:
            base = None if held is None else held.id
            try:
                commit(store, looked.photograph.id, base, label, "import", author)
                counts.taken += 1
            except Conflict:  # somebody has labelled it meanwhile
                counts.kept += 1
    return counts


def _named(*groups: tuple[Sequence[str], str]) -> list[str]:
    """How many paths of each group there are, and one of them."""
    return [f"{len(paths)} {what}, such as {paths[0]}" for paths, what in groups if paths]
