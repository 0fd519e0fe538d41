"""Posed bodies: at rest they are the rest shape, bent they keep their bones and their seams."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial import cKDTree
from scipy.spatial.distance import pdist

from synth.body.bones import BODY_BONES, PARENTS, sided
from synth.body.model import SIDES
from synth.body.pose import Forearm, arm_frame, forearm_of, moved_bones, posed_skin, shoulder_of
from synth.body.reach import hold_arm, wrist_to_body
from synth.scene import HandPose, Matrix4, Side
from tests.synth.body.grown import (
    BENT,
    HAND,
    MODEL,
    REST,
    Array,
    Grown,
    grown,
    hand_at_rest,
    hand_pose,
    mirror_of,
)

Pose = dict[str, Array]


def forearms_at_rest(person: Grown, body_to_world: Array | None = None) -> tuple[Forearm, Forearm]:
    world = np.eye(4) if body_to_world is None else body_to_world
    right, left = (
        forearm_of(
            HAND,
            person.plain_hand,
            moved_pose(world, hand_at_rest(person.shape, side).wrist_to_world),
            side,
            person.shape,
            world,
        )
        for side in SIDES
    )
    return right, left


def moved_pose(world: Array, wrist: Matrix4) -> HandPose:
    return hand_pose(world @ np.array(wrist))


#: Where the wrists are held: before the chest, out from the right shoulder, to the front and up.
HELD = np.array([-0.02, -0.26, -0.08])


def raised(
    person: Grown, side: Side, pronation: float = 0.0, rotations: Pose | None = None
) -> Forearm:
    """A forearm before the chest."""
    shape = person.shape
    moved = moved_bones(shape, rotations or {})
    trunk = moved["spine01"]
    shoulder = trunk[:3, :3] @ shape.head(sided("upperarm01", side)) + trunk[:3, 3]
    wrist = shoulder + mirror_of(side)[:3, :3] @ HELD
    arm = hold_arm(shape, person.hand, moved, side, wrist, 0.4)
    own = wrist_to_body(arm, person.hand, side, np.array(REST), pronation)
    return forearm_of(HAND, person.hand, hand_pose(own, pronation), side, shape, np.eye(4))


@pytest.mark.parametrize("seed", range(3))
def test_the_rest_pose_is_the_rest_shape(seed: int) -> None:
    person = grown(seed)
    skin = posed_skin(MODEL, person.shape, {}, forearms_at_rest(person))
    assert np.abs(skin - person.shape.vertices).max() < 1e-6


def test_where_the_body_stands_does_not_matter() -> None:
    person = grown(0)
    turn = np.eye(4)
    turn[:3, :3] = arm_frame(np.array([0.2, 0.9, 0.3]), np.array([1.0, 0.0, 0.2]))
    turn[:3, 3] = 1.0, -2.0, 0.5
    for moved, still in zip(forearms_at_rest(person, turn), forearms_at_rest(person), strict=True):
        np.testing.assert_allclose(moved.skin, still.skin, atol=1e-9)
        np.testing.assert_allclose(moved.elbow, still.elbow, atol=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_forearms_are_where_the_hand_has_them(seed: int) -> None:
    person = grown(seed)
    for side in SIDES:
        forearm = raised(person, side)
        rest = person.shape.head(sided("lowerarm01", side))
        wrist = person.shape.wrist(side)
        # The elbow is a forearm's length from the wrist, as at rest.
        at_wrist = mirror_of(side)[:3, :3] @ (person.shape.head("upperarm01.R") + HELD)
        assert np.linalg.norm(forearm.elbow - at_wrist) == pytest.approx(
            np.linalg.norm(rest - wrist), abs=2e-4
        )
        np.testing.assert_allclose(
            forearm.moved[:3, :3] @ rest + forearm.moved[:3, 3], forearm.elbow
        )
        assert np.linalg.det(forearm.moved[:3, :3]) == pytest.approx(1.0)


def test_left_is_the_mirror_of_right() -> None:
    person = grown(1)
    right, left = (raised(person, side) for side in SIDES)
    flip = np.array([-1.0, 1.0, 1.0])
    np.testing.assert_allclose(left.skin * flip, right.skin, atol=1e-9)
    np.testing.assert_allclose(left.elbow * flip, right.elbow, atol=1e-6)
    skin = posed_skin(MODEL, person.shape, {}, (right, left))
    own = MODEL.quads[~MODEL.quad_in_hand.any(0)]
    # Every quad of the right half has one of the same place and shape on the left.
    middles = skin[own].mean(1)
    distance, _ = cKDTree(middles).query(middles * flip)
    assert np.quantile(distance, 0.999) < 1e-4


def test_bent_bones_keep_what_they_carry() -> None:
    person = grown(0)
    forearms = raised(person, "right", 0.0, BENT), raised(person, "left", 0.0, BENT)
    skin = posed_skin(MODEL, person.shape, BENT, forearms)
    # Heads and feet are carried by one bone alone, other skin by its neighbours too.
    for bone, least, slack in (
        ("head", 0.999, 2e-4),
        ("foot.L", 0.999, 2e-4),
        ("foot.R", 0.999, 2e-4),
        ("spine01", 0.9, 0.005),
        ("upperleg02.L", 0.9, 0.01),
        ("lowerleg01.L", 0.9, 0.01),
    ):
        own = np.flatnonzero(MODEL.weights[:, BODY_BONES.index(bone)] > least)
        own = own[:: len(own) // 40 + 1]
        np.testing.assert_allclose(pdist(skin[own]), pdist(person.shape.vertices[own]), atol=slack)
        assert np.abs(skin[own] - person.shape.vertices[own]).max() > 0.02


def test_joints_hold_together() -> None:
    """A bone's head is where its parent takes it."""
    shape = grown(2).shape
    moved = moved_bones(shape, BENT)
    for bone, parent in PARENTS.items():
        if parent is not None:
            head = np.append(shape.head(bone), 1.0)
            np.testing.assert_allclose(moved[bone] @ head, moved[parent] @ head, atol=1e-12)
    # Bowing forwards brings the head to the front and down.
    rest, now = (np.array([*shape.head("head"), 1.0]) for _ in range(2))
    now = moved["head"] @ now
    assert now[1] < rest[1] - 0.03


@pytest.mark.parametrize("twist", [-1.0, 0.8])
def test_the_seam_at_the_elbow_is_closed(twist: float) -> None:
    """Vertices of the ring are one and the same in both meshes, so no gap can be; and the skin
    next to it goes along without folding over."""
    person = grown(0)
    forearms = raised(person, "right", twist, BENT), raised(person, "left", twist, BENT)
    skin = posed_skin(MODEL, person.shape, BENT, forearms)
    for number, forearm in enumerate(forearms):
        np.testing.assert_array_equal(skin[MODEL.hand_vertices[number]], forearm.skin)
    own = MODEL.quads[~MODEL.quad_in_hand.any(0)]
    shared = np.intersect1d(own, MODEL.hand_vertices)
    assert 16 <= len(shared) <= 80
    at_seam = own[np.isin(own, shared).any(1)]
    before, after = (
        np.linalg.norm(np.diff(v[at_seam], axis=1), axis=2) for v in (person.shape.vertices, skin)
    )
    assert (after / before).max() < 2.5
    assert (after / before).min() > 0.25


def test_the_upper_arm_goes_from_shoulder_to_elbow() -> None:
    person = grown(1)
    shape = person.shape
    forearms = raised(person, "right"), raised(person, "left")
    skin = posed_skin(MODEL, shape, {}, forearms)
    moved = moved_bones(shape, {})
    for number, side in enumerate(SIDES):
        elbow = forearms[number].elbow
        shoulder = shoulder_of(shape, moved, side, elbow)
        # The girdle gives way by centimetres, not more.
        gone = np.linalg.norm(shoulder - shape.head(sided("upperarm01", side)))
        assert 0.001 < gone < 0.08
        bones = [BODY_BONES.index(sided(f"upperarm0{k}", side)) for k in (1, 2)]
        near = np.setdiff1d(
            np.flatnonzero(MODEL.weights[:, bones].sum(1) > 0.95), MODEL.hand_vertices
        )
        along = (elbow - shoulder) / np.linalg.norm(elbow - shoulder)
        places = (skin[near] - shoulder) @ along
        assert places.min() > -0.08
        assert places.max() < np.linalg.norm(elbow - shoulder) + 0.06
        away = np.linalg.norm(skin[near] - shoulder - places[:, None] * along, axis=1)
        rest_shoulder = shape.head(sided("upperarm01", side))
        rest_along = shape.head(sided("lowerarm01", side)) - rest_shoulder
        rest_along /= np.linalg.norm(rest_along)
        rest = shape.vertices[near] - rest_shoulder
        rest_away = np.linalg.norm(rest - (rest @ rest_along)[:, None] * rest_along, axis=1)
        assert np.median(away) == pytest.approx(np.median(rest_away), rel=0.25)


def test_a_frame_of_an_arm() -> None:
    frame = arm_frame(np.array([0.0, 3.0, 0.0]), np.array([2.0, 5.0, 0.0]))
    np.testing.assert_allclose(frame, np.eye(3), atol=1e-12)
    frame = arm_frame(np.array([1.0, 2.0, -0.5]), np.array([0.0, 0.3, 1.0]))
    np.testing.assert_allclose(frame.T @ frame, np.eye(3), atol=1e-12)
    assert np.linalg.det(frame) == pytest.approx(1.0)
    assert np.cross(frame[:, 1], [1.0, 2.0, -0.5]) == pytest.approx([0, 0, 0], abs=1e-12)
