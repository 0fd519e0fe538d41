"""Scenes of several hands, people and things: labels against what Cycles draws."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import bpy
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from blender_scenes.cast import pose_bodies, read_truth, set_cast
from blender_scenes.motion import key_motion
from blender_scenes.render import render_scene
from blender_scenes.stage import Stage
from synth.body.model import load_body_model
from synth.hand.model import load_hand_model
from synth.sample import CLOTH_IN_MASK, THING_IN_MASK, Sample, Timings
from synth.sampling.sequence import plan_scene
from synth.scene import Kind, Scene
from synth.things.kinds import thing_mesh
from tests.blender_scenes.scenes import tiny_manifest
from tests.synth.sampling.posed import at, bodies_of, hands_of

Array = NDArray[np.float64]


@lru_cache(maxsize=32)
def planned(kind: Kind, sequence: int, **people: float) -> Scene:
    """Sharp and still."""
    manifest = tiny_manifest(
        scenes={"hand": 0.0, kind: 1.0},
        image={"width": 192, "height": 144, "samples": 1, "denoise": False, "mask": True},
        cameras=2,
        camera={"motion_blur_share": 0.0, "depth_of_field_share": 0.0, "redraw": "frame"},
        things={"occluder_share": 0.6, "clutter_share": 0.4},
        worn={"watch_share": 0.3, "glove_share": 0.2},
        people={"hidden_share": 0.0, **people},
    )
    return plan_scene(manifest, sequence)


@lru_cache(maxsize=32)
def rendered(kind: Kind, sequence: int, **people: float) -> list[Sample]:
    return render_scene(planned(kind, sequence, **people), Timings())


MIXED: list[tuple[Kind, int, dict[str, float]]] = [
    ("pair", 1, {"two_people_share": 1.0}),
    ("people", 2, {"held_share": 0.8}),
    ("people", 7, {"egocentric": 1.0, "webcam": 0.0, "phone": 0.0, "room": 0.0, "desk": 0.0}),
    ("held", 3, {}),
    ("held", 2, {}),
    ("held", 6, {}),
]


#: Pixels of a hand whose fingers are wider than a pixel.
LARGE = 25


def around(mask: NDArray[np.uint8], x: float, y: float) -> NDArray[np.uint8]:
    """The pixel of a place in the picture and those about it."""
    row, column = int(np.floor(y)), int(np.floor(x))
    return mask[max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2]


def test_landmarks_are_seen_where_their_hand_is_drawn(stage: Stage) -> None:
    """The mask numbers hands, things and all else: it is the picture's own account of what is in
    front."""
    seen = behind = 0
    for kind, sequence, people in MIXED:
        for sample in rendered(kind, sequence, **people):
            assert sample.mask is not None
            for hand in sample.label["hands"]:
                own = hand["number"] + 1
                if max(hand["box"][2:]) < LARGE:
                    continue
                for (x, y, _), state in zip(
                    hand["landmarks_image"], hand["visibility"], strict=True
                ):
                    inside = 0 <= x < 192 and 0 <= y < 144
                    assert inside == (state != 0)
                    if not inside:
                        continue
                    pixels = around(sample.mask, x, y)
                    where = (sample.key, own, x, y)
                    if state == 2:
                        assert (pixels == own).any(), where
                        seen += 1
                    elif not (pixels == own).any():
                        behind += 1
    print(f"{seen} landmarks seen, {behind} behind something else")
    assert seen > 100
    assert behind > 25


def test_masks_number_hands_things_and_cloth(stage: Stage) -> None:
    found: set[int] = set()
    for kind, sequence, people in MIXED:
        scene = planned(kind, sequence, **people)
        numbers = set(range(len(scene.hands) + 1))
        for sample in rendered(kind, sequence, **people):
            own = set(np.unique(sample.mask).tolist())
            assert own <= {*numbers, THING_IN_MASK, CLOTH_IN_MASK}
            found |= own
            shown = {h["number"] + 1 for h in sample.label["hands"] if 2 in h["visibility"]}
            assert shown <= own
    assert found >= {0, 1, 2, THING_IN_MASK, CLOTH_IN_MASK}


def test_labels_are_of_the_scenes_hands(stage: Stage) -> None:
    for kind, sequence, people in MIXED:
        scene = planned(kind, sequence, **people)
        hands = hands_of(scene, scene.frames[0].moment)
        for sample in rendered(kind, sequence, **people):
            assert sample.label["kind"] == kind
            numbers = [hand["number"] for hand in sample.label["hands"]]
            assert numbers == sorted(set(numbers))
            for hand in sample.label["hands"]:
                look = scene.hands[hand["number"]]
                assert (hand["side"], hand["identity"]) == (look.side, look.identity)
                held = None if look.holds is None else scene.things[look.holds].kind
                assert hand["holds"] == held
                # Blender's rig puts joints where the sampler's arithmetic does.
                np.testing.assert_allclose(
                    hand["landmarks_world"], hands[hand["number"]].landmarks, atol=1e-4
                )


def world_vertices(thing: bpy.types.Object) -> Array:
    evaluated = thing.evaluated_get(bpy.context.evaluated_depsgraph_get())
    local = np.array([vertex.co for vertex in evaluated.data.vertices])
    return at(np.array(evaluated.matrix_world), local)


def staged(stage: Stage, scene: Scene) -> Any:
    plain = scene.render.model_copy(update={"subdivision": 0})
    scene = scene.model_copy(update={"render": plain})
    cast = set_cast(stage, scene)
    key_motion(stage.scene, cast.rigs, cast.things, scene.frames[0])
    pose_bodies(cast, scene, scene.frames[0].moment)
    return cast


@pytest.mark.parametrize("number", [0, 1])
def test_bodies_end_where_their_hands_begin(stage: Stage, number: int) -> None:
    kind, sequence, people = MIXED[number]
    scene = planned(kind, sequence, **people)
    cast = staged(stage, scene)
    model = load_body_model()
    skins = bodies_of(scene, scene.frames[0].moment)
    for look, objects, skin in zip(scene.bodies, cast.bodies, skins, strict=True):
        drawn = world_vertices(objects.skin)
        np.testing.assert_allclose(drawn, skin, atol=1e-4)
        for side, hand in enumerate(look.hands):
            rig = cast.hands[hand].hand
            # Some ornaments and gloves lie on the skin; the mesh without modifiers but the rig.
            own = world_vertices(rig.mesh)
            assert len(own) == model.hand_vertices.shape[1]
            faces = load_hand_model().faces
            edges = np.concatenate([faces[:, [k, (k + 1) % 4]] for k in range(4)])
            unique, counts = np.unique(np.sort(edges, axis=1), axis=0, return_counts=True)
            ring = np.unique(unique[counts == 1])
            np.testing.assert_allclose(own[ring], skin[model.hand_vertices[side]][ring], atol=2e-4)


def test_things_are_where_the_moment_has_them(stage: Stage) -> None:
    """Also those in left hands, which are mirrored."""
    signs = set()
    for kind, sequence, people in MIXED:
        scene = planned(kind, sequence, **people)
        cast = staged(stage, scene)
        places = scene.frames[0].moment.things
        for thing, objects, place in zip(scene.things, cast.things, places, strict=True):
            expected = at(np.array(place), thing_mesh(thing).vertices)
            gaps = cKDTree(expected).query(world_vertices(objects.object))[0]
            assert gaps.max() < 1e-4
            signs.add(float(np.sign(np.linalg.det(np.array(place)[:3, :3]))))
            assert not objects.object.hide_render
    assert signs == {1.0, -1.0}


def test_truth_knows_all_that_is_there(stage: Stage) -> None:
    kind, sequence, people = MIXED[1]
    scene = planned(kind, sequence, **people)
    cast = staged(stage, scene)
    truth = read_truth(cast)
    assert cast.is_mixed
    assert len(truth.hands) == len(scene.hands)
    assert len(truth.things) == len(scene.things)
    # At least skin and two garments; what is hidden is not among them.
    assert len(truth.blockers) >= 3
    for hand, expected in zip(truth.hands, hands_of(scene, scene.frames[0].moment), strict=True):
        np.testing.assert_allclose(hand.landmarks_world, expected.landmarks, atol=1e-4)
        low, high = hand.vertices.min(0), hand.vertices.max(0)
        assert (low > expected.skin.min(0) - 0.01).all()
        assert (high < expected.skin.max(0) + 0.01).all()


def without_absent(scene: Scene, camera_index: int) -> Scene:
    """The scene with one camera, and only with what it sees."""
    frame = scene.frames[0]
    view = frame.views[camera_index]
    kept = [i for i in range(len(scene.things)) if i not in view.absent]
    held = {i: number for number, i in enumerate(kept)}
    moment = frame.moment.model_copy(update={"things": tuple(frame.moment.things[i] for i in kept)})
    hands = tuple(
        hand if hand.holds is None else hand.model_copy(update={"holds": held[hand.holds]})
        for hand in scene.hands
    )
    alone = view.model_copy(update={"absent": ()})
    only = frame.model_copy(update={"moment": moment, "views": (alone,)})
    things = tuple(scene.things[i] for i in kept)
    return scene.model_copy(update={"things": things, "hands": hands, "frames": (only,)})


def test_what_is_absent_is_as_if_it_were_not_there(stage: Stage) -> None:
    compared = 0
    for kind, sequence, people in MIXED:
        scene = planned(kind, sequence, **people)
        for index, view in enumerate(scene.frames[0].views):
            if not view.absent or compared == 2:
                continue
            (expected,) = render_scene(without_absent(scene, index), Timings())
            sample = rendered(kind, sequence, **people)[index]
            assert sample.jpeg == expected.jpeg
            assert np.array_equal(sample.mask, expected.mask)
            assert sample.label["hands"] == expected.label["hands"]
            compared += 1
    assert compared == 2


def test_empty_pictures_have_no_hands_and_hidden_ones_show_none(stage: Stage) -> None:
    for sequence in (0, 4):
        for sample in rendered("empty", sequence):
            assert sample.label["hands"] == []
    states: list[int] = []
    for sequence in (3,):
        for sample in rendered("people", sequence, hidden_share=1.0):
            for hand in sample.label["hands"]:
                states += hand["visibility"]
    assert states.count(2) <= 0.03 * 2 * 42
