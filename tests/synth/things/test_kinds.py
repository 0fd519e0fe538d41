"""Every kind: a closed mesh, turned outwards, of a real size; and how it is held."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from synth.scene import Surface, Thing
from synth.things.grips import grips
from synth.things.hold import ROUND_STYLES, Grip
from synth.things.kinds import KINDS, kinds_of, thing_mesh
from synth.things.mesh import Mesh
from tests.synth.things.rays import distances

PLAIN = Surface(
    color=(0.5, 0.5, 0.5),
    color2=(0.5, 0.5, 0.5),
    pattern="plain",
    pattern_scale=0.1,
    roughness=0.5,
)
HELD = kinds_of("held")
#: Metres: longest side of the box about real ones, least and most.
LONGEST = {
    "mug": (0.08, 0.13),
    "can": (0.115, 0.168),
    "bottle": (0.15, 0.28),
    "card": (0.0855, 0.0857),
    "phone": (0.135, 0.17),
    "pen": (0.125, 0.16),
    "spoon": (0.14, 0.22),
    "hammer": (0.24, 0.36),
    "egg": (0.05, 0.064),
    "apple": (0.06, 0.1),
    "banana": (0.13, 0.2),
    "burger": (0.085, 0.125),
    "book": (0.17, 0.24),
    "laptop": (0.28, 0.45),
    "sofa": (0.85, 2.1),
    "foot": (0.2, 0.42),
}
#: Kinds whose cloth hangs in folds that its flat UV does not have, and rings of strong bend.
CRUMPLED = {"rag", "doughnut"}


def a_thing(kind: str, seed: int) -> Thing:
    rng = np.random.default_rng(seed)
    size = {name: float(rng.uniform(*span)) for name, span in KINDS[kind].sizes.items()}
    return Thing(kind=kind, role="held", size=size, surface=PLAIN, surface2=PLAIN, seed=seed)


def edges_of(mesh: Mesh) -> np.ndarray:
    return np.stack([mesh.quads, np.roll(mesh.quads, -1, axis=1)], axis=-1).reshape(-1, 2)


def part_volumes(mesh: Mesh) -> np.ndarray:
    """Signed volume of each connected part."""
    edges = edges_of(mesh)
    count = len(mesh.vertices)
    graph = csr_matrix((np.ones(len(edges)), edges.T), shape=(count, count))
    parts, of_vertex = connected_components(graph, directed=False)
    corners = mesh.vertices[mesh.quads]
    volumes = np.zeros(parts)
    for triangle in ((0, 1, 2), (0, 2, 3)):
        np.add.at(volumes, of_vertex[mesh.quads[:, 0]], np.linalg.det(corners[:, triangle]) / 6)
    return volumes


@pytest.mark.parametrize("kind", KINDS)
def test_meshes_are_closed_and_turned_outwards(kind: str) -> None:
    for seed in range(3):
        mesh = thing_mesh(a_thing(kind, seed))
        edges = edges_of(mesh)
        assert (edges[:, 0] != edges[:, 1]).all()
        forward = {(int(a), int(b)) for a, b in edges}
        assert len(forward) == len(edges), "an edge has two faces of the same sense"
        assert forward == {(b, a) for a, b in forward}, "there is a hole"
        assert (np.sort(np.unique(mesh.quads)) == np.arange(len(mesh.vertices))).all()
        assert (part_volumes(mesh) > 0).all()


@pytest.mark.parametrize("kind", KINDS)
def test_arrays_fit_together(kind: str) -> None:
    mesh = thing_mesh(a_thing(kind, 5))
    count = len(mesh.quads)
    assert mesh.uv.shape == (count, 4, 2)
    assert mesh.part.shape == mesh.smooth.shape == (count,)
    assert set(np.unique(mesh.part)) <= {0, 1}
    assert mesh.quads.dtype == np.int32
    assert np.isfinite(mesh.vertices).all()
    assert np.isfinite(mesh.uv).all()


@pytest.mark.parametrize("kind", sorted(set(KINDS) - CRUMPLED))
def test_a_metre_of_uv_is_a_metre(kind: str) -> None:
    mesh = thing_mesh(a_thing(kind, 2))
    corners = mesh.vertices[mesh.quads]
    real = np.linalg.norm(corners - np.roll(corners, -1, axis=1), axis=-1)
    flat = np.linalg.norm(mesh.uv - np.roll(mesh.uv, -1, axis=1), axis=-1)
    assert flat.sum() / real.sum() == pytest.approx(1.0, abs=0.1)
    assert np.percentile(flat / real, 95) < 1.4


@pytest.mark.parametrize("kind", LONGEST)
def test_sizes_are_real_ones(kind: str) -> None:
    low, high = LONGEST[kind]
    for seed in range(8):
        longest = np.ptp(thing_mesh(a_thing(kind, seed)).vertices, axis=0).max()
        assert low <= longest <= high


def test_there_are_enough_kinds() -> None:
    assert len(HELD) >= 40
    assert len(KINDS) >= 70
    for name, kind in KINDS.items():
        assert ("held" in kind.roles) == (kind.grips is not None), name


def test_the_same_thing_has_the_same_mesh_and_another_seed_another() -> None:
    for kind in ("paper", "rag", "apple", "plant", "sausages"):
        first, second = (
            thing_mesh(a_thing(kind, 3)),
            KINDS[kind].build(a_thing(kind, 3).size, np.random.default_rng(3)),
        )
        assert np.array_equal(first.vertices, second.vertices)
        other = a_thing(kind, 3).model_copy(update={"seed": 4})
        changed = thing_mesh(other).vertices
        assert changed.shape != first.vertices.shape or not np.allclose(changed, first.vertices)


def test_meshes_cannot_be_changed() -> None:
    mesh = thing_mesh(a_thing("mug", 0))
    with pytest.raises(ValueError, match="read-only"):
        mesh.vertices[0] = 0.0


def direction_of(grip: Grip) -> np.ndarray:
    return grip.out if grip.style in ROUND_STYLES else np.cross(grip.axis, grip.out)


@pytest.mark.parametrize("kind", HELD)
def test_grips_lie_on_the_surface(kind: str) -> None:
    for seed in range(3):
        thing = a_thing(kind, seed)
        mesh = thing_mesh(thing)
        found = grips(thing)
        assert found
        for grip in found:
            assert np.linalg.norm(grip.axis) == pytest.approx(1.0)
            assert np.linalg.norm(grip.out) == pytest.approx(1.0)
            assert grip.axis @ grip.out == pytest.approx(0.0, abs=1e-9)
            assert 0.005 <= grip.length <= 0.35
            met = distances(grip.origin, direction_of(grip), mesh.vertices, mesh.quads)
            assert np.abs(met - grip.radius).min() < 0.0005
            nominal = KINDS[kind].grips(thing.size)  # type: ignore[misc]
            assert min(abs(grip.radius - other.radius) for other in nominal) < 0.0025


@pytest.mark.parametrize("kind", HELD)
def test_what_is_gripped_fits_a_hand(kind: str) -> None:
    widest = {
        "wrap": 0.05,
        "sphere": 0.062,
        "tripod": 0.012,
        "pinch": 0.012,
        "flat": 0.03,
        "lateral": 0.012,
        "hook": 0.02,
    }
    for seed in range(4):
        for grip in grips(a_thing(kind, seed)):
            assert 0.0002 <= grip.radius <= widest[grip.style], grip


@pytest.mark.parametrize("kind", HELD)
def test_flat_grips_leave_the_thing_towards_the_palm(kind: str) -> None:
    """Not far along `out`, a pressed thing ends: the palm has room there."""
    for seed in range(3):
        thing = a_thing(kind, seed)
        mesh = thing_mesh(thing)
        for grip in grips(thing):
            if grip.style in ("flat", "lateral", "pinch"):
                met = distances(grip.origin, grip.out, mesh.vertices, mesh.quads)
                assert len(met)
                assert met.max() < 0.075


def test_a_pen_points_away_from_its_axis() -> None:
    """A tripod's axis goes from the tip, which is near, to the other end."""
    for kind in ("pen", "pencil", "marker", "paintbrush"):
        thing = a_thing(kind, 1)
        along = thing_mesh(thing).vertices @ grips(thing)[0].axis
        assert -along.min() < 0.09
        assert along.max() > 0.07
