"""What holds of every model: shapes for any batch, gradients everywhere, a fixed evaluation."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from tracker.anchors import anchors_of
from tracker.models.landmark import LandmarkModel
from tracker.models.landmark_architecture import LandmarkArchitecture
from tracker.models.palm import PalmArchitecture, PalmModel


class ModelContract:
    """Base of the tests of one model; a subclass says which, and the shapes without the batch."""

    side = 64
    shapes: dict[str, tuple[int, ...] | None]

    def build(self) -> nn.Module:
        raise NotImplementedError

    def seeded(self) -> nn.Module:
        torch.manual_seed(0)
        return self.build()

    def images(self, count: int) -> Tensor:
        generator = torch.Generator().manual_seed(1)
        return torch.rand(count, 3, self.side, self.side, generator=generator)

    def outputs(self, model: nn.Module, images: Tensor) -> dict[str, Tensor]:
        output: Any = model(images)
        values = {field.name: getattr(output, field.name) for field in fields(output)}
        return {name: value for name, value in values.items() if value is not None}

    @pytest.mark.parametrize("count", [1, 3])
    def test_shapes(self, count: int) -> None:
        found = self.outputs(self.seeded().eval(), self.images(count))
        expected = {name: shape for name, shape in self.shapes.items() if shape is not None}
        assert {name: tuple(value.shape[1:]) for name, value in found.items()} == expected
        assert all(len(value) == count for value in found.values())
        assert all(value.dtype == torch.float32 for value in found.values())
        assert all(torch.isfinite(value).all() for value in found.values())

    def test_every_weight_can_learn(self) -> None:
        model = self.seeded().train()
        # Blocks begin as the identity, behind a factor of zero.
        for module in model.modules():
            if isinstance(module, nn.BatchNorm2d):
                nn.init.constant_(module.weight, 0.5)
        found = self.outputs(model, self.images(4))
        sum(value.square().sum() for value in found.values()).backward()  # type: ignore[union-attr]
        for name, parameter in model.named_parameters():
            assert parameter.grad is not None, name
            assert torch.isfinite(parameter.grad).all(), name
            assert (parameter.grad != 0).any(), name

    def test_an_image_is_judged_by_itself_in_evaluation(self) -> None:
        model = self.seeded().eval()
        images = self.images(3)
        together, alone = self.outputs(model, images), self.outputs(model, images[1:2])
        for name, value in together.items():
            torch.testing.assert_close(value[1:2], alone[name], atol=1e-4, rtol=1e-4)

    def test_half_precision_gives_single_precision_outputs(self) -> None:
        model = self.seeded().eval()
        with torch.autocast("cpu", torch.bfloat16):
            found = self.outputs(model, self.images(2))
        assert all(value.dtype == torch.float32 for value in found.values())

    def test_weights_fit_into_another_one(self) -> None:
        model, other = self.seeded().eval(), self.build().eval()
        other.load_state_dict(model.state_dict())
        images = self.images(1)
        one, two = self.outputs(model, images), self.outputs(other, images)
        assert all(torch.equal(one[name], two[name]) for name in one)


class LandmarkContract(ModelContract):
    head: str

    def build(self) -> nn.Module:
        return LandmarkModel(
            LandmarkArchitecture.model_validate(
                {"input_side": self.side, "stem": 8, "widths": (8, 12, 16, 16),
                 "depths": (1, 0, 1, 0),
                 "bins": 40, "hidden": 16, "head": self.head}
            )
        )  # fmt: skip

    shapes = {  # noqa: RUF012
        "landmarks": (21, 3),
        "presence": (),
        "handedness": (),
        "facing": (),
        "world": (21, 3),
    }

    def test_world_points_have_their_origin_in_the_middle(self) -> None:
        world = self.outputs(self.seeded().eval(), self.images(2))["world"]
        torch.testing.assert_close(world.mean(dim=1), torch.zeros(2, 3), atol=1e-6, rtol=0)


class TestCells(LandmarkContract):
    head = "cells"
    shapes = {**LandmarkContract.shapes, "cells": (21, 3, 8, 8)}  # noqa: RUF012


class TestBins(LandmarkContract):
    head = "bins"
    shapes = {**LandmarkContract.shapes, "bins": (21, 3, 40)}  # noqa: RUF012


class TestRegression(LandmarkContract):
    head = "regression"


class TestHeatmap(LandmarkContract):
    head = "heatmap"


class TestPalm(ModelContract):
    decoder = True
    anchors = len(anchors_of(ModelContract.side))
    shapes = {  # noqa: RUF012
        "logits": (anchors,),
        "boxes": (anchors, 3),
        "keypoints": (anchors, 7, 2),
    }

    def build(self) -> nn.Module:
        return PalmModel(
            PalmArchitecture(
                input_side=self.side, stem=8, widths=(8, 8, 12, 16), depths=(0, 1, 0, 0),
                decoder=self.decoder,
            )
        )  # fmt: skip


class TestPalmWithoutDecoder(TestPalm):
    decoder = False
