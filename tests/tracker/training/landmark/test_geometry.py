"""Regions, crops and labels stay together: against OpenCV's warp and dots found in the picture."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
import torch
from torch import Tensor

from tracker.training.landmark.geometry import (
    Jitter,
    Regions,
    box_frame,
    cut,
    exact_regions,
    jittered_regions,
    landmarks_in,
    right_in,
    world_in,
)

WIDE, SIDE = 96, 64
KNOWN = torch.tensor(True)
CASES = [
    (0.5, 0.5, 2 / 3, 0.0, False),
    (0.55, 0.47, 0.6, 0.7, False),
    (0.45, 0.6, 0.9, -2.4, False),
    (0.5, 0.5, 2 / 3, 0.0, True),
    (0.58, 0.44, 0.5, 1.1, True),
    (0.4, 0.52, 1.3, 3.0, True),
]


def regions_of(*cases: tuple[float, float, float, float, bool]) -> Regions:
    x, y, size, rotation, mirrored = zip(*cases, strict=True)
    return Regions(
        torch.tensor([x, y]).T.contiguous(),
        torch.tensor(size),
        torch.tensor(rotation),
        torch.tensor(mirrored),
    )


def smooth_picture() -> np.ndarray:
    """(WIDE, WIDE, 3) float32 waves, slower than any resampling."""
    y, x = np.mgrid[:WIDE, :WIDE].astype(np.float32)
    planes = [np.sin(x / 9 + 0.3 * k) * np.cos(y / 11 - 0.2 * k) * 0.4 + 0.5 for k in range(3)]
    return np.stack(planes, axis=-1).astype(np.float32)


def as_tensor(picture: np.ndarray) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(picture)).permute(2, 0, 1)[None]


@pytest.mark.parametrize("case", CASES)
def test_cut_is_the_warp_of_opencv(case: tuple[float, float, float, float, bool]) -> None:
    x, y, size, rotation, mirrored = case
    picture = smooth_picture()
    flipped = np.ascontiguousarray(picture[:, ::-1]) if mirrored else picture
    step, c, s = size * WIDE / SIDE, math.cos(rotation), math.sin(rotation)
    turn = step * np.array([[c, -s], [s, c]])
    # Pixel centres: OpenCV's pixel 0 is this project's 0.5.
    shift = np.array([x, y]) * WIDE - 0.5 - turn @ np.array([(SIDE - 1) / 2] * 2)
    matrix = np.concatenate([turn, shift[:, None]], axis=1)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    expected = cv2.warpAffine(flipped, matrix, (SIDE, SIDE), flags=flags)
    found = cut(as_tensor(picture), regions_of(case), SIDE)[0].permute(1, 2, 0).numpy()
    # OpenCV rounds places to 1/32 of a pixel; a pixel at the border is blended with the outside.
    assert np.quantile(np.abs(found - expected), 0.98) < 0.006
    assert np.median(np.abs(found - expected)) < 0.002


def test_beyond_the_border_is_black() -> None:
    outside = cut(torch.ones(1, 1, WIDE, WIDE), regions_of((1.2, 0.5, 0.3, 0.0, False)), 8)
    assert outside.abs().max() == 0


@pytest.mark.parametrize("case", CASES)
def test_landmarks_follow_the_picture(case: tuple[float, float, float, float, bool]) -> None:
    points = np.array([[0.5, 0.5], [0.42, 0.55], [0.56, 0.46]], np.float32)
    landmarks = torch.from_numpy(np.concatenate([points, np.zeros((3, 1), np.float32)], axis=1))
    expected = landmarks_in(regions_of(case), landmarks[None])[0, :, :2]
    y, x = (np.mgrid[:WIDE, :WIDE] + 0.5) / WIDE
    for (px, py), place in zip(points, expected, strict=True):
        dot = np.exp(-((x - px) ** 2 + (y - py) ** 2) / (2 * 0.02**2)).astype(np.float32)
        seen = cut(as_tensor(dot[..., None]), regions_of(case), SIDE)[0, 0]
        along = (torch.arange(SIDE) + 0.5) / SIDE
        center = torch.stack([(seen.sum(0) * along).sum(), (seen.sum(1) * along).sum()])
        torch.testing.assert_close(center / seen.sum(), place, atol=0.004, rtol=0)


def test_depth_scales_with_the_region_and_what_is_unknown_stays_so() -> None:
    landmarks = torch.full((2, 21, 3), torch.nan)
    landmarks[0, 3] = torch.tensor([0.5, 0.5, 0.12])
    inside = landmarks_in(regions_of(CASES[1], CASES[4]), landmarks)
    assert inside[0, 3, 2] == pytest.approx(0.12 / 0.6)
    assert torch.isnan(inside[0, 4:]).all()
    assert torch.isnan(inside[1]).all()


@pytest.mark.parametrize("case", CASES)
def test_world_points_keep_the_direction_that_the_landmarks_have(
    case: tuple[float, float, float, float, bool],
) -> None:
    """Seen from afar x and y of both differ by a scale alone."""
    world = torch.from_numpy(np.random.default_rng(0).normal(0, 0.05, (1, 21, 3))).float()
    world -= world.mean(dim=1, keepdim=True)
    landmarks = torch.cat([world[..., :2] * 4 + 0.5, world[..., 2:] * 4], dim=2)
    regions = regions_of(case)
    seen = landmarks_in(regions, landmarks)
    seen = seen - seen.mean(dim=1, keepdim=True)
    torch.testing.assert_close(world_in(regions, world) * 4 / case[2], seen, atol=1e-5, rtol=0)


def test_a_mirror_turns_sides_and_nothing_else() -> None:
    right = torch.tensor([1.0, 0.0, torch.nan, 1.0])
    regions = regions_of(*[CASES[3]] * 3, CASES[0])
    found = right_in(regions, right)
    assert found[:2].tolist() == [0, 1]
    assert torch.isnan(found[2])
    assert found[3] == 1


def test_exact_regions_are_the_labels() -> None:
    rois = torch.arange(16.0).reshape(2, 2, 4)
    regions = exact_regions(rois)
    assert regions.center.tolist() == [[4, 5], [12, 13]]
    assert regions.size.tolist() == [6, 14]
    assert regions.rotation.tolist() == [7, 15]
    assert not regions.mirrored.any()


def test_the_jitter_is_as_wide_as_it_says() -> None:
    count = 20_000
    rois = torch.tensor([[0.4, 0.5, 0.6, 0.2], [0.45, 0.55, 0.7, -0.1]]).repeat(count, 1, 1)
    generator = torch.Generator().manual_seed(0)
    regions = jittered_regions(
        rois,
        KNOWN.expand(len(rois)),
        KNOWN.expand(len(rois)),
        Jitter(0.05, 0.08, 0.02, 0.0, 0.7),
        generator,
    )
    assert regions.mirrored.float().mean() == pytest.approx(0.5, abs=0.02)
    # Palm and landmarks by turns, told apart by the size.
    x, y = regions.in_wide_crop().unbind(1)
    turned = torch.where(regions.mirrored, -regions.rotation, regions.rotation)
    palm = (x - 0.4).square() + (y - 0.5).square() < (x - 0.45).square() + (y - 0.55).square()
    assert palm.float().mean() == pytest.approx(0.5, abs=0.02)
    logs = regions.size.log()
    both = torch.tensor([0.6, 0.7]).log()
    assert float(logs.mean()) == pytest.approx(float(both.mean()), abs=0.01)
    spread = 0.08**2 + float(both.std(correction=0)) ** 2
    assert float(logs.var()) == pytest.approx(spread, rel=0.05)
    # 15 % of the angles are three times as far off; the two regions are 0.3 apart.
    variance = 0.05**2 * (0.85 + 0.15 * 9) + 0.15**2
    assert float(turned.var()) == pytest.approx(variance, rel=0.05)
    assert float(turned.mean()) == pytest.approx(0.05, abs=0.005)


def test_without_jitter_a_region_is_one_of_the_label_mirrored_or_not() -> None:
    rois = torch.tensor([[0.4, 0.5, 0.6, 0.2], [0.45, 0.55, 0.7, -0.1]]).repeat(64, 1, 1)
    generator = torch.Generator().manual_seed(1)
    regions = jittered_regions(
        rois, KNOWN.expand(len(rois)), KNOWN.expand(len(rois)), Jitter(0, 0, 0, 0, 0), generator
    )
    sign = torch.where(regions.mirrored, -1.0, 1.0)
    found = torch.cat(
        [regions.in_wide_crop(), regions.size[:, None], (regions.rotation * sign)[:, None]], dim=1
    )
    distance = (found[:, None] - rois).abs().amax(dim=2).amin(dim=1)
    assert distance.max() < 1e-6
    assert 0 < regions.mirrored.sum() < 64


def test_where_the_direction_is_not_known_regions_are_turned_farther() -> None:
    rois = torch.tensor([[0.5, 0.5, 0.6, 0.0]] * 2).repeat(8000, 1, 1)
    directed = torch.arange(8000) % 2 == 0
    generator = torch.Generator().manual_seed(3)
    rotation = jittered_regions(
        rois, directed, KNOWN.expand(len(rois)), Jitter(0.05, 0, 0, 0, 0.7), generator
    ).rotation
    assert float(rotation[~directed].std()) == pytest.approx(0.7, rel=0.05)
    assert float(rotation[directed].var()) == pytest.approx(0.05**2 * (0.85 + 1.35), rel=0.2)


def test_wild_regions_are_far_off() -> None:
    rois = torch.tensor([[0.5, 0.5, 0.6, 0.0]] * 2).repeat(2000, 1, 1)
    generator = torch.Generator().manual_seed(2)
    regions = jittered_regions(
        rois, KNOWN.expand(len(rois)), KNOWN.expand(len(rois)), Jitter(0, 0, 0, 0.25, 0), generator
    )
    away = (regions.center - 0.5).norm(dim=1) / 0.6
    wild = away > 1e-6
    assert wild.float().mean() == pytest.approx(0.25, abs=0.03)
    assert away[wild].min() >= 0.3 - 1e-5
    assert away.max() <= 1 + 1e-5


@pytest.mark.parametrize("is_mirrored", [False, True])
def test_box_frame_against_the_way_through_the_wide_crop(is_mirrored: bool) -> None:
    regions = Regions(
        torch.tensor([[0.45, 0.6]]), torch.tensor([0.5]), torch.tensor([0.4]),
        torch.tensor([is_mirrored]),
    )  # fmt: skip
    box = torch.tensor([[0.2, 0.3, 0.7, 0.9]])
    # Corners and middle of the box in the wide crop, as landmarks of the region.
    wide = torch.tensor([[[0.2, 0.3, 0.0], [0.7, 0.9, 0.0], [0.45, 0.6, 0.0], [0.7, 0.3, 0.0]]])
    points = landmarks_in(regions, wide)[..., :2]
    frame = box_frame(regions, box)
    found = torch.einsum("nij,npj->npi", frame[:, :, :2], points) + frame[:, None, :, 2]
    wanted = torch.tensor([[[0.0, 0.0], [1.0, 1.0], [0.5, 0.5], [1.0, 0.0]]])
    if is_mirrored:
        wanted[..., 0] = 1 - wanted[..., 0]
    torch.testing.assert_close(found, wanted, atol=1e-5, rtol=1e-5)


def test_a_place_without_a_hand_is_never_far_off() -> None:
    rois = torch.tensor([[0.5, 0.5, 0.6, 0.0]] * 2).repeat(400, 1, 1)
    known, may_stray = torch.ones(400, dtype=torch.bool), torch.arange(400) % 2 == 0
    generator = torch.Generator().manual_seed(4)
    regions = jittered_regions(rois, known, may_stray, Jitter(0, 0, 0, 1.0, 0), generator)
    away = (regions.center - 0.5).norm(dim=1) / 0.6
    assert away[may_stray].min() >= 0.3 - 1e-5
    assert away[~may_stray].max() < 1e-6
