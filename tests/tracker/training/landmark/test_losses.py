"""Losses of the landmark model against values worked by hand; what is unknown has no say."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.special import log_softmax
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from tests.tracker.training.made_hands import no_boxes
from tracker.models.landmark import LandmarkOutput
from tracker.models.landmark_heads import DEPTH_REACH, MARGIN
from tracker.training.landmark.losses import (
    CELL_SIGMA,
    FLESH,
    LandmarkLossWeights,
    LandmarkTarget,
    binary_loss,
    gaussian_bins,
    gaussian_cells,
    known_coordinates,
    landmark_loss,
    masked_mean,
    outside_loss,
    palm_facing,
    short_loss,
)

BINS = 160
CELLS = 8
WEIGHTS = LandmarkLossWeights()


def output_of(count: int, seed: int = 0) -> LandmarkOutput:
    generator = torch.Generator().manual_seed(seed)

    def leaf(*shape: int) -> Tensor:
        return torch.randn(count, *shape, generator=generator).requires_grad_()

    return LandmarkOutput(
        leaf(21, 3), leaf(), leaf(), leaf(), leaf(21, 3),
        leaf(21, 3, BINS), leaf(21, 3, CELLS, CELLS),
    )  # fmt: skip


def target_of(count: int, seed: int = 1) -> LandmarkTarget:
    generator = torch.Generator().manual_seed(seed)
    landmarks = torch.rand(count, 21, 3, generator=generator) * 0.8 + 0.1
    landmarks[..., 2] -= 0.5
    side = (torch.arange(count) % 2).float()
    return LandmarkTarget(
        landmarks,
        torch.ones(count),
        side,
        torch.randn(count, 21, 3, generator=generator),
        no_boxes(count),
    )


def gradients(output: LandmarkOutput, target: LandmarkTarget) -> dict[str, Tensor]:
    torch.stack(list(landmark_loss(output, target, WEIGHTS).values())).sum().backward()
    found = {name: leaf.grad for name, leaf in vars(output).items()}
    assert all(torch.isfinite(gradient).all() for gradient in found.values())
    return found


def test_few_labels_weigh_up_to_a_limit() -> None:
    output = output_of(3)
    full = target_of(3)
    landmarks = full.landmarks.clone()
    landmarks[1, 2:] = torch.nan  # 2 of 21: would be 10.5 times
    landmarks[2, 7:] = torch.nan  # 7 of 21: 3 times
    target = replace(full, landmarks=landmarks)
    off = F.smooth_l1_loss(output.landmarks, full.landmarks, beta=0.02, reduction="none")
    for sparse, weights in ((1.0, (1, 1, 1)), (2.0, (1, 2, 2)), (5.0, (1, 5, 3))):
        found = landmark_loss(output, target, LandmarkLossWeights(points=1.0, sparse=sparse))
        parts = (off[0, :, :2], off[1, :2, :2], off[2, :7, :2])
        total = sum(w * part.sum() for w, part in zip(weights, parts, strict=True))
        count = sum(w * part.numel() for w, part in zip(weights, parts, strict=True))
        torch.testing.assert_close(found["points"], total / count)


def test_values_worked_by_hand() -> None:
    truth = torch.full((1, 21, 3), 0.5)
    truth[..., 2] = 0.0
    landmarks = truth.clone()
    landmarks[0, 0, 0] += 0.01  # below beta = 0.02: 0.5 · d² / β = 0.0025
    landmarks[0, 1, 1] -= 0.3  # above: d − β / 2 = 0.29
    landmarks[0, 2, 2] += 0.06  # 0.05
    world = torch.zeros(1, 21, 3)
    world[0, 0] = torch.tensor([0.02, -0.03, 0.01])  # 0.06 over 63 numbers
    output = LandmarkOutput(
        landmarks, torch.tensor([0.0]), torch.tensor([2.0]), torch.tensor([0.0]), world
    )
    target = LandmarkTarget(
        truth, torch.ones(1), torch.zeros(1), torch.zeros(1, 21, 3), no_boxes(1)
    )
    weights = LandmarkLossWeights(points=1, depth=1, presence=1, handedness=1, world=1)
    terms = landmark_loss(output, target, weights)
    assert set(terms) == {"points", "depth", "presence", "handedness", "facing", "world"}
    # A hand without extent faces nowhere: one half is asked for, and logits of 0 say it.
    assert float(terms["facing"]) == pytest.approx(math.log(2), rel=1e-6)
    assert float(terms["points"]) == pytest.approx((0.0025 + 0.29) / 42, rel=1e-4)
    assert float(terms["depth"]) == pytest.approx(0.05 / 21, rel=1e-4)
    assert float(terms["presence"]) == pytest.approx(math.log(2), rel=1e-6)
    assert float(terms["handedness"]) == pytest.approx(math.log(1 + math.exp(2)), rel=1e-6)
    assert float(terms["world"]) == pytest.approx(0.06 / 63, rel=1e-4)
    doubled = landmark_loss(output, target, weights.model_copy(update={"points": 3.0}))
    assert float(doubled["points"]) == pytest.approx(3 * float(terms["points"]))


def test_entropy_of_the_bins_against_scipy() -> None:
    output, target = output_of(2), target_of(2)
    assert output.bins is not None
    found = float(landmark_loss(output, target, WEIGHTS)["bins"].detach())
    x = (np.arange(BINS) + 0.5) / BINS
    centers = [x * 1.25 - 0.125, x * 1.25 - 0.125, (2 * x - 1) * 0.625]
    total = 0.0
    logits = log_softmax(output.bins.detach().double().numpy(), axis=-1)
    for n in range(2):
        for i in range(21):
            for axis, sigma in enumerate((0.016, 0.016, 0.032)):
                wanted = np.exp(
                    -0.5 * ((float(target.landmarks[n, i, axis]) - centers[axis]) / sigma) ** 2
                )
                total -= float((wanted / wanted.sum() * logits[n, i, axis]).sum())
    assert found == pytest.approx(total / (2 * 21 * 3), rel=1e-4)


def test_entropy_of_the_cells_against_scipy() -> None:
    output, target = output_of(2), target_of(2)
    target.landmarks[1, 3] = torch.nan
    assert output.cells is not None
    terms = landmark_loss(output, target, WEIGHTS)
    cells = output.cells.detach().double().numpy()
    log_chance = log_softmax(cells[:, :, 0].reshape(2, 21, -1), axis=-1)
    entropy, offset, count = 0.0, 0.0, 0
    rows, columns = np.meshgrid(np.arange(CELLS) + 0.5, np.arange(CELLS) + 0.5, indexing="ij")
    for n in range(2):
        for i in range(21):
            x, y = (float(v) * CELLS for v in target.landmarks[n, i, :2])
            if math.isnan(x):
                continue
            count += 1
            wanted = np.exp(-0.5 * ((columns - x) ** 2 + (rows - y) ** 2) / CELL_SIGMA**2)
            wanted /= wanted.sum()
            entropy -= (wanted.ravel() * log_chance[n, i]).sum()
            error = np.abs(cells[n, i, 1:] - np.stack([x - columns, y - rows]))
            smooth = np.where(error < 0.25, 0.5 * error**2 / 0.25, error - 0.125)
            offset += (wanted * smooth.sum(axis=0)).sum()
    assert float(terms["cells"].detach()) == pytest.approx(
        WEIGHTS.cells * entropy / count, rel=1e-4
    )
    assert float(terms["offsets"].detach()) == pytest.approx(
        WEIGHTS.offsets * offset / count, rel=1e-4
    )


def test_a_place_outside_is_wanted_at_the_border() -> None:
    cells = gaussian_cells(torch.tensor([[1.1, 0.5], [0.44, -0.05]]), 8)
    torch.testing.assert_close(cells.sum(dim=(1, 2)), torch.ones(2))
    assert cells[0].sum(dim=0).argmax() == 7
    assert cells[1].argmax() == 3


def test_bins_sum_to_one_and_their_mean_is_the_coordinate() -> None:
    coordinates = torch.tensor([[0.1, 0.93, -0.4], [0.5, 0.0, 0.3]])
    bins = gaussian_bins(coordinates, BINS, 0.016)
    assert bins.shape == (2, 3, BINS)
    torch.testing.assert_close(bins.sum(dim=-1), torch.ones(2, 3))
    step = torch.arange(BINS) + 0.5
    plane = step / BINS * (1 + 2 * MARGIN) - MARGIN
    depth = (2 * step / BINS - 1) * DEPTH_REACH
    means = (bins * torch.stack([plane, plane, depth])).sum(dim=-1)
    torch.testing.assert_close(means, coordinates, atol=1e-4, rtol=0)
    variance = (bins[0, 0] * (plane - 0.1) ** 2).sum().sqrt()
    assert float(variance) == pytest.approx(0.016, rel=0.02)


def test_a_perfect_output_is_minimal() -> None:
    target = target_of(4)
    wanted = gaussian_bins(target.landmarks, BINS, WEIGHTS.sigma)
    perfect = LandmarkOutput(
        target.landmarks,
        torch.full((4,), 30.0),
        (target.right * 2 - 1) * 30.0,
        torch.logit(palm_facing(target)),
        target.world,
        wanted.clamp_min(1e-30).log(),
    )
    terms = landmark_loss(perfect, target, WEIGHTS)
    entropy = -(wanted * wanted.clamp_min(1e-30).log()).sum(dim=-1).mean()
    assert float(terms["bins"]) == pytest.approx(float(entropy), rel=1e-4)
    assert all(float(terms[n]) < 1e-6 for n in ("points", "depth", "presence", "handedness"))
    assert float(terms["world"]) == 0
    for shift in (-0.02, 0.02):
        bins = gaussian_bins(target.landmarks + shift, BINS, WEIGHTS.sigma).clamp_min(1e-30).log()
        other = LandmarkOutput(
            target.landmarks + shift,
            perfect.presence,
            perfect.handedness,
            perfect.facing,
            perfect.world,
            bins,
        )
        worse = landmark_loss(other, target, WEIGHTS)
        assert all(worse[n] > terms[n] for n in ("bins", "points", "depth"))


def test_of_a_crop_of_which_nothing_is_known_nothing_is_learned() -> None:
    unknown = torch.full((3, 21, 3), torch.nan)
    nothing = torch.full((3,), torch.nan)
    target = LandmarkTarget(unknown, nothing, nothing, unknown, no_boxes(3))
    output = output_of(3)
    terms = landmark_loss(output, target, WEIGHTS)
    assert all(float(term.detach()) == 0 for term in terms.values())
    assert all((gradient == 0).all() for gradient in gradients(output, target).values())


def test_unknown_parts_have_no_gradient_and_do_not_thin_the_known_ones() -> None:
    target = target_of(2)
    target.landmarks[0, 5:] = torch.nan
    target.landmarks[1, :, 2] = torch.nan  # as in photographs: no depth
    target.presence[1] = torch.nan
    target.right[0] = torch.nan
    target.world[1] = torch.nan
    output = output_of(2)
    found = gradients(output, target)
    assert (found["landmarks"][0, 5:] == 0).all()
    assert (found["bins"][0, 5:] == 0).all()
    assert (found["landmarks"][1, :, 2] == 0).all()
    assert (found["bins"][1, :, 2] == 0).all()
    assert found["presence"][1] == 0
    assert found["handedness"][0] == 0
    assert (found["world"][1] == 0).all()
    assert (found["landmarks"][0, :5] != 0).all()
    assert (found["landmarks"][1, :, :2] != 0).all()
    assert found["presence"][0] != 0
    assert found["handedness"][1] != 0
    assert (found["world"][0] != 0).all()
    # The mean is over what is known: the same as of the known numbers alone.
    terms = landmark_loss(output, target, WEIGHTS)
    alone = torch.cat([(output.world[0] - target.world[0]).abs().flatten()]).mean()
    torch.testing.assert_close(terms["world"], WEIGHTS.world * alone)


def test_a_coordinate_beyond_the_bins_is_not_asked_for() -> None:
    landmarks = torch.tensor(
        [[0.5, 0.5, 0.0], [-0.13, 0.5, 0.0], [0.5, 1.13, 0.0], [0.5, 0.5, 0.7], [-0.12, 1.12, -0.6]]
    )
    known = known_coordinates(landmarks[None])[0].tolist()
    assert known == [[True] * 3, [False] * 3, [False] * 3, [True, True, False], [True] * 3]
    assert not known_coordinates(torch.full((1, 21, 3), torch.nan)).any()


def test_small_pieces() -> None:
    values = torch.tensor([1.0, 2.0, 4.0])
    assert float(masked_mean(values, torch.tensor([True, False, True]))) == 2.5
    assert float(masked_mean(values, torch.zeros(3, dtype=torch.bool))) == 0
    truth = torch.tensor([1.0, torch.nan, 0.0])
    expected = (math.log(1 + math.exp(-1)) + math.log(1 + math.exp(3))) / 2
    found = float(binary_loss(torch.tensor([1.0, 9.0, 3.0]), truth))
    assert found == pytest.approx(expected, rel=1e-6)


def test_how_far_points_lie_outside_of_their_box() -> None:
    # The box is x 0.2 … 0.6, y 0 … 1 of the crop, so u = (x − 0.2) / 0.4, v = y.
    frame = torch.tensor([[2.5, 0.0, -0.5], [0.0, 1.0, 0.0]])
    points = torch.tensor([[[0.3, 0.5], [0.1, 0.5], [0.6, 1.2], [0.8, -0.1]]])
    outside = (0.25 + 0.2 + 0.5 + 0.1) / 8
    assert float(outside_loss(points, frame[None])) == pytest.approx(outside)
    # A second hand without a box does not count, nor does its gradient.
    both = torch.cat([points, points]).requires_grad_()
    loss = outside_loss(both, torch.stack([frame, torch.full((2, 3), torch.nan)]))
    assert float(loss.detach()) == pytest.approx(outside)
    loss.backward()
    assert both.grad is not None
    assert (both.grad[1] == 0).all()
    assert both.grad[0, 0].tolist() == [0, 0]
    assert both.grad[0, 1, 0] < 0 < both.grad[0, 3, 0]


def test_how_far_points_stay_short_of_their_box() -> None:
    # u = (x − 0.2) / 0.4, v = y; outermost: u 0.25 … 0.5, v 0.1 … 0.9. Within FLESH = 0.15 of a
    # side is near enough, so v is; u stays 0.1 and 0.35 short.
    frame = torch.tensor([[2.5, 0.0, -0.5], [0.0, 1.0, 0.0]])
    points = torch.tensor([[[0.3, 0.5], [0.35, 0.1], [0.4, 0.9]]]).requires_grad_()
    assert FLESH == 0.15
    loss = short_loss(points, frame[None])
    assert float(loss.detach()) == pytest.approx((0.1 + 0.35) / 4)
    loss.backward()
    assert points.grad is not None
    assert points.grad[0, :, 1].tolist() == [0, 0, 0]
    # A step downhill moves the leftmost to the left and the rightmost to the right.
    assert points.grad[0, 0, 0] > 0 > points.grad[0, 2, 0]
    assert points.grad[0, 1, 0] == 0


def test_only_a_hand_without_any_landmark_is_to_reach_its_box() -> None:
    full = target_of(2)
    landmarks = full.landmarks.clone()
    landmarks[0, 1:] = torch.nan
    landmarks[1] = torch.nan
    frame = torch.tensor([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])
    target = replace(full, landmarks=landmarks, box=frame.repeat(2, 1, 1))
    output = output_of(2)
    middle = torch.full((2, 21, 3), 0.5)
    middle[:, 0] = 0.4
    middle.requires_grad_()
    weights = LandmarkLossWeights(reach=2.0)
    loss = landmark_loss(replace(output, landmarks=middle), target, weights)["reach"]
    assert float(loss.detach()) == pytest.approx(0.35 + 0.25)
    loss.backward()
    assert middle.grad is not None
    assert (middle.grad[0] == 0).all()
    assert (middle.grad[1] != 0).any()


def test_palm_or_back() -> None:
    # A right hand upright with its palm to the camera has the thumb's side at the image's right (y
    # is down, z forward), so the index finger's knuckle, too. Then: its back, and a left palm.
    world = torch.zeros(4, 21, 3)
    world[0, [5, 17]] = torch.tensor([[0.03, -0.08, 0.0], [-0.03, -0.08, 0.0]])
    world[1, [5, 17]] = torch.tensor([[-0.03, -0.08, 0.0], [0.03, -0.08, 0.0]])
    world[2] = world[1]
    world[3] = torch.nan
    right = torch.tensor([1.0, 1.0, 0.0, 1.0])
    target = LandmarkTarget(world, torch.ones(4), right, world, no_boxes(4))
    facing = palm_facing(target)
    torch.testing.assert_close(facing, torch.tensor([1.0, 0.0, 1.0, torch.nan]), equal_nan=True)
