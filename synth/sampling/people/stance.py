"""How a person stands or sits: spine, neck, head and legs."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from synth.rotations import coordinate_rotation, quaternion_of

Array = NDArray[np.float64]

_SPINE: Final = ("spine05", "spine04", "spine03", "spine02", "spine01")
_NECK: Final = ("neck01", "neck02", "neck03", "head")


def sample_stance(
    rng: np.random.Generator, seated: bool, head_down: tuple[float, float] = (-15.0, 20.0)
) -> dict[str, Array]:
    """(4,) quaternion by bone of `synth.body.bones.POSED_BONES`.

    Args:
        head_down: degrees between which the head is bowed.
    """
    stance: dict[str, Array] = {}
    lean, side, twist = np.radians(rng.normal((8.0, 0.0, 0.0), (8.0, 4.0, 8.0)))
    _spread(stance, _SPINE, lean, side, twist)
    bow = np.radians(rng.uniform(*head_down))
    tilt, turn = np.radians(rng.normal(0.0, (7.0, 16.0)))
    _spread(stance, _NECK, bow - lean, tilt - side, float(np.clip(turn, -0.9, 0.9)))
    for suffix in "LR":
        if seated:
            thigh, knee = np.radians(rng.normal((-82.0, 80.0), (6.0, 10.0)))
            apart = np.radians(rng.uniform(2.0, 14.0))
        else:
            thigh, knee = np.radians(rng.uniform((-8.0, 0.0), (4.0, 8.0)))
            apart = np.radians(rng.uniform(-2.0, 5.0))
        outwards = apart if suffix == "L" else -apart
        leg = coordinate_rotation(0, thigh) @ coordinate_rotation(1, -outwards)
        stance[f"upperleg01.{suffix}"] = quaternion_of(leg)
        stance[f"lowerleg01.{suffix}"] = quaternion_of(coordinate_rotation(0, knee))
    return stance


def _spread(
    stance: dict[str, Array], bones: tuple[str, ...], forward: float, side: float, twist: float
) -> None:
    """Share a bend out over a chain: forwards about +X, to the left about +Y, turned about +Z."""
    share = 1.0 / len(bones)
    turn = (
        coordinate_rotation(2, twist * share)
        @ coordinate_rotation(1, side * share)
        @ coordinate_rotation(0, forward * share)
    )
    for bone in bones:
        stance[bone] = quaternion_of(turn)
