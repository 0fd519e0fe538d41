"""The rig and the skin as Blender evaluates them, against the numeric model of the hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import bpy
import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from blender_scenes.hand import Hand, posed_bones, set_pose, set_shape
from blender_scenes.motion import clear_motion
from blender_scenes.stage import Stage
from blender_scenes.truth import polygon_segments
from synth.hand.joint_angles import HandAngles, WristAngles
from synth.hand.model import forward_kinematics, skin_vertices
from synth.landmarks import BLENDSHAPES, BONES
from synth.manifest import Identity
from synth.sampling.identity import sample_person
from synth.scene import HandPose, Side
from tests.blender_scenes.probes import forget_numbers, number_polygons, strongest_groups
from tests.blender_scenes.scenes import hand_made_scene, posed_like

MIRROR = np.diag([-1.0, 1.0, 1.0, 1.0])
SIDES = pytest.mark.parametrize("side", ["right", "left"])


@pytest.fixture
def hand(stage: Stage) -> Hand:
    clear_motion(stage.scene, [stage.hands[0].hand], [])
    return stage.hands[0].hand


def random_pose(seed: int) -> HandPose:
    """Any rotations up to a radian, anywhere."""
    rng = np.random.default_rng(seed)
    turns = Rotation.from_rotvec(rng.uniform(-0.6, 0.6, (len(BONES), 3))).as_quat()
    world = np.eye(4)
    world[:3, :3] = Rotation.from_rotvec(rng.uniform(-2, 2, 3)).as_matrix()
    world[:3, 3] = rng.uniform(-0.2, 0.2, 3)
    forearm = Rotation.from_rotvec([0.5, 0.1, -0.3]).as_quat()
    return HandPose(
        bones=dict(zip(BONES, (tuple(np.roll(q, 1)) for q in turns.tolist()), strict=True)),
        forearm=tuple(np.roll(forearm, 1).tolist()),
        forearm_twist=0.0,
        wrist_to_world=tuple(tuple(row) for row in world.tolist()),
    )


def give_person(hand: Hand, side: Side, seed: int) -> None:
    person = sample_person(np.random.default_rng(seed), Identity(blendshape_sigma=1.0))
    set_shape(hand, person.phenotype, person.blendshapes, side)


def rest_pose() -> HandPose:
    still = (1.0, 0.0, 0.0, 0.0)
    return HandPose(
        bones=dict.fromkeys(BONES, still),
        forearm=still,
        forearm_twist=0.0,
        wrist_to_world=tuple(tuple(row) for row in np.eye(4).tolist()),
    )


@contextmanager
def without_modifiers(hand: Hand, *names: str) -> Iterator[None]:
    modifiers = [hand.mesh.modifiers[name] for name in names]
    for modifier in modifiers:
        modifier.show_viewport = False
    try:
        yield
    finally:
        for modifier in modifiers:
            modifier.show_viewport = True


def evaluated_vertices(hand: Hand) -> np.ndarray:
    """(V, 3) in the world."""
    evaluated = hand.mesh.evaluated_get(bpy.context.evaluated_depsgraph_get())
    points = np.array([vertex.co for vertex in evaluated.data.vertices])
    world = np.array(evaluated.matrix_world)
    return points @ world[:3, :3].T + world[:3, 3]


def test_24_bones_hang_together_as_a_hand_does(hand: Hand) -> None:
    bones = hand.armature.data.bones
    parents = {bone.name: bone.parent.name if bone.parent else None for bone in bones}
    arm = {"wrist": None, "forearm_distal": "wrist", "forearm_proximal": "forearm_distal"}
    fingers = {"thumb": ("metacarpal", "proximal", "distal", "tip")}
    for finger in ("index", "middle", "ring", "little"):
        fingers[finger] = ("metacarpal", "proximal", "intermediate", "distal", "tip")
    expected: dict[str, str | None] = dict(arm)
    for finger, segments in fingers.items():
        above = "wrist"
        for segment in segments:
            expected[f"{finger}_{segment}"] = above
            above = f"{finger}_{segment}"
    assert parents == expected
    assert len(parents) - len(arm) == 24
    assert set(BONES) == set(parents) - set(arm)


def test_36_shape_keys(hand: Hand) -> None:
    names = [key.name for key in hand.mesh.data.shape_keys.key_blocks]
    assert names == ["Basis", *BLENDSHAPES]
    assert len(BLENDSHAPES) == 36


@SIDES
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_bones_are_the_numeric_ones(hand: Hand, side: Side, seed: int) -> None:
    give_person(hand, side, seed)
    pose = random_pose(seed)
    set_pose(hand, pose)
    bpy.context.view_layer.update()
    posed = posed_bones(hand)
    assert hand.shape is not None
    rotations = np.array([pose.bones[bone] for bone in BONES])
    world = np.array(pose.wrist_to_world) @ (MIRROR if side == "left" else np.eye(4))
    expected = world @ forward_kinematics(hand.shape, rotations)
    np.testing.assert_allclose([posed[bone] for bone in BONES], expected, atol=1e-5)


@SIDES
def test_skin_is_the_numeric_one(hand: Hand, side: Side) -> None:
    give_person(hand, side, 4)
    pose = random_pose(4)
    set_pose(hand, pose)
    assert hand.shape is not None
    rotations = np.array([pose.bones[bone] for bone in BONES])
    bones = forward_kinematics(hand.shape, rotations)
    skin = skin_vertices(hand.model, hand.shape, bones, np.array(pose.forearm))
    world = np.array(pose.wrist_to_world) @ (MIRROR if side == "left" else np.eye(4))
    with without_modifiers(hand, "relax", "subdivision"):
        drawn = evaluated_vertices(hand)
    np.testing.assert_allclose(drawn, skin @ world[:3, :3].T + world[:3, 3], atol=1e-5)


@pytest.mark.parametrize("seed", [5, 6])
def test_shape_keys_and_bones_at_rest_leave_the_shape(hand: Hand, seed: int) -> None:
    give_person(hand, "right", seed)
    set_pose(hand, rest_pose())
    assert hand.shape is not None
    weights = [key.value for key in hand.mesh.data.shape_keys.key_blocks[1:]]
    assert np.count_nonzero(weights) == 36
    with without_modifiers(hand, "subdivision"):
        drawn = evaluated_vertices(hand)
    np.testing.assert_allclose(drawn, hand.shape.vertices, atol=1e-5)
    # The weights are what makes it so: without them it is another hand.
    hand.mesh.data.shape_keys.key_blocks["palm_width"].value += 1.0
    with without_modifiers(hand, "relax", "subdivision"):
        assert np.abs(evaluated_vertices(hand) - drawn).max() > 1e-3


def test_left_hand_is_the_mirror_image(hand: Hand) -> None:
    pose = random_pose(7).model_copy(update={"wrist_to_world": rest_pose().wrist_to_world})
    give_person(hand, "right", 7)
    set_pose(hand, pose)
    right = evaluated_vertices(hand)
    give_person(hand, "left", 7)
    set_pose(hand, pose)
    np.testing.assert_allclose(evaluated_vertices(hand), right * [-1, 1, 1], atol=1e-6)


@pytest.mark.parametrize("level", [0, 1, 2])
def test_fine_polygons_belong_to_the_bone_of_their_coarse_one(hand: Hand, level: int) -> None:
    give_person(hand, "right", 8)
    set_pose(hand, rest_pose())
    weights = hand.model.weights[hand.model.faces]
    before = hand.subdivision.levels
    hand.subdivision.levels = level
    number_polygons(hand, np.arange(len(weights)))  # subdivision hands the numbers down
    try:
        evaluated = hand.mesh.evaluated_get(bpy.context.evaluated_depsgraph_get())
        numbers = np.array([entry.value for entry in evaluated.data.attributes["number"].data])
        coarse = np.rint(numbers).astype(int)
        own = strongest_groups(hand, evaluated.data)
    finally:
        forget_numbers(hand)
        hand.subdivision.levels = before
    assert len(coarse) == len(weights) * 4**level
    segments = polygon_segments(hand, len(coarse))
    # Away from borders all corners of the coarse polygon are carried by one bone.
    by_corner = weights.argmax(-1)
    plain = (by_corner == by_corner[:, :1]).all(1)[coarse]
    assert plain.mean() > 0.7
    assert np.array_equal(segments[plain], by_corner[coarse][plain, 0])
    # Everywhere: a bone of its coarse polygon, and the one whose blended weight is largest.
    assert np.all(weights.max(1)[coarse, segments] > 0)
    assert np.mean(own == segments) > 0.99


def forearm_after(hand: Hand, side: Side, wrist: WristAngles) -> dict[str, np.ndarray]:
    """World bones of the average hand with straight fingers, its wrist frame at the world's."""
    scene = hand_made_scene(side, HandAngles(), [])
    set_shape(hand, {}, {}, side)
    set_pose(hand, posed_like(HandAngles(wrist=wrist), scene.hands[0], wrist.pronation))
    bpy.context.view_layer.update()
    return posed_bones(hand)


def elbow_of(bones: dict[str, np.ndarray]) -> np.ndarray:
    """Direction from the wrist to the elbow."""
    return bones["forearm_proximal"][:3, 3] / np.linalg.norm(bones["forearm_proximal"][:3, 3])


@SIDES
def test_forearm_bends_as_the_wrist_does(hand: Hand, side: Side) -> None:
    # Flexion brings palm and inner forearm together, radial deviation thumb and forearm.
    thumb = np.array([1.0 if side == "right" else -1.0, 0.0, 0.0])
    straight = elbow_of(forearm_after(hand, side, WristAngles()))
    np.testing.assert_allclose(straight, [0.0, -1.0, 0.0], atol=1e-5)
    flexed = elbow_of(forearm_after(hand, side, WristAngles(flexion=0.6)))
    np.testing.assert_allclose(flexed, [0.0, -np.cos(0.6), np.sin(0.6)], atol=1e-5)
    deviated = elbow_of(forearm_after(hand, side, WristAngles(deviation=0.3)))
    np.testing.assert_allclose(deviated, [np.sin(0.3) * thumb[0], -np.cos(0.3), 0.0], atol=1e-5)


@SIDES
def test_pronation_turns_the_palm_down(hand: Hand, side: Side) -> None:
    """Held forward with the thumb up, a hand that pronates turns its palm from the body's middle
    to the ground, and its thumb from up to the body's middle."""
    angle = 0.7
    before = forearm_after(hand, side, WristAngles())["forearm_proximal"][:3, :3]
    after = forearm_after(hand, side, WristAngles(pronation=angle))["forearm_proximal"][:3, :3]
    # The hand moves when the elbow is what stands still.
    hand_turn = before @ after.T
    thumb = np.array([1.0 if side == "right" else -1.0, 0.0, 0.0])
    palm = np.array([0.0, 0.0, 1.0])
    up, medial = thumb, palm  # before
    np.testing.assert_allclose(
        hand_turn @ palm, np.cos(angle) * medial - np.sin(angle) * up, atol=0.03
    )
    np.testing.assert_allclose(
        hand_turn @ thumb, np.cos(angle) * up + np.sin(angle) * medial, atol=0.03
    )


def test_twist_is_spread_along_the_forearm(hand: Hand) -> None:
    straight = forearm_after(hand, "right", WristAngles())
    turned = forearm_after(hand, "right", WristAngles(pronation=0.8))
    turns = [
        Rotation.from_matrix(turned[bone][:3, :3] @ straight[bone][:3, :3].T).magnitude()
        for bone in ("wrist", "forearm_distal", "forearm_proximal")
    ]
    assert turns[0] == pytest.approx(0.0, abs=1e-5)
    assert 0.1 < turns[1] < 0.7
    assert turns[2] == pytest.approx(0.8, abs=0.01)
