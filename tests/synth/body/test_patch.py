"""Dividing, cutting and bridging, against areas and planes known beforehand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import identity

from synth.body.patch import Patch, bridged, cut, divided, whole


def flat_grid(side: int) -> tuple[np.ndarray, np.ndarray]:
    """Quads of a unit square in the plane z = 0, and its points."""
    x, y = np.meshgrid(np.linspace(0, 1, side + 1), np.linspace(0, 1, side + 1))
    points = np.stack([x.ravel(), y.ravel(), np.zeros(x.size)], axis=1)
    first = (np.arange(side)[:, None] * (side + 1) + np.arange(side)).ravel()
    quads = np.stack([first, first + 1, first + side + 2, first + side + 1], axis=1)
    return quads, points


def area(patch: Patch, points: np.ndarray) -> float:
    places = patch.rows @ points
    turned = np.cross(places[patch.corners], places[patch.following])
    return float(np.linalg.norm(turned.sum(0)) / 2)


def test_a_divided_grid_is_the_finer_grid() -> None:
    quads, points = flat_grid(3)
    fine, rows = divided(quads, identity(len(points), format="csr"))
    assert len(fine) == 4 * len(quads)
    found = np.unique(np.round(rows @ points, 9), axis=0)
    expected = np.unique(np.round(flat_grid(6)[1], 9), axis=0)
    np.testing.assert_allclose(found, expected, atol=1e-9)
    normal = Patch(rows, fine.reshape(-1), np.full(len(fine), 4)).normals(rows @ points)
    np.testing.assert_allclose(normal, np.tile([0, 0, 1.0], (len(normal), 1)), atol=1e-9)


@pytest.mark.parametrize("share", [0.13, 0.5, 0.71])
def test_a_cut_leaves_the_area_on_its_side(share: float) -> None:
    quads, points = flat_grid(7)
    field = points[:, 0] + points[:, 1] - 2 * share
    patch = cut(quads, identity(len(points), format="csr"), field)
    corner = 2 * share**2 if share <= 0.5 else 1 - 2 * (1 - share) ** 2
    assert area(patch, points) == pytest.approx(corner, abs=1e-9)
    places = patch.rows @ points
    assert (places[:, 0] + places[:, 1]).max() == pytest.approx(2 * share, abs=1e-9)


def test_the_rim_goes_once_around() -> None:
    quads, points = flat_grid(4)
    patch = whole(quads, len(points))
    length = np.linalg.norm(points[patch.rim[:, 0]] - points[patch.rim[:, 1]], axis=1).sum()
    assert length == pytest.approx(4.0)
    assert sorted(patch.rim[:, 0]) == sorted(patch.rim[:, 1])


def test_a_bridge_leaves_no_mark_of_what_is_under_it() -> None:
    quads, points = flat_grid(8)
    bump = (np.abs(points[:, :2] - 0.5) < 0.2).all(1)
    points[:, 2] = 0.3 * points[:, 0]
    points[bump, 2] += 0.5
    patch = bridged(whole(quads, len(points)), bump)
    np.testing.assert_allclose(patch.rows @ points, points - [0, 0, 0.5] * bump[:, None], atol=0.02)
    assert patch.rows.sum(1) == pytest.approx(1.0)
