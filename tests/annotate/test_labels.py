"""Types of a photograph's label: what is refused, and what a label says."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from annotate.labels import Hand, Label, Point, State, state_of

HAND = Hand(id=1)


@pytest.mark.parametrize(
    ("label", "state"),
    [
        (None, "new"),
        (Label(), "new"),
        (Label(mirrored=True), "new"),
        (Label(no_hand=True), "no hand"),
        (Label(hands=(HAND,)), "begun"),
        (Label(hands=(HAND,), done=True), "done"),
    ],
)
def test_states(label: Label | None, state: State) -> None:
    assert state_of(label) == state


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"hands": [{"id": 1}, {"id": 1}]}, "same id"),
        ({"hands": [{"id": 1}], "no_hand": True}, "no hands"),
        ({"hands": [{"id": 1, "points": [None] * 20}]}, "21 points, not 20"),
        ({"hands": [{"id": 0}]}, "greater than or equal to 1"),
        ({"hands": [{"id": 1, "side": "up"}]}, "'left' or 'right'"),
        ({"colour": 1}, "Extra inputs"),
    ],
)
def test_what_is_refused(values: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Label.model_validate(values)


@pytest.mark.parametrize("x", [float("nan"), float("inf"), 1e9, "left"])
def test_places_are_numbers_near_the_photograph(x: object) -> None:
    with pytest.raises(ValidationError):
        Point.model_validate({"x": x, "y": 0.0})


def test_a_label_is_the_same_after_a_trip_through_json() -> None:
    points = [Point(x=1.25, y=-3.5, visibility=0, source="tracker full", confirmed=False)]
    hand = Hand(id=3, side="left", points=(*points, *[None] * 20))
    label = Label(hands=(hand,), mirrored=True, done=True)
    assert Label.model_validate_json(label.model_dump_json()) == label
