"""Draws two hands in contact: a named interaction as two people's (or one's) hands make it once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from synth.errors import UserError
from synth.hand.contact import COMPRESSION
from synth.hand.joint_angles import HandAngles, WristAngles
from synth.hand.limits import jitter
from synth.hand.model import HandModel, HandShape
from synth.hand.touch import meet
from synth.interaction.arms import Arms, People, arms_plausible, sample_arms
from synth.interaction.contact import hands_contact, pair_depth, watched_places
from synth.interaction.library import InteractionKind, Pair, find_interaction, interaction_library
from synth.interaction.places import Place, place_of, spot_of
from synth.interaction.posed import MIRROR, PairSkin, pair_skin, posed_hand
from synth.interaction.relax import LARGEST_GAP, Aim, Relaxed, Touch, largest_gap, relax
from synth.landmarks import BONES
from synth.rotations import rotation_about
from synth.scene import Side

Array = NDArray[np.float64]

#: An interaction that does not come off in so many draws is given up for another one.
MOST_DRAWS: Final = 8
#: Metres from which hands approach, the first at which they stand no deeper than _CLEAR in each
#: other.
_APPROACHES = (0.0, 0.015, 0.03, 0.045, 0.06, 0.075, 0.09)
_CLEAR = 0.003
#: How much pairs that only come near each other count in the first place of the hands.
_NEAR = 0.25


@dataclass(frozen=True)
class Interaction:
    """Two hands in contact.

    Attributes:
        name: in the library.
        people: whose hands they are.
        sides: of the first and the second hand.
        angles: of both, inside the limits, with the wrists.
        second_to_first: (4, 4) rigid: the second hand's `wrist_to_world` in the frame of the
            first's; mirrors of left hands are applied after it, as everywhere.
        arms: elbows, shoulders and the upward direction that go with them.
        depth: metres of the deepest place in which skin stands in skin, forearms included.
        gap: metres between the places that should meet, the largest.
        redraws: draws that were thrown away.
    """

    name: str
    people: People
    sides: tuple[Side, Side]
    angles: tuple[HandAngles, HandAngles]
    second_to_first: Array
    arms: Arms
    depth: float
    gap: float
    redraws: int


def names_for(people: People) -> tuple[str, ...]:
    """Interactions that one person, or two people, can have; in the library's order."""
    return tuple(
        name for name, kind in interaction_library().items() if kind.people in (people, "either")
    )


def sample_interaction(
    rng: np.random.Generator,
    names: Sequence[str] | None,
    model: HandModel,
    shapes: tuple[HandShape, HandShape],
    people: People,
) -> Interaction:
    """Draw an interaction that comes off: nothing stands deeper than COMPRESSION in anything,
    the places meet within LARGEST_GAP, and arms can hold the hands so.

    Args:
        names: to choose from, by default all that suit the people.
        shapes: of the first and the second hand; one person's are the same.

    Raises:
        UserError: a name that does not exist, or none that suits the people.
        RuntimeError: nothing came off in a great many draws.
    """
    fitting = [
        n for n in names or names_for(people) if find_interaction(n).people != _other(people)
    ]
    if not fitting:
        raise UserError(f"none of {', '.join(names or ())} is an interaction of {people}")
    skins = _skins(model, shapes)
    redraws = 0
    for _ in range(5 * len(fitting)):
        kind = find_interaction(fitting[int(rng.integers(len(fitting)))])
        for _ in range(MOST_DRAWS):
            found = draw_once(rng, kind, skins, people)
            if found is not None:
                return replace(found, redraws=redraws)
            redraws += 1
    raise RuntimeError(f"no interaction came off in {redraws} draws: {', '.join(fitting)}")


def _other(people: People) -> People:
    return "two" if people == "one" else "one"


def _skins(model: HandModel, shapes: tuple[HandShape, HandShape]) -> tuple[PairSkin, PairSkin]:
    first = pair_skin(model, shapes[0])
    return first, first if shapes[1] is shapes[0] else pair_skin(model, shapes[1])


def draw_once(
    rng: np.random.Generator,
    kind: InteractionKind,
    skins: tuple[PairSkin, PairSkin],
    people: People,
) -> Interaction | None:
    """One draw of an interaction, None if it does not come off."""
    shapes = skins[0].shape, skins[1].shape
    sides = _draw_sides(rng, kind, people)
    angles = _draw_angles(rng, kind, skins)
    pairs = kind.meet[int(rng.integers(len(kind.meet)))]
    radius, bearing = kind.slide * np.sqrt(rng.uniform()), rng.uniform(0, 2 * np.pi)
    slide = radius * np.cos(bearing), radius * np.sin(bearing)
    aim = _aim(kind, skins, pairs, slide)
    turn = _draw_turn(rng, kind, sides)
    place = _placed(skins, sides, angles, turn, aim, kind.linked)
    up = None if kind.up is None else _mirror(sides[0]) @ kind.up
    arms = sample_arms(rng, shapes, sides, place, people, up)
    if arms is None:
        return None
    angles = replace(angles[0], wrist=arms.wrists[0]), replace(angles[1], wrist=arms.wrists[1])
    relaxed = relax(skins, sides, angles, place, aim)
    if not relaxed.settled:
        return None
    return _held(rng, kind, relaxed, aim, skins, sides, people, up)


def _held(
    rng: np.random.Generator,
    kind: InteractionKind,
    relaxed: Relaxed,
    aim: Aim,
    skins: tuple[PairSkin, PairSkin],
    sides: tuple[Side, Side],
    people: People,
    up: Array | None,
) -> Interaction | None:
    """The same with arms for where the hands have come to, None without any."""
    shapes = skins[0].shape, skins[1].shape
    first, second = (hand.angles for hand in relaxed.hands)
    place = relaxed.second_to_first
    wrists = first.wrist, second.wrist
    arms = arms_plausible(rng, shapes, sides, wrists, place, people, up)
    if arms is None:
        arms = sample_arms(rng, shapes, sides, place, people, up)
    if arms is None:
        return None
    first, second = (
        replace(own, wrist=wrist) for own, wrist in zip((first, second), arms.wrists, strict=True)
    )
    hands = (
        posed_hand(skins[0], first, sides[0], np.eye(4)),
        posed_hand(skins[1], second, sides[1], place),
    )
    # The forearms' skin has turned with the pronation.
    depth = max(relaxed.own_depth, pair_depth(hands_contact(*hands)))
    gap = largest_gap(hands, aim.meet)
    if depth > COMPRESSION or gap > LARGEST_GAP:
        return None
    return Interaction(kind.name, people, sides, (first, second), place, arms, depth, gap, 0)


def _draw_sides(
    rng: np.random.Generator, kind: InteractionKind, people: People
) -> tuple[Side, Side]:
    left = rng.random() < 0.5
    first: Side = "left" if left else "right"
    other: Side = "right" if left else "left"
    if kind.sides == "opposite" or people == "one":
        return first, other
    if kind.sides == "same":
        # People greet each other with the right.
        own: Side = "left" if rng.random() < 0.15 else "right"
        return own, own
    return first, (first if rng.random() < 0.5 else other)


def _draw_angles(
    rng: np.random.Generator, kind: InteractionKind, skins: tuple[PairSkin, PairSkin]
) -> tuple[HandAngles, HandAngles]:
    drawn = []
    for posture, skin in zip(kind.postures, skins, strict=True):
        angles = HandAngles.from_vector(jitter(rng, posture.angles.to_vector(), posture.sigma))
        angles, _ = meet(skin.surface, angles, posture.touches)
        drawn.append(replace(angles, wrist=WristAngles()))
    return drawn[0], drawn[1]


def _draw_turn(rng: np.random.Generator, kind: InteractionKind, sides: tuple[Side, Side]) -> Array:
    """(3, 3) rigid turn of the second hand's frame in the pair frame."""
    vector = rng.normal(0.0, 1.0, 3) * kind.turn_sigma
    angle = float(np.linalg.norm(vector)) + 1e-12
    fingers, palm = kind.turn @ rotation_about(vector / angle, angle).T
    thumb = np.cross(fingers, palm) * (1.0 if sides[0] == sides[1] else -1.0)
    own = np.stack([thumb, fingers, palm], axis=1)
    return np.asarray(_mirror(sides[0]) @ own @ _mirror(sides[1]))


def _mirror(side: Side) -> Array:
    return MIRROR[:3, :3] if side == "left" else np.eye(3)


def _aim(
    kind: InteractionKind,
    skins: tuple[PairSkin, PairSkin],
    pairs: Sequence[Pair],
    slide: tuple[float, float],
) -> Aim:
    def places(hand: int, names: str, shift: tuple[float, float]) -> tuple[Place, ...]:
        return tuple(place_of(skins[hand], name, shift) for name in names.split("+"))

    def between(pair: Pair, slack: float) -> Touch:
        return Touch((0, 1), (places(0, pair[0], slide), places(1, pair[1], (0.0, 0.0))), slack)

    own = [
        Touch((i, i), (places(i, a, (0.0, 0.0)), places(i, b, (0.0, 0.0))))
        for i, posture in enumerate(kind.postures)
        for a, b in posture.touches
    ]
    return Aim(
        meet=(*(between(pair, kind.slack) for pair in pairs), *own),
        near=tuple(between(pair, 0.0) for pair in kind.near),
        rest=tuple(
            (i, place_of(skins[i], name))
            for i, posture in enumerate(kind.postures)
            for name in posture.rest
        ),
    )


def _placed(
    skins: tuple[PairSkin, PairSkin],
    sides: tuple[Side, Side],
    angles: tuple[HandAngles, HandAngles],
    turn: Array,
    aim: Aim,
    linked: bool,
) -> Array:
    """(4, 4) place of the second hand from which it approaches: the places are as near to each
    other as they can be, but for the distance along the first hand's normals at which the hands
    are clear of each other (none for linked ones)."""
    place = np.eye(4)
    place[:3, :3] = turn
    first = posed_hand(skins[0], angles[0], sides[0], np.eye(4))
    second = posed_hand(skins[1], angles[1], sides[1], place)
    total, away, weights = np.zeros(3), np.zeros(3), 0.0
    for touches, weight in ((aim.meet, 1.0), (aim.near, _NEAR)):
        for touch in touches:
            if touch.hands == (0, 1):
                one, other = spot_of(first, touch.places[0]), spot_of(second, touch.places[1])
                total += weight * (one.point - other.point)
                away += weight * one.normal
                weights += weight
    for distance in _APPROACHES[: 1 if linked else None]:
        place[:3, 3] = (total + distance * away) / weights
        second = posed_hand(skins[1], angles[1], sides[1], place)
        found = watched_places(first, second, 0.0)
        if pair_depth([c for c in found if max(c.bones) <= len(BONES)]) < _CLEAR:
            break
    return place
