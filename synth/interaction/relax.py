"""Moves two hands until the places that should meet do and no skin stands in other skin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from synth.hand.contact import COMPRESSION
from synth.hand.joint_angles import HandAngles
from synth.interaction.contact import PairContact, nearest_skin, pair_depth, watched_places
from synth.interaction.own_contact import OwnContact, keep_own_apart, measure_own
from synth.interaction.places import Place, Spot, spot_of
from synth.interaction.posed import PairSkin, PosedHand, posed_hand
from synth.interaction.wishes import ANGLES, EASE, LEFT, PULL, VARIABLES, Wishes, take_step
from synth.scene import Side

Array = NDArray[np.float64]
Hands = tuple[PosedHand, PosedHand]

#: Metres between places that meet, at most.
LARGEST_GAP: Final = 0.004
_ITERATIONS = 30
#: Steps after which a gap that may be left is not made smaller.
_CONTENT_AFTER = 14
#: A hand's contact with itself is dear to find: every so many steps, and when all else is well.
_SELF_EVERY = 4
#: Places so near to the other hand (metres) are watched, so that no step goes through it.
_WATCHED = 0.008
_MOST_CONTACTS = 70
#: How much pairs that only come near and places that rest count.
_NEAR, _REST = 0.25, 0.3
#: Places that rest on the other hand are drawn to it from so far away, metres.
_REST_REACH = 0.05
#: Less than so many metres in a step, on average, is no more closing.
_REST_GAIN = 0.0004
#: Depth (metres) with which the solver is content: its measure misses a little of COMPRESSION.
_ENOUGH = COMPRESSION - 0.0002
#: What a state must be better by (metres) to be looked at more closely.
_GAIN = 0.0003
#: Metres per radian by which angles and directions are drawn back to those that were drawn.
_POSTURE_SPRING = 0.003
_TURN_SPRING = 0.02
#: Cosine between the directions out of places that meet at most, and what it counts in metres.
_FACING = -0.5
_FACING_WEIGHT = 0.004


@dataclass(frozen=True)
class Touch:
    """Places that come together: of hands 0 (first) and 1 (second), or both of the same hand.

    Attributes:
        slack: metres by which they may miss each other along the skin.
    """

    hands: tuple[int, int]
    places: tuple[tuple[Place, ...], tuple[Place, ...]]
    slack: float = 0.0


@dataclass(frozen=True)
class Aim:
    """What two hands should come to.

    Attributes:
        meet: pairs that must meet.
        near: pairs that come near each other where they can.
        rest: (hand, place) that lies on the other hand.
    """

    meet: tuple[Touch, ...]
    near: tuple[Touch, ...]
    rest: tuple[tuple[int, Place], ...]


@dataclass(frozen=True)
class Relaxed:
    """Two hands after relaxing.

    Attributes:
        hands: posed, in the pair frame.
        second_to_first: (4, 4) rigid.
        depth: metres of the deepest contact with each other, about.
        own_depth: of the deepest of a hand with itself.
        gap: metres between places that should meet, the largest.
    """

    hands: Hands
    second_to_first: Array
    depth: float
    own_depth: float
    gap: float

    @property
    def settled(self) -> bool:
        return max(self.depth, self.own_depth) <= COMPRESSION and self.gap <= LARGEST_GAP


def relax(
    skins: tuple[PairSkin, PairSkin],
    sides: tuple[Side, Side],
    angles: tuple[HandAngles, HandAngles],
    second_to_first: Array,
    aim: Aim,
) -> Relaxed:
    """Small steps inside the ranges of motion; the best state that was seen.

    Wrist angles stay as they are.
    """
    start = np.concatenate([a.to_vector() for a in angles])
    vector, place = start, second_to_first
    own: tuple[list[OwnContact], list[OwnContact]] = ([], [])
    best: Relaxed | None = None
    best_score = np.inf
    last_rest = np.inf
    for iteration in range(_ITERATIONS):
        hands = _pose(skins, sides, vector, place)
        wishes = Wishes(pivot=place[:3, 3] + 0.07 * place[:3, 1])
        gap = _wish_to_meet(wishes, hands, aim)
        found = watched_places(*hands, _WATCHED)
        depth = pair_depth(found)
        rest = _wish_to_rest(wishes, hands, aim)
        score = max(depth, _ENOUGH) + 0.5 * max(gap, 0.5 * LARGEST_GAP) + 0.1 * rest
        closed = rest > last_rest - _REST_GAIN or rest < _REST_GAIN
        small = LARGEST_GAP if iteration >= _CONTENT_AFTER else 0.5 * LARGEST_GAP
        done = depth <= _ENOUGH and gap <= small and closed
        good = depth <= _ENOUGH and gap <= LARGEST_GAP and score < best_score - _GAIN
        last = iteration == _ITERATIONS - 1
        if done or good or last or iteration % _SELF_EVERY == 0:
            own_depth, own = measure_own(hands)
            score += max(0.0, own_depth - max(depth, _ENOUGH))
            if score < best_score:
                best = Relaxed(hands, place, depth, own_depth, gap)
                best_score = score
            if done and own_depth <= COMPRESSION:
                break
        last_rest = rest
        _keep_apart(wishes, hands, found)
        for i, hand in enumerate(hands):
            keep_own_apart(wishes, hand, i, own[i])
        _wish_to_stay(wishes, start - vector, second_to_first[:3, :3] @ place[:3, :3].T)
        vector, place = take_step(wishes, vector, place)
    assert best is not None
    return best


def _pose(
    skins: tuple[PairSkin, PairSkin], sides: tuple[Side, Side], vector: Array, place: Array
) -> Hands:
    first = HandAngles.from_vector(vector[:ANGLES])
    second = HandAngles.from_vector(vector[ANGLES:])
    return (
        posed_hand(skins[0], first, sides[0], np.eye(4)),
        posed_hand(skins[1], second, sides[1], place),
    )


def separation(one: Spot, other: Spot, slack: float) -> Array:
    """(3,) from one place to the other, without what slack forgives along the skin."""
    apart = other.point - one.point
    if not slack:
        return apart
    normal = one.normal - other.normal
    normal = normal / (np.linalg.norm(normal) + 1e-9)
    across = normal * (apart @ normal)
    along = apart - across
    distance = float(np.linalg.norm(along))
    return np.asarray(across + along * max(0.0, 1 - slack / (distance + 1e-12)))


def largest_gap(hands: Hands, meet: Sequence[Touch]) -> float:
    """Metres between places that should meet, the largest."""
    gap = 0.0
    for touch in meet:
        one, other = (spot_of(hands[h], p) for h, p in zip(touch.hands, touch.places, strict=True))
        gap = max(gap, float(np.linalg.norm(separation(one, other, touch.slack))))
    return gap


def _wish_to_meet(wishes: Wishes, hands: Hands, aim: Aim) -> float:
    """Places come together and face each other; the largest gap of those that must (metres)."""
    gap = 0.0
    for touches, weight in ((aim.meet, 1.0), (aim.near, _NEAR)):
        for touch in touches:
            i, j = touch.hands
            one = spot_of(hands[i], touch.places[0])
            other = spot_of(hands[j], touch.places[1])
            apart = separation(one, other, touch.slack)
            distance = float(np.linalg.norm(apart))
            pull = apart * min(1.0, PULL / (distance + 1e-12))
            closing = _motion(wishes, i, one.point, one.velocity)
            closing -= _motion(wishes, j, other.point, other.velocity)
            if touch.slack:
                # Only along what is left to close: the rest is free to slide.
                unit = apart / (distance + 1e-9)
                wishes.wish((unit @ closing)[None], np.array([unit @ pull]), weight)
                wishes.wish(closing, pull, 0.1 * weight)
            else:
                wishes.wish(closing, pull, weight)
            if weight < 1.0:
                continue
            gap = max(gap, distance)
            facing = float(one.normal @ other.normal)
            if facing > _FACING:
                turn = other.normal @ _turning(wishes, i, one)
                turn = turn + one.normal @ _turning(wishes, j, other)
                wishes.wish(turn[None], np.array([_FACING - facing]), _FACING_WEIGHT)
    return gap


def _motion(wishes: Wishes, hand: int, point: Array, velocity: Array) -> Array:
    """(3, 64) how one point moves with the variables."""
    return wishes.motion(hand, point[None], velocity[None])[0]


def _turning(wishes: Wishes, hand: int, spot: Spot) -> Array:
    """(3, 64) how a direction out of the skin turns with the variables."""
    result = _motion(wishes, hand, wishes.pivot + spot.normal, spot.turning)
    result[:, -3:] = 0.0
    return result


def _keep_apart(wishes: Wishes, hands: Hands, found: Sequence[PairContact]) -> None:
    """Contacts of the two hands open to a touch, and what is near does not go through."""
    for inner in range(2):
        some = [contact for contact in found[:_MOST_CONTACTS] if contact.inner == inner]
        if not some:
            continue
        outer = 1 - inner
        points = np.stack([contact.point for contact in some])
        surfaces = np.stack([contact.surface for contact in some])
        normals = np.stack([contact.normal for contact in some])
        bones = np.array([contact.bones for contact in some])
        opening = wishes.motion(inner, points, hands[inner].velocities(points, bones[:, inner]))
        opening -= wishes.motion(
            outer, surfaces, hands[outer].velocities(surfaces, bones[:, outer])
        )
        least = np.array([contact.depth for contact in some]) - LEFT
        wishes.bound(np.einsum("ni,nij->nj", normals, opening), np.minimum(least, PULL))


def _wish_to_rest(wishes: Wishes, hands: Hands, aim: Aim) -> float:
    """Places go to the nearest skin of the other hand, along its normal; their mean distance."""
    total = 0.0
    for i in range(2):
        spots = [spot_of(hands[i], (place,)) for hand, place in aim.rest if hand == i]
        if not spots:
            continue
        points = np.stack([spot.point for spot in spots])
        found = nearest_skin(hands[1 - i], points)
        total += float(np.clip(found.distance, 0.0, _REST_REACH).sum())
        closing = wishes.motion(i, points, np.stack([spot.velocity for spot in spots]))
        closing -= wishes.motion(
            1 - i, found.surface, hands[1 - i].velocities(found.surface, found.bone)
        )
        reached = (found.distance > 0) & (found.distance < _REST_REACH)
        rows = np.einsum("ni,nij->nj", found.normal, closing)[reached]
        wishes.wish(rows, -np.minimum(found.distance[reached], PULL), _REST)
    return total / max(1, len(aim.rest))


def _wish_to_stay(wishes: Wishes, back: Array, turn_back: Array) -> None:
    """Angles and the second hand's direction are drawn back to what was drawn."""
    used = np.flatnonzero(EASE[: 2 * ANGLES])
    rows = np.zeros((len(used), VARIABLES))
    rows[np.arange(len(used)), used] = 1.0
    wishes.wish(rows, back[used], _POSTURE_SPRING)
    skew = (turn_back - turn_back.T) / 2
    rows = np.zeros((3, VARIABLES))
    rows[:, -6:-3] = np.eye(3)
    wishes.wish(rows, np.array([skew[2, 1], skew[0, 2], skew[1, 0]]), _TURN_SPRING)
