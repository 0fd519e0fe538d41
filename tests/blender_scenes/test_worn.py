"""Gloves, ornaments and marks as Blender draws them, on a hand of these tests' own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import bpy
import cv2
import numpy as np
import pytest

from blender_scenes.camera import set_camera
from blender_scenes.glove import GloveObjects, build_glove, set_glove
from blender_scenes.hand import Hand, build_hand, posed_bones, set_pose, set_shape
from blender_scenes.ornament import Ornaments, build_ornaments, set_ornaments
from blender_scenes.picture import render_picture
from blender_scenes.settings import apply_settings
from blender_scenes.skin import SkinMaterial, build_skin, set_skin
from blender_scenes.stage import Stage, bodies_on, hands_on, things_on
from blender_scenes.world import set_light
from synth.hand.joint_angles import FingerAngles, HandAngles
from synth.hand.model import load_hand_model
from synth.hand.recipe import SKINNED_BONES
from synth.labels import landmarks_with_depth
from synth.landmarks import BONES, TIPS
from synth.sampling.jewellery import sample_ring, sample_watch
from synth.scene import Camera, Glove, HandLook, Light, Marks, RenderSettings, Side, SkinLook
from synth.worn.glove_shape import glove_fields
from tests.blender_scenes.scenes import camera_at, posed_like

SETTINGS = RenderSettings(samples=2, denoise=False, subdivision=1, mask=False, depth=False)
PALM_VIEW = camera_at((0.0, 0.03, 0.6), (0.0, 0.03, 0.0), size=(96, 96), focal=160.0)
BACK_VIEW = camera_at((0.0, 0.03, -0.6), (0.0, 0.03, 0.0), size=(96, 96), focal=160.0)
LOOK = HandLook(
    side="right", identity="", phenotype={}, blendshapes={}, skin=SkinLook(name="light")
)
SIDES = pytest.mark.parametrize("side", ["right", "left"])


@dataclass
class Dressed:
    stage: Stage
    hand: Hand
    skin: SkinMaterial
    glove: GloveObjects
    ornaments: Ornaments


@pytest.fixture(scope="module")
def built(stage: Stage) -> Iterator[Dressed]:
    before = set(bpy.data.objects)
    hand = build_hand(load_hand_model(), stage.scene.collection, "worn")
    skin = build_skin(hand)
    collection = stage.scene.collection
    yield Dressed(
        stage, hand, skin, build_glove(hand, skin, collection), build_ornaments(hand, collection)
    )
    for made in set(bpy.data.objects) - before:
        bpy.data.objects.remove(made)
    hands_on(stage, 1)


@pytest.fixture
def dressed(built: Dressed) -> Dressed:
    """A bare hand with straight fingers, alone in even light."""
    hands_on(built.stage, 0)
    bodies_on(built.stage, 0)
    things_on(built.stage, 0)
    light = Light(
        hdri="builtin:courtyard.exr", rotation=0.0, tilt=0.0, strength=1.0, tint=(1, 1, 1)
    )
    set_light(built.stage.world, light)
    give(built, "right")
    set_skin(built.skin, LOOK.skin)
    set_glove(built.glove, built.hand, None)
    set_ornaments(built.ornaments, built.hand, ())
    return built


def give(dressed: Dressed, side: Side, angles: HandAngles | None = None) -> None:
    set_shape(dressed.hand, {}, {}, side)
    set_pose(dressed.hand, posed_like(angles or HandAngles(), LOOK))
    bpy.context.view_layer.update()


def picture(dressed: Dressed, camera: Camera) -> np.ndarray:
    apply_settings(dressed.stage.scene, SETTINGS, False)
    set_camera(dressed.stage.scene, dressed.stage.camera, camera)
    dressed.stage.scene.cycles.seed = 1
    return render_picture(dressed.stage, SETTINGS).rgba


def glove(kind: str, **changes: Any) -> Glove:
    values: dict[str, Any] = {
        "kind": kind,
        "color": (0.02, 0.02, 0.6),
        "color2": (0.02, 0.5, 0.02),
        "thickness": 0.002,
        "cuff": 0.05,
        "roughness": 0.8,
        "pattern_scale": 0.004,
        "wrinkles": 0.5,
        "seed": 5,
    }
    return Glove(**{**values, **changes})


def drawn(hand: Hand) -> np.ndarray:
    """(V, 3) world vertices as they are drawn."""
    evaluated = hand.mesh.evaluated_get(bpy.context.evaluated_depsgraph_get())
    points = np.array([vertex.co for vertex in evaluated.data.vertices])
    world = np.array(evaluated.matrix_world)
    return points @ world[:3, :3].T + world[:3, 3]


@pytest.mark.render
def test_marks_of_no_strength_change_no_bit(dressed: Dressed) -> None:
    plain = picture(dressed, BACK_VIEW)
    unseen = Marks(
        polish_color=(0, 1, 0),
        tattoo_variant=3,
        henna_variant=2,
        plaster_variant=4,
        plaster_color=(0, 0, 1),
        dirt_variant=1,
        dirt_color=(1, 0, 0),
        polish_fingers=(2,),
    )
    set_skin(dressed.skin, LOOK.skin, unseen)
    assert np.array_equal(picture(dressed, BACK_VIEW), plain)
    set_skin(dressed.skin, LOOK.skin, Marks(tattoo=1, henna=1, polish=1, dirt=1, wetness=1))
    set_glove(dressed.glove, dressed.hand, glove("wool"))
    assert np.abs(picture(dressed, BACK_VIEW) - plain).max() > 0.05
    set_skin(dressed.skin, LOOK.skin)
    set_glove(dressed.glove, dressed.hand, None)
    assert np.array_equal(picture(dressed, BACK_VIEW), plain)


@pytest.mark.render
@pytest.mark.parametrize(
    "marks",
    [
        {"tattoo": 1.0, "tattoo_variant": 1},
        {"henna": 1.0},
        {"dirt": 1.0},
        {"plaster": 1.0, "plaster_variant": 3, "plaster_color": (0.0, 0.05, 0.5)},
        {"wetness": 1.0},
    ],
)
def test_marks_are_seen_and_leave_the_outline(dressed: Dressed, marks: dict[str, Any]) -> None:
    plain = picture(dressed, BACK_VIEW)
    set_skin(dressed.skin, LOOK.skin, Marks(**marks))
    marked = picture(dressed, BACK_VIEW)
    assert np.array_equal(marked[..., 3], plain[..., 3])
    changed = np.abs(marked - plain)[..., :3].max(-1)[plain[..., 3] > 0.99]
    assert (changed > 0.02).mean() > 0.02
    if "wetness" not in marks:
        assert np.mean(marked[..., :3]) < np.mean(plain[..., :3])


@pytest.mark.render
def test_polish_is_on_the_nails_that_it_is_for(dressed: Dressed) -> None:
    plain = picture(dressed, BACK_VIEW)
    marks = Marks(polish=1.0, polish_color=(0.0, 0.6, 0.0), polish_fingers=(1, 3))
    set_skin(dressed.skin, LOOK.skin, marks)
    polished = picture(dressed, BACK_VIEW)
    bones = posed_bones(dressed.hand)
    tips = np.stack([bones[BONES[i]][:3, 3] for i in range(len(BONES)) if "tip" in BONES[i]])
    places = landmarks_with_depth(tips, BACK_VIEW)[0][:, :2]
    rows, columns = np.nonzero(np.abs(polished - plain)[..., :3].max(-1) > 0.03)
    assert len(rows) >= 4
    distance = np.linalg.norm(np.stack([columns, rows], 1)[:, None] + 0.5 - places[None], axis=2)
    assert set(distance.argmin(1)) == {1, 3}
    assert distance.min(1).max() < 6
    assert len(TIPS) == len(places)


@pytest.mark.parametrize("kind", ["latex", "wool", "leather", "work", "fingerless"])
@SIDES
def test_a_glove_is_the_hands_own_mesh_lifted_off_the_skin(
    dressed: Dressed, kind: str, side: Side
) -> None:
    give(dressed, side)
    bare = drawn(dressed.hand)
    worn = glove(kind, thickness=0.0004 if kind == "latex" else 0.002)
    set_glove(dressed.glove, dressed.hand, worn)
    lifted = drawn(dressed.hand)
    assert lifted.shape == bare.shape
    moved = np.linalg.norm(lifted - bare, axis=1)
    assert dressed.hand.shape is not None
    coarse = glove_fields(dressed.hand.model, dressed.hand.shape, worn)
    own = np.arange(len(coarse.inside))  # a subdivided mesh's first vertices are the coarse ones
    beyond, on_hand = coarse.inside < -0.03, coarse.inside > 0.03
    assert beyond.sum() > 30
    assert moved[own[beyond]].max() < 1e-6
    if kind == "latex":  # nothing is smoothed
        np.testing.assert_allclose(moved[own[on_hand]], coarse.lift[on_hand], rtol=0.3)
    # Away from the hand's inside: the volume grows.
    middle = bare[own[on_hand]].mean(0)
    outward = (lifted - bare)[own[on_hand]] * (bare[own[on_hand]] - middle)
    assert np.mean(outward.sum(1)) > 0


@pytest.mark.render
def test_gloves_cover_what_they_should(dressed: Dressed) -> None:
    def blue(camera: Camera, worn: Glove | None) -> tuple[np.ndarray, np.ndarray]:
        set_glove(dressed.glove, dressed.hand, worn)
        rgba = cv2.blur(picture(dressed, camera), (3, 3))  # few samples are grainy
        return (rgba[..., 2] > 3 * rgba[..., 0]) & (rgba[..., 3] > 0.5), rgba[..., 3] > 0.5

    bones = posed_bones(dressed.hand)

    def at(bone: str, along: float) -> tuple[int, int]:
        point = bones[bone][:3, 3] + along * bones[bone][:3, 1]
        x, y = landmarks_with_depth(point[None], PALM_VIEW)[0][0, :2]
        return int(y), int(x)

    full, outline = blue(PALM_VIEW, glove("leather"))
    assert full[at("middle_proximal", 0.02)]
    assert full[at("middle_tip", 0.0)]
    assert full[at("forearm_distal", 0.03)]
    assert not full[at("forearm_distal", 0.075)]
    open_ended, _ = blue(PALM_VIEW, glove("fingerless", seed=3))
    assert open_ended[at("middle_proximal", 0.01)]
    assert not open_ended[at("middle_tip", 0.0)]
    assert not blue(PALM_VIEW, None)[0].any()
    assert outline.any()
    # A work glove's palm is of another colour than its back.
    set_glove(dressed.glove, dressed.hand, glove("work"))
    palm, back = picture(dressed, PALM_VIEW), picture(dressed, BACK_VIEW)
    row, column = at("middle_metacarpal", 0.04)
    assert palm[row, column, 1] > 2 * palm[row, column, 2]
    point = bones["middle_metacarpal"][:3, 3] + 0.04 * bones["middle_metacarpal"][:3, 1]
    x, y = landmarks_with_depth(point[None], BACK_VIEW)[0][0, :2]
    assert back[int(y), int(x), 2] > 2 * back[int(y), int(x), 1]


@SIDES
def test_ornaments_go_with_their_bones(dressed: Dressed, side: Side) -> None:
    bent = FingerAngles(mcp_flexion=0.9, pip=0.8, dip=0.4)
    give(dressed, side, HandAngles(ring=bent))
    rng = np.random.default_rng(0)
    wanted = (
        sample_ring(rng, "ring_proximal", 0.022, 0.5),
        sample_watch(rng, 0.091, 0.5),
    )
    set_ornaments(dressed.ornaments, dressed.hand, wanted)
    bpy.context.view_layer.update()
    bones = posed_bones(dressed.hand)
    shown = [item for item in dressed.ornaments.objects if not item.hide_render]
    assert len(shown) == 2
    for item, ornament in zip(shown, wanted, strict=True):
        assert ornament.bone in SKINNED_BONES
        world = np.array(item.matrix_world)
        vertices = np.array([vertex.co for vertex in item.data.vertices])
        points = vertices @ world[:3, :3].T + world[:3, 3]
        local = (points - bones[ornament.bone][:3, 3]) @ bones[ornament.bone][:3, :3]
        middle = 0.5 * (local[:, 1].min() + local[:, 1].max())
        assert middle == pytest.approx(ornament.along, abs=1e-4)
        assert np.all(local[:, [0, 2]].min(0) < -0.005)  # it goes around the bone
        assert np.all(local[:, [0, 2]].max(0) > 0.005)
        if ornament.kind == "watch":  # on the back: against the palm's side, +Z
            faces = [f for f in item.data.polygons if f.material_index == 1]
            corners = sorted({corner for face in faces for corner in face.vertices})
            assert local[corners, 2].max() < -0.01
    set_ornaments(dressed.ornaments, dressed.hand, wanted[:1])
    assert [item.hide_render for item in dressed.ornaments.objects].count(False) == 1


def test_no_hand_wears_more_than_its_pool(dressed: Dressed) -> None:
    ring = sample_ring(np.random.default_rng(0), "ring_proximal", 0.02, 0.5)
    with pytest.raises(ValueError, match="9 ornaments"):
        set_ornaments(dressed.ornaments, dressed.hand, [ring] * 9)


def test_hands_have_skins_of_their_own(dressed: Dressed) -> None:
    other = dressed.stage.hands[0].skin
    set_skin(other, SkinLook(name="dark"), Marks(tattoo=0.5))
    set_skin(dressed.skin, LOOK.skin, Marks(tattoo=0.25))
    assert other.material != dressed.skin.material
    values = [
        skin.material.node_tree.nodes["tattoo_value"].outputs[0].default_value
        for skin in (other, dressed.skin)
    ]
    assert values == [0.5, 0.25]
    set_skin(other, SkinLook(name="dark"))
