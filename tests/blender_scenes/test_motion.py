"""Motion blur: the picture is that of the open shutter, the label that of its middle."""

from __future__ import annotations

import bpy
import numpy as np
import pytest

from blender_scenes.camera import set_camera
from blender_scenes.motion import clear_motion, key_motion
from blender_scenes.picture import render_picture
from blender_scenes.render import render_scene
from blender_scenes.stage import Stage
from synth.sample import THING_IN_MASK, Sample, Timings
from synth.sampling.things import sample_thing
from synth.scene import Frame, HandPose, Moment, Scene
from tests.blender_scenes.scenes import camera_at, hand_made_scene

CAMERA = camera_at((0.0, 0.06, 0.6), (0.0, 0.06, 0.0), focal=100.0)


def moved(pose: HandPose, metres: float, tilt: float) -> HandPose:
    """The pose shifted along x and turned about z."""
    world = np.eye(4)
    world[:2, :2] = [[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]]
    world[0, 3] = metres
    return pose.model_copy(update={"wrist_to_world": tuple(tuple(r) for r in world.tolist())})


def with_frame(scene: Scene, **changes: object) -> Scene:
    frame: Frame = scene.frames[0].model_copy(update=changes)
    return scene.model_copy(update={"frames": (frame,)})


def render(scene: Scene) -> Sample:
    (sample,) = render_scene(scene, Timings())
    return sample


def scenes() -> tuple[Scene, Scene]:
    """A still hand, and the same moment of one that moves 4 cm while the shutter is open."""
    still = hand_made_scene("left", "victory", [CAMERA])
    still = still.model_copy(
        update={"render": still.render.model_copy(update={"mask": True, "samples": 16})}
    )
    pose = still.frames[0].moment.hands[0]
    blurred = with_frame(
        still,
        shutter=0.02,
        shutter_open=Moment(hands=(moved(pose, -0.02, 0.1),)),
        shutter_close=Moment(hands=(moved(pose, 0.02, -0.1),)),
    )
    return still, blurred


def coverage(stage: Stage, scene: Scene) -> np.ndarray:
    """(rows above the wrist, columns) share of each pixel that the hand covers."""
    frame = scene.frames[0]
    key_motion(stage.scene, [stage.hands[0].hand], [], frame)
    set_camera(stage.scene, stage.camera, CAMERA)
    picture = render_picture(stage, scene.render)
    clear_motion(stage.scene, [stage.hands[0].hand], [])
    return picture.rgba[:40, :, 3]


def test_label_is_that_of_the_middle(stage: Stage) -> None:
    still, blurred = scenes()
    expected, label = (render(scene).label["hands"][0] for scene in (still, blurred))
    for key in ("landmarks_world", "landmarks_image", "landmarks_camera", "box"):
        np.testing.assert_allclose(label[key], expected[key], atol=1e-4)
    assert label["visibility"] == expected["visibility"]
    assert label["bones"] == expected["bones"]


def test_label_is_not_that_of_the_ends(stage: Stage) -> None:
    # The pose in the middle need not lie half-way: the label is the pose that is given for it.
    _, blurred = scenes()
    pose = blurred.frames[0].moment.hands[0]
    uneven = with_frame(blurred, moment=Moment(hands=(moved(pose, 0.015, 0.05),)))
    landmarks = np.array(render(uneven).label["hands"][0]["landmarks_world"])
    np.testing.assert_allclose(landmarks[0], [0.015, 0.0, 0.0], atol=1e-6)


def test_blurred_picture_is_wider_than_the_still_one(stage: Stage) -> None:
    still, blurred = scenes()
    render(still)
    sharp, smeared = coverage(stage, still), coverage(stage, blurred)
    # 4 cm at 0.6 m and f = 100 are 6.7 pixels at the wrist, twice as many at the finger tips.
    wider = np.count_nonzero(smeared.max(0) > 0.05) - np.count_nonzero(sharp.max(0) > 0.05)
    assert 6 <= wider <= 14
    # As much skin as before, spread out evenly to both sides of the middle.
    assert smeared.sum() == pytest.approx(sharp.sum(), rel=0.05)
    columns = np.arange(sharp.shape[1])
    middles = [(picture.sum(0) @ columns) / picture.sum() for picture in (sharp, smeared)]
    assert middles[1] == pytest.approx(middles[0], abs=0.5)


def test_still_picture_is_the_same_after_a_blurred_one(stage: Stage) -> None:
    still, blurred = scenes()
    before = render(still)
    blur = render(blurred)
    after = render(still)
    assert blur.jpeg != before.jpeg
    assert after.jpeg == before.jpeg
    assert after.label == before.label
    assert np.array_equal(after.mask, before.mask)


def test_clear_motion_leaves_no_keys(stage: Stage) -> None:
    _, blurred = scenes()
    render(blurred)
    clear_motion(stage.scene, [stage.hands[0].hand], [])
    assert stage.hands[0].hand.armature.animation_data is None or (
        stage.hands[0].hand.armature.animation_data.action is None
    )
    assert not stage.scene.render.use_motion_blur


def test_things_move_with_the_shutter_and_mirrored_ones_too(stage: Stage) -> None:
    """A thing that goes 6 cm to the right while the shutter is open is smeared over that."""
    still, _ = scenes()
    mug = sample_thing(np.random.default_rng(0), "held", ("mug",), "train")
    pose = still.frames[0].moment.hands[0]
    far = moved(pose, 3.0, 0.0)  # out of the picture

    def moment(metres: float, mirror: bool) -> Moment:
        place = np.diag([-1.0 if mirror else 1.0, 1.0, 1.0, 1.0])
        place[:3, 3] = metres, 0.06, 0.0
        return Moment(hands=(far,), things=(tuple(tuple(row) for row in place.tolist()),))

    for mirror in (False, True):
        scene = with_frame(still, moment=moment(0.0, mirror)).model_copy(update={"things": (mug,)})
        blurred = with_frame(
            scene,
            shutter=0.02,
            shutter_open=moment(-0.03, mirror),
            shutter_close=moment(0.03, mirror),
        )
        sharp, smeared = render(scene).mask, render(blurred).mask
        assert sharp is not None
        assert smeared is not None
        widths = [np.count_nonzero((mask == THING_IN_MASK).any(0)) for mask in (sharp, smeared)]
        # 6 cm at 0.6 m and f = 100 are ten pixels.
        assert 5 <= widths[1] - widths[0] <= 13
        again = render(scene).mask
        assert np.array_equal(again, sharp)


def test_every_hand_moves_on_its_own(stage: Stage) -> None:
    still, _ = scenes()
    pose = still.frames[0].moment.hands[0]
    left, right = moved(pose, -0.06, 0.0), moved(pose, 0.06, 0.0)
    both = still.model_copy(update={"hands": still.hands * 2})
    both = with_frame(
        both,
        gestures=(None, None),
        moment=Moment(hands=(left, right)),
        shutter=0.02,
        shutter_open=Moment(hands=(left, moved(pose, 0.03, 0.0))),
        shutter_close=Moment(hands=(left, moved(pose, 0.09, 0.0))),
    )
    first, second = render(both).label["hands"]
    np.testing.assert_allclose(
        np.array(second["landmarks_world"]) - first["landmarks_world"],
        np.tile([0.12, 0.0, 0.0], (21, 1)),
        atol=1e-5,
    )
    frame = both.frames[0]
    rigs = [dressed.hand for dressed in stage.hands[:2]]
    key_motion(stage.scene, rigs, [], frame)
    for rig, moves in zip(rigs, (0.0, 0.06), strict=True):
        places = []
        for number in (0, 2):
            stage.scene.frame_set(number)
            graph = bpy.context.evaluated_depsgraph_get()
            places.append(np.array(rig.armature.evaluated_get(graph).matrix_world)[0, 3])
        assert places[1] - places[0] == pytest.approx(moves, abs=1e-6)
    clear_motion(stage.scene, rigs, [])
    assert not stage.scene.render.use_motion_blur
