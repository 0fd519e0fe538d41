"""A hand that holds a thing: which grip of it, and how the fingers close on it."""

from __future__ import annotations

import numpy as np

from synth.hand.contact import hand_surface
from synth.hand.grasp import Grasp, close_on
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
    surface, mesh = hand_surface(model, shape), thing_mesh(thing)
    weights = _USUAL ** -np.arange(len(ways), dtype=float)
    thrown = 0
    while True:
        way = ways[int(rng.choice(len(ways), p=weights / weights.sum()))]
        tries = min(_TRIES, redraws + 1 - thrown)
        grasp = close_on(surface, mesh, way, rng, redraws=tries - 1, thrown=thrown)
        if grasp is not None:
            return grasp
        thrown += tries
        if thrown > redraws:
            return None
