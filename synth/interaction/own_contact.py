"""A hand's contacts with itself, found now and then and followed in between.

Finding them is dear (`synth.hand.contact`); each is kept in the frames of the two bones that touch.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from synth.hand.contact import contacts
from synth.interaction.posed import PosedHand
from synth.interaction.wishes import ANGLES, LEFT, PULL, VARIABLES, Wishes
from synth.landmarks import BONES

Array = NDArray[np.float64]


@dataclass(frozen=True)
class OwnContact:
    """A contact of a hand with itself, kept in the frames of the two bones (−1: the carpus)."""

    bones: tuple[int, int]
    point: Array
    surface: Array
    normal: Array


def measure_own(
    hands: tuple[PosedHand, PosedHand],
) -> tuple[float, tuple[list[OwnContact], list[OwnContact]]]:
    """Deepest contact of a hand with itself (metres), and all of them."""
    worst, kept = 0.0, []
    for hand in hands:
        found = contacts(hand.skin.surface, hand.bones[: len(BONES)], each=2)
        worst = max([worst, *(contact.depth for contact in found)])
        kept.append(
            [
                OwnContact(
                    (contact.bone, contact.other_bone),
                    _local(hand, contact.bone, contact.point, 1.0),
                    _local(hand, contact.other_bone, contact.surface, 1.0),
                    _local(hand, contact.other_bone, contact.normal, 0.0),
                )
                for contact in found
            ]
        )
    return worst, (kept[0], kept[1])


def _local(hand: PosedHand, bone: int, vector: Array, weight: float) -> Array:
    """A point (weight 1) or direction (0) of the hand's own frame in that of a bone."""
    if bone < 0:
        return vector
    frame = hand.bones[bone]
    return np.asarray((vector - weight * frame[:3, 3]) @ frame[:3, :3])


def _posed(hand: PosedHand, bone: int, vector: Array, weight: float) -> Array:
    """The inverse of `_local`."""
    if bone < 0:
        return vector
    frame = hand.bones[bone]
    return np.asarray(frame[:3, :3] @ vector + weight * frame[:3, 3])


def keep_own_apart(wishes: Wishes, hand: PosedHand, number: int, own: list[OwnContact]) -> None:
    """A hand's contacts with itself open to a touch, as far as they are known."""
    for contact in own:
        point = _posed(hand, contact.bones[0], contact.point, 1.0)
        surface = _posed(hand, contact.bones[1], contact.surface, 1.0)
        normal = _posed(hand, contact.bones[1], contact.normal, 0.0)
        rate = hand.axes.velocity(point, contact.bones[0])
        rate = (rate - hand.axes.velocity(surface, contact.bones[1])) @ normal
        row = np.zeros((1, VARIABLES))
        row[0, number * ANGLES : (number + 1) * ANGLES] = rate
        depth = float((surface - point) @ normal)
        wishes.bound(row, np.array([min(depth - LEFT, PULL)]))
