"""A hand that holds a thing: which grip of it, and how the fingers close on it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from synth.grasp.closing import ready_hand
from synth.grasp.grasp import Grasp, stays_outside, take_hold
from synth.grasp.solid_contact import Solid, solid_of_quads
from synth.hand.contact import hand_surface
from synth.hand.joint_angles import WristAngles
from synth.hand.model import HandModel, HandShape
from synth.scene import Thing
from synth.things.grips import grips
from synth.things.kinds import thing_mesh

#: How much oftener a grip is drawn than the one after it: the usual ones of a kind come first.
_USUAL = 1.6
#: Tries at one grip before another one is drawn.
_TRIES = 3


def sample_grasp(
    rng: np.random.Generator, model: HandModel, shape: HandShape, thing: Thing, redraws: int
) -> Grasp | None:
    """Close a right hand of a shape on a thing, at one of the thing's grips.

    Args:
        redraws: grasps that may be thrown away before it is given up.

    Returns:
        The grasp, which says how many were thrown away; None where all were, so that another
        thing is to be drawn.

    Raises:
        ValueError: the thing is of a kind that cannot be held.
    """
    ways = grips(thing)
    if not ways:
        raise ValueError(f"a {thing.kind} cannot be held")
    hand, solid = ready_hand(hand_surface(model, shape)), _solid(thing)
    weights = _USUAL ** -np.arange(len(ways), dtype=float)
    thrown = 0
    while True:
        way = ways[int(rng.choice(len(ways), p=weights / weights.sum()))]
        tries = min(_TRIES, redraws + 1 - thrown)
        grasp = take_hold(hand, solid, way, rng, redraws=tries - 1)
        if grasp is not None:
            return replace(grasp, redraws=thrown + grasp.redraws)
        thrown += tries
        if thrown > redraws:
            return None


def wrist_is_free(
    model: HandModel, shape: HandShape, thing: Thing, grasp: Grasp, wrist: WristAngles
) -> bool:
    """Whether the forearm stays out of the held thing when the wrist is bent otherwise."""
    angles = replace(grasp.angles, wrist=wrist)
    surface = hand_surface(model, shape)
    return stays_outside(surface, _solid(thing), grasp.thing_to_wrist, angles)


def _solid(thing: Thing) -> Solid:
    mesh = thing_mesh(thing)
    return solid_of_quads(mesh.vertices, mesh.quads)
