"""From a store to a document and back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from annotate.documents import document_of, import_document
from annotate.formats.document import Document, LabelledPhotograph
from annotate.labels import Label
from annotate.store.look import look_at
from annotate.store.opening import close, open_store
from annotate.store.store import history, photographs
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
    assert document_of(store).document.photographs == expected


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


def test_what_is_passed_over_is_named(tmp_path: Path) -> None:
    folder = write_photographs(tmp_path, "a.png", "b.png", "c.png", "d.png", "e.png")
    store = open_store(folder)
    for name in ("a.png", "b.png", "c.png", "d.png"):
        look_at(store, store.places[name] + 1)
        put(store, name, DONE)
    assert document_of(store).left_out() == ""
    close(store)
    (folder / "b.png").rename(folder / "renamed.png")
    (folder / "c.png").write_bytes(b"\xff\xd8\xff torn")
    half = cv2.resize(cv2.imread(str(folder / "d.png")), (WIDTH // 2, HEIGHT // 2))
    cv2.imwrite(str(folder / "d.png"), half)
    store = open_store(folder)
    gathered = document_of(store)
    assert [photo.path for photo in gathered.document.photographs] == ["a.png"]
    assert (gathered.gone, gathered.unreadable, gathered.other_size) == (
        ("b.png",),
        ("c.png",),
        ("d.png",),
    )
    assert gathered.left_out() == (
        "labelled photographs left out: 1 not in the folder any more, such as b.png, 1 unreadable,"
        " such as c.png, 1 of another size than when labelled (look again on the page), such as"
        " d.png"
    )


def test_a_file_that_says_nothing_labels_nothing(tmp_path: Path) -> None:
    store = open_store(write_photographs(tmp_path, "a.png", "b.png"))
    put(store, "a.png", DONE)
    given = [LabelledPhotograph(name, WIDTH, HEIGHT) for name in ("a.png", "b.png")]
    for replace_ in (False, True):
        counts = import_document(store, Document(tuple(given)), "importer", replace=replace_)
        assert (counts.taken, counts.same, counts.kept) == (0, 0, 0)
        assert counts.silent == ["a.png", "b.png"]
    assert "2 without a hand in the file" in str(counts)
    assert (held(store, "a.png"), held(store, "b.png")) == (DONE, None)


def test_hands_can_be_taken_as_done(tmp_path: Path) -> None:
    store = open_store(write_photographs(tmp_path, "a.png", "b.png"))
    guessed = Label(hands=(made_hand(confirmed=False),))
    given = (
        LabelledPhotograph("a.png", WIDTH, HEIGHT, guessed),
        LabelledPhotograph("b.png", WIDTH, HEIGHT),
    )
    counts = import_document(store, Document(given), "importer", replace=False, done=True)
    assert (counts.taken, counts.silent) == (1, ["b.png"])
    assert held(store, "a.png") == DONE
    counts = import_document(store, Document(given), "importer", replace=False, done=True)
    assert (counts.taken, counts.same) == (0, 1)


def test_what_was_labelled_at_another_size_can_be_taken_anew(tmp_path: Path) -> None:
    store = open_store(write_photographs(tmp_path, "a.png"))
    look_at(store, 1)
    put(store, "a.png", DONE)
    cv2.imwrite(str(tmp_path / "a.png"), np.zeros((2 * HEIGHT, 2 * WIDTH, 3), np.uint8))
    given = Document((LabelledPhotograph("a.png", 2 * WIDTH, 2 * HEIGHT, DONE),))
    assert import_document(store, given, "importer", replace=True).taken == 1
    assert document_of(store).document == given
