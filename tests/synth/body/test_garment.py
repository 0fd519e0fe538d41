"""What clothes cover, that they keep off the skin, and that they follow a pose."""

from __future__ import annotations

import numpy as np
import pytest

from synth.body.garment import dressed
from synth.body.measures import limbs_of, measures_of
from synth.body.patch import whole
from synth.body.shell import laid, vertex_normals
from synth.scene import Garment
from tests.synth.body.people import average, drawn_look, drawn_shape, garment


def laid_at_rest(*garments: Garment) -> list[np.ndarray]:
    model, shape = average()
    surface = whole(model.quads, len(model.template))
    normals = vertex_normals(surface.corner_to_vertex, model.quads, shape.vertices)
    return [laid(one.shell, shape.vertices, normals) for one in dressed(model, shape, garments)]


def test_normals_point_outwards() -> None:
    model, shape = average()
    surface = whole(model.quads, len(model.template))
    normals = vertex_normals(surface.corner_to_vertex, model.quads, shape.vertices)
    np.testing.assert_allclose(np.linalg.norm(normals, axis=1), 1.0, atol=1e-6)
    chest = (shape.vertices[:, 1] < -0.1) & (np.abs(shape.vertices[:, 0]) < 0.05)
    chest &= (shape.vertices[:, 2] > 0.2) & (shape.vertices[:, 2] < 0.4)
    assert chest.sum() > 20
    assert (normals[chest, 1] < 0).all()


@pytest.mark.parametrize("kind", ["top", "jacket", "trousers"])
def test_cloth_keeps_off_the_skin_under_it(kind: str) -> None:
    model, shape = average()
    surface = whole(model.quads, len(model.template))
    normals = vertex_normals(surface.corner_to_vertex, model.quads, shape.vertices)
    (one,) = dressed(model, shape, [garment(kind)])
    rows = one.shell.patch.rows
    cloth = laid(one.shell, shape.vertices, normals)[: one.shell.patch.count]
    out = rows @ normals
    out /= np.linalg.norm(out, axis=1, keepdims=True)
    off = np.einsum("ij,ij->i", cloth - rows @ shape.vertices, out)
    assert np.quantile(off, 0.01) > 0.0005
    assert off.max() < 0.12
    assert one.shell.least.min() > 0


@pytest.mark.parametrize("sleeve", [0.3, 0.7])
def test_a_short_sleeve_ends_where_it_should(sleeve: float) -> None:
    model, shape = average()
    measures, limbs = measures_of(shape), limbs_of(model)
    (one,) = dressed(model, shape, [garment("top", sleeve=sleeve)])
    arm = one.shell.patch.rows @ limbs.arm[0] > 0.8
    along = one.shell.patch.rows @ measures.along_arm[0]
    assert along[arm].max() == pytest.approx(sleeve * measures.upper_arm - 0.01, abs=0.004)


@pytest.mark.parametrize("cuff", [0.02, 0.1])
def test_a_long_sleeve_goes_to_its_cuff(cuff: float) -> None:
    model, shape = average()
    measures = measures_of(shape)
    (one,) = dressed(model, shape, [garment("top", sleeve=1.0, cuff=cuff)])
    own = one.shell.patch.rows @ limbs_of(model).hand.any(0).astype(float) > 0.99
    nearest = np.minimum(*(one.shell.patch.rows @ measures.from_wrist.T).T)[own]
    assert nearest.min() == pytest.approx(cuff, abs=0.003)


def test_face_hands_and_feet_stay_bare() -> None:
    model, shape = average()
    eyes = shape.vertices[model.is_eye]
    low = shape.vertices[:, 2].min()
    hand = shape.wrist("right")
    for seed in range(12):
        look = drawn_look(seed)
        own = [g for g in look.garments if g.kind != "shoes"]
        for one in dressed(model, shape, own):
            places = one.shell.patch.rows @ shape.vertices
            assert np.linalg.norm(places - eyes.mean(0), axis=1).min() > 0.1
            assert np.linalg.norm(places - (hand - [0, 0.03, 0.1]), axis=1).min() > 0.03
            assert places[:, 2].min() > low + 0.03


def test_hidden_skin_lies_under_cloth() -> None:
    """Nothing hidden is further from the cloth's own skin than a quad's size."""
    model, shape = average()
    top = garment("top", sleeve=0.5)
    (one,) = dressed(model, shape, [top])
    covered = np.unique(one.shell.patch.rows.indices)
    assert one.hidden.sum() > 500
    assert np.isin(model.quads[one.hidden], covered).all()
    # And the edge's surroundings are drawn: the shell is larger than what it hides.
    assert len(covered) > len(np.unique(model.quads[one.hidden])) + 100


def test_what_is_under_a_jacket_is_left_out() -> None:
    model, shape = average()
    top, jacket = garment("top", sleeve=1.0, cuff=0.03), garment("jacket", sleeve=1.0, seed=7)
    alone = dressed(model, shape, [top])[0].shell.patch.count
    under = dressed(model, shape, [top, jacket])[0].shell.patch.count
    assert under < 0.7 * alone


def test_a_skirt_joins_the_legs() -> None:
    model, shape = average()
    (one,) = dressed(model, shape, [garment("skirt", sleeve=0.6)])
    places = one.shell.patch.rows @ shape.vertices
    knee = np.abs(places[:, 2] - (places[:, 2].min() + 0.05)) < 0.03
    # In the middle, in front: between the legs, where no skin is.
    middle = knee & (np.abs(places[:, 0]) < 0.01)
    assert middle.sum() >= 2
    skin = shape.vertices[np.abs(shape.vertices[:, 2] - places[middle, 2].mean()) < 0.02]
    assert np.linalg.norm(places[middle][:, None] - skin, axis=-1).min() > 0.01


def test_cloth_moves_with_the_body() -> None:
    """Turned about the vertical and moved, a garment is the same garment, turned and moved."""
    model, shape = average()
    turn = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    surface = whole(model.quads, len(model.template))
    (one,) = dressed(model, shape, [garment("top")])
    results = []
    for skin in (shape.vertices, shape.vertices @ turn.T + [1.0, 2.0, 3.0]):
        normals = vertex_normals(surface.corner_to_vertex, model.quads, skin)
        results.append(laid(one.shell, skin, normals))
    np.testing.assert_allclose(results[1], results[0] @ turn.T + [1.0, 2.0, 3.0], atol=1e-9)


def test_meshes_are_consistent_for_drawn_people() -> None:
    for seed in range(8):
        look = drawn_look(seed)
        shape = drawn_shape(look)
        for one in dressed(average()[0], shape, look.garments):
            corners, sizes = one.shell.polygons
            assert sizes.sum() == len(corners) == len(one.shell.uv)
            assert corners.max() < one.shell.count
            assert np.isfinite(one.shell.uv).all()
