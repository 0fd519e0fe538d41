"""Landmark model: one upright crop in; landmarks, presence, handedness and world points out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, PositiveInt
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from synth.landmarks import LANDMARKS
from tracker.models.blocks import ConvNormAct, stage

#: The bins of the coordinates reach this far beyond the crop on each side, in crop sides: a
#: fingertip may leave it.
MARGIN = 0.125
#: Depth runs from −DEPTH_REACH to DEPTH_REACH crop sides from the wrist.
DEPTH_REACH = 0.625


#: Channels of the coarsest map from which presence, handedness and world points are told.
_SUMMARY = 32


class LandmarkArchitecture(BaseModel):
    """Size of the network: channels of the stem (stride 2) and of its stages of strides 4, 8, 16
    and 32, and residual blocks in each stage."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    input_side: int = Field(128, ge=32, le=512, multiple_of=32)
    stem: int = Field(16, ge=1)
    widths: tuple[PositiveInt, PositiveInt, PositiveInt, PositiveInt] = (24, 64, 128, 256)
    depths: tuple[NonNegativeInt, NonNegativeInt, NonNegativeInt, NonNegativeInt] = (1, 1, 1, 1)
    bins: int = Field(160, ge=2)
    hidden: int = Field(128, ge=1)
    head: Literal["bins", "regression", "heatmap"] = "bins"


@dataclass(frozen=True)
class LandmarkOutput:
    """What the network gives for N crops.

    Attributes:
        logits: (N, 21, 3, bins), scores of the bins of x, y and z; None from the other heads.
        landmarks: (N, 21, 3), x, y in crop sides from its top-left corner, z from the wrist.
        presence: (N,) logits of a hand being there.
        handedness: (N,) logits of a right hand.
        facing: (N,) logits of the palm being towards the camera, and not the back.
        world: (N, 21, 3) metres, axes of the crop, origin at the mean of the points.
    """

    logits: Tensor | None
    landmarks: Tensor
    presence: Tensor
    handedness: Tensor
    facing: Tensor
    world: Tensor


def bin_centers(bins: int) -> Tensor:
    """(3, bins): coordinates that the bins of x, y and z stand for, in crop sides."""
    plane = (torch.arange(bins) + 0.5) / bins * (1 + 2 * MARGIN) - MARGIN
    depth = ((torch.arange(bins) + 0.5) / bins * 2 - 1) * DEPTH_REACH
    return torch.stack([plane, plane, depth])


class LandmarkModel(nn.Module):
    """Encoder of plain residual stages whose coarsest one, with most of the parameters, sees the
    whole hand and tells the others; and for each landmark a classification of its coordinates
    (SimCC, Li et al. 2022): a softmax over bins for x, y and z, whose mean is the coordinate."""

    def __init__(self, architecture: LandmarkArchitecture) -> None:
        super().__init__()
        a = architecture
        w4, w8, w16, w32 = a.widths
        self.stem = ConvNormAct(3, a.stem, stride=2)
        self.stride4 = stage(a.stem, w4, a.depths[0])
        self.stride8 = stage(w4, w8, a.depths[1])
        self.stride16 = stage(w8, w16, a.depths[2])
        self.stride32 = stage(w16, w32, a.depths[3])
        self.down = nn.Conv2d(w32, w16, 1)
        self.head = _HEADS[a.head](a)
        self.squeeze = ConvNormAct(w32, _SUMMARY, kernel=1)
        cells = (a.input_side // 32) ** 2
        self.summary = nn.Sequential(nn.Linear(_SUMMARY * cells, a.hidden), nn.ReLU(inplace=True))
        self.presence = nn.Linear(a.hidden, 1)
        self.facing = nn.Linear(a.hidden, 1)
        known = a.hidden + 3 * len(LANDMARKS)
        self.handedness = nn.Sequential(
            nn.Linear(known + 1, a.hidden // 2), nn.ReLU(inplace=True), nn.Linear(a.hidden // 2, 1)
        )
        self.world = nn.Linear(known, 3 * len(LANDMARKS))

    def forward(self, image: Tensor) -> LandmarkOutput:
        """Args:
        image: (N, 3, side, side) RGB in [0, 1].
        """
        stride8 = self.stride8(self.stride4(self.stem(image - 0.5)))
        stride16 = self.stride16(stride8)
        stride32 = self.stride32(stride16)
        stride16 = F.relu(stride16 + F.interpolate(self.down(stride32), scale_factor=2.0))
        logits, landmarks = self.head(stride8, stride16)
        summary = self.summary(self.squeeze(stride32).flatten(1))
        # The shape in the image says most about the shape in space, and which hand it is follows
        # from where the thumb is and whether one sees the palm or the back; neither is to bend it.
        shape = landmarks.detach().flatten(1).to(summary.dtype)
        known = torch.cat([summary, shape], dim=1)
        facing = self.facing(summary)
        world = self.world(known).unflatten(1, (-1, 3)).float()
        return LandmarkOutput(
            logits,
            landmarks,
            self.presence(summary).squeeze(1).float(),
            self.handedness(torch.cat([known, facing.detach()], dim=1)).squeeze(1).float(),
            facing.squeeze(1).float(),
            world - world.mean(dim=1, keepdim=True),
        )


class _BinsHead(nn.Module):
    """A small map for each landmark and axis group, laid flat, then a linear layer that all
    landmarks share to the bins."""

    centers: Tensor

    def __init__(self, a: LandmarkArchitecture) -> None:
        super().__init__()
        cells = (a.input_side // 16) ** 2
        self.maps = nn.Conv2d(a.widths[2], len(LANDMARKS), 1)
        self.fine_maps = nn.Conv2d(a.widths[1], len(LANDMARKS), 1)
        self.hidden = nn.Sequential(nn.Linear(5 * cells, 2 * a.hidden), nn.ReLU(inplace=True))
        self.bins = nn.Linear(2 * a.hidden, 3 * a.bins)
        self.register_buffer("centers", bin_centers(a.bins), persistent=False)

    def forward(self, features: Tensor, coarse: Tensor) -> tuple[Tensor, Tensor]:
        maps = torch.cat([self.maps(coarse).flatten(2), self.fine_maps(features).flatten(2)], 2)
        logits = self.bins(self.hidden(maps)).unflatten(2, (3, -1)).float()
        return logits, (logits.softmax(dim=3) * self.centers).sum(dim=3)


class _RegressionHead(nn.Module):
    """The coordinates from the flattened coarse features, as MediaPipe does; for comparison."""

    def __init__(self, a: LandmarkArchitecture) -> None:
        super().__init__()
        cells = (a.input_side // 16) ** 2
        self.squeeze = ConvNormAct(a.widths[2], 32, kernel=1)
        self.points = nn.Linear(32 * cells, 3 * len(LANDMARKS))

    def forward(self, features: Tensor, coarse: Tensor) -> tuple[None, Tensor]:
        points = self.points(self.squeeze(coarse).flatten(1)).unflatten(1, (-1, 3)).float()
        return None, points + points.new_tensor([0.5, 0.5, 0.0])


class _HeatmapHead(nn.Module):
    """Mean of a softmax over a map at a quarter of the input for x and y; z is the mean of a second
    map under the same weights; for comparison."""

    def __init__(self, a: LandmarkArchitecture) -> None:
        super().__init__()
        self.up = nn.ConvTranspose2d(a.widths[2], a.widths[1], 2, stride=2)
        self.mix = ConvNormAct(2 * a.widths[1], a.widths[1])
        self.maps = nn.Conv2d(a.widths[1], 2 * len(LANDMARKS), 1)

    def forward(self, features: Tensor, coarse: Tensor) -> tuple[None, Tensor]:
        mixed = self.mix(torch.cat([self.up(coarse), features], dim=1))
        heat, depth = self.maps(mixed).float().chunk(2, dim=1)
        side = heat.shape[-1]
        weights = heat.flatten(2).softmax(dim=2).unflatten(2, (side, side))
        along = (torch.arange(side, device=heat.device) + 0.5) / side * (1 + 2 * MARGIN) - MARGIN
        x = (weights.sum(dim=2) * along).sum(dim=2)
        y = (weights.sum(dim=3) * along).sum(dim=2)
        return None, torch.stack([x, y, (weights * depth).sum(dim=(2, 3))], dim=2)


_HEADS: dict[str, Callable[[LandmarkArchitecture], nn.Module]] = {
    "bins": _BinsHead,
    "regression": _RegressionHead,
    "heatmap": _HeatmapHead,
}
