"""From a store to a document and back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from annotate.documents import document_of, import_document
from annotate.formats.document import Document, LabelledPhotograph
from annotate.labels import Label
from annotate.store.store import history, open_store, photographs
from tests.annotate.folders import HEIGHT, WIDTH, held, made_hand, put, write_photographs

DONE = Label(hands=(made_hand(),), done=True)


def test_a_document_has_all_that_is_labelled(tmp_path: Path) -> None:
    folder = write_photographs(tmp_path, "a/2.png", "a/10.jpg", "b.png", "new.png", "torn.jpg")
    store = open_store(folder)
    put(store, "a/10.jpg", DONE)
    put(store, "a/2.png", Label(no_hand=True))
    put(store, "b.png", Label(mirrored=True))  # says nothing of hands
    put(store, "torn.jpg", DONE)
    (folder / "torn.jpg").write_bytes(b"torn")
    expected = (
        LabelledPhotograph("a/2.png", WIDTH, HEIGHT, Label(no_hand=True)),
        LabelledPhotograph("a/10.jpg", WIDTH, HEIGHT, DONE),
    )
    assert document_of(store).photographs == expected


def test_importing_labels_what_is_new_and_can_be_undone(tmp_path: Path) -> None:
    store = open_store(write_photographs(tmp_path, "a.png", "b.png", "c.png", "d.png"))
    mine = Label(hands=(made_hand(x=40),), done=True)
    put(store, "b.png", mine)
    put(store, "c.png", DONE)
    given = [LabelledPhotograph(name, WIDTH, HEIGHT, DONE) for name in ("a.png", "b.png", "c.png")]
    given.append(LabelledPhotograph("elsewhere.png", WIDTH, HEIGHT, DONE))
    given.append(replace(given[0], path="d.png", width=WIDTH + 1))
    document = Document(tuple(given))

    counts = import_document(store, document, "importer", replace=False)
    assert (counts.taken, counts.kept, counts.same) == (1, 1, 1)
    assert (counts.unknown, counts.other_size) == (["elsewhere.png"], ["d.png"])
    assert "elsewhere.png" in str(counts)
    assert (held(store, "a.png"), held(store, "b.png"), held(store, "d.png")) == (DONE, mine, None)

    counts = import_document(store, document, "importer", replace=True)
    assert (counts.taken, counts.kept, counts.same) == (1, 0, 2)
    assert held(store, "b.png") == DONE
    b = next(photo for photo in photographs(store) if photo.path == "b.png")
    revisions = history(store, b.id)
    assert [revision.label for revision in revisions] == [mine, DONE]
    assert revisions[1].parent == revisions[0].id
    assert revisions[1].author == "importer"
