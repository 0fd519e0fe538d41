"""Skin weights: the heat equation where it has a solution on paper, and the hand's own."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from synth.hand.model import load_hand_model
from synth.hand.recipe import SKINNED_BONES
from synth.hand.weights import _CONDUCTANCE, heat_weights
from synth.landmarks import BONES, FINGERS

RADIUS, HALF = 0.008, 0.06  # metres, of a limb along x
AROUND, ALONG = 32, 121
MODEL = load_hand_model()


@pytest.fixture(scope="module")
def limb() -> tuple[np.ndarray, np.ndarray]:
    """Vertices and quads of an open tube."""
    x = np.linspace(-HALF, HALF, ALONG)
    angle = np.linspace(0, 2 * np.pi, AROUND, endpoint=False)
    ring = np.stack([np.zeros(AROUND), RADIUS * np.cos(angle), RADIUS * np.sin(angle)], axis=-1)
    vertices = (ring[None] + x[:, None, None] * [1.0, 0.0, 0.0]).reshape(-1, 3)
    row, step = np.mgrid[: ALONG - 1, :AROUND]
    after = (step + 1) % AROUND
    quads = np.stack(
        [row * AROUND + step, row * AROUND + after, (row + 1) * AROUND + after,
         (row + 1) * AROUND + step], axis=-1,
    ).reshape(-1, 4)  # fmt: skip
    return vertices, quads.astype(np.int32)


def bones(*ends: float) -> list[tuple[np.ndarray, np.ndarray]]:
    points = [np.array([x, 0.0, 0.0]) for x in ends]
    return list(itertools.pairwise(points))


def weights_of(
    limb: tuple[np.ndarray, np.ndarray],
    skeleton: list[tuple[np.ndarray, np.ndarray]],
    warming: list[int],
) -> np.ndarray:
    """(V, B) where only some bones may warm the skin; two idle ones are added."""
    idle = (np.array([0.0, 1.0, 0.0]), np.array([0.1, 1.0, 0.0]))
    allowed = np.zeros((len(limb[0]), len(skeleton) + 2), bool)
    allowed[:, warming] = True
    weights = heat_weights(*limb, [*skeleton, idle, idle], allowed)
    assert not weights[:, -2:].any()
    np.testing.assert_allclose(weights.sum(1), 1.0)
    return weights[:, :-2]


def test_two_bones_blend_as_the_heat_equation_says(
    limb: tuple[np.ndarray, np.ndarray],
) -> None:
    # Along a tube of radius r, w″ = c/r² (w − source): w = ½ exp(−√c |x|/r) beyond the joint.
    weights = weights_of(limb, bones(-HALF, 0.0, HALF), [0, 1])
    x = limb[0][:, 0]
    far = 0.5 * np.exp(-np.sqrt(_CONDUCTANCE) * np.abs(x) / RADIUS)
    expected = np.where(x < 0, far, 1 - far)
    np.testing.assert_allclose(weights[:, 1], expected, atol=0.02)


def test_at_most_four_bones(limb: tuple[np.ndarray, np.ndarray]) -> None:
    vertices, quads = limb
    ends = np.linspace(-0.012, 0.012, 9)
    weights = heat_weights(vertices, quads, bones(*ends), np.ones((len(vertices), 8), bool))
    count = (weights > 0).sum(1)
    assert count.max() == 4
    np.testing.assert_allclose(weights.sum(1), 1.0)
    assert weights[weights > 0].min() > 0.009


def test_a_bone_that_is_not_allowed_warms_nothing(limb: tuple[np.ndarray, np.ndarray]) -> None:
    beside = (np.array([-HALF, 0.009, 0.0]), np.array([HALF, 0.009, 0.0]))
    skeleton = [*bones(-HALF, HALF), beside]
    assert weights_of(limb, skeleton, [0, 1])[:, 1].max() > 0.5
    assert weights_of(limb, skeleton, [0])[:, 1].max() == 0.0


def test_hand_has_at_most_four_bones_a_vertex() -> None:
    assert MODEL.weights.shape == (len(MODEL.average), len(SKINNED_BONES))
    np.testing.assert_allclose(MODEL.weights.sum(1), 1.0)
    assert MODEL.weights.min() >= 0.0
    assert (MODEL.weights > 0).sum(1).max() <= 4


def test_end_bones_carry_no_skin() -> None:
    columns = [i for i, bone in enumerate(BONES) if bone.endswith("_tip")]
    assert not MODEL.weights[:, columns].any()


@pytest.mark.parametrize("finger", FINGERS)
def test_a_finger_carries_its_own_skin(finger: str) -> None:
    """What lies around the middle of a phalanx goes with it, and no fingertip with another
    finger."""
    shape = MODEL.shape()
    for i, bone in enumerate(BONES):
        if not bone.startswith(finger) or bone.endswith(("metacarpal", "proximal", "tip")):
            continue
        local = (MODEL.average - shape.bone_rest[i, :3, 3]) @ shape.bone_rest[i, :3, :3]
        share = local[:, 1] / shape.bone_length[i]
        radius = np.hypot(local[:, 0], local[:, 2])
        own = MODEL.weights[:, [k for k, b in enumerate(BONES) if b.startswith(finger)]].sum(1)
        middle = (np.abs(share - 0.5) < 0.15) & (radius < 0.02) & (own > 0.5)
        assert middle.sum() >= 8
        assert MODEL.weights[middle, i].min() > 0.6
        assert own[middle].min() == pytest.approx(1.0, abs=0.02)
