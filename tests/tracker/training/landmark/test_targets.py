"""What counts as a hand in a region, and the truth of mirror images."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tracker.training.batches import with_mirror_images
from tracker.training.landmark.augment import LandmarkBatch
from tracker.training.landmark.losses import LandmarkTarget, outside_loss
from tracker.training.landmark.targets import mirrored, with_presence_of, without_hand


def target_with_inside(counts: list[int], presence: float = 1.0) -> LandmarkTarget:
    """Hands of which so many landmarks are in the region."""
    landmarks = torch.full((len(counts), 21, 3), 1.5)
    for row, count in enumerate(counts):
        landmarks[row, :count] = 0.5
    ones = torch.ones(len(counts))
    box = torch.ones(len(counts), 2, 3)
    return LandmarkTarget(landmarks, ones * presence, ones, torch.ones(len(counts), 21, 3), box)


def test_presence_by_what_is_in_the_region() -> None:
    # 60 % of 21 is 12.6 and 25 % is 5.25.
    found = with_presence_of(target_with_inside([21, 13, 12, 6, 5, 0]))
    presence = found.presence.tolist()
    assert presence[:2] == [1, 1]
    assert np.isnan(presence[2:4]).all()
    assert presence[4:] == [0, 0]
    assert not torch.isnan(found.landmarks[:2]).any()
    for part in (found.landmarks, found.right, found.world):
        assert torch.isnan(part[2:]).all()
    assert found.right[:2].tolist() == [1, 1]


def test_presence_of_what_is_not_all_labelled_stays() -> None:
    for presence in (0.0, 1.0):
        target = target_with_inside([0, 21], presence)
        target.landmarks[:, 20] = torch.nan
        found = with_presence_of(target)
        assert found.presence.tolist() == [presence] * 2
        assert torch.equal(torch.isnan(found.landmarks), torch.isnan(target.landmarks))


def test_without_hand() -> None:
    target = target_with_inside([21, 21, 21])
    found = without_hand(target, torch.tensor([False, True, False]))
    assert found.presence.tolist() == [1, 0, 1]
    assert torch.isnan(found.landmarks[1]).all()
    assert torch.isnan(found.right).tolist() == [False, True, False]
    assert torch.equal(found.world[[0, 2]], target.world[[0, 2]])
    assert not torch.isnan(target.landmarks).any()


def test_mirror_images_turn_left_into_right() -> None:
    images = torch.rand(3, 3, 16, 16)
    landmarks = torch.rand(3, 21, 3)
    landmarks[2] = torch.nan
    target = LandmarkTarget(
        landmarks,
        torch.tensor([1.0, 1.0, 0.0]),
        torch.tensor([1.0, 0.0, torch.nan]),
        torch.rand(3, 21, 3),
        torch.rand(3, 2, 3),
    )
    batch = LandmarkBatch(*with_mirror_images(images, target, mirrored(target), 5))
    assert len(batch.images) == 5
    torch.testing.assert_close(batch.images[3], images[0].flip(2))
    torch.testing.assert_close(
        batch.target.right[:5], torch.tensor([1, 0, torch.nan, 0, 1]), equal_nan=True
    )
    torch.testing.assert_close(batch.target.landmarks[3, :, 0], 1 - landmarks[0, :, 0])
    torch.testing.assert_close(batch.target.landmarks[3, :, 1:], landmarks[0, :, 1:])
    # Of a point and its mirror image the same is outside of the box.
    points = torch.rand(3, 4, 2) * 4 - 2
    flipped = torch.stack([1 - points[..., 0], points[..., 1]], dim=2)
    assert outside_loss(flipped, mirrored(target).box) == pytest.approx(
        float(outside_loss(points, target.box)), rel=1e-5
    )
    # Twice in a mirror is as before.
    again = mirrored(mirrored(target))
    for name in vars(target):
        torch.testing.assert_close(getattr(again, name), getattr(target, name), equal_nan=True)
