"""Labels and photographs that Hypothesis draws."""

from __future__ import annotations

from hypothesis import strategies as st

from annotate.formats.document import Document, LabelledPhotograph
from annotate.labels import Hand, Label, Point
from synth.landmarks import LANDMARKS

#: Who may have placed a point: ours, and any text that JSON and XML have to bear.
SOURCES = st.sampled_from(
    ["person", "interpolated", "imported", "tracker full 0.1.0", "x"]
) | st.text(st.characters(codec="utf-8"), min_size=1, max_size=12)
#: Names of files as people and cameras give them, and as nobody should.
NAMES = st.sampled_from(
    [
        "a.jpg",
        "Ünï – côdé 手 🖐.png",
        "a b&c<d>\"e'.webp",
        "IMG_0001.JPG",
        "100%25?d=#;.jpg",
        "a+b.jpg",
    ]
) | st.text(
    st.characters(codec="utf-8", exclude_characters="/\0", exclude_categories=("Cc", "Cn", "Cs")),
    min_size=1,
    max_size=12,
).filter(lambda name: name not in (".", ".."))

coordinates = st.floats(-200, 1200, allow_nan=False) | st.integers(0, 500).map(float)
points = st.builds(
    Point,
    x=coordinates,
    y=coordinates,
    visibility=st.sampled_from([0, 1, 2]),
    source=SOURCES,
    confirmed=st.booleans(),
)
sides = st.sampled_from(["left", "right", None])


@st.composite
def labels(draw: st.DrawFn, point: st.SearchStrategy[Point] = points) -> Label:
    """Up to three hands, or none, in any state that a label can have."""
    if draw(st.booleans()) and draw(st.booleans()):
        return Label(
            no_hand=draw(st.booleans()), mirrored=draw(st.booleans()), done=draw(st.booleans())
        )
    ids = draw(st.lists(st.integers(1, 1_000_000) | st.integers(1, 4), unique=True, max_size=3))
    hands = []
    for id_ in ids:
        places = draw(st.sets(st.integers(0, len(LANDMARKS) - 1), max_size=6))
        if draw(st.booleans()) and draw(st.booleans()):
            places = set(range(len(LANDMARKS)))
        placed = {place: draw(point) for place in sorted(places)}
        hands.append(
            Hand(
                id=id_,
                side=draw(sides),
                points=tuple(placed.get(place) for place in range(len(LANDMARKS))),
            )
        )
    return Label(hands=tuple(hands), mirrored=draw(st.booleans()), done=draw(st.booleans()))


@st.composite
def documents(draw: st.DrawFn, label: st.SearchStrategy[Label] | None = None) -> Document:
    """Up to three photographs with different paths."""
    paths = draw(
        st.lists(st.lists(NAMES, min_size=1, max_size=3).map("/".join), unique=True, max_size=3)
    )
    return Document(
        tuple(
            LabelledPhotograph(
                path,
                draw(st.integers(1, 1000)),
                draw(st.integers(1, 1000)),
                draw(labels() if label is None else label),
            )
            for path in paths
        )
    )


def full_hand(
    x: float = 100, y: float = 100, size: float = 40, id_: int = 1, side: str | None = "left"
) -> Hand:
    """A hand with all points: wrist below, each finger a column upwards; palm of the given size."""
    places = [(x, y)]
    for finger in range(5):
        for joint in range(4):
            places.append((x + (finger - 2) * size / 4, y - size - joint * size / 4))
    return Hand.model_validate(
        {"id": id_, "side": side, "points": [{"x": a, "y": b} for a, b in places]}
    )
