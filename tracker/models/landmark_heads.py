"""Heads of the landmark model: from its features to coordinates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from synth.landmarks import LANDMARKS
from tracker.models.blocks import ConvNormAct
from tracker.models.landmark_architecture import LandmarkArchitecture

#: The bins of the coordinates reach this far beyond the crop on each side, in crop sides: a
#: fingertip may leave it.
MARGIN = 0.125
#: Depth runs from −DEPTH_REACH to DEPTH_REACH crop sides from the wrist.
DEPTH_REACH = 0.625


@dataclass(frozen=True)
class Coordinates:
    """What a head gives for N crops.

    Attributes:
        landmarks: (N, 21, 3), x, y in crop sides from its top-left corner, z from the wrist.
        bins: (N, 21, 3, B) scores of the bins of x, y and z, from the head of that name.
        cells: (N, 21, 3, S, S), from the head of that name: for each cell of a grid over the crop
            its score, and how far from its middle the landmark is in x and y, in cells.
    """

    landmarks: Tensor
    bins: Tensor | None = None
    cells: Tensor | None = None


def bin_centers(bins: int) -> Tensor:
    """(3, bins): coordinates that the bins of x, y and z stand for, in crop sides."""
    plane = (torch.arange(bins) + 0.5) / bins * (1 + 2 * MARGIN) - MARGIN
    depth = ((torch.arange(bins) + 0.5) / bins * 2 - 1) * DEPTH_REACH
    return torch.stack([plane, plane, depth])


def cell_middles(side: int) -> Tensor:
    """(side,): middles along one axis of a grid over the crop, in cells."""
    return torch.arange(side) + 0.5


class _CellsHead(nn.Module):
    """For each landmark a softmax over the cells of a grid; each cell says where in its
    neighbourhood the landmark is, and at what depth; the mean over the cells is the coordinate.

    The cell is a classification, which is learned fast, and the offset has no grid's coarseness
    (Papandreou et al. 2017). Unlike bins it need not learn what a place in a map means.
    """

    x: Tensor
    y: Tensor

    def __init__(self, a: LandmarkArchitecture) -> None:
        super().__init__()
        _, fine, coarse, _ = a.widths
        self.down = nn.Conv2d(coarse, fine, 1)
        self.mix = ConvNormAct(fine, fine)
        self.maps = nn.Conv2d(fine, 4 * len(LANDMARKS), 1)
        self.side = a.input_side // 8
        middles = cell_middles(self.side) / self.side
        self.register_buffer("x", middles[None, :], persistent=False)
        self.register_buffer("y", middles[:, None], persistent=False)

    def forward(self, features: Tensor, coarse: Tensor) -> Coordinates:
        known = F.relu(features + F.interpolate(self.down(coarse), scale_factor=2.0))
        maps = self.maps(self.mix(known)).float().unflatten(1, (len(LANDMARKS), 4))
        score, dx, dy, depth = maps.unbind(dim=2)
        chance = score.flatten(2).softmax(dim=2).view_as(score)
        x = self.x + dx / self.side
        y = self.y + dy / self.side
        values = torch.stack([x, y, depth * DEPTH_REACH], dim=2)
        return Coordinates((chance[:, :, None] * values).sum(dim=(3, 4)), cells=maps[:, :, :3])


class _BinsHead(nn.Module):
    """A softmax over bins for x, y and z, whose mean is the coordinate (SimCC, Li et al. 2022): a
    small map for each landmark, laid flat, then linear layers that all landmarks share; for
    comparison."""

    centers: Tensor

    def __init__(self, a: LandmarkArchitecture) -> None:
        super().__init__()
        cells = (a.input_side // 16) ** 2
        self.maps = nn.Conv2d(a.widths[2], len(LANDMARKS), 1)
        self.fine_maps = nn.Conv2d(a.widths[1], len(LANDMARKS), 1)
        self.hidden = nn.Sequential(nn.Linear(5 * cells, 2 * a.hidden), nn.ReLU(inplace=True))
        self.bins = nn.Linear(2 * a.hidden, 3 * a.bins)
        self.register_buffer("centers", bin_centers(a.bins), persistent=False)

    def forward(self, features: Tensor, coarse: Tensor) -> Coordinates:
        maps = torch.cat([self.maps(coarse).flatten(2), self.fine_maps(features).flatten(2)], 2)
        logits = self.bins(self.hidden(maps)).unflatten(2, (3, -1)).float()
        return Coordinates((logits.softmax(dim=3) * self.centers).sum(dim=3), bins=logits)


class _RegressionHead(nn.Module):
    """The coordinates from the flattened coarse features, as MediaPipe does; for comparison."""

    def __init__(self, a: LandmarkArchitecture) -> None:
        super().__init__()
        cells = (a.input_side // 16) ** 2
        self.squeeze = ConvNormAct(a.widths[2], 32, kernel=1)
        self.points = nn.Linear(32 * cells, 3 * len(LANDMARKS))

    def forward(self, features: Tensor, coarse: Tensor) -> Coordinates:
        points = self.points(self.squeeze(coarse).flatten(1)).unflatten(1, (-1, 3)).float()
        return Coordinates(points + points.new_tensor([0.5, 0.5, 0.0]))


class _HeatmapHead(nn.Module):
    """Mean of a softmax over a map at an eighth of the input for x and y; z is the mean of a second
    map under the same weights; for comparison."""

    def __init__(self, a: LandmarkArchitecture) -> None:
        super().__init__()
        self.up = nn.ConvTranspose2d(a.widths[2], a.widths[1], 2, stride=2)
        self.mix = ConvNormAct(2 * a.widths[1], a.widths[1])
        self.maps = nn.Conv2d(a.widths[1], 2 * len(LANDMARKS), 1)

    def forward(self, features: Tensor, coarse: Tensor) -> Coordinates:
        mixed = self.mix(torch.cat([self.up(coarse), features], dim=1))
        heat, depth = self.maps(mixed).float().chunk(2, dim=1)
        side = heat.shape[-1]
        weights = heat.flatten(2).softmax(dim=2).unflatten(2, (side, side))
        along = (torch.arange(side, device=heat.device) + 0.5) / side * (1 + 2 * MARGIN) - MARGIN
        x = (weights.sum(dim=2) * along).sum(dim=2)
        y = (weights.sum(dim=3) * along).sum(dim=2)
        return Coordinates(torch.stack([x, y, (weights * depth).sum(dim=(2, 3))], dim=2))


#: By the name in a recipe.
HEADS: dict[str, Callable[[LandmarkArchitecture], nn.Module]] = {
    "cells": _CellsHead,
    "bins": _BinsHead,
    "regression": _RegressionHead,
    "heatmap": _HeatmapHead,
}
