from __future__ import annotations

import numpy as np
import pytest

from synth.body.bones import POSED_BONES
from synth.body.model import load_body_model
from synth.body.pose import moved_bones
from synth.hand.model import load_hand_model
from synth.sampling.people.stance import sample_stance

SHAPE = load_body_model().shape(load_hand_model(), {}, {})
COUNT = 80


def joints(seated: bool, *bones: str, **bowed: tuple[float, float]) -> np.ndarray:
    """(COUNT, bones, 3) where the bones of drawn stances begin."""
    found = []
    for seed in range(COUNT):
        stance = sample_stance(np.random.default_rng(seed), seated, **bowed)
        moved = moved_bones(SHAPE, stance)
        heads = [np.append(SHAPE.head(bone), 1.0) for bone in bones]
        found.append([(moved[b] @ head)[:3] for b, head in zip(bones, heads, strict=True)])
    return np.array(found)


@pytest.mark.parametrize("seated", [True, False])
def test_only_posed_bones_are_turned(seated: bool) -> None:
    for seed in range(20):
        stance = sample_stance(np.random.default_rng(seed), seated)
        assert set(stance) <= set(POSED_BONES)
        norms = [np.linalg.norm(quaternion) for quaternion in stance.values()]
        np.testing.assert_allclose(norms, 1.0)


def test_those_who_sit_have_thighs_to_the_front_and_shins_down() -> None:
    hip, knee, ankle = joints(True, "upperleg01.L", "lowerleg01.L", "foot.L").transpose(1, 0, 2)
    thigh, shin = knee - hip, ankle - knee
    assert (thigh[:, 1] < -0.8 * np.linalg.norm(thigh, axis=1)).all()
    assert (shin[:, 2] < -0.75 * np.linalg.norm(shin, axis=1)).all()
    # Knees apart, not crossed.
    right = joints(True, "lowerleg01.R")[:, 0]
    assert (knee[:, 0] > right[:, 0] + 0.1).all()


def test_those_who_stand_have_straight_legs() -> None:
    hip, knee, ankle = joints(False, "upperleg01.R", "lowerleg01.R", "foot.R").transpose(1, 0, 2)
    for limb in (knee - hip, ankle - knee):
        assert (limb[:, 2] < -0.9 * np.linalg.norm(limb, axis=1)).all()


def test_backs_lean_forwards_a_little_and_heads_stay_up() -> None:
    root, neck = joints(False, "root", "neck01").transpose(1, 0, 2)
    back = neck - root
    rest = SHAPE.head("neck01") - SHAPE.head("root")
    lean = np.degrees(np.arctan2(-back[:, 1], back[:, 2]) - np.arctan2(-rest[1], rest[2]))
    # Eight degrees, give or take eight; bent over the length of the spine the neck shows less.
    assert 2 < lean.mean() < 9
    assert np.abs(lean).max() < 30


@pytest.mark.parametrize(("bowed", "low", "high"), [((-15.0, 20.0), -16, 21), ((30, 45), 29, 46)])
def test_heads_are_bowed_as_asked(bowed: tuple[float, float], low: float, high: float) -> None:
    angles = []
    for seed in range(COUNT):
        stance = sample_stance(np.random.default_rng(seed), False, bowed)
        moved = moved_bones(SHAPE, stance)
        up = moved["head"][:3, 2]
        angles.append(np.degrees(np.arcsin(np.clip(-moved["head"][:3, 1] @ [0, 0, 1.0], -1, 1))))
        assert up[2] > 0.5
    # Looking down is negative elevation; turned and tilted heads blur the ends by some degrees.
    down = -np.array(angles)
    assert low - 8 < down.min() < down.max() < high + 8
    assert down.mean() == pytest.approx(np.mean(bowed), abs=5)
