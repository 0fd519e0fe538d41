"""People who act, and what their hands look like then."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from synth.hand.model import forward_kinematics, load_hand_model, skin_vertices
from synth.manifest import Identity, Manifest, Motion, People
from synth.sampling.draws import Draws
from synth.sampling.people.act import Act
from synth.sampling.people.acting import act
from synth.sampling.people.actor import Actor, Setting, sample_actor
from synth.sampling.people.arms import mirrored
from tests.synth.sampling.posed import at

Array = NDArray[np.float64]


def manifest(**people: object) -> Manifest:
    plain = {"held_share": 0.0, "face_share": 0.0, "pair_share": 0.0}
    return Manifest(
        seed=5,
        sequences=40,
        identity=Identity(count=30),
        motion=Motion(gesture_share=1.0),
        people=People(**{**plain, **people}),  # type: ignore[arg-type]
    )


PLAIN = manifest()


@lru_cache(maxsize=16)
def actor(sequence: int, setting: Setting, joined: bool = False, number: int = 0) -> Actor:
    return sample_actor(Draws(PLAIN, sequence), number, setting, joined, 0)


def acted(one: Actor, setting: Setting, seed: int, hidden: bool = False, **people: object) -> Act:
    return act(np.random.default_rng(seed), manifest(**people), one, setting, hidden)


def skins(one: Actor, done: Act) -> list[Array]:
    """(V, 3) of the right and the left hand, body frame."""
    model, found = load_hand_model(), []
    for arm in done.arms:
        bones = forward_kinematics(one.figure.hand, arm.rotations)
        skin = skin_vertices(model, one.figure.hand, bones, arm.held.forearm)
        own = skin[model.weights[:, -2:].sum(1) < 0.5]
        found.append(at(arm.held.wrist_to_body, mirrored(own, arm.side)))
    return found
