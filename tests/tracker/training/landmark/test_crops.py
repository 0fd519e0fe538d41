"""Wide crops: the region comes back, the label follows the picture, masks know three things."""

from __future__ import annotations

import numpy as np
import pytest

from synth.landmarks import LANDMARKS
from tests.tracker.training.made_hands import SIDE as IMAGE
from tests.tracker.training.made_hands import hand_in_camera, projected
from tracker.roi import PALM_LANDMARKS, Roi, roi_from_landmarks, roi_from_palm
from tracker.training.landmark.crops import (
    BACKGROUND,
    FOREGROUND,
    OUTSIDE,
    SIDE,
    WIDE,
    WideCrop,
    crop_of_box,
    crop_of_hand,
    crop_of_nothing,
    crop_of_photographed_hand,
    has_enough_of_a_hand,
)

ROTATIONS = [0.0, 0.9, -2.2]


def crop_at(rotation: float, image: np.ndarray | None = None) -> WideCrop:
    camera = hand_in_camera(rotation)
    if image is None:
        image = np.zeros((IMAGE, IMAGE, 3), np.uint8)
    return crop_of_hand(image, None, projected(camera), camera, "right")


@pytest.mark.parametrize("rotation", ROTATIONS)
def test_the_regions_of_the_label_are_the_trackers(rotation: float) -> None:
    points = projected(hand_in_camera(rotation))
    label = crop_at(rotation).label
    region = roi_from_landmarks(points)
    wide = Roi(region.center, WIDE * region.size, region.rotation)
    palm = roi_from_palm(points[list(PALM_LANDMARKS), :2])
    for found, expected in zip(label.rois, (palm, region), strict=True):
        np.testing.assert_allclose(wide.from_unit(found[:2]), expected.center, atol=1e-9)
        assert found[2] * wide.size == pytest.approx(expected.size)
        turn = found[3] + wide.rotation - expected.rotation
        assert np.cos(turn) == pytest.approx(1)
    np.testing.assert_allclose(wide.from_unit(label.landmarks[:, :2]), points[:, :2], atol=1e-9)
    np.testing.assert_allclose(label.landmarks[:, 2] * wide.size, points[:, 2], atol=1e-9)


@pytest.mark.parametrize("rotation", ROTATIONS)
def test_a_dot_at_a_landmark_is_where_the_label_says(rotation: float) -> None:
    points = projected(hand_in_camera(rotation))
    y, x = np.mgrid[:IMAGE, :IMAGE] + 0.5
    for landmark in (0, 8, 17):
        px, py = points[landmark, :2]
        dot = 255 * np.exp(-((x - px) ** 2 + (y - py) ** 2) / (2 * 1.5**2))
        crop = crop_at(rotation, np.repeat(np.uint8(dot)[..., None], 3, axis=2))
        seen = crop.image[..., 0].astype(float)
        along = (np.arange(SIDE) + 0.5) / SIDE
        center = np.array([(seen.sum(0) * along).sum(), (seen.sum(1) * along).sum()]) / seen.sum()
        np.testing.assert_allclose(center, crop.label.landmarks[landmark, :2], atol=0.005)


def test_world_points_turn_with_the_crop() -> None:
    """The same hand turned in the image plane has the same world points in its crop's axes."""
    upright = crop_at(0.0).label
    for rotation in ROTATIONS[1:]:
        np.testing.assert_allclose(crop_at(rotation).label.world, upright.world, atol=1e-12)
    camera = hand_in_camera(0.0)
    middle = camera.mean(axis=0)
    region = roi_from_landmarks(projected(camera))
    cosine, sine = np.cos(-region.rotation), np.sin(-region.rotation)
    turn = np.array([[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1]])
    np.testing.assert_allclose(upright.world, (camera - middle) @ turn.T, atol=1e-12)
    np.testing.assert_allclose(upright.world.mean(axis=0), 0, atol=1e-12)
    # The hand points up.
    assert upright.world[9, 1] < upright.world[0, 1] - 0.04


def test_sides() -> None:
    camera = hand_in_camera()
    image = np.zeros((IMAGE, IMAGE, 3), np.uint8)
    for side, right in (("right", 1.0), ("left", 0.0)):
        label = crop_of_hand(image, None, projected(camera), camera, side).label
        assert (label.presence, label.right) == (1.0, right)


def test_the_mask_tells_skin_picture_and_beyond() -> None:
    foreground = np.zeros((IMAGE, IMAGE), bool)
    foreground[: IMAGE // 2] = True
    roi = Roi((IMAGE / 2, IMAGE / 2), IMAGE, 0.0)
    crop = crop_of_nothing(np.full((IMAGE, IMAGE, 3), 9, np.uint8), foreground, roi)
    # The wide crop is 1.5 images wide: a sixth of it lies beyond each border.
    sixth = SIDE // 6
    assert (crop.mask[: sixth - 1] == OUTSIDE).all()
    assert (crop.mask[sixth + 1 : SIDE // 2 - 1, sixth + 1 : -sixth - 1] == FOREGROUND).all()
    assert (crop.mask[SIDE // 2 + 1 : -sixth - 1, sixth + 1 : -sixth - 1] == BACKGROUND).all()
    assert (crop.image[crop.mask == OUTSIDE] < 9).all()
    assert crop.label.presence == 0
    assert np.isnan(crop.label.right)
    assert np.isnan(crop.label.landmarks).all()
    assert np.isnan(crop.label.world).all()


def test_of_a_photographed_hand_only_the_points_that_are_known() -> None:
    roi = Roi((40.0, 50.0), 60.0, 0.0)
    image = np.zeros((IMAGE, IMAGE, 3), np.uint8)
    box = np.array([20.0, 30.0, 60.0, 70.0])
    label = crop_of_box(image, roi, box, 1.0, {4: (40.0, 50.0), 8: (85.0, 5.0)}).label
    np.testing.assert_allclose(label.landmarks[4, :2], 0.5)
    np.testing.assert_allclose(label.landmarks[8, :2], [1.0, 0.0])
    unknown = np.isnan(label.landmarks)
    assert unknown[:, 2].all()
    assert np.flatnonzero(~unknown[:, 0]).tolist() == [4, 8]
    assert (label.presence, label.right) == (1.0, 1.0)
    # The wide crop is 90 pixels about (40, 50).
    np.testing.assert_allclose(label.box, [25 / 90, 25 / 90, 65 / 90, 65 / 90])
    np.testing.assert_allclose(label.rois, [[0.5, 0.5, 1 / WIDE, 0.0]] * 2)
    # Two crops never share their labels.
    other = crop_of_box(image, roi, box).label
    assert np.isnan(other.landmarks).all()
    assert np.isnan(other.right)


@pytest.mark.parametrize(
    ("visibility", "scale", "enough"),
    [
        ([2] * 21, 1.0, True),
        ([2] * 11 + [0] * 10, 1.0, True),
        ([2] * 10 + [0] * 11, 1.0, False),
        ([2] * 4 + [1] * 17, 1.0, True),
        ([2] * 3 + [1] * 18, 1.0, False),
        ([2] * 21, 0.1, False),
    ],
)
def test_hands_worth_learning_from(visibility: list[int], scale: float, enough: bool) -> None:
    points = projected(hand_in_camera()) * scale
    assert len(points) == len(LANDMARKS)
    assert has_enough_of_a_hand(np.array(visibility), points) is enough


def test_a_photographed_hand_knows_its_region_and_no_depth() -> None:
    """The same crop as of a render with these landmarks; what lies outside is a guess."""
    points = projected(hand_in_camera(0.9))
    partly = points.copy()
    partly[:, 2] = np.nan
    partly[20] = np.nan
    visibility = np.full(21, 2)
    visibility[[8, 20]] = (0, -1)
    image = np.random.default_rng(0).integers(0, 255, (IMAGE, IMAGE, 3), np.uint8)
    crop = crop_of_photographed_hand(image, partly, visibility, "left")
    rendered = crop_at(0.9, image)
    np.testing.assert_array_equal(crop.image, rendered.image)
    np.testing.assert_allclose(crop.label.rois, rendered.label.rois)
    known = visibility > 0
    np.testing.assert_allclose(crop.label.landmarks[known, :2], rendered.label.landmarks[known, :2])
    assert np.isnan(crop.label.landmarks[~known]).all()
    assert np.isnan(crop.label.landmarks[:, 2]).all()
    assert np.isnan(crop.label.world).all()
    assert (crop.label.presence, crop.label.right) == (1.0, 0.0)
    unnamed = crop_of_photographed_hand(image, partly, visibility, None)
    assert np.isnan(unnamed.label.right)
