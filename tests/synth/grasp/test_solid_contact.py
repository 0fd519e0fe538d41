"""Signed distances to solids against formulas."""

from __future__ import annotations

import time

import numpy as np
import pytest

from synth.grasp.solid_contact import (
    REACH,
    gaps_to,
    shortest_ways,
    solid_of_quads,
    solid_of_triangles,
)
from synth.things.mesh import Mesh
from tests.synth.grasp.solids import (
    ball,
    ball_distance,
    box,
    box_distance,
    cylinder,
    cylinder_distance,
    mesh_of,
)

SOLIDS = {
    "ball": (ball(0.03), lambda p: ball_distance(p, 0.03)),
    "can": (cylinder(0.03, 0.1), lambda p: cylinder_distance(p, 0.03, 0.1)),
    "rod": (cylinder(0.003, 0.12), lambda p: cylinder_distance(p, 0.003, 0.12)),
    "phone": (box(0.07, 0.15, 0.008), lambda p: box_distance(p, 0.07, 0.15, 0.008)),
    "card": (box(0.054, 0.086, 0.0008), lambda p: box_distance(p, 0.054, 0.086, 0.0008)),
}


def around(mesh: Mesh, count: int = 4000) -> np.ndarray:
    low, high = mesh.vertices.min(0) - 0.015, mesh.vertices.max(0) + 0.015
    return np.random.default_rng(0).uniform(low, high, (count, 3))


@pytest.mark.parametrize("name", SOLIDS)
def test_distances_and_sides_are_those_of_the_formula(name: str) -> None:
    mesh, formula = SOLIDS[name]
    points = around(mesh)
    found = gaps_to(solid_of_quads(mesh.vertices, mesh.quads), points)
    near = found.triangle >= 0
    truth = formula(points)
    # 64 sides of a circle are 0.04 mm inside it at a radius of 30 mm.
    np.testing.assert_allclose(found.gap[near], truth[near], atol=1e-4)
    assert (truth[~near] > REACH - 1e-9).all()
    assert near.sum() > 2000
    assert ((truth < 0) & near).any()


def test_normals_lead_from_the_surface_to_the_point_outside_it() -> None:
    mesh, formula = SOLIDS["phone"]
    points = around(mesh)
    found = gaps_to(solid_of_quads(mesh.vertices, mesh.quads), points)
    near = found.triangle >= 0
    surface = points[near] - found.gap[near, None] * found.normal[near]
    np.testing.assert_allclose(formula(surface), 0.0, atol=1e-7)
    np.testing.assert_allclose(np.linalg.norm(found.normal[near], axis=1), 1.0, atol=1e-9)


def test_shortest_ways_are_bounds_from_below() -> None:
    mesh, formula = SOLIDS["can"]
    points = around(mesh)
    ways = shortest_ways(solid_of_quads(mesh.vertices, mesh.quads), points)
    assert (ways <= np.abs(formula(points)) + 1e-4).all()
    assert (np.abs(formula(points)) - ways < 0.012).all()


def test_a_fold_at_a_corner_turns_nothing_inside_out() -> None:
    mesh = box(0.05, 0.05, 0.05)
    # A flap of half a millimetre at a corner that looks to the wrong side.
    corner = mesh.vertices[-1]
    flap = corner - np.array([[0.0, 0, 0], [0.0005, 0, 0], [0.0005, 0.0005, 0], [0, 0.0005, 0]])
    count = len(mesh.vertices)
    folded = mesh_of(
        np.concatenate([mesh.vertices, flap]),
        np.concatenate([mesh.quads, [[count + 3, count + 2, count + 1, count]]]),
    )
    points = corner + np.random.default_rng(1).uniform(0.001, 0.02, (500, 3))
    found = gaps_to(solid_of_quads(folded.vertices, folded.quads), points)
    assert (found.gap > 0).all()


def test_degenerate_triangles_are_left_out() -> None:
    corners = np.array(
        [[[0, 0, 0], [1, 0, 0], [0, 1, 0]], [[0, 0, 0], [1, 0, 0], [1, 0, 0]]], dtype=float
    )
    assert len(solid_of_triangles(corners).normals) == 1


def test_measuring_is_fast() -> None:
    mesh, _ = SOLIDS["can"]
    solid = solid_of_quads(mesh.vertices, mesh.quads)
    points = around(mesh, 1000)
    gaps_to(solid, points)
    start = time.process_time()
    for _ in range(5):
        gaps_to(solid, points)
    assert (time.process_time() - start) / 5 < 0.05  # 0.005 s on an idle core
