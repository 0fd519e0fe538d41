"""People for these tests: shapes, and hands posed as they are at rest."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from synth.body.model import MIRROR, BodyShape, load_body_model
from synth.hand.model import HandShape, load_hand_model
from synth.hand.recipe import LOCAL_CHANGES
from synth.landmarks import BONES
from synth.manifest import Identity
from synth.rotations import quaternion_of, rotation_about
from synth.sampling.dress import sample_body_look
from synth.sampling.identity import sample_person
from synth.scene import HandPose, Side

Array = NDArray[np.float64]

MODEL, HAND = load_body_model(), load_hand_model()
REST = (1.0, 0.0, 0.0, 0.0)


class Grown(NamedTuple):
    """A person: its body, its own hand, and the hand that its body was born with."""

    phenotype: dict[str, float]
    face: dict[str, float]
    shape: BodyShape
    hand: HandShape
    plain_hand: HandShape


@lru_cache(maxsize=8)
def grown(seed: int) -> Grown:
    rng = np.random.default_rng(seed)
    person = sample_person(rng, Identity())
    face = sample_body_look(rng, person, "000000", (0, 1)).face
    own = {name: v for name, v in person.phenotype.items() if name not in LOCAL_CHANGES}
    return Grown(
        person.phenotype,
        face,
        MODEL.shape(HAND, person.phenotype, face),
        HAND.shape(person.phenotype, person.blendshapes),
        HAND.shape(own),
    )


def mirror_of(side: Side) -> Array:
    return MIRROR if side == "left" else np.eye(4)


def hand_at_rest(shape: BodyShape, side: Side) -> HandPose:
    """The hand where the body has it, nothing bent."""
    mirror = mirror_of(side)
    return hand_pose(mirror @ shape.hand_to_body @ mirror)


def hand_pose(wrist_to_world: Array, twist: float = 0.0) -> HandPose:
    return HandPose(
        bones=dict.fromkeys(BONES, REST),
        forearm=REST,
        forearm_twist=twist,
        wrist_to_world=tuple(tuple(row) for row in wrist_to_world.tolist()),
    )


def quaternion(axis: tuple[float, float, float], degrees: float) -> Array:
    """(4,) turn about an axis of any length."""
    unit = np.array(axis) / np.linalg.norm(axis)
    return quaternion_of(rotation_about(unit, np.radians(degrees)))


#: Bent forwards and turned, one leg up: far from rest in every bone that the poses of scenes use.
BENT = {
    "spine04": quaternion((1, 0, 0), 14.0),
    "spine02": quaternion((1, 0, 1), 12.0),
    "neck02": quaternion((0, 0, 1), 25.0),
    "head": quaternion((1, 0.5, 0), -15.0),
    "upperleg01.L": quaternion((1, 0, 0), -75.0),
    "lowerleg01.L": quaternion((1, 0, 0), 60.0),
    "upperleg01.R": quaternion((0, 1, 0), 8.0),
}
