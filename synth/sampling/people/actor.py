"""A person on the scene: figure, place, looks, and what its hands are there for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from synth.body.model import SIDES
from synth.grasp.grasp import Grasp
from synth.rotations import rotation_about
from synth.sampling.draws import Draws
from synth.sampling.dress import sample_body_look, sample_forearm_sleeve
from synth.sampling.held_hand import held_thing
from synth.sampling.people.person import Figure, stand
from synth.sampling.people.props import Table, sample_table
from synth.sampling.people.stance import sample_stance
from synth.sampling.worn import sample_worn
from synth.scene import BodyLook, HandLook, Side, Thing

Array = NDArray[np.float64]

#: What a camera is there for.
Setting = Literal["webcam", "phone", "room", "desk", "egocentric"]
SETTINGS: Final[tuple[Setting, ...]] = get_args(Setting)

_SEATED_SHARE: Final[dict[Setting, float]] = {
    "webcam": 0.85,
    "phone": 0.4,
    "room": 0.25,
    "desk": 1.0,
    "egocentric": 0.6,
}
#: Of those who sit.
_TABLE_SHARE: Final[dict[Setting, float]] = {
    "webcam": 0.35,
    "phone": 0.2,
    "room": 0.4,
    "desk": 1.0,
    "egocentric": 0.5,
}


@dataclass(frozen=True)
class Holding:
    """A thing in a hand; `number` counts in the scene's things."""

    number: int
    thing: Thing
    grasp: Grasp


@dataclass(frozen=True)
class Actor:
    """A person on the scene.

    Attributes:
        body_to_world: (4, 4) rigid.
        hands: numbers of the right and the left hand in the scene.
        joined: whether its hands are in contact.
        table: before it.
        holdings: by side.
    """

    figure: Figure
    body_to_world: Array
    look: BodyLook
    hands: tuple[int, int]
    joined: bool = False
    table: Table | None = None
    holdings: dict[Side, Holding] = field(default_factory=dict)


def sample_actor(draws: Draws, number: int, setting: Setting, joined: bool, things: int) -> Actor:
    """One of the scene's people.

    Args:
        number: 0 the first, 1 the one beside it.
        things: that the scene has already.
    """
    rng = draws.rng(f"stance {number}")
    person = draws.person(number)
    hands = (2 * number, 2 * number + 1)
    look = sample_body_look(
        draws.rng(f"dress {number}"), person, f"{draws.identity(number):06d}", hands
    )
    seated = bool(rng.uniform() < _SEATED_SHARE[setting])
    bowed = (-10.0, 45.0) if setting in ("egocentric", "desk") else (-15.0, 20.0)
    figure = stand(rng, person, look.face, sample_stance(rng, seated, bowed))
    at_table = not number and seated and draws.rng("table").uniform() < _TABLE_SHARE[setting]
    return Actor(
        figure=figure,
        body_to_world=_beside(rng, figure) if number else _in_the_middle(figure),
        look=look,
        hands=hands,
        joined=joined,
        table=sample_table(draws.rng("table top"), figure, draws.split) if at_table else None,
        holdings={} if joined else _sample_holdings(draws, number, figure, things),
    )


def hand_looks(draws: Draws, actor: Actor) -> list[HandLook]:
    """The person's right and left hand."""
    person = actor.figure.person
    sleeves = draws.rng(f"forearms {actor.hands[0]}")
    looks = []
    for side, number in zip(SIDES, actor.hands, strict=True):
        sleeve = sample_forearm_sleeve(sleeves, actor.look, actor.figure.hand)
        start = None if sleeve is None else sleeve.start
        holding = actor.holdings.get(side)
        glove, ornaments, marks = sample_worn(
            draws.rng(f"worn {number}"), draws.manifest.worn, person, side, start
        )
        looks.append(
            HandLook(
                side=side,
                identity=actor.look.identity,
                phenotype=person.phenotype,
                blendshapes=person.blendshapes,
                skin=person.skin,
                sleeve=sleeve,
                glove=glove,
                ornaments=ornaments,
                marks=marks,
                holds=None if holding is None else holding.number,
            )
        )
    return looks


def _sample_holdings(draws: Draws, number: int, figure: Figure, things: int) -> dict[Side, Holding]:
    holdings: dict[Side, Holding] = {}
    for side in SIDES:
        rng = draws.rng(f"holds {number} {side}")
        if rng.uniform() < draws.manifest.people.held_share:
            thing, grasp = held_thing(draws, f"grasp {number} {side}", figure.hand)
            holdings[side] = Holding(things + len(holdings), thing, grasp)
    return holdings


def _in_the_middle(figure: Figure) -> Array:
    """(4, 4) with the breastbone in the middle of the world, where lamps aim."""
    matrix = np.eye(4)
    matrix[2, 3] = -figure.joint("spine01")[2]
    return matrix


def _beside(rng: np.random.Generator, figure: Figure) -> Array:
    """(4, 4) of a second person beside the first, turned a little to it."""
    aside = float(rng.choice([-1.0, 1.0])) * rng.uniform(0.5, 0.95)
    matrix = _in_the_middle(figure)
    turn = rng.normal(-0.3 * np.sign(aside), 0.4)
    matrix[:3, :3] = rotation_about(np.array([0.0, 0.0, 1.0]), turn)
    matrix[:2, 3] = aside, rng.uniform(-0.25, 0.45)
    return matrix
