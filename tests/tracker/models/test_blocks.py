"""Blocks: shapes, a block that begins as the identity, parameters counted by hand."""

from __future__ import annotations

import pytest
import torch

from tracker.models.blocks import ConvNormAct, Residual, parameter_count, stage


@pytest.mark.parametrize(("side", "stride", "expected"), [(16, 1, 16), (16, 2, 8), (15, 2, 8)])
def test_shapes(side: int, stride: int, expected: int) -> None:
    found = ConvNormAct(3, 5, stride=stride)(torch.rand(2, 3, side, side))
    assert found.shape == (2, 5, expected, expected)
    assert found.min() >= 0


def test_a_fresh_block_is_the_identity_for_what_a_relu_lets_through() -> None:
    x = torch.rand(2, 6, 8, 8)
    assert torch.equal(Residual(6).eval()(x.clone()), x)
    assert torch.equal(Residual(6).train()(x.clone()), x)


def test_a_block_is_what_the_paper_draws() -> None:
    block = Residual(4).eval()
    with torch.no_grad():
        block.norm.weight.fill_(0.7)
    x = torch.rand(1, 4, 8, 8) - 0.3
    inner = torch.relu(block.first[1](block.first[0](x)))
    expected = torch.relu(x + block.norm(torch.conv2d(inner, block.second.weight, padding=1)))
    torch.testing.assert_close(block(x.clone()), expected)


def test_parameters_counted_by_hand() -> None:
    # 3·3·3·8 weights, a scale and a shift for each of 8 channels.
    assert parameter_count(ConvNormAct(3, 8)) == 216 + 16
    assert parameter_count(Residual(8)) == 2 * (3 * 3 * 8 * 8 + 16)
    assert parameter_count(stage(4, 8, 3)) == 3 * 3 * 4 * 8 + 16 + 3 * 2 * (576 + 16)
    assert stage(4, 8, 3)(torch.rand(1, 4, 12, 12)).shape == (1, 8, 6, 6)
