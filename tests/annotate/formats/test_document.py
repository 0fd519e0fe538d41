from __future__ import annotations

import pytest
from hypothesis import given, settings

from annotate.formats.document import Document, LabelledPhotograph, flipped, is_inside, unmirrored
from annotate.labels import Hand, Label, Point
from tests.annotate.drawn import documents


@pytest.mark.parametrize(
    "path",
    ["", "/a.jpg", "a//b.jpg", "../a.jpg", "a/../../b.jpg", "./a.jpg", "a\0.jpg", "\ud800.jpg"],
)
def test_paths_stay_in_the_folder(path: str) -> None:
    with pytest.raises(ValueError, match="no path inside"):
        LabelledPhotograph(path, 1, 1)


def test_photographs_have_pixels_and_are_there_once() -> None:
    with pytest.raises(ValueError, match="no pixels"):
        LabelledPhotograph("a.jpg", 0, 1)
    photograph = LabelledPhotograph("a.jpg", 1, 1)
    with pytest.raises(ValueError, match=r"a\.jpg: is there twice"):
        Document((photograph, photograph))


def test_a_flipped_photograph_is_counted_from_the_other_edge() -> None:
    points = (Point(x=10, y=5), *[None] * 20)
    label = Label(hands=(Hand(id=4, side="left", points=points),), mirrored=True, done=True)
    photograph = LabelledPhotograph("a.jpg", 100, 50, label)
    plain = unmirrored(photograph)
    assert plain.label.hands[0].points[0] == Point(x=90, y=5)
    assert (plain.label.mirrored, plain.label.done, plain.label.hands[0].side) == (
        False,
        True,
        "left",
    )
    assert unmirrored(plain) is plain
    assert flipped(plain) == photograph


@settings(deadline=None)
@given(documents())
def test_flipping_twice_gives_the_same(document: Document) -> None:
    for photograph in document.photographs:
        twice = flipped(flipped(photograph))
        assert twice.label.mirrored == photograph.label.mirrored
        for hand, other in zip(twice.label.hands, photograph.label.hands, strict=True):
            for a, b in zip(hand.points, other.points, strict=True):
                assert (a is None) == (b is None)
                assert a is None or b is None or abs(a.x - b.x) < 1e-9


@pytest.mark.parametrize(
    ("point", "inside"),
    [
        (Point(x=0, y=0), True),
        (Point(x=10, y=20), True),
        (Point(x=10.1, y=20), False),
        (Point(x=-0.1, y=0), False),
        (Point(x=5, y=5, visibility=1), True),
        (Point(x=5, y=5, visibility=0), False),
    ],
)
def test_inside(point: Point, inside: bool) -> None:
    assert is_inside(point, 10, 20) == inside
