"""Motion blur: the picture is that of the open shutter, the label that of its middle."""

from __future__ import annotations

import numpy as np
import pytest

from blender_scenes.camera import set_camera
from blender_scenes.motion import clear_motion, key_motion
from blender_scenes.picture import render_picture
from blender_scenes.render import render_scene
from blender_scenes.stage import Stage
from synth.sample import Sample, Timings
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
