"""Drawn interactions: that they come off, and that they are what they say."""

from __future__ import annotations

import numpy as np
import pytest

from synth.errors import UserError
from synth.hand.contact import COMPRESSION, contacts, deepest
from synth.hand.limits import check
from synth.hand.model import HandShape, load_hand_model
from synth.interaction.contact import hands_contact, pair_depth
from synth.interaction.library import find_interaction, interaction_library
from synth.interaction.places import place_of, spot_of
from synth.interaction.posed import PosedHand, pair_skin, posed_hand
from synth.interaction.relax import LARGEST_GAP, separation
from synth.interaction.sample import MOST_DRAWS, Interaction, names_for, sample_interaction

MODEL = load_hand_model()
ADULT = MODEL.shape({"age": 0.7, "gender": 0.6})
SLIM = MODEL.shape({"age": 0.6, "gender": 0.1, "weight": 0.3})
CHILD = MODEL.shape({"age": 0.4})


def posed(found: Interaction, shapes: tuple[HandShape, HandShape]) -> tuple[PosedHand, PosedHand]:
    skins = [pair_skin(MODEL, shape) for shape in shapes]
    places = np.eye(4), found.second_to_first
    first, second = (
        posed_hand(skins[i], found.angles[i], found.sides[i], places[i]) for i in range(2)
    )
    return first, second


@pytest.mark.parametrize("name", interaction_library())
def test_every_interaction_comes_off(name: str) -> None:
    kind = find_interaction(name)
    people = "one" if kind.people == "one" else "two"
    shapes = (ADULT, ADULT) if people == "one" else (ADULT, SLIM)
    found = sample_interaction(np.random.default_rng(3), [name], MODEL, shapes, people)
    assert found.name == name
    assert found.redraws <= MOST_DRAWS
    assert (found.sides[0] == found.sides[1]) is False or kind.sides != "opposite"
    assert found.sides[0] == found.sides[1] or kind.sides != "same"
    for angles in found.angles:
        assert check(angles) == []
    rotation = found.second_to_first[:3, :3]
    assert rotation @ rotation.T == pytest.approx(np.eye(3), abs=1e-9)
    assert np.linalg.det(rotation) == pytest.approx(1)

    hands = posed(found, shapes)
    own = max(deepest(contacts(hand.skin.surface, hand.bones[:24])) for hand in hands)
    depth = max(own, pair_depth(hands_contact(*hands)))
    assert depth <= COMPRESSION
    assert found.depth == pytest.approx(depth, abs=1e-6)
    assert found.gap <= LARGEST_GAP
    # Without a slide, one of the alternatives' places are as near as the gap says.
    if not kind.slide:
        gaps = [
            max(
                np.linalg.norm(
                    separation(
                        *(
                            spot_of(hand, tuple(place_of(hand.skin, n) for n in names.split("+")))
                            for hand, names in zip(hands, pair, strict=True)
                        ),
                        kind.slack,
                    )
                )
                for pair in pairs
            )
            for pairs in kind.meet
        ]
        assert min(gaps) <= LARGEST_GAP + 1e-9


def test_a_parent_holds_a_childs_hand() -> None:
    shapes = ADULT, CHILD
    found = sample_interaction(np.random.default_rng(1), ["hand_in_hand"], MODEL, shapes, "two")
    assert set(found.sides) == {"left", "right"}
    assert pair_depth(hands_contact(*posed(found, shapes))) <= COMPRESSION


def test_palms_of_a_prayer_face_each_other_and_fingers_are_parallel() -> None:
    found = sample_interaction(np.random.default_rng(0), ["prayer"], MODEL, (ADULT, ADULT), "one")
    turn = found.second_to_first[:3, :3]
    assert turn[:, 2] @ [0, 0, -1] > 0.97
    assert turn[:, 1] @ [0, 1, 0] > 0.97
    assert found.arms.up @ [0, 1, 0] > 0.3


def test_linked_rings_cannot_be_pulled_apart() -> None:
    found = sample_interaction(
        np.random.default_rng(0), ["linked_rings"], MODEL, (ADULT, ADULT), "one"
    )
    loops = []
    for hand in posed(found, (ADULT, ADULT)):
        finger = [hand.bones[i, :3, 3] for i in (5, 6, 7, 8)]
        thumb = [hand.bones[i, :3, 3] for i in (3, 2, 1)]
        loops.append(hand.to_pair(np.array([*finger, *thumb])))
    assert abs(linking_number(*loops)) == pytest.approx(1, abs=0.05)


def linking_number(one: np.ndarray, other: np.ndarray, cuts: int = 80) -> float:
    """Gauss' integral over two closed lines."""

    def fine(loop: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        following = np.roll(loop, -1, axis=0)
        share = (np.arange(cuts) + 0.5)[:, None, None] / cuts
        points = loop + share * (following - loop)
        steps = np.broadcast_to((following - loop) / cuts, points.shape)
        return points.reshape(-1, 3), steps.reshape(-1, 3)

    (p, dp), (q, dq) = fine(one), fine(other)
    apart = p[:, None] - q[None]
    volume = (np.cross(dp[:, None], dq[None]) * apart).sum(-1)
    return float((volume / np.linalg.norm(apart, axis=-1) ** 3).sum() / (4 * np.pi))


def test_the_same_generator_gives_the_same_interaction() -> None:
    def drawn(seed: int) -> Interaction:
        rng = np.random.default_rng(seed)
        return sample_interaction(rng, ["index_tips", "fist_bump"], MODEL, (ADULT, ADULT), "one")

    one, same, other = drawn(5), drawn(5), drawn(6)
    assert one.angles == same.angles
    assert (one.second_to_first == same.second_to_first).all()
    assert one.name == "index_tips"  # two people's are not drawn for one
    assert (one.second_to_first != other.second_to_first).any()


def test_names_are_those_of_the_people() -> None:
    one, two = set(names_for("one")), set(names_for("two"))
    assert "prayer" in one - two
    assert "handshake" in two - one
    assert "wrist_hold" in one & two
    with pytest.raises(UserError, match="handshake"):
        sample_interaction(np.random.default_rng(0), ["handshake"], MODEL, (ADULT, ADULT), "one")
    with pytest.raises(UserError, match="no interaction 'kiss'"):
        sample_interaction(np.random.default_rng(0), ["kiss"], MODEL, (ADULT, ADULT), "one")
