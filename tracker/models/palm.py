"""Palm detector: a single-shot network over the whole letterboxed picture."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from pydantic import BaseModel, ConfigDict
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from tracker.anchors import PALM_ANCHORS, AnchorLevel, anchors_of
from tracker.models.blocks import ConvNormAct, stage
from tracker.roi import PALM_LANDMARKS

#: Probability that an untrained network gives every anchor: without it the many negatives drown
#: the first steps (Lin et al. 2017, "Focal loss", section 4.1).
PRIOR = 0.01
#: A square is at most this many times larger or smaller than its anchor.
LARGEST_FACTOR = 4.0


class PalmArchitecture(BaseModel):
    """Size of the network: widths and residual blocks of its stages of strides 4, 8, 16 and 32."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    input_side: int = 192
    stem: int = 16
    widths: tuple[int, int, int, int] = (24, 48, 96, 160)
    depths: tuple[int, int, int, int] = (1, 1, 1, 1)
    decoder: bool = True
    """Whether coarse features flow back into the finer ones; without it there is no stage of
    stride 32."""


@dataclass(frozen=True)
class PalmOutput:
    """What the network gives for N pictures and A anchors; coordinates are fractions of the side.

    Attributes:
        logits: (N, A) of a palm.
        boxes: (N, A, 3) centre x, y and side of the palm's square.
        keypoints: (N, A, 7, 2) in the order of tracker.roi.PALM_LANDMARKS.
    """

    logits: Tensor
    boxes: Tensor
    keypoints: Tensor


class PalmModel(nn.Module):
    """Encoder of plain residual stages and, as in a feature pyramid (Lin et al. 2017), a decoder
    that adds what the coarse stages know of the surroundings to the finer features."""

    anchors: Tensor

    def __init__(self, architecture: PalmArchitecture) -> None:
        super().__init__()
        a = architecture
        w4, w8, w16, _w32 = a.widths
        self.fine = nn.Sequential(ConvNormAct(3, a.stem, stride=2), stage(a.stem, w4, a.depths[0]))
        self.stride8 = stage(w4, w8, a.depths[1])
        self.stride16 = stage(w8, w16, a.depths[2])
        self.decoder = _Decoder(a) if a.decoder else None
        small, large = PALM_ANCHORS
        self.heads = nn.ModuleList([_Head(w8, small), _Head(w16, large)])
        anchors = torch.from_numpy(anchors_of(a.input_side))
        self.register_buffer("anchors", anchors, persistent=False)

    def forward(self, image: Tensor) -> PalmOutput:
        """Args:
        image: (N, 3, side, side) RGB in [0, 1].
        """
        stride8 = self.stride8(self.fine(image - 0.5))
        stride16 = self.stride16(stride8)
        if self.decoder is not None:
            stride8, stride16 = self.decoder(stride8, stride16)
        small, large = self.heads
        raw = torch.cat([small(stride8), large(stride16)], dim=1).float()
        centers, sides = self.anchors[:, :2], self.anchors[:, 2:]
        reach = math.log(LARGEST_FACTOR)
        boxes = torch.cat(
            [centers + raw[..., 1:3] * sides, sides * raw[..., 3:4].clamp(-reach, reach).exp()], 2
        )
        offsets = raw[..., 4:].unflatten(2, (len(PALM_LANDMARKS), 2))
        return PalmOutput(raw[..., 0], boxes, centers[:, None] + offsets * sides[:, None])


class _Decoder(nn.Module):
    """One more stage of stride 32 with the mean over the picture added, and the way back."""

    def __init__(self, a: PalmArchitecture) -> None:
        super().__init__()
        _, w8, w16, w32 = a.widths
        self.stride32 = stage(w16, w32, a.depths[3])
        self.context = nn.Conv2d(w32, w32, 1)
        self.down16 = nn.Conv2d(w32, w16, 1)
        self.mix16 = ConvNormAct(w16, w16)
        self.down8 = nn.Conv2d(w16, w8, 1)
        self.mix8 = ConvNormAct(w8, w8)

    def forward(self, stride8: Tensor, stride16: Tensor) -> tuple[Tensor, Tensor]:
        stride32 = self.stride32(stride16)
        stride32 = F.relu(stride32 + self.context(stride32.mean(dim=(2, 3), keepdim=True)))
        stride16 = self.mix16(stride16 + F.interpolate(self.down16(stride32), scale_factor=2.0))
        stride8 = self.mix8(stride8 + F.interpolate(self.down8(stride16), scale_factor=2.0))
        return stride8, stride16


class _Head(nn.Module):
    """(N, C, H, W) → (N, anchors of the level, 1 + 3 + 2 a keypoint), in the anchors' order."""

    def __init__(self, channels: int, level: AnchorLevel) -> None:
        super().__init__()
        self.numbers = 1 + 3 + 2 * len(PALM_LANDMARKS)
        self.project = nn.Conv2d(channels, len(level.sizes) * self.numbers, 1)
        nn.init.normal_(self.project.weight, std=0.01)
        nn.init.zeros_(self.project.bias)
        with torch.no_grad():
            self.project.bias[:: self.numbers] = -math.log((1 - PRIOR) / PRIOR)

    def forward(self, features: Tensor) -> Tensor:
        cells = self.project(features).permute(0, 2, 3, 1)
        return cells.unflatten(3, (-1, self.numbers)).flatten(1, 3)
