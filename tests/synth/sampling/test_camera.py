"""Cameras, checked by projecting with a pinhole written down here."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from synth.manifest import Cameras, Image
from synth.sampling.camera import (
    ARM_CLEARANCE,
    CLEARANCE,
    WIDEST_OPENING,
    Subject,
    camera_at,
    camera_centre,
    distance_to_segment,
    sample_camera,
    sample_scale,
)
from synth.scene import Camera

RNG = np.random.default_rng
#: As large as a hand: 17 × 9 × 3 cm, its fingers along +Y, the arm behind it.
POINTS = RNG(3).uniform([-0.045, 0.0, -0.015], [0.045, 0.17, 0.015], (300, 3))
SUBJECT = Subject(POINTS, np.array([[[0.0, 0.0, 0.0], [0.0, -0.26, 0.0]]]))
WIDE, TALL, SQUARE = (Image(width=w, height=h) for w, h in ((320, 180), (180, 320), (256, 256)))


def box(camera: Camera, points: np.ndarray = POINTS) -> tuple[np.ndarray, np.ndarray]:
    low, high = np.full(2, np.inf), np.full(2, -np.inf)
    (fx, _, cx), (_, fy, cy), _ = camera.K
    rows = np.array(camera.world_to_camera)
    for point in points:
        x, y, z = (rows @ [*point, 1.0])[:3]
        assert z > 0
        pixel = np.array([fx * x / z + cx, fy * y / z + cy])
        low, high = np.minimum(low, pixel), np.maximum(high, pixel)
    return low, high


def draws(settings: Cameras, image: Image = SQUARE, count: int = 60) -> list[Camera]:
    return [sample_camera(RNG(seed), settings, image, SUBJECT) for seed in range(count)]


@pytest.mark.parametrize("image", [WIDE, TALL, SQUARE])
@pytest.mark.parametrize("scale", [0.05, 0.3, 0.95])
def test_the_hand_is_as_large_as_asked_and_inside(image: Image, scale: float) -> None:
    settings = Cameras(scale=(scale, scale), scale_mode=scale, partly_outside_share=0.0)
    for camera in draws(settings, image, 12):
        low, high = box(camera)
        size = (high - low).max() / min(image.width, image.height)
        assert size == pytest.approx(scale, rel=0.01)
        assert (low > -1.5).all()
        assert (high < np.array([image.width, image.height]) + 1.5).all()


def test_scales_cover_the_range_around_their_mode() -> None:
    settings = Cameras()
    scales = np.array([sample_scale(RNG(seed), settings) for seed in range(3000)])
    assert scales.min() == pytest.approx(0.05, rel=0.15)
    assert scales.max() == pytest.approx(0.95, rel=0.08)
    # Triangular in the logarithm: the mean is a third of low + mode + high.
    expected = np.log([0.05, 0.45, 0.95]).sum() / 3
    assert np.log(scales).mean() == pytest.approx(expected, abs=0.04)
    assert sample_scale(RNG(0), Cameras(scale=(0.4, 0.4), scale_mode=0.4)) == pytest.approx(0.4)


def test_as_many_hands_are_cut_by_the_border_as_asked() -> None:
    settings = Cameras(scale=(0.2, 0.6), scale_mode=0.4, partly_outside_share=0.3)
    cut = []
    for camera in draws(settings, count=300):
        low, high = box(camera, POINTS[:60])
        outside = np.maximum(-low, 0) + np.maximum(high - 256, 0)
        cut.append(bool((outside > 2).any()))
        # Never more than half of the box in a direction, and so never lost.
        assert (outside < 0.55 * (high - low) + 2).all()
    assert np.mean(cut) == pytest.approx(0.3, abs=0.1)


def test_small_hands_are_all_over_the_picture() -> None:
    settings = Cameras(scale=(0.1, 0.1), scale_mode=0.1, partly_outside_share=0.0)
    centres = np.array([np.mean(box(c, POINTS[:60]), axis=0) for c in draws(settings, count=150)])
    assert np.ptp(centres, axis=0).min() > 200
    np.testing.assert_allclose(centres.mean(0), 128, atol=20)


def test_cameras_are_all_around_and_keep_clear_of_hand_and_arm() -> None:
    middle = (POINTS.min(0) + POINTS.max(0)) / 2
    directions = []
    for camera in draws(Cameras(), count=300):
        centre = camera_centre(camera)
        assert np.linalg.norm(POINTS - centre, axis=1).min() >= CLEARANCE
        assert distance_to_segment(centre, *SUBJECT.arms[0]) >= ARM_CLEARANCE
        directions.append((centre - middle) / np.linalg.norm(centre - middle))
    # Uniform on the sphere but for the few behind the arm: each axis has mean 0, variance 1/3.
    assert np.abs(np.mean(directions, axis=0)).max() < 0.12
    np.testing.assert_allclose(np.var(directions, axis=0), 1 / 3, atol=0.07)


def test_as_many_cameras_as_asked_face_palm_or_back() -> None:
    middle = (POINTS.min(0) + POINTS.max(0)) / 2
    tilted = np.array([[0.6, 0.0, 0.8]])
    subject = replace(SUBJECT, palms=tilted)

    def heights(settings: Cameras, of: Subject) -> np.ndarray:
        centres = [camera_centre(sample_camera(RNG(s), settings, SQUARE, of)) for s in range(200)]
        away = np.array(centres) - middle
        return away @ tilted[0] / np.linalg.norm(away, axis=1)

    # On the sphere all heights are equally likely: 1 - cos 35° of them lie in the two caps.
    cap = np.cos(np.radians(35.0))
    assert np.mean(np.abs(heights(Cameras(), subject)) >= cap) == pytest.approx(0.18, abs=0.09)
    all_faced = heights(Cameras(facing_share=1.0), subject)
    assert (np.abs(all_faced) >= cap - 0.02).all()
    assert np.mean(all_faced > 0) == pytest.approx(0.5, abs=0.12)
    half = np.abs(heights(Cameras(facing_share=0.5), subject)) >= cap
    assert half.mean() == pytest.approx(0.59, abs=0.11)
    # Without a palm to face they stand all around; elevations bind in either case.
    assert np.abs(heights(Cameras(facing_share=1.0), SUBJECT)).min() < 0.2
    below = Cameras(facing_share=1.0, elevation_degrees=(-90.0, 0.0))
    assert (heights(below, subject) < 0).mean() > 0.95


def test_elevation_and_field_of_view_stay_in_their_ranges() -> None:
    settings = Cameras(elevation_degrees=(20.0, 50.0), fov_degrees=(30.0, 40.0))
    for camera in draws(settings, WIDE, 40):
        fov = 2 * np.degrees(np.arctan(90 / camera.K[1][1]))
        assert 30 <= fov <= 40
        middle = (POINTS.min(0) + POINTS.max(0)) / 2
        offset = camera_centre(camera) - middle
        elevation = np.degrees(np.arcsin(offset[2] / np.linalg.norm(offset)))
        assert 19.9 <= elevation <= 50.1


def test_a_camera_is_rigid_and_upright_without_roll() -> None:
    settings = Cameras(
        roll_sigma_degrees=0.0, scale=(0.05, 0.05), scale_mode=0.05, fov_degrees=(15.0, 15.0)
    )
    for camera in draws(settings, count=20):
        turn = np.array(camera.world_to_camera)[:3, :3]
        np.testing.assert_allclose(turn @ turn.T, np.eye(3), atol=1e-9)
        assert np.linalg.det(turn) == pytest.approx(1)
        # The world's up never points down in the picture; framing turns it by a few degrees.
        assert turn[1, 2] <= 0.15


def test_lenses_are_focused_on_the_hand() -> None:
    sharp = draws(Cameras(depth_of_field_share=0.0), count=10)
    assert all(camera.f_stop is None for camera in sharp)
    errors = []
    for camera in draws(Cameras(depth_of_field_share=1.0, f_stop=(2.0, 4.0)), count=60):
        assert camera.f_stop is not None
        focal_length = camera.K[0][0] * camera.sensor_width / camera.width
        opening = focal_length / camera.f_stop
        assert opening <= WIDEST_OPENING + 1e-9
        assert camera.f_stop >= 2.0
        assert camera.f_stop <= 4.0 or opening == pytest.approx(WIDEST_OPENING)
        rows = np.array(camera.world_to_camera)
        depth = np.median(POINTS @ rows[2, :3] + rows[2, 3])
        errors.append(camera.focus_distance / depth - 1)
    assert np.std(errors) == pytest.approx(0.03, abs=0.012)


def test_cameras_keep_clear_of_things_that_need_not_be_seen() -> None:
    # A wall of points where half of the cameras would stand.
    wall = np.stack(
        np.meshgrid(np.linspace(-2, 2, 50), [0.085], np.linspace(-2, 2, 50)), axis=-1
    ).reshape(-1, 3) + [0.0, 0.25, 0.0]
    subject = Subject(POINTS, SUBJECT.arms, wall)
    rooms = []
    for seed in range(80):
        centre = camera_centre(sample_camera(RNG(seed), Cameras(), SQUARE, subject))
        rooms.append(np.linalg.norm(wall - centre, axis=1).min())
    assert min(rooms) >= CLEARANCE
    # They need not have it in the picture, nor does it change what is framed.
    plain = sample_camera(RNG(3), Cameras(depth_of_field_share=0.0), SQUARE, SUBJECT)
    far = Subject(POINTS, SUBJECT.arms, wall + [0.0, 50.0, 0.0])
    assert sample_camera(RNG(3), Cameras(depth_of_field_share=0.0), SQUARE, far) == plain


@pytest.mark.parametrize("roll", [0.0, 0.5, -2.0])
def test_a_camera_at_a_place_has_its_target_in_the_middle(roll: float) -> None:
    position, target = np.array([0.7, -1.2, 0.4]), np.array([0.1, 0.2, 0.5])
    camera = camera_at(WIDE, 250.0, position, target, roll)
    np.testing.assert_allclose(camera_centre(camera), position, atol=1e-12)
    rows = np.array(camera.world_to_camera)
    x, y, z = (rows @ [*target, 1.0])[:3]
    assert (x, y) == pytest.approx((0.0, 0.0), abs=1e-12)
    assert z == pytest.approx(np.linalg.norm(target - position))
    assert camera.K == ((250.0, 0.0, 160.0), (0.0, 250.0, 90.0), (0.0, 0.0, 1.0))
    # Level, and then rolled: the world's up has this direction in the picture.
    up = rows[:3, :3] @ [0.0, 0.0, 1.0]
    assert np.arctan2(-up[0], -up[1]) == pytest.approx(roll)
    # Also straight down, where level means nothing.
    down = camera_at(SQUARE, 200.0, np.array([0.0, 0.0, 2.0]), np.zeros(3), roll)
    turn = np.array(down.world_to_camera)[:3, :3]
    np.testing.assert_allclose(turn @ turn.T, np.eye(3), atol=1e-12)
    np.testing.assert_allclose(turn[2], [0, 0, -1], atol=1e-12)


def test_the_distance_to_a_segment() -> None:
    start, end = np.array([0.0, 0.0, 0.0]), np.array([0.0, 2.0, 0.0])
    for point, distance in (([1, 1, 0], 1), ([0, 3, 0], 1), ([3, -4, 0], 5), ([0, 0.5, 0], 0)):
        assert distance_to_segment(np.array(point, float), start, end) == pytest.approx(distance)
