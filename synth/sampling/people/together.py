"""Hands in contact: of one person, or of two who are put where their arms reach."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from synth.body.model import SIDES
from synth.hand.model import load_hand_model
from synth.interaction.sample import sample_interaction
from synth.manifest import Manifest
from synth.sampling.people import activity as do
from synth.sampling.people.act import Act
from synth.sampling.people.activity import choose
from synth.sampling.people.actor import Actor
from synth.sampling.people.joined import join_one_hand, join_own_hands
from synth.sampling.people.person import Figure, PosedArm, own_landmarks, posed_arm_of
from synth.sampling.people.reaching import reach, sample_fingers
from synth.sampling.posed_hand import moved_points
from synth.scene import Contacts, Side

#: What the other arm of someone does who shakes hands.
_BESIDE: Final = ((do.HANGING, 3.0), (do.TALKING, 1.0))
#: Metres between two people's trunks.
_APART: Final = 0.06
#: Interactions that are drawn until the arms can hold one.
_INTERACTIONS: Final = 6


def act_together(rng: np.random.Generator, manifest: Manifest, figure: Figure) -> Act | None:
    """Hands in contact with each other; None where the arms can hold none of those drawn."""
    shapes = (figure.hand, figure.hand)
    for attempt in range(_INTERACTIONS):
        drawn = sample_interaction(
            rng, manifest.people.interactions, load_hand_model(), shapes, "one"
        )
        solved = join_own_hands(figure, drawn)
        if solved is None:
            continue
        by_side = {}
        for number, (side, held) in enumerate(zip(drawn.sides, solved[0], strict=True)):
            rotations, own = own_landmarks(figure, drawn.angles[number], side)
            by_side[side] = posed_arm_of(side, drawn.angles[number], rotations, held, own)
        contacts = Contacts(
            poses=2, corrected=2, redrawn=attempt + drawn.redraws, worst_depth=drawn.depth
        )
        return Act((by_side["right"], by_side["left"]), (drawn.name, drawn.name), contacts, SIDES)
    return None


def act_with_another(
    rng: np.random.Generator, manifest: Manifest, actors: tuple[Actor, Actor]
) -> tuple[tuple[Actor, Actor], tuple[Act, Act]] | None:
    """Two people whose hands meet; the second is put where its arm reaches.

    Returns:
        The actors, the second with its place in the world, and what they do; None where none of
        the interactions drawn comes off.
    """
    first, second = actors
    shapes = (first.figure.hand, second.figure.hand)
    for attempt in range(_INTERACTIONS):
        drawn = sample_interaction(
            rng, manifest.people.interactions, load_hand_model(), shapes, "two"
        )
        one = join_one_hand(first.figure, drawn, 0)
        if one is None:
            continue
        other = join_one_hand(second.figure, drawn, 1, one[1][2, :3])
        if other is None:
            continue
        placed = replace(
            second, body_to_world=first.body_to_world @ one[1] @ np.linalg.inv(other[1])
        )
        if _bodies_overlap(first, placed):
            continue
        contacts = Contacts(
            poses=2, corrected=2, redrawn=attempt + drawn.redraws, worst_depth=drawn.depth
        )
        acts = []
        for number, (actor, held) in enumerate(((first, one[0]), (placed, other[0]))):
            side = drawn.sides[number]
            rotations, own = own_landmarks(actor.figure, drawn.angles[number], side)
            arm = posed_arm_of(side, drawn.angles[number], rotations, held, own)
            acts.append(_with_free_arm(rng, manifest, actor, arm, drawn.name, contacts))
            contacts = Contacts()
        return (first, placed), (acts[0], acts[1])
    return None


def _with_free_arm(
    rng: np.random.Generator,
    manifest: Manifest,
    actor: Actor,
    arm: PosedArm,
    name: str,
    contacts: Contacts,
) -> Act:
    """One arm is given; the other does something of its own, near the body."""
    side: Side = "left" if arm.side == "right" else "right"
    activity = choose(rng, _BESIDE)
    angles, gesture, report = sample_fingers(rng, manifest, actor, side, activity)
    free = reach(rng, activity, actor, side, angles, arm.points)
    contacts += report
    if side == "right":
        return Act((free, arm), (gesture, name), contacts, (arm.side,))
    return Act((arm, free), (name, gesture), contacts, (arm.side,))


def _bodies_overlap(first: Actor, second: Actor) -> bool:
    to_second = np.linalg.inv(second.body_to_world) @ first.body_to_world
    points = moved_points(to_second, first.figure.trunk.points)
    return float(second.figure.trunk.distance(points).min()) < _APART
