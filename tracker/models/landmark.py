"""Landmark model: one upright crop in; landmarks, presence, handedness and world points out."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from synth.landmarks import LANDMARKS
from tracker.models.blocks import ConvNormAct, stage
from tracker.models.landmark_architecture import LandmarkArchitecture
from tracker.models.landmark_heads import HEADS, Coordinates

#: Channels of the coarsest map from which presence, handedness and world points are told.
_SUMMARY = 32


@dataclass(frozen=True)
class LandmarkOutput:
    """What the network gives for N crops.

    Attributes:
        landmarks: (N, 21, 3), x, y in crop sides from its top-left corner, z from the wrist.
        presence: (N,) logits of a hand being there.
        handedness: (N,) logits of a right hand.
        facing: (N,) logits of the palm being towards the camera, and not the back.
        world: (N, 21, 3) metres, axes of the crop, origin at the mean of the points.
        bins, cells: what landmarks were told from, as in landmark_heads.Coordinates.
    """

    landmarks: Tensor
    presence: Tensor
    handedness: Tensor
    facing: Tensor
    world: Tensor
    bins: Tensor | None = None
    cells: Tensor | None = None


class LandmarkModel(nn.Module):
    """Encoder of plain residual stages whose coarsest one, with most of the parameters, sees the
    whole hand and tells the others; a head for the coordinates; the rest from the coarsest map."""

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
        self.head = HEADS[a.head](a)
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
        coordinates: Coordinates = self.head(stride8, stride16)
        summary = self.summary(self.squeeze(stride32).flatten(1))
        # The shape in the image says most about the shape in space, and which hand it is follows
        # from where the thumb is and whether one sees the palm or the back; neither is to bend it.
        shape = coordinates.landmarks.detach().flatten(1).to(summary.dtype)
        known = torch.cat([summary, shape], dim=1)
        facing = self.facing(summary)
        world = self.world(known).unflatten(1, (-1, 3)).float()
        return LandmarkOutput(
            coordinates.landmarks,
            self.presence(summary).squeeze(1).float(),
            self.handedness(torch.cat([known, facing.detach()], dim=1)).squeeze(1).float(),
            facing.squeeze(1).float(),
            world - world.mean(dim=1, keepdim=True),
            coordinates.bins,
            coordinates.cells,
        )
