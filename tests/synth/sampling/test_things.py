"""Which things are drawn, what is in the way of a camera and what lies about."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from synth.sampling.things import (
    CAMERA_CLEARANCE,
    HELD_OUT_KINDS,
    TARGET_CLEARANCE,
    place_clutter,
    place_occluders,
    sample_thing,
)
from synth.scene import Camera, Matrix4, Thing
from synth.things.kinds import KINDS, kinds_of, thing_mesh
from tests.synth.things.rays import hidden

Array = NDArray[np.float64]


def a_camera(rng: np.random.Generator, distance: float, width: int = 320) -> Camera:
    """Looks from anywhere at the origin."""
    away = rng.normal(size=3)
    away /= np.linalg.norm(away)
    right = np.cross([0.2, 0.1, 1.0], away)
    right /= np.linalg.norm(right)
    matrix = np.eye(4)
    matrix[:3, :3] = [right, np.cross(-away, right), -away]
    matrix[2, 3] = distance
    focal = 1.1 * width
    return Camera(
        K=((focal, 0.0, width / 2), (0.0, focal, 120.0), (0.0, 0.0, 1.0)),
        world_to_camera=tuple(tuple(row) for row in matrix.tolist()),
        width=width,
        height=240,
    )


def a_hand(rng: np.random.Generator, count: int = 200) -> Array:
    """Points of a flat ellipsoid about as large as a hand."""
    points = rng.normal(size=(count, 3))
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    return points * [0.045, 0.09, 0.02]


def placed(thing: Thing, place: Matrix4) -> tuple[Array, NDArray[np.int32]]:
    mesh, matrix = thing_mesh(thing), np.array(place)
    return mesh.vertices @ matrix[:3, :3].T + matrix[:3, 3], mesh.quads


def seen(points: Array, camera: Camera) -> tuple[Array, NDArray[np.bool_]]:
    """Points in the camera's frame, and which are in the picture."""
    matrix = np.array(camera.world_to_camera)
    own = points @ matrix[:3, :3].T + matrix[:3, 3]
    pixels = own @ np.array(camera.K).T
    pixels = pixels[:, :2] / pixels[:, 2:]
    inside = (pixels >= 0).all(1) & (pixels < [camera.width, camera.height]).all(1)
    return own, inside & (own[:, 2] > 0)


def centre_of(camera: Camera) -> Array:
    return np.linalg.inv(np.array(camera.world_to_camera))[:3, 3]


def test_the_same_generator_gives_the_same_thing() -> None:
    for seed in range(20):
        first, second = (sample_thing(np.random.default_rng(seed), "held") for _ in range(2))
        assert first == second
    drawn = {sample_thing(np.random.default_rng(s), "held").model_dump_json() for s in range(30)}
    assert len(drawn) == 30


def test_things_are_of_their_role_within_their_kinds_sizes() -> None:
    rng = np.random.default_rng(1)
    for role in ("held", "occluder", "clutter", "furniture"):
        for _ in range(40):
            thing = sample_thing(rng, role)
            kind = KINDS[thing.kind]
            assert thing.role == role
            assert role in kind.roles
            assert set(thing.size) == set(kind.sizes)
            for name, (low, high) in kind.sizes.items():
                assert low - 1e-5 <= thing.size[name] <= high + 1e-5
            for surface in (thing.surface, thing.surface2):
                assert all(0 <= c <= 1 for c in (*surface.color, *surface.color2))
                assert 0 < surface.roughness <= 1
                assert surface.pattern_scale > 0.001


def test_held_out_kinds_are_in_the_test_split_alone() -> None:
    assert set(KINDS) >= HELD_OUT_KINDS
    assert 0.1 < len(HELD_OUT_KINDS) / len(KINDS) < 0.2
    rng = np.random.default_rng(2)
    for split in ("train", "val"):
        for role in ("held", "occluder", "clutter", "furniture"):
            kept = sorted(HELD_OUT_KINDS & set(kinds_of(role)))
            kinds = [*kept, next(k for k in kinds_of(role) if k not in HELD_OUT_KINDS)]
            drawn = {sample_thing(rng, role, kinds, split).kind for _ in range(15)}
            assert drawn == {kinds[-1]}
        assert sample_thing(rng, "held", split=split).kind not in HELD_OUT_KINDS
    kept = sorted(HELD_OUT_KINDS & set(kinds_of("held")))
    assert {sample_thing(rng, "held", kept, "test").kind for _ in range(60)} == set(kept)
    with pytest.raises(ValueError, match="test split"):
        sample_thing(rng, "held", sorted(HELD_OUT_KINDS))


def test_a_choice_of_kinds_is_kept() -> None:
    rng = np.random.default_rng(3)
    drawn = {sample_thing(rng, "held", ["mug", "pen", "wrench"]).kind for _ in range(40)}
    assert drawn == {"mug", "pen"}


def test_occluders_hide_what_they_may_and_keep_their_distance() -> None:
    counts, shares = [], []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        camera, hand = a_camera(rng, rng.uniform(0.35, 0.9)), a_hand(rng)
        limit = float(rng.uniform(0.2, 0.7))
        things, places = place_occluders(rng, 2, camera, hand, limit)
        assert len(things) == len(places)
        own, inside = seen(hand, camera)
        gone = np.zeros(inside.sum(), bool)
        for thing, place in zip(things, places, strict=True):
            vertices, quads = placed(thing, place)
            depth = seen(vertices, camera)[0][:, 2]
            assert depth.min() >= CAMERA_CLEARANCE - 1e-9
            assert depth.max() <= own[:, 2].min() - TARGET_CLEARANCE + 1e-9
            gaps = np.linalg.norm(vertices[:, None] - hand, axis=-1)
            assert gaps.min() >= TARGET_CLEARANCE
            now = hidden(centre_of(camera), hand[inside], vertices, quads)
            # The sampler counts a little more than rays do.
            assert now.any() or len(things) > 1
            gone |= now
        assert gone.mean() <= limit
        counts.append(len(things))
        shares.append(gone.mean() / limit)
    assert np.mean(counts) > 1.5
    assert np.mean(shares) > 0.3


def test_no_occluder_without_room_or_picture() -> None:
    rng = np.random.default_rng(4)
    hand = a_hand(rng)
    assert place_occluders(rng, 2, a_camera(rng, 0.17), hand, 0.5) == ([], [])
    assert place_occluders(rng, 2, a_camera(rng, 0.5), hand + 9.0, 0.5) == ([], [])


def test_clutter_keeps_clear_and_hides_nothing() -> None:
    counts = []
    for seed in range(8):
        rng = np.random.default_rng(seed)
        hand = a_hand(rng)
        cameras = [a_camera(rng, rng.uniform(0.35, 0.9)) for _ in range(2)]
        things, places = place_clutter(rng, 4, hand, 0.05, cameras)
        counts.append(len(things))
        for thing, place in zip(things, places, strict=True):
            vertices, quads = placed(thing, place)
            assert np.linalg.norm(vertices[:, None] - hand, axis=-1).min() >= 0.05
            for camera in cameras:
                own, _ = seen(hand, camera)
                nearer = seen(vertices, camera)[0][:, 2].min() < own[:, 2]
                assert not hidden(centre_of(camera), hand[nearer], vertices, quads).any()
    assert np.mean(counts) > 3


def test_clutter_lies_around_without_cameras_and_is_the_same_again() -> None:
    hand = a_hand(np.random.default_rng(5))
    first, second = (place_clutter(np.random.default_rng(6), 3, hand, 0.05) for _ in range(2))
    assert first == second
    assert len(first[0]) == 3
    for place in first[1]:
        turn = np.array(place)[:3, :3]
        assert np.allclose(turn @ turn.T, np.eye(3))
        assert np.linalg.det(turn) == pytest.approx(1.0)


def test_upright_cups_stand() -> None:
    """Most of what stands on something has its own up as the world's."""
    hand = a_hand(np.random.default_rng(7))
    up = []
    for seed in range(30):
        things, places = place_clutter(np.random.default_rng(seed), 3, hand, 0.05)
        for thing, place in zip(things, places, strict=True):
            axis = 1 if KINDS[thing.kind].up == "y" else 2
            up.append(np.array(place)[2, axis])
    assert 0.5 < np.mean(np.array(up) > 0.999) < 0.9
