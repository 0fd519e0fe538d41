"""Many postures at once against one after the other."""

from __future__ import annotations

import numpy as np
import pytest

from synth.hand.contact import PARTS, hand_surface
from synth.hand.joint_angles import angles_to_rotations
from synth.hand.limits import sample_angles
from synth.hand.model import forward_kinematics, load_hand_model, skin_vertices
from synth.hand.posing import posed_bones, posing_of
from synth.hand.skin_points import skin_points

MODEL = load_hand_model()
SHAPES = [MODEL.shape(), MODEL.shape({"age": 0.35}, {"palm_width": 1.0})]


@pytest.mark.parametrize("shape", SHAPES, ids=["average", "child"])
def test_bones_are_those_of_forward_kinematics(shape) -> None:
    rng = np.random.default_rng(0)
    postures = [sample_angles(rng) for _ in range(12)]
    found = posed_bones(posing_of(shape), np.array([p.to_vector() for p in postures]))
    for bones, angles in zip(found, postures, strict=True):
        truth = forward_kinematics(shape, angles_to_rotations(shape, angles))
        np.testing.assert_allclose(bones, truth, atol=1e-9)


@pytest.mark.parametrize("shape", SHAPES, ids=["average", "child"])
def test_points_are_where_the_skin_is_and_move_with_it(shape) -> None:
    surface = hand_surface(MODEL, shape)
    points = skin_points(surface)
    angles = sample_angles(np.random.default_rng(1))
    posing, vector = posing_of(shape), angles.to_vector()
    bones = posed_bones(posing, vector[None])[0]
    skin = skin_vertices(MODEL, shape, bones)
    own = np.arange(len(surface.points))
    np.testing.assert_allclose(points.at(bones, own), skin[surface.points].mean(1), atol=1e-9)

    every = np.arange(len(points.part))
    step = 1e-5
    other = posed_bones(posing, (vector + step)[None])[0]
    moved = points.moved_by((other - bones) / step, every)
    change = (points.at(other, every) - points.at(bones, every)) / step
    np.testing.assert_allclose(moved, change, atol=1e-6)


def test_every_part_has_points_and_the_palmar_ones_look_to_the_palm() -> None:
    points = skin_points(hand_surface(MODEL, SHAPES[0]))
    assert set(points.part.tolist()) == set(range(len(PARTS)))
    rest = posed_bones(posing_of(SHAPES[0]), np.zeros((1, 29)))[0]
    place = points.at(rest, np.arange(len(points.part)))
    palm = points.part == PARTS.index("palm")
    assert place[palm & points.palmar, 2].mean() > place[palm & ~points.palmar, 2].mean() + 0.01
