"""Where things are on a body at rest: along arms and legs, up the trunk, about the neck."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from synth.body.bones import BODY_BONES, sided
from synth.body.model import SIDES, BodyModel, BodyShape

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Limbs:
    """What of the skin goes with which limb, the same for everybody.

    Attributes:
        arm: (2, V) share of the upper arm and what hangs from it, right and left.
        hand: (2, V) whether it is the hand's mesh.
        leg, head: (V,) shares.
    """

    arm: Array
    hand: NDArray[np.bool_]
    leg: Array
    head: Array


@lru_cache(maxsize=2)
def limbs_of(model: BodyModel) -> Limbs:
    def share(*names: str) -> Array:
        columns = [BODY_BONES.index(name) for name in names]
        return np.asarray(model.weights[:, columns].sum(1), dtype=np.float64)

    arm, hand = [], np.zeros((2, len(model.template)), bool)
    for index, side in enumerate(SIDES):
        arm.append(share(*(sided(b, side) for b in ("upperarm01", "upperarm02", "lowerarm01"))))
        hand[index, model.hand_vertices[index]] = True
    legs = [name for name in BODY_BONES if "leg" in name or name.startswith("foot")]
    return Limbs(np.stack(arm), hand, share(*legs), share("head"))


@dataclass(frozen=True)
class Measures:
    """Measures of one person at rest, metres, body frame.

    Attributes:
        along_arm: (2, V) from the shoulder's joint towards the elbow, right and left.
        upper_arm: from shoulder to elbow.
        forearm: from elbow to wrist.
        from_wrist: (2, V) from the wrist towards the elbow.
        neck: (3,) base of the neck; hip (3,) joint of the left leg; ankle (3,) of the left.
        trunk: from hip to neck.
    """

    along_arm: Array
    upper_arm: float
    forearm: float
    from_wrist: Array
    neck: Array
    hip: Array
    ankle: Array
    trunk: float


def measures_of(shape: BodyShape) -> Measures:
    along, from_wrist = [], []
    for side in SIDES:
        shoulder, elbow = (shape.head(sided(b, side)) for b in ("upperarm01", "lowerarm01"))
        wrist = shape.wrist(side)
        along.append((shape.vertices - shoulder) @ _unit(elbow - shoulder))
        from_wrist.append((shape.vertices - wrist) @ _unit(elbow - wrist))
    neck, hip = shape.head("neck01"), shape.head("upperleg01.L")
    return Measures(
        along_arm=np.stack(along),
        upper_arm=float(np.linalg.norm(elbow - shoulder)),
        forearm=float(np.linalg.norm(wrist - elbow)),
        from_wrist=np.stack(from_wrist),
        neck=neck,
        hip=hip,
        ankle=shape.head("foot.L"),
        trunk=float(neck[2] - hip[2]),
    )


def _unit(vector: Array) -> Array:
    return np.asarray(vector / np.linalg.norm(vector))
