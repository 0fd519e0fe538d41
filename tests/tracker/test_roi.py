"""Regions by hand-worked geometry; crops by pictures whose every value is known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from synth.labels import palm_box
from tracker.roi import (
    PALM_LANDMARKS,
    Roi,
    crop,
    direction,
    roi_from_landmarks,
    roi_from_palm,
)


def test_directions() -> None:
    origin = np.zeros(2)
    assert direction(origin, np.array([0.0, -5.0])) == 0
    assert direction(origin, np.array([5.0, 0.0])) == pytest.approx(math.pi / 2)
    assert direction(origin, np.array([-5.0, 0.0])) == pytest.approx(-math.pi / 2)
    assert abs(direction(origin, np.array([0.0, 5.0]))) == pytest.approx(math.pi)


def test_region_of_an_upright_palm() -> None:
    # Palm 40 wide (x 80 … 120), 50 high (y 100 … 150); the middle of the rectangle is (100, 125).
    keypoints = np.array(
        [[100, 150], [85, 105], [100, 100], [110, 102], [120, 110], [80, 140], [82, 125]], float
    )
    roi = roi_from_palm(keypoints)
    assert roi.rotation == 0
    assert roi.size == pytest.approx(2.6 * 50)
    assert roi.center == pytest.approx((100, 125 - 0.5 * 50))


def test_region_of_a_palm_that_points_right() -> None:
    # The same palm turned by 90° clockwise about the origin: (x, y) → (−y, x).
    upright = np.array(
        [[100, 150], [85, 105], [100, 100], [110, 102], [120, 110], [80, 140], [82, 125]], float
    )
    roi = roi_from_palm(np.stack([-upright[:, 1], upright[:, 0]], axis=1))
    assert roi.rotation == pytest.approx(math.pi / 2)
    assert roi.size == pytest.approx(130)
    assert roi.center == pytest.approx((-100, 100))


def test_region_of_landmarks_leaves_the_tips_out() -> None:
    landmarks = np.full((21, 3), 50.0)
    landmarks[0, :2] = 50, 90
    landmarks[9, :2] = 50, 60
    landmarks[[5, 17], :2] = (40, 62), (60, 64)
    landmarks[[6, 10, 14, 18], 1] = 45
    landmarks[[4, 8, 12, 16, 20], :2] = -500, 700  # tips
    landmarks[[7, 11, 15, 19], :2] = 500, -700  # joints next to them
    roi = roi_from_landmarks(landmarks)
    # Rectangle x 40 … 60, y 45 … 90: the longer side is 45.
    assert roi.size == pytest.approx(90)
    assert roi.center == pytest.approx((50, 67.5 - 4.5))


def test_a_palm_region_is_built_on_the_label_s_palm_box() -> None:
    points = np.random.default_rng(0).uniform(0, 200, (21, 3))
    box = palm_box(points)
    roi = roi_from_palm(points[list(PALM_LANDMARKS), :2])
    assert roi.size == pytest.approx(2.6 * box["size"])
    assert roi.rotation == pytest.approx(box["rotation"])
    up = np.array([math.sin(box["rotation"]), -math.cos(box["rotation"])])
    assert roi.center == pytest.approx(box["center"] + 0.5 * box["size"] * up)


def test_unit_square_and_image() -> None:
    roi = Roi((100.0, 50.0), 20.0, math.pi / 2)
    # Its up is the image's right: the top-left corner of the region is top right in the image.
    assert roi.corners() == pytest.approx(np.array([[110, 40], [110, 60], [90, 60], [90, 40]]))
    points = np.random.default_rng(1).uniform(-1, 2, (5, 2))
    assert roi.to_unit(roi.from_unit(points)) == pytest.approx(points)
    assert roi.turned(np.array([0.0, -1.0])) == pytest.approx([1, 0])


def _ramp(width: int, height: int) -> tuple[np.ndarray, np.ndarray]:
    """A picture whose channels grow with x, with y, and not at all; and its slopes a pixel."""
    x, y = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    slopes = np.array([240.0 / width, 240.0 / height])
    picture = np.stack([x * slopes[0], y * slopes[1], np.full_like(x, 77.0)], axis=2)
    return np.round(picture).astype(np.uint8), slopes


@pytest.mark.parametrize("size", [40.0, 64.0, 100.0, 150.0, 301.0, 505.0])
@pytest.mark.parametrize("rotation", [0.0, 0.7, -2.5])
def test_a_crop_shows_what_lies_in_its_region(size: float, rotation: float) -> None:
    # Bilinear sampling and block means both reproduce a ramp: the value of a crop's pixel is the
    # ramp's at the place where the pixel's centre lies.
    # One pixel of the crop is 2.3 grey levels, so half a pixel off would show.
    picture, slopes = _ramp(round(1.6 * size) + 3, round(1.65 * size))
    roi = Roi((0.8 * size + 0.3, 0.82 * size), size, rotation)
    side = 64
    cropped = crop(picture, roi, side)
    assert cropped.shape == (side, side, 3)
    u, v = np.meshgrid((np.arange(side) + 0.5) / side, (np.arange(side) + 0.5) / side)
    where = roi.from_unit(np.stack([u, v], axis=2))
    # Half levels are rounded up, in the picture and in its negative.
    unbiased = (cropped[..., :2] + 255.0 - crop(255 - picture, roi, side)[..., :2]) / 2
    error = unbiased - where * slopes
    assert np.abs(error).max() < 1.2
    assert np.abs(error.mean(axis=(0, 1))).max() < 0.25
    assert (cropped[..., 2] == 77).all()


@pytest.mark.parametrize("factor", [1, 3, 8])
def test_outside_the_image_a_crop_is_black(factor: int) -> None:
    picture = np.full((64, 64, 3), 200, np.uint8)
    # The region's left half lies outside.
    cropped = crop(picture, Roi((0.0, 32.0), 16.0 * factor, 0.0), 16)
    inside = min(8, 64 // factor)
    assert (cropped[:, :7] == 0).all()
    assert (cropped[6:10, 9 : 8 + inside - 1] == 200).all()
    assert not crop(picture, Roi((-500.0, 900.0), 100.0 * factor, 0.3), 16).any()


def test_shrinking_averages() -> None:
    # A fine checkerboard of black and white is grey from afar.
    board = (np.indices((512, 512)).sum(axis=0) % 2 * 255).astype(np.uint8)
    cropped = crop(np.repeat(board[..., None], 3, axis=2), Roi((256.0, 256.0), 256.0, 0.0), 64)
    assert cropped == pytest.approx(np.full((64, 64, 3), 127.5), abs=1)


@pytest.mark.parametrize("shape", [(40000, 3, 3), (3, 40000, 3), (1, 1, 3), (33000, 100, 3)])
def test_images_of_odd_shape(shape: tuple[int, int, int]) -> None:
    picture = np.full(shape, 9, np.uint8)
    middle = (shape[1] / 2, shape[0] / 2)
    for size in (8.0, 500.0, 20000.0):
        cropped = crop(picture, Roi(middle, size, 0.4), 32)
        assert cropped.max() <= 9
    assert crop(picture, Roi(middle, 0.5, 0.0), 32)[16, 16, 0] == 9


def test_regions_that_are_worth_a_look() -> None:
    assert Roi((50.0, 50.0), 20.0, 0.0).meets(100, 80)
    assert Roi((-9.0, 50.0), 20.0, 0.0).meets(100, 80)
    assert not Roi((-11.0, 50.0), 20.0, 0.0).meets(100, 80)
    assert not Roi((50.0, 91.0), 20.0, 0.0).meets(100, 80)
    assert not Roi((50.0, 50.0), 3.0, 0.0).meets(100, 80)
    assert not Roi((50.0, 50.0), 1000.0, 0.0).meets(100, 80)
    for bad in (math.nan, math.inf):
        assert not Roi((bad, 50.0), 20.0, 0.0).meets(100, 80)
        assert not Roi((50.0, 50.0), bad, 0.0).meets(100, 80)
        assert not Roi((50.0, 50.0), 20.0, bad).meets(100, 80)
