"""Where hair grows, that it leaves the face free, and that it goes with the head."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial import cKDTree

from synth.body.hair import grown, hung
from synth.body.head_regions import average_skin, brow, hair_line, lashes
from synth.body.patch import whole
from synth.body.shell import vertex_normals
from synth.scene import Hair
from tests.synth.body.people import average, skull

STYLES = ["short", "medium", "long", "bun", "ponytail", "afro"]


def hair(style: str, seed: int = 3, length: float = 0.5) -> Hair:
    return Hair(style=style, color=(0.1, 0.1, 0.1), length=length, volume=0.015, seed=seed)  # type: ignore[arg-type]


def strands_of(style: str, seed: int = 3, skin: np.ndarray | None = None) -> np.ndarray:
    model, shape = average()
    own = grown(model, shape, hair(style, seed))
    assert own is not None
    skin = shape.vertices if skin is None else skin
    surface = whole(model.quads, len(model.template))
    return hung(own, skin, vertex_normals(surface.corner_to_vertex, model.quads, skin))


@pytest.mark.parametrize("style", ["bald", "shaved"])
def test_no_strands_without_hair(style: str) -> None:
    assert grown(*average(), hair(style)) is None


@pytest.mark.parametrize("style", STYLES)
def test_strands_begin_on_the_scalp(style: str) -> None:
    model, shape = average()
    own = grown(model, shape, hair(style))
    assert own is not None
    roots = strands_of(style)[:3000, 0]
    gap, nearest = cKDTree(shape.vertices).query(roots)
    assert gap.max() < 0.03
    assert np.mean(hair_line(average_skin(model))[nearest] < 0.004) > 0.99


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_eyes_nose_and_mouth_stay_free(style: str, seed: int) -> None:
    model, shape = average()
    points = strands_of(style, seed).reshape(-1, 3)
    eyes = shape.vertices[model.is_eye]
    low, high = eyes[:, 2].min() - 0.07, eyes[:, 2].max() - 0.01
    before = (points[:, 1] < eyes[:, 1].max()) & (points[:, 2] > low) & (points[:, 2] < high)
    assert np.mean(before & (np.abs(points[:, 0]) < 0.035)) < 0.002


def test_long_hair_is_long_and_lies_outside() -> None:
    model, shape = average()
    points = strands_of("long")
    assert points[..., 2].min() < shape.head("neck01")[2] - 0.1
    head = skull(model, shape)
    centre = np.array([0.0, -0.05, 0.71])
    inside = np.linalg.norm(points - centre, axis=-1) < 0.055
    assert not inside.any()
    assert np.ptp(head[:, 0]) > 0.11


def test_hair_goes_with_the_head() -> None:
    _, shape = average()
    turn = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    moved = strands_of("short", skin=shape.vertices @ turn.T + [0.3, 0.0, 1.0])
    np.testing.assert_allclose(moved, strands_of("short") @ turn.T + [0.3, 0.0, 1.0], atol=1e-6)


def test_the_same_seed_grows_the_same_hair() -> None:
    assert np.array_equal(strands_of("medium", 8), strands_of("medium", 8))
    assert not np.allclose(strands_of("medium", 8), strands_of("medium", 9))


def test_nothing_grows_under_a_hood() -> None:
    model, shape = average()
    assert grown(model, shape, hair("long"), np.ones(len(model.quads), bool)) is None


def test_regions_of_the_face() -> None:
    model, _ = average()
    points = average_skin(model)
    skin = points[~model.is_eye]
    mirrored = skin * [-1.0, 1.0, 1.0]
    for field in (hair_line, brow, lashes):
        np.testing.assert_allclose(field(skin), field(mirrored), atol=1e-5)
    eyes = points[model.is_eye]
    brows = skin[brow(skin) > 0.5]
    assert len(brows) > 20
    assert (brows[:, 2] > eyes[:, 2].mean() + 0.005).all()
    assert (brows[:, 2] < eyes[:, 2].max() + 0.02).all()
    edge = skin[lashes(skin) > 0.8]
    assert len(edge) > 10
    assert cKDTree(eyes).query(edge)[0].max() < 0.012
