"""Ornaments fit: they neither float nor cut, whoever wears them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial import cKDTree

from synth.hand.model import HandModel, load_hand_model
from synth.landmarks import BONES
from synth.sampling.jewellery import sample_bracelet, sample_ring, sample_watch
from synth.scene import Ornament
from synth.things.mesh import Mesh
from synth.worn.ornament_mesh import ornament_mesh, rim_mesh
from synth.worn.section import skin_radius
from tests.synth.worn.skins import person, strewn

SEEDS = (1, 2, 3)


@pytest.fixture(scope="module")
def model() -> HandModel:
    return load_hand_model()


def all_kinds(seed: int) -> list[Ornament]:
    """A plain ring, one with a stone, two watches, and a bracelet of each kind."""
    rng = np.random.default_rng(seed)
    shape = person(load_hand_model(), seed)
    length = shape.bone_length[BONES.index("ring_proximal")]
    out: dict[tuple[str, ...], Ornament] = {}
    for _ in range(60):
        ring = sample_ring(rng, "ring_proximal", 0.63 * float(length), 0.5)
        for ornament in (ring, sample_watch(rng, 0.091, 0.5), sample_bracelet(rng, 0.091)):
            out[(ornament.kind, *sorted(ornament.size))] = ornament
    assert len(out) == 8
    return list(out.values())


def inward(mesh: Mesh, ornament: Ornament, model: HandModel, seed: int) -> np.ndarray:
    """(V,) metres that vertices lie within the skin, along the ray from the bone; negative: off."""
    shape = person(model, seed)
    fine = np.linspace(0, 2 * np.pi, 360, endpoint=False)
    levels = np.linspace(mesh.vertices[:, 1].min(), mesh.vertices[:, 1].max(), 9)
    table = skin_radius(model, shape, ornament.bone, levels, fine)
    angle = np.mod(np.arctan2(mesh.vertices[:, 0], mesh.vertices[:, 2]), 2 * np.pi)
    row = np.abs(mesh.vertices[:, 1, None] - levels).argmin(1)
    column = np.rint(angle / (2 * np.pi) * 360).astype(int) % 360
    return table[row, column] - np.hypot(mesh.vertices[:, 0], mesh.vertices[:, 2])


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_cuts_or_floats(model: HandModel, seed: int) -> None:
    shape = person(model, seed)
    for ornament in all_kinds(seed):
        mesh = ornament_mesh(model, shape, ornament)
        skin = cKDTree(strewn(model, shape, ornament.bone))
        name = (ornament.kind, *ornament.size)
        assert inward(mesh, ornament, model, seed).max() < 0.0015, name
        # The nearest of it all around lies on the skin, but for a bangle, which rests on one side.
        gap = skin.query(mesh.vertices)[0]
        sector = np.digitize(
            np.arctan2(mesh.vertices[:, 0], mesh.vertices[:, 2]), np.linspace(-np.pi, np.pi, 13)
        )
        gaps = np.array([gap[sector == s].min() for s in range(1, 13)])
        if "loose" in ornament.size:
            assert gaps.min() < 0.001, name
            assert gaps.max() < 0.03, name
        elif ornament.kind == "ring":
            assert gaps.max() < 0.0015, name
        else:  # a strap spans the corners between case and skin
            assert np.median(gaps) < 0.002, name
            assert gaps.max() < 0.012, name


@pytest.mark.parametrize("seed", SEEDS[:1])
def test_surfaces_are_closed_and_look_outwards(model: HandModel, seed: int) -> None:
    for ornament in all_kinds(seed):
        mesh = ornament_mesh(model, person(model, seed), ornament)
        ends = np.roll(mesh.quads, -1, axis=1)
        there = list(zip(mesh.quads.ravel().tolist(), ends.ravel().tolist(), strict=True))
        assert len(set(there)) == len(there)
        assert {(b, a) for a, b in there} == set(there)
        a, b, c, d = (mesh.vertices[mesh.quads[:, k]] for k in range(4))
        volume = (np.cross(a, b) * c).sum() / 6 + (np.cross(a, c) * d).sum() / 6
        assert volume > 0, ornament.kind


def test_a_metre_of_uv_is_a_metre(model: HandModel) -> None:
    for ornament in all_kinds(1):
        mesh = ornament_mesh(model, person(model, 1), ornament)
        edges = np.linalg.norm(
            mesh.vertices[mesh.quads] - mesh.vertices[np.roll(mesh.quads, -1, 1)], axis=2
        )
        flat = np.linalg.norm(mesh.uv - np.roll(mesh.uv, -1, 1), axis=2)
        assert 0.75 < np.median(flat / edges) < 1.3, ornament.kind


@pytest.mark.parametrize("azimuth", [0.0, 1.0, np.pi])
def test_the_front_looks_where_it_should(model: HandModel, azimuth: float) -> None:
    shape = model.shape()
    watch = sample_watch(np.random.default_rng(2), 0.091, 0.0)
    watch = watch.model_copy(update={"azimuth": azimuth})
    mesh = ornament_mesh(model, shape, watch)
    face = mesh.vertices[mesh.quads[mesh.part == 1]].mean((0, 1))
    toward = np.array([np.sin(azimuth), 0.0, np.cos(azimuth)])
    assert face @ toward / np.hypot(face[0], face[2]) > 0.999
    assert face[1] == pytest.approx(watch.along, abs=1e-3)


def test_a_hem_covers_the_edge_it_is_for(model: HandModel) -> None:
    shape = person(model, 2)
    mesh = rim_mesh(model, shape, "forearm_distal", 0.06, 0.02, 0.003)
    assert mesh.vertices[:, 1].min() == pytest.approx(0.04, abs=1e-6)
    assert mesh.vertices[:, 1].max() == pytest.approx(0.06, abs=1e-6)
    arm = sample_bracelet(np.random.default_rng(0), 0.09)  # any: for its bone
    outward = -inward(mesh, arm, model, 2)
    assert outward.min() < -0.0005  # its inner side lies in the skin: no gap shows
    assert 0.0025 < outward.max() < 0.0065
