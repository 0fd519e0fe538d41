"""Between a store and the plain values that formats are written from and read into."""

from __future__ import annotations

from dataclasses import dataclass, field

from annotate.formats.document import Document, LabelledPhotograph
from annotate.labels import State, state_of
from annotate.store.look import look_at
from annotate.store.store import Store, commit, labelled, photographs, read_label


def document_of(store: Store) -> Document:
    """All photographs of which anything is said and that can be read, in natural order."""
    found = []
    for photograph, label in labelled(store):
        if state_of(label) == "new":
            continue
        looked = look_at(store, photograph.id)
        if looked is None or looked.photograph.width is None or looked.photograph.height is None:
            continue
        size = looked.photograph.width, looked.photograph.height
        found.append(LabelledPhotograph(photograph.path, *size, label))
    return Document(tuple(found))


@dataclass
class Imported:
    """What became of a document's photographs.

    Attributes:
        taken: got a revision.
        same: say already what the document says.
        kept: have labels that were not to be replaced.
        unknown: paths that are not in the folder, or cannot be read.
        other_size: paths whose photographs have another size than the document says.
    """

    taken: int = 0
    same: int = 0
    kept: int = 0
    unknown: list[str] = field(default_factory=list)
    other_size: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        parts = [f"{self.taken} photographs labelled", f"{self.same} the same as before"]
        parts += [f"{self.kept} kept (use --replace to label them too)"] * bool(self.kept)
        for paths, what in (
            (self.unknown, "not there or unreadable"),
            (self.other_size, "of another size, left alone"),
        ):
            if paths:
                parts.append(f"{len(paths)} {what}, such as {paths[0]}")
        return ", ".join(parts)


def import_document(store: Store, document: Document, author: str, replace: bool) -> Imported:
    """Commit what a document says, a revision a photograph, which can be undone.

    Args:
        store: of the folder that the document's paths are in.
        document: what another tool wrote.
        author: of the revisions.
        replace: also where something is said already.
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
        held = read_label(store, looked.photograph.id)
        state: State = "new" if held is None else state_of(held.label)
        if held is not None and held.label == given.label:
            counts.same += 1
        elif state != "new" and not replace:
            counts.kept += 1
        else:
            base = None if held is None else held.id
            commit(store, looked.photograph.id, base, given.label, "import", author)
            counts.taken += 1
    return counts
