"""Hands of many people on things of many kinds."""

from __future__ import annotations

import numpy as np
import pytest

from synth.grasp.grasp import Grasp, stays_outside
from synth.grasp.solid_contact import solid_of_quads
from synth.hand.contact import hand_surface
from synth.hand.joint_angles import WristAngles
from synth.hand.limits import check
from synth.hand.model import HandShape, load_hand_model
from synth.manifest import Identity
from synth.sampling.held import sample_grasp, wrist_is_free
from synth.sampling.identity import sample_person
from synth.sampling.things import sample_thing
from synth.scene import Thing
from synth.things.kinds import thing_mesh

MODEL = load_hand_model()
KINDS = ("mug", "bottle", "pen", "phone", "hammer", "ball", "card", "book", "key", "bag")


@pytest.fixture(scope="module")
def held() -> list[tuple[HandShape, Thing, Grasp]]:
    found = []
    for seed, kind in enumerate(KINDS):
        rng = np.random.default_rng(seed)
        person = sample_person(rng, Identity())
        shape = MODEL.shape(person.phenotype, person.blendshapes)
        thing = sample_thing(rng, "held", [kind], "test")
        grasp = sample_grasp(rng, MODEL, shape, thing, redraws=11)
        assert grasp is not None, kind
        found.append((shape, thing, grasp))
    return found


def test_every_kind_is_held_by_everybody(held: list[tuple[HandShape, Thing, Grasp]]) -> None:
    for _, _, grasp in held:
        assert len(grasp.touching) >= 2
        assert grasp.depth <= 0.002
        assert 0 <= grasp.redraws <= 11
        assert check(grasp.angles) == []
        assert all(grasp.gaps[finger] <= 0.001 for finger in grasp.touching)


def test_vertices_of_the_thing_are_not_in_the_hand(
    held: list[tuple[HandShape, Thing, Grasp]],
) -> None:
    for shape, thing, grasp in held:
        mesh = thing_mesh(thing)
        solid = solid_of_quads(mesh.vertices, mesh.quads)
        assert stays_outside(hand_surface(MODEL, shape), solid, grasp.thing_to_wrist, grasp.angles)


def test_a_wrist_that_brings_the_forearm_into_the_thing_is_not_free() -> None:
    rng = np.random.default_rng(3)
    shape = MODEL.shape()
    thing = sample_thing(rng, "held", ["hammer"], "test")
    grasp = sample_grasp(rng, MODEL, shape, thing, redraws=11)
    assert grasp is not None
    assert wrist_is_free(MODEL, shape, thing, grasp, grasp.angles.wrist)
    # The thing laid along the straight forearm.
    along = np.eye(4)
    along[:3, 3] = 0.01, -0.1, 0.01
    through = Grasp(grasp.angles, along, grasp.touching, 0.0, grasp.gaps, 0)
    assert not wrist_is_free(MODEL, shape, thing, through, WristAngles())


def test_the_same_generator_makes_the_same_grasp() -> None:
    thing = sample_thing(np.random.default_rng(0), "held", ["bottle"], "test")
    made = [
        sample_grasp(np.random.default_rng(5), MODEL, MODEL.shape(), thing, redraws=5)
        for _ in range(2)
    ]
    assert made[0] is not None
    assert made[1] is not None
    assert made[0].angles == made[1].angles
    np.testing.assert_array_equal(made[0].thing_to_wrist, made[1].thing_to_wrist)


def test_what_is_not_held_is_refused() -> None:
    thing = sample_thing(np.random.default_rng(0), "furniture", None, "test")
    with pytest.raises(ValueError, match="cannot be held"):
        sample_grasp(np.random.default_rng(0), MODEL, MODEL.shape(), thing, redraws=0)
