"""People to try arms, cameras and tables on."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from synth.body.model import MIRROR
from synth.gestures.library import find_gesture
from synth.manifest import Identity
from synth.sampling.identity import sample_person
from synth.sampling.people.arms import HeldArm
from synth.sampling.people.person import Figure, PosedArm, own_landmarks, posed_arm_of, stand
from synth.sampling.people.stance import sample_stance
from synth.scene import Side

Array = NDArray[np.float64]


@lru_cache(maxsize=6)
def figure(seed: int, seated: bool = False) -> Figure:
    rng = np.random.default_rng(seed)
    person = sample_person(rng, Identity())
    return stand(rng, person, {}, sample_stance(rng, seated))


def fingers_and_palm(held: HeldArm, side: Side) -> tuple[Array, Array]:
    """(3,) where a held hand's fingers and its palm point, body frame."""
    matrix = held.wrist_to_body @ (MIRROR if side == "left" else np.eye(4))
    return matrix[:3, 1], matrix[:3, 2]


def open_arm(one: Figure, side: Side, held: HeldArm) -> PosedArm:
    """An arm with an open hand."""
    angles = find_gesture("open_palm").angles
    rotations, own = own_landmarks(one, angles, side)
    return posed_arm_of(side, angles, rotations, held, own)


def open_hand(one: Figure, side: Side) -> Array:
    """(21, 3) landmarks of an open hand as `hold` takes them."""
    return own_landmarks(one, find_gesture("open_palm").angles, side)[1]


def angle_between(a: Array, b: Array) -> float:
    """Degrees."""
    cosine = a @ b / (np.linalg.norm(a) * np.linalg.norm(b))
    return float(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))))
