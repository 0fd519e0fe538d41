"""Visibility on cases made by hand, and against the segments that Cycles draws."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from mathutils.bvhtree import BVHTree

from blender_scenes.render import render_scene
from blender_scenes.stage import Stage
from blender_scenes.truth import Truth, landmark_visibility, read_posed_hand
from synth.body.hair_cover import hung_hair
from synth.gestures.library import find_gesture
from synth.hand.joint_angles import FingerAngles
from synth.hand.recipe import SKINNED_BONES
from synth.labels import landmarks_with_depth
from synth.sample import Timings
from synth.scene import Camera, Scene, Side
from tests.blender_scenes.probes import BONE_AT_LANDMARK, segment_picture
from tests.blender_scenes.scenes import (
    camera_at,
    hand_made_scene,
    planned_scene,
    tiny_manifest,
    with_cameras,
)

SIDES = pytest.mark.parametrize("side", ["right", "left"])
PALM_VIEW = camera_at((0.0, 0.08, 0.6), (0.0, 0.08, 0.0), focal=130.0)
BACK_VIEW = camera_at((0.0, 0.06, -0.6), (0.0, 0.06, 0.0), focal=130.0)
#: Landmarks of the long fingers.
MCPS, PIPS, DIPS, TIPS = ([first + 4 * finger for finger in range(4)] for first in (5, 6, 7, 8))


def states_of(scene: Scene, camera_index: int = 0) -> np.ndarray:
    sample = render_scene(scene, Timings())[camera_index]
    return np.array(sample.label["hands"][0]["visibility"])


def landmarks_of(scene: Scene) -> np.ndarray:
    return np.array(render_scene(scene, Timings())[0].label["hands"][0]["landmarks_world"])


@SIDES
def test_an_open_hand_shows_every_joint(stage: Stage, side: Side) -> None:
    palm, back = (
        states_of(hand_made_scene(side, "open_palm_spread", [camera]))
        for camera in (PALM_VIEW, BACK_VIEW)
    )
    assert palm.tolist() == [2] * 21
    # The thumb's root is on the palm's side of the index finger's metacarpal.
    assert back.tolist() == [2, 1, *[2] * 19]


@SIDES
def test_a_fist_hides_its_tips_from_behind(stage: Stage, side: Side) -> None:
    states = states_of(hand_made_scene(side, "fist", [BACK_VIEW]))
    assert states[TIPS].tolist() == [1] * 4
    assert states[DIPS].tolist() == [1] * 4
    assert states[MCPS].tolist() == [2] * 4
    assert states[0] == 2


@SIDES
def test_a_fist_hides_its_knuckles_from_the_front(stage: Stage, side: Side) -> None:
    states = states_of(hand_made_scene(side, "fist", [PALM_VIEW]))
    assert states[MCPS[:3]].tolist() == [1] * 3  # behind the bent fingers
    assert states[0] == 2


@SIDES
def test_a_finger_before_the_palm(stage: Stage, side: Side) -> None:
    """The index finger stands out of an open palm, and the camera looks along the line from the
    middle knuckle through the middle of the index finger's intermediate phalanx."""
    open_hand = find_gesture("open_palm").angles
    angles = replace(open_hand, index=FingerAngles(mcp_flexion=np.radians(75.0), pip=0.2, dip=0.1))
    landmarks = landmarks_of(hand_made_scene(side, angles, [PALM_VIEW]))
    middle = (landmarks[6] + landmarks[7]) / 2
    knuckle = landmarks[9]
    direction = (middle - knuckle) / np.linalg.norm(middle - knuckle)
    camera = camera_at(tuple(knuckle + 0.5 * direction), tuple(knuckle), focal=130.0)
    scene = hand_made_scene(side, angles, [camera])
    states = states_of(scene)
    assert states[9] == 1
    assert states[[6, 7, 8]].tolist() == [2, 2, 2]
    # Fingers that are not behind it are as visible as ever.
    assert states[[12, 16, 20]].tolist() == [2, 2, 2]
    # With the index finger straight nothing is before the knuckle.
    assert states_of(hand_made_scene(side, open_hand, [camera]))[9] == 2


@SIDES
def test_a_box_hides_what_is_behind_it(stage: Stage, side: Side) -> None:
    scene = hand_made_scene(side, "open_palm_spread", [PALM_VIEW])
    pixels, _ = landmarks_with_depth(landmarks_of(scene), PALM_VIEW)
    posed = read_posed_hand(stage.hands[0].hand)

    def seen(blocker: BVHTree) -> np.ndarray:
        return np.array(landmark_visibility(Truth([posed], [], [blocker]), 0, pixels, PALM_VIEW))

    low, high = np.array([-0.05, 0.10, 0.10]), np.array([0.05, 0.30, 0.12])
    states = seen(box(low, high))
    # By hand: where the line from the camera to each joint crosses the box's front and back.
    eye = np.array([0.0, 0.08, 0.6])
    behind = np.zeros(21, bool)
    for height in (low[2], high[2]):
        share = (eye[2] - height) / (eye[2] - posed.landmarks_world[:, 2:])
        crossing = eye + share * (posed.landmarks_world - eye)
        behind |= np.all((crossing > low)[:, :2] & (crossing < high)[:, :2], axis=1)
    assert 4 < behind.sum() < 17
    assert states.tolist() == np.where(behind, 1, 2).tolist()
    # Behind the hand, and behind the camera, it hides nothing.
    assert seen(box(low - [0, 0, 0.3], high - [0, 0, 0.3])).tolist() == [2] * 21
    assert seen(box(low + [0, 0, 0.6], high + [0, 0, 0.6])).tolist() == [2] * 21


def box(low: np.ndarray, high: np.ndarray) -> BVHTree:
    corners = [
        [(low, high)[i][0], (low, high)[j][1], (low, high)[k][2]] for i, j, k in np.ndindex(2, 2, 2)
    ]
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    return BVHTree.FromPolygons(corners, quads)


@SIDES
def test_outside_the_frame(stage: Stage, side: Side) -> None:
    # The upper edge of the image cuts the fingers, the left one a part of the hand.
    cut = camera_at((0.0, 0.08, 0.6), (0.0, 0.08, 0.0), focal=130.0, centre=(22.0, 12.0))
    scene = hand_made_scene(side, "open_palm_spread", [cut, PALM_VIEW])
    first, second = render_scene(scene, Timings())
    (label,) = first.label["hands"]
    x, y, _ = np.array(label["landmarks_image"]).T
    inside = (x >= 0) & (x < 64) & (y >= 0) & (y < 64)
    assert 3 < inside.sum() < 18
    assert label["visibility"] == np.where(inside, 2, 0).tolist()
    assert second.label["hands"][0]["visibility"] == [2] * 21


def test_behind_the_camera_is_outside(stage: Stage) -> None:
    # Among the fingers, looking at the finger tips: the palm is behind.
    camera = camera_at((0.0, 0.12, 0.05), (0.0, 0.3, 0.049), focal=30.0)
    states = states_of(hand_made_scene("right", "open_palm", [camera]))
    assert states[[0, 1, 5, 9, 13, 17]].tolist() == [0] * 6


@SIDES
def test_a_sleeve_over_the_wrist(stage: Stage, side: Side) -> None:
    bare = states_of(hand_made_scene(side, "open_palm_spread", [PALM_VIEW]))
    assert bare[0] == 2
    covered = states_of(
        hand_made_scene(side, "open_palm_spread", [PALM_VIEW], sleeve={"start": -0.015})
    )
    assert covered[0] == 1
    assert covered[5:].tolist() == [2] * 16


@SIDES
def test_what_cycles_draws_at_each_joint(stage: Stage, side: Side) -> None:
    """Where a landmark falls, the picture of the segments shows one of its own if and only if it
    is visible. Pixels next to a segment's border are left out."""
    manifest = tiny_manifest(
        camera={"scale": [0.6, 1.1], "scale_mode": 0.8, "motion_blur_share": 0.0},
        identity={"sleeve_share": 1.0},
        motion={"gestures": ["fist", "point", "ok", "grasp_sphere", "relaxed"]},
    )
    compared, hidden = 0, 0
    for start in (0, 12):
        scene = planned_scene(side, manifest, start)
        scene = with_cameras(scene, [enlarged(v.camera, 6) for v in scene.frames[0].views])
        scene = scene.model_copy(
            update={"render": scene.render.model_copy(update={"subdivision": 1})}
        )
        for sample, view in zip(render_scene(scene, Timings()), scene.frames[0].views, strict=True):
            picture = segment_picture(stage, view.camera)
            (label,) = sample.label["hands"]
            for landmark, state in enumerate(label["visibility"]):
                x, y, _ = label["landmarks_image"][landmark]
                inside = 0 <= x < view.camera.width and 0 <= y < view.camera.height
                assert (state != 0) == inside
                row, column = int(np.floor(y)), int(np.floor(x))
                around = picture[max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2]
                if not inside or np.ptp(around):
                    continue
                own = [SKINNED_BONES.index(bone) for bone in own_bones(landmark)]
                assert (state == 2) == (picture[row, column] in own), (landmark, around)
                compared += 1
                hidden += state == 1
    print(f"{side}: {compared} landmarks, {hidden} of them hidden")
    assert compared > 60
    assert 10 < hidden < 0.8 * compared


def enlarged(camera: Camera, factor: int) -> Camera:
    """The same view with more pixels, everything sharp."""
    (fx, _, cx), (_, fy, cy), last = camera.K
    return camera.model_copy(
        update={
            "K": ((fx * factor, 0.0, cx * factor), (0.0, fy * factor, cy * factor), last),
            "width": camera.width * factor,
            "height": camera.height * factor,
            "f_stop": None,
        }
    )


def own_bones(landmark: int) -> set[str]:
    """The two bones that meet in a joint; the carpus and what borders on it for the wrist."""
    if landmark == 0:
        fingers = ("thumb", "index", "middle", "ring", "little")
        return {"wrist", "forearm_distal", *(f"{finger}_metacarpal" for finger in fingers)}
    after = BONE_AT_LANDMARK[landmark]
    finger, segment = after.split("_")
    chain = ["metacarpal", "proximal", "intermediate", "distal", "tip"]
    if finger == "thumb":
        chain.remove("intermediate")
    place = chain.index(segment)
    return {after, f"{finger}_{chain[place - 1]}" if place else "wrist"}


def test_hair_hides_what_it_covers_and_a_lock_nothing(stage: Stage) -> None:
    scene = hand_made_scene("right", "open_palm_spread", [PALM_VIEW])
    pixels, _ = landmarks_with_depth(landmarks_of(scene), PALM_VIEW)
    posed = read_posed_hand(stage.hands[0].hand)

    def seen(strands: int, height: float = 0.1) -> np.ndarray:
        """Behind a fringe as wide as the hand that hangs down to the knuckles."""
        x = np.linspace(-0.15, 0.15, strands)
        points = [np.stack([x, np.full_like(x, y), np.full_like(x, height)], 1) for y in (0.3, 0.1)]
        hair = hung_hair(np.stack(points, axis=1), np.array([0.0005, 0.0005]))
        truth = Truth([posed], [], [], [hair])
        return np.array(landmark_visibility(truth, 0, pixels, PALM_VIEW))

    thick = seen(600)
    assert thick[TIPS].tolist() == [1] * 4
    assert thick[[0, 1]].tolist() == [2, 2]
    assert seen(60).tolist() == [2] * 21
    assert seen(600, height=-0.2).tolist() == [2] * 21
