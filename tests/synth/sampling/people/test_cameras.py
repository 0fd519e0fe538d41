"""Cameras before people, checked by projection and by rays through the body's skin."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

from synth.body.clearance import Trunk
from synth.manifest import Cameras, Identity, Image, Manifest, People
from synth.sampling.draws import Draws
from synth.sampling.people import cameras as module
from synth.sampling.people.act import Act
from synth.sampling.people.acting import act
from synth.sampling.people.actor import SETTINGS, Actor, Setting, sample_actor
from synth.sampling.people.cameras import (
    sample_cameras_near_hands,
    sample_cameras_off_hands,
    sample_people_cameras,
)
from synth.scene import Camera
from tests.synth.sampling.people.figures import Array
from tests.synth.sampling.posed import at, centre_of, inside

MANIFEST = Manifest(
    seed=6,
    sequences=40,
    cameras=6,
    image=Image(width=160, height=120),
    identity=Identity(count=30),
    people=People(held_share=0.0, face_share=0.0),
    camera=Cameras(scale=(0.3, 0.8), scale_mode=0.5, depth_of_field_share=0.0),
)


@lru_cache(maxsize=16)
def cast(setting: Setting, hidden: bool = False, joined: bool = False) -> tuple[Actor, Act]:
    one = sample_actor(Draws(MANIFEST, 3), 0, setting, joined, 0)
    return one, act(np.random.default_rng(2), MANIFEST, one, setting, hidden)


def drawn(setting: Setting, hidden: bool = False, seed: int = 0) -> list[Camera]:
    one, done = cast(setting, hidden)
    rng = np.random.default_rng(seed)
    return sample_people_cameras(rng, MANIFEST, setting, [one], [done], hidden)


def hands(one: Actor, done: Act) -> list[Array]:
    return [at(one.body_to_world, arm.landmarks) for arm in done.arms]


@pytest.mark.parametrize("setting", SETTINGS)
def test_a_hand_is_in_the_picture_and_nothing_near_the_camera(setting: Setting) -> None:
    one, done = cast(setting)
    found = drawn(setting)
    assert len(found) == 6
    skin = at(one.body_to_world, one.figure.trunk.points)
    good = 0
    for camera in found:
        centre = centre_of(camera)
        assert (camera.width, camera.height) == (160, 120)
        good += max(inside(camera, hand).sum() for hand in hands(one, done)) >= 13
        assert np.linalg.norm(skin - centre, axis=1).min() > (
            0.03 if setting == "egocentric" else 0.1
        )
        for arm in done.arms:
            points = at(one.body_to_world, arm.points)
            assert np.linalg.norm(points - centre, axis=1).min() > 0.03
    assert good == 6
    # No two are the same.
    assert len({camera.world_to_camera for camera in found}) == 6


def test_cameras_do_not_stand_under_the_table() -> None:
    one, _ = cast("desk")
    table = one.table
    assert table is not None
    for seed in range(3):
        for camera in drawn("desk", seed=seed):
            place = at(np.linalg.inv(one.body_to_world), centre_of(camera)[None])[0]
            over = ((place[:2] > table.low) & (place[:2] < table.high)).all()
            assert place[2] > table.height or not over


@pytest.mark.parametrize("setting", ["webcam", "room", "egocentric"])
def test_hidden_hands_are_seen_by_no_camera(setting: Setting) -> None:
    one, done = cast(setting, hidden=True)
    seen = []
    for camera in drawn(setting, hidden=True):
        centre = centre_of(camera)
        for hand in hands(one, done):
            shown = hand[inside(camera, hand)]
            seen += [not crosses(one.figure.trunk, one, point, centre) for point in shown]
    assert sum(seen) <= 0.02 * 6 * 42


def crosses(trunk: Trunk, one: Actor, point: Array, centre: Array) -> bool:
    """Whether the straight way between two places goes through a body, walked in steps of 1 cm."""
    steps = int(np.linalg.norm(centre - point) / 0.01)
    way = point + np.linspace(0.0, 1.0, steps)[:, None] * (centre - point)
    return bool((trunk.distance(at(np.linalg.inv(one.body_to_world), way)) < 0).any())


def test_cameras_off_hands_see_none_of_them_but_faces() -> None:
    one, done = cast("webcam", hidden=True)
    found = []
    for seed in range(4):
        found += sample_cameras_off_hands(np.random.default_rng(seed), MANIFEST, [one], [done])
    points = np.concatenate(hands(one, done))
    assert not any(inside(camera, points).any() for camera in found)
    skin = at(one.body_to_world, one.figure.trunk.points)
    head = skin[one.figure.trunk.on_head]
    seen = [np.mean(inside(camera, head)) for camera in found]
    assert np.mean(np.array(seen) > 0.3) > 0.3
    # All of them see something of the body.
    assert all(inside(camera, skin).any() for camera in found)
    for camera in found:
        assert np.linalg.norm(skin - centre_of(camera), axis=1).min() > 0.099


def test_cameras_near_hands_have_both_in_the_picture_with_nothing_before_them() -> None:
    one, done = cast("webcam", joined=True)
    assert done.gestures[0] == done.gestures[1]
    rng = np.random.default_rng(0)
    sizes = []
    for camera in sample_cameras_near_hands(rng, MANIFEST, [one], [done]):
        both = np.concatenate(hands(one, done))
        assert np.mean(inside(camera, both)) > 0.5
        rows = np.array(camera.world_to_camera)
        pixels = at(rows, both) @ np.array(camera.K).T
        pixels = pixels[:, :2] / pixels[:, 2:]
        sizes.append(np.ptp(pixels, axis=0).max() / 120)
        for hand in hands(one, done):
            assert not crosses(one.figure.trunk, one, hand.mean(0), centre_of(camera))
    assert 0.25 < min(sizes) < max(sizes) < 0.85


def test_ways_to_a_camera_are_measured_along_all_of_them() -> None:
    """Before the chest nothing is in the way of a camera in front; behind the back all is."""
    one, _ = cast("room")
    middle = one.figure.joint("spine02")
    for distance in (0.8, 2.0, 6.0):
        camera = drawn("room")[0].model_copy(
            update={"world_to_camera": looking_back(one, middle + [0.0, -distance, 0.0])}
        )
        places = at(one.body_to_world, middle + np.array([[0, -0.3, 0.0], [0, 0.25, 0.0]]))
        before, behind = module._open_ways(camera, places, [one])
        assert before > 0.03
        assert behind < 0
    assert module._open_ways(camera, np.zeros((0, 3)), [one]).shape == (0,)


def looking_back(one: Actor, place: Array) -> tuple[tuple[float, ...], ...]:
    """world_to_camera of a camera at a place before the body that looks along +Y."""
    matrix = np.eye(4)
    matrix[:3, :3] = [[1, 0, 0], [0, 0, -1], [0, 1, 0]]
    matrix[:3, 3] = -matrix[:3, :3] @ at(one.body_to_world, place[None])[0]
    return tuple(tuple(row) for row in matrix.tolist())
