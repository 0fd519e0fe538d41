"""Shapes against the volumes and areas that geometry books give."""

from __future__ import annotations

import numpy as np
import pytest

from synth.things.mesh import Mesh, boxed_uv, joined, moved, sheet
from synth.things.outlines import filleted, rounded_rectangle
from synth.things.shapes import box, ellipsoid, panel, plain_box, revolved, rod, slab, tube


def volume(mesh: Mesh) -> float:
    corners = mesh.vertices[mesh.quads]
    total = 0.0
    for i, j, k in ((0, 1, 2), (0, 2, 3)):
        total += np.linalg.det(corners[:, [i, j, k]]).sum() / 6
    return total


def area(mesh: Mesh) -> float:
    corners = mesh.vertices[mesh.quads]
    cross = np.cross(corners[:, 2] - corners[:, 0], corners[:, 3] - corners[:, 1])
    return float(np.linalg.norm(cross, axis=1).sum() / 2)


def uv_area(mesh: Mesh) -> float:
    x, y = np.moveaxis(mesh.uv, -1, 0)
    across, along = (x[:, 2] - x[:, 0], y[:, 2] - y[:, 0]), (x[:, 3] - x[:, 1], y[:, 3] - y[:, 1])
    return float(np.abs(across[0] * along[1] - across[1] * along[0]).sum() / 2)


def turn_points(count: int) -> np.ndarray:
    turn = 2 * np.pi * np.arange(count) / count
    return np.stack([np.cos(turn), np.sin(turn), np.zeros(count)], -1)


@pytest.mark.parametrize(
    ("mesh", "expected"),
    [
        (rod(0.1, 0.02, step=0.002), np.pi * 0.02**2 * 0.1),
        (ellipsoid((0.03, 0.05, 0.02), 0.003), 4 / 3 * np.pi * 0.03 * 0.05 * 0.02),
        (ellipsoid((0.03, 0.03, 0.03), 0.002, power=60.0), 0.06**3),
        (box((0.1, 0.2, 0.03)), 0.1 * 0.2 * 0.03),
        (plain_box((0.1, 0.2, 0.03), (5, 6, 7)), 0.1 * 0.2 * 0.03),
        # Pappus: a torus.
        (tube(0.05 * turn_points(64), 0.006, 32, looped=True), 2 * np.pi**2 * 0.05 * 0.006**2),
        # A slab with round corners and sharp edges.
        (slab(*rounded_rectangle(0.08, 0.12, 0.01, 0.002), 0.01, 1e-5),
         0.01 * (0.08 * 0.12 - (4 - np.pi) * 0.01**2)),
    ],
)  # fmt: skip
def test_volumes(mesh: Mesh, expected: float) -> None:
    assert volume(mesh) == pytest.approx(expected, rel=0.03)


def test_a_hollow_solid_is_its_walls() -> None:
    walls = [(0.001, 0), (0.04, 0), (0.04, 0.1), (0.038, 0.1), (0.038, 0.002), (0.001, 0.002)]
    shell = np.pi * (0.04**2 * 0.1 - 0.038**2 * 0.098)
    assert volume(revolved(np.array(walls), 0.003)) == pytest.approx(shell, rel=0.03)


def test_a_sheet_is_its_area_times_its_thickness() -> None:
    x, y = np.meshgrid(np.linspace(0, 0.2, 60), np.linspace(0, 0.3, 20))
    wavy = sheet(np.stack([x, y, 0.004 * np.sin(60 * x)], -1), 0.001)
    flat = sheet(np.stack([x, y, 0 * x], -1), 0.001)
    assert volume(flat) == pytest.approx(0.2 * 0.3 * 0.001, rel=1e-6)
    length = np.trapezoid if hasattr(np, "trapezoid") else np.trapz
    fine = np.linspace(0, 0.2, 5000)
    stretched = length(np.sqrt(1 + (0.24 * np.cos(60 * fine)) ** 2), fine)
    assert volume(wavy) == pytest.approx(stretched * 0.3 * 0.001, rel=0.01)


def test_uv_is_in_metres() -> None:
    for mesh in (
        rod(0.1, 0.02),
        tube(np.linspace(0, 0.2, 30)[:, None] * [[0, 1, 0]], 0.01),
        plain_box((0.1, 0.2, 0.3)),
    ):
        assert uv_area(mesh) == pytest.approx(area(mesh), rel=0.02)
    # What is seen aslant is foreshortened, never enlarged.
    ball = boxed_uv(ellipsoid((0.05, 0.05, 0.05)))
    assert 0.6 * area(ball) < uv_area(ball) < area(ball)


def test_text_on_a_box_stands_upright_and_is_not_mirrored() -> None:
    mesh = plain_box((0.1, 0.2, 0.3))
    for corners, uv in zip(mesh.vertices[mesh.quads], mesh.uv, strict=True):
        normal = np.cross(corners[1] - corners[0], corners[2] - corners[1])
        # The UV's turning sense is that of the face seen from outside.
        edges = uv[1] - uv[0], uv[2] - uv[1]
        assert edges[0][0] * edges[1][1] - edges[0][1] * edges[1][0] > 0
        if abs(normal[1]) < 1e-12:
            assert np.allclose(np.diff(uv[:, 1]), np.diff(corners[:, 1]))


def test_a_screen_is_the_second_surface_of_its_front() -> None:
    mesh = panel(0.07, 0.15, 0.008, 0.009, 0.002, 0.003, 0.007)
    screen = mesh.vertices[mesh.quads[mesh.part == 1]].reshape(-1, 3)
    assert np.allclose(screen[:, 2], 0.004)
    assert np.ptp(screen[:, 0]) == pytest.approx(0.07 - 2 * 0.005, abs=1e-4)
    assert np.ptp(screen[:, 1]) == pytest.approx(0.15 - 2 * 0.005, abs=1e-4)


def test_fillets_touch_both_sides_and_keep_their_radius() -> None:
    curve = filleted([(0, 0), (1, 0), (1, 1)], 0.2)
    assert np.allclose(curve[0], (0, 0))
    assert np.allclose(curve[-1], (1, 1))
    arc = curve[1:-1]
    assert np.allclose(np.linalg.norm(arc - [0.8, 0.2], axis=1), 0.2)
    assert np.allclose(arc[0], (0.8, 0.0))
    assert np.allclose(arc[-1], (1.0, 0.2))


def test_joined_and_moved_keep_faces_together() -> None:
    one = plain_box((1, 1, 1))
    turn = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    two = joined(one, moved(plain_box((1, 2, 1)), (3, 0, 0), turn))
    assert volume(two) == pytest.approx(3.0)
    second = two.vertices[two.quads[6:]].reshape(-1, 3)
    assert np.allclose(second.min(0), (2, -0.5, -0.5))
    assert np.allclose(second.max(0), (4, 0.5, 0.5))
