"""The palm detector: its shapes, size, and how its numbers become places in the picture."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from tracker.anchors import anchors_of
from tracker.models.blocks import parameter_count
from tracker.models.palm import PalmArchitecture, PalmModel


@pytest.fixture(scope="module")
def model() -> PalmModel:
    torch.manual_seed(0)
    return PalmModel(PalmArchitecture()).eval()


def multiply_adds(model: nn.Module, side: int) -> int:
    """Counted from the shapes that pass through the convolutions."""
    total = 0

    def count(module: nn.Conv2d, _inputs: object, output: torch.Tensor) -> None:
        nonlocal total
        total += module.weight.numel() * output.shape[2] * output.shape[3]

    handles = [m.register_forward_hook(count) for m in model.modules() if isinstance(m, nn.Conv2d)]
    with torch.no_grad():
        model(torch.zeros(1, 3, side, side))
    for handle in handles:
        handle.remove()
    return total


def test_gives_every_anchor_a_score_a_square_and_seven_keypoints(model: PalmModel) -> None:
    with torch.no_grad():
        output = model(torch.rand(2, 3, 192, 192))
    assert output.logits.shape == (2, 2016)
    assert output.boxes.shape == (2, 2016, 3)
    assert output.keypoints.shape == (2, 2016, 7, 2)


def test_size_is_that_of_a_real_time_detector(model: PalmModel) -> None:
    assert 1.0e6 <= parameter_count(model) <= 1.3e6
    assert multiply_adds(model, 192) <= 200e6


def test_untrained_it_finds_palms_hardly_anywhere(model: PalmModel) -> None:
    with torch.no_grad():
        probability = model(torch.rand(1, 3, 192, 192)).logits.sigmoid()
    assert probability.mean() == pytest.approx(0.01, abs=0.003)


def test_numbers_are_relative_to_the_anchor_of_their_cell() -> None:
    model = PalmModel(PalmArchitecture()).eval()
    with torch.no_grad():
        for head in model.heads:
            head.project.weight.zero_()
            numbers = head.project.bias.view(-1, 18)
            numbers[:] = 0
            numbers[:, 1:4] = torch.tensor([0.5, -0.25, np.log(2.0)])
            numbers[:, 6:8] = torch.tensor([1.0, 2.0])  # the second keypoint
        output = model(torch.rand(1, 3, 192, 192))
    anchors = anchors_of(192)
    size = anchors[:, 2:]
    boxes = np.concatenate([anchors[:, :2] + np.array([0.5, -0.25]) * size, 2 * size], axis=1)
    assert output.boxes[0].numpy() == pytest.approx(boxes, abs=1e-6)
    assert output.keypoints[0, :, 0].numpy() == pytest.approx(anchors[:, :2], abs=1e-6)
    second = anchors[:, :2] + np.array([1.0, 2.0]) * size
    assert output.keypoints[0, :, 1].numpy() == pytest.approx(second, abs=1e-6)


@pytest.mark.parametrize("level", [0, 1])
def test_order_of_the_anchors_is_that_of_the_cells(level: int) -> None:
    """A head whose score looks at one cell and one size alone answers at that anchor alone."""
    model = PalmModel(PalmArchitecture())
    head, stride = model.heads[level], (8, 16)[level]
    cells, sizes = 192 // stride, head.project.out_channels // 18
    with torch.no_grad():
        head.project.weight.zero_()
        head.project.bias.zero_()
        head.project.weight[18 * (sizes - 1), 0] = 1.0
        features = torch.zeros(1, head.project.in_channels, cells, cells)
        features[0, 0, 3, 5] = 1.0
        scores = head(features)[0, :, 0]
    index = int(scores.argmax()) + (0 if level == 0 else 24 * 24 * 2)
    x, y, size = anchors_of(192)[index]
    assert (x, y) == pytest.approx((5.5 / cells, 3.5 / cells))
    assert size == pytest.approx((0.073, 0.68)[level])


def test_without_decoder_the_heads_see_the_encoder_alone() -> None:
    model = PalmModel(PalmArchitecture(decoder=False)).eval()
    assert model.decoder is None
    with torch.no_grad():
        assert model(torch.rand(1, 3, 192, 192)).logits.shape == (1, 2016)
