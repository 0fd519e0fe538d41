"""The library of interactions as data."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from synth.errors import UserError
from synth.hand.limits import check
from synth.interaction.library import find_interaction, interaction_library, load_interactions
from synth.interaction.places import PLACES

PLAIN = "people: one, both: {gesture: flat_hand}, mirror: palm, meet: [[palm, palm]]"


def written(tmp_path: Path, entry: str) -> Path:
    path = tmp_path / "interactions.yaml"
    path.write_text(f"interactions:\n  own: {{{entry}}}\n")
    return path


def test_there_are_many_and_all_are_possible() -> None:
    library = interaction_library()
    assert len(library) >= 20
    for kind in library.values():
        assert kind.turn @ kind.turn.T == pytest.approx(np.eye(2), abs=1e-9), kind.name
        assert kind.people != "one" or kind.sides == "opposite"
        for posture in kind.postures:
            assert check(posture.angles) == []
        for pairs in kind.meet:
            assert pairs
            assert {n for pair in pairs for side in pair for n in side.split("+")} <= set(PLACES)
    assert {kind.people for kind in library.values()} == {"one", "two", "either"}
    assert {kind.sides for kind in library.values()} == {"opposite", "same", "any"}


def test_an_entry_is_read(tmp_path: Path) -> None:
    entry = PLAIN.replace("gesture: flat_hand", "gesture: flat_hand, index: [10, 20, 30]")
    kind = load_interactions(written(tmp_path, entry))["own"]
    index = kind.postures[1].angles.index
    assert np.degrees([index.mcp_flexion, index.pip, index.dip]) == pytest.approx([10, 20, 30])
    # A mirror in the palm's plane: fingers the same way, palms facing.
    assert kind.turn == pytest.approx(np.array([[0, 1, 0], [0, 0, -1]]))
    assert kind.meet == ((("palm", "palm"),),)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("flat_hand", "flat_hnd", "did you mean flat_hand"),
        ("[palm, palm]", "[palm, plam]", "no pair of places"),
        ("[[palm, palm]]", "[]", "no pair of places"),
        ("mirror: palm", "mirror: palms", "there is no 'palms'"),
        ("mirror: palm", "fingers: wrist", "mirror is missing"),
        ("mirror: palm", "fingers: palm, palm: palm", "too close"),
        ("mirror: palm", "mirror: palm, palm: back", "not both"),
        ("people: one", "people: one, sides: same", "a left and a right hand"),
        ("people: one", "people: two, sides: same", "only a left and a right"),
        ("flat_hand}", "flat_hand, index: [100, 0, 0]}", "outside"),
        ("people: one", "people: three", "people"),
        ("people: one", "people: one, colour: red", "colour"),
    ],
)
def test_mistakes_are_named_in_one_line(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in PLAIN
    with pytest.raises(UserError, match=message) as error:
        load_interactions(written(tmp_path, PLAIN.replace(old, new)))
    assert "\n" not in str(error.value)


def test_an_unknown_name_is_answered_with_a_near_one() -> None:
    with pytest.raises(UserError, match="did you mean handshake"):
        find_interaction("handshke")
