"""What touches, measured on the posed skin."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial import cKDTree

from synth.gestures.library import find_gesture
from synth.hand.contact import HandSurface, hand_surface
from synth.hand.joint_angles import HandAngles, angles_to_rotations
from synth.hand.limits import check
from synth.hand.model import forward_kinematics, load_hand_model, skin_vertices
from synth.hand.separation import resolve
from synth.hand.touch import PLACES, meet, place_on_skin
from synth.landmarks import BONES, FINGERS

MODEL = load_hand_model()
SURFACES = [
    hand_surface(MODEL, MODEL.shape(phenotype))
    for phenotype in ({}, {"age": 0.3, "height": 0.3}, {"gender": 1.0, "height": 0.9})
]


def skin_points(surface: HandSurface, angles: HandAngles, bone: str) -> np.ndarray:
    bones = forward_kinematics(surface.shape, angles_to_rotations(surface.shape, angles))
    skin = skin_vertices(MODEL, surface.shape, bones)
    return skin[surface.points[surface.point_bone == BONES.index(bone)]].mean(1)


@pytest.mark.parametrize("surface", SURFACES, ids=["average", "child", "big"])
@pytest.mark.parametrize(
    ("name", "finger"),
    [
        ("ok", "index"),
        ("pinch", "index"),
        ("pinch_middle", "middle"),
        ("pinch_ring", "ring"),
        ("pinch_little", "little"),
    ],
)
def test_fingertips_of_a_pinch_touch_on_every_hand(
    surface: HandSurface, name: str, finger: str
) -> None:
    gesture = find_gesture(name)
    met, gap = meet(surface, gesture.angles, gesture.touches)
    assert gap < 1e-3
    resolved, report = resolve(surface, met)
    assert report.resolved
    assert check(resolved) == []
    thumb = skin_points(surface, resolved, "thumb_distal")
    other = skin_points(surface, resolved, f"{finger}_distal")
    # Points of the coarse skin are about 3 mm apart.
    assert cKDTree(thumb).query(other)[0].min() < 0.003
    bones = forward_kinematics(surface.shape, angles_to_rotations(surface.shape, resolved))
    out = []
    for place in gesture.touches[0]:
        bone, _, direction = place_on_skin(surface, place)
        out.append(bones[bone, :3, :3] @ direction)
    assert out[0] @ out[1] < 0.1  # the skins face each other


def test_places_are_on_the_skin_of_their_finger() -> None:
    surface = SURFACES[0]
    rest = surface.shape
    for place in PLACES:
        bone, local, out = place_on_skin(surface, place)
        point = rest.bone_rest[bone, :3, :3] @ local + rest.bone_rest[bone, :3, 3]
        own = surface.point_part == FINGERS.index(place.split("_")[0])
        near = cKDTree(surface.point_rest[own]).query(point)[0]
        assert near < 0.004, place
        assert np.linalg.norm(local[[0, 2]]) > 0.003, place
        assert local @ out > 0, place
    with pytest.raises(KeyError):
        place_on_skin(surface, "thumb_side")


def test_nothing_to_touch_changes_nothing() -> None:
    angles = find_gesture("open_palm").angles
    assert meet(SURFACES[0], angles, ()) == (angles, 0.0)


def test_what_cannot_meet_is_said() -> None:
    angles, gap = meet(
        SURFACES[0], find_gesture("open_palm").angles, [("index_nail", "little_nail")]
    )
    assert gap > 0.01
    assert check(angles) == []


def test_only_the_fingers_that_touch_move() -> None:
    gesture = find_gesture("ok")
    met, _ = meet(SURFACES[0], gesture.angles, gesture.touches)
    for part in ("middle", "ring", "little", "wrist"):
        assert getattr(met, part) == getattr(gesture.angles, part)
    assert met.index != gesture.angles.index
