"""What is said of one photograph: its hands, their 21 points, and who said so.

Pixels are those of the upright photograph, turned as its EXIF tag asks: what a browser shows and
what most tools read. x, y have their origin at the top-left corner of the top-left pixel, so the
pixel in row i, column j has its centre at (j + 0.5, i + 0.5).
"""

from __future__ import annotations

from typing import Annotated, Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator

from synth.landmarks import LANDMARKS

Side: TypeAlias = Literal["left", "right"]
#: 0 outside the photograph, 1 inside but hidden, 2 visible, as in docs/format.md.
Visibility: TypeAlias = Literal[0, 1, 2]
#: What is known of a photograph: nothing; what has not been confirmed; all of it; that there is no
#: hand; or that its file cannot be shown.
State: TypeAlias = Literal["new", "begun", "done", "no hand", "unreadable"]

OUTSIDE: Final = 0
HIDDEN: Final = 1
VISIBLE: Final = 2

#: Source of points that a person placed. Others are "interpolated", "imported", "copied" (by the
#: page, from the photograph before), or the tracker's model with its weights, as in "tracker full
#: d83a273e".
PERSON: Final = "person"
INTERPOLATED: Final = "interpolated"
IMPORTED: Final = "imported"
#: First word of the sources of the tracker's points.
TRACKER: Final = "tracker"

#: Pixels from a corner beyond which no point of a photograph can be meant.
_FAR: Final = 100_000.0
Pixel = Annotated[float, Field(ge=-_FAR, le=_FAR, allow_inf_nan=False)]
#: More hands than any photograph is labelled with.
MOST_HANDS: Final = 32


class _Plain(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Point(_Plain):
    """One landmark.

    Attributes:
        x, y: pixels; may lie outside of the photograph where `visibility` is 0.
        visibility: 0 outside, 1 hidden, 2 visible.
        source: who placed it.
        confirmed: whether a person placed it or agreed to where it is.
    """

    x: Pixel
    y: Pixel
    visibility: Visibility = VISIBLE
    source: str = Field(PERSON, min_length=1, max_length=100)
    confirmed: bool = True


class Hand(_Plain):
    """One hand.

    Attributes:
        id: its number, unique in the photograph; along a sequence the same hand keeps it.
        side: the person's left or right, however the photograph shows it; None if not known yet.
        points: 21 landmarks in the project's order; None where not placed.
    """

    id: int = Field(ge=1, le=1_000_000)
    side: Side | None = None
    points: tuple[Point | None, ...] = Field((None,) * len(LANDMARKS))

    @model_validator(mode="after")
    def _check(self) -> Hand:
        if len(self.points) != len(LANDMARKS):
            raise ValueError(f"a hand has {len(LANDMARKS)} points, not {len(self.points)}")
        return self


class Label(_Plain):
    """All that is said of one photograph.

    Attributes:
        hands: in the order in which they were begun.
        no_hand: a person says that there is none.
        mirrored: the photograph is a mirror image, as selfies often are. Sides are the person's
            all the same.
        done: a person says that every hand in it is labelled.
    """

    hands: tuple[Hand, ...] = Field((), max_length=MOST_HANDS)
    no_hand: bool = False
    mirrored: bool = False
    done: bool = False

    @model_validator(mode="after")
    def _check(self) -> Label:
        ids = [hand.id for hand in self.hands]
        if len(set(ids)) != len(ids):
            raise ValueError("two hands of a photograph have the same id")
        if self.no_hand and self.hands:
            raise ValueError("a photograph without a hand has no hands")
        return self


def is_finished(label: Label) -> bool:
    """Whether all is known of a photograph: its hands are labelled, or it has none."""
    return state_of(label) in ("done", "no hand")


def is_touched(hand: Hand) -> bool:
    """Whether a person placed or confirmed any of its points."""
    return any(point is not None and point.confirmed for point in hand.points)


def is_a_persons(label: Label) -> bool:
    """Whether a person has said anything of the photograph's hands."""
    return label.done or label.no_hand or any(map(is_touched, label.hands))


def is_only_from(label: Label, *sources: str) -> bool:
    """Whether all of its points come from these sources, named by their first words."""
    points = (point for hand in label.hands for point in hand.points if point is not None)
    return all(point.source.partition(" ")[0] in sources for point in points)


def confirmed(label: Label) -> Label:
    """The label as somebody leaves it who agrees to all of it: its points confirmed, and done."""
    hands = tuple(
        hand.model_copy(
            update={
                "points": tuple(
                    point and point.model_copy(update={"confirmed": True}) for point in hand.points
                )
            }
        )
        for hand in label.hands
    )
    return label.model_copy(update={"hands": hands, "done": True})


def state_of(label: Label | None) -> State:
    """What is known of a photograph that can be shown."""
    if label is None or not (label.hands or label.no_hand):
        return "new"
    if label.no_hand:
        return "no hand"
    return "done" if label.done else "begun"
