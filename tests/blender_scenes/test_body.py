"""People as Blender's objects: built once, dressed, posed in the world, hidden."""

from __future__ import annotations

from collections.abc import Iterator

import bpy
import numpy as np
import pytest

from blender_scenes.body import (
    BodyObjects,
    body_parts,
    build_body,
    pose_body,
    set_body,
    show_body,
)
from blender_scenes.stage import Stage
from synth.body.model import load_body_model
from synth.sample import CLOTH_IN_MASK
from synth.scene import Eyewear, Headwear
from tests.synth.body.people import PLAIN, drawn_look, drawn_shape

pytestmark = pytest.mark.render


@pytest.fixture(scope="module")
def body(stage: Stage) -> Iterator[BodyObjects]:
    own = build_body(load_body_model(), stage.scene.collection, "tested")
    yield own
    for thing in [own.skin, own.hair, *(cloth.object for cloth in own.cloths)]:
        bpy.data.objects.remove(thing)


def points_of(thing: bpy.types.Object) -> np.ndarray:
    points = np.empty(3 * len(thing.data.vertices), np.float32)
    thing.data.vertices.foreach_get("co", points)
    return points.reshape(-1, 3) @ np.array(thing.matrix_world)[:3, :3].T


def test_hidden_until_shown(body: BodyObjects) -> None:
    look = drawn_look(3)
    show_body(body, False)
    set_body(body, look, drawn_shape(look))
    assert all(part.hide_render for part in [*body_parts(body), body.hair])
    show_body(body, True)
    assert not any(part.hide_render for part in body_parts(body))
    assert body.hair.hide_render == (body.strands is None)


def test_skin_is_where_it_is_put(body: BodyObjects) -> None:
    look = drawn_look(4)
    shape = drawn_shape(look)
    set_body(body, look, shape)
    moved = shape.vertices + [1.0, 2.0, 0.5]
    pose_body(body, moved)
    np.testing.assert_allclose(points_of(body.skin), moved, atol=1e-5)
    for part in body_parts(body):
        points = points_of(part)
        assert np.isfinite(points).all()
        assert (points > moved.min(0) - 0.15).all()
        assert (points < moved.max(0) + 0.15).all()


def test_the_hands_own_skin_is_not_drawn(body: BodyObjects) -> None:
    look = drawn_look(5)
    set_body(body, look, drawn_shape(look))
    drawn = np.empty(len(body.skin.data.loops), np.int32)
    body.skin.data.loops.foreach_get("vertex_index", drawn)
    model = body.model
    inner = np.setdiff1d(
        model.quads[model.quad_in_hand.any(0)], model.quads[~model.quad_in_hand.any(0)]
    )
    assert len(inner) > 3000
    assert not np.isin(drawn, inner).any()


def test_one_person_leaves_nothing_to_the_next(body: BodyObjects) -> None:
    plain = drawn_look(6).model_copy(
        update={"headwear": None, "eyewear": None, "garments": drawn_look(6).garments[:1]}
    )
    rich = drawn_look(7).model_copy(
        update={
            "headwear": Headwear(kind="cap", surface=PLAIN, size=0.01, seed=1),
            "eyewear": Eyewear(kind="sunglasses", color=(0.0, 0.0, 0.0), seed=1),
        }
    )
    show_body(body, True)
    for look in (rich, plain, rich):
        set_body(body, look, drawn_shape(look))
        pose_body(body, drawn_shape(look).vertices)
        extra = (look.headwear is not None) + 2 * (look.eyewear is not None)
        assert len(body_parts(body)) == 1 + len(look.garments) + extra
        shown = [cloth.object for cloth in body.cloths if not cloth.object.hide_render]
        assert shown == body_parts(body)[1:]


def test_all_of_it_is_cloth_in_the_mask(body: BodyObjects) -> None:
    assert {part.pass_index for part in [*body_parts(body), body.hair]} == {CLOTH_IN_MASK}


def test_the_skins_values_are_the_persons(body: BodyObjects) -> None:
    look = drawn_look(8)
    set_body(body, look, drawn_shape(look))
    nodes = body.materials.skin.node_tree.nodes
    assert nodes["own"].image.filepath.endswith(f"color_{look.skin.name}.png")
    assert nodes["brightness_value"].outputs[0].default_value == pytest.approx(look.skin.brightness)
    assert tuple(nodes["scalp_color"].outputs[0].default_value)[:3] == pytest.approx(
        look.hair.color
    )
