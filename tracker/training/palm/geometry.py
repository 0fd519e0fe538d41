"""Where a picture comes to lie in the detector's input: turned, scaled, shifted, mirrored."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from pydantic import BaseModel, ConfigDict, Field
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from tracker.training.draws import chance, normal, uniform

#: From this many picture pixels an input pixel on, the picture is smoothed before it is sampled.
_SMOOTH_FROM = 1.6


class PlacementSettings(BaseModel):
    """How pictures are laid."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    zoom: tuple[float, float] = (0.4, 2.0)
    hand: tuple[float, float] = (0.06, 1.0)
    """Longer side of the hand ÷ side of the input that the zoom aims at."""
    rotation_degrees: float = Field(30.0, ge=0, le=180)
    any_rotation_share: float = Field(0.2, ge=0, le=1)
    shift: float = Field(0.06, ge=0)
    """Standard deviation of the shift, sides."""
    anywhere_share: float = Field(0.3, ge=0, le=1)
    """Pictures whose hand may come to lie anywhere."""


@dataclass(frozen=True)
class Placements:
    """Similarities of N pictures: input = linear · picture + offset, in fractions of the sides.

    Attributes:
        linear: (N, 2, 2).
        offset: (N, 2).
        zoom: (N,) the scale of `linear`.
    """

    linear: Tensor
    offset: Tensor
    zoom: Tensor

    def points(self, points: Tensor) -> Tensor:
        """Points of the pictures (N, …, 2) in the input; NaN stays NaN."""
        flat = points.flatten(1, -2) @ self.linear.transpose(1, 2) + self.offset[:, None]
        return flat.view_as(points)

    def squares(self, squares: Tensor) -> Tensor:
        """(N, P, 3) centre x, y and side; squares stay upright."""
        sides = squares[..., 2:] * self.zoom[:, None, None]
        return torch.cat([self.points(squares[..., :2]), sides], dim=2)

    def boxes(self, boxes: Tensor) -> Tensor:
        """Upright rectangles (N, B, 4) round what boxes x0, y0, x1, y1 become."""
        corners = boxes[..., [0, 1, 2, 1, 2, 3, 0, 3]].unflatten(2, (4, 2))
        corners = self.points(corners)
        return torch.cat([corners.amin(dim=2), corners.amax(dim=2)], dim=2)


def draw_placements(
    focus: Tensor,
    extent: Tensor,
    upright: Tensor,
    settings: PlacementSettings,
    generator: torch.Generator,
) -> Placements:
    """Random placements that keep the focus in view.

    Args:
        focus: (N, 2) middle of a palm or a hand.
        extent: (N,) longer side of the hand.
        upright: (N,) bool, pictures with boxes that do not turn with them: they are turned half as
            far, and by quarters of a turn.
        settings: how far.
        generator: of all randomness.
    """
    count = len(focus)
    low = (settings.hand[0] / extent).clamp(*settings.zoom)
    high = torch.maximum((settings.hand[1] / extent).clamp(*settings.zoom), low)
    zoom = low * (high / low) ** uniform((count,), generator)
    rotation = _draw_rotations(count, upright, settings, generator)
    mirror = torch.where(chance(count, 0.5, generator), -1.0, 1.0)
    cosine, sine = torch.cos(rotation) * zoom, torch.sin(rotation) * zoom
    linear = torch.stack([cosine * mirror, -sine, sine * mirror, cosine], dim=1).view(-1, 2, 2)
    # Where the focus would be if the picture were turned and scaled about its middle.
    natural = (linear @ (focus - 0.5)[:, :, None])[:, :, 0] + 0.5
    near = natural + normal((count, 2), generator, settings.shift)
    anywhere = chance(count, settings.anywhere_share, generator)[:, None]
    target = torch.where(anywhere, uniform((count, 2), generator), near)
    # Of a hand at the border at least about half is to be seen.
    border = (uniform((count, 1), generator, 0.0, 0.35) * (extent * zoom)[:, None]).clamp(max=0.5)
    target = torch.minimum(torch.maximum(target, border), 1 - border)
    offset = target - (linear @ focus[:, :, None])[:, :, 0]
    return Placements(linear, offset, zoom)


def centred(count: int, device: torch.device) -> Placements:
    """Placements that change nothing."""
    linear = torch.eye(2, device=device).expand(count, 2, 2)
    return Placements(
        linear, torch.zeros(count, 2, device=device), torch.ones(count, device=device)
    )


def sample(
    planes: Tensor, content: Tensor, placements: Placements, side: int
) -> tuple[Tensor, Tensor]:
    """Pictures as they lie in the input.

    Args:
        planes: (N, C, S, S).
        content: (N, 4) x0, y0, x1, y1 of what is no letterbox bar.
        placements: of the pictures.
        side: pixels of the input.

    Returns:
        (N, C, side, side), and (N, 1, side, side) 1 where there is picture and 0 beyond it.
    """
    x, y = _picture_coordinates(placements, side)
    grid = torch.stack([2 * x - 1, 2 * y - 1], dim=3)
    laid = F.grid_sample(planes, grid, align_corners=False)
    # Those that shrink much are averaged over 2×2 pixels first, so that no pixel is skipped.
    shrink = planes.shape[-1] / (side * placements.zoom)
    much = torch.nonzero(shrink > _SMOOTH_FROM).squeeze(1)
    if len(much):
        laid[much] = F.grid_sample(F.avg_pool2d(planes[much], 2), grid[much], align_corners=False)
    # Half a pixel from the border the picture begins to blend with the nothing around it.
    half = 0.5 / planes.shape[-1]
    x0, y0, x1, y1 = content[:, :, None, None].unbind(dim=1)
    inside = (x >= x0 + half) & (x <= x1 - half) & (y >= y0 + half) & (y <= y1 - half)
    return laid, inside[:, None].float()


def shown_share(squares: Tensor, shown: Tensor, points: int = 5) -> Tensor:
    """(N, P) share of upright rectangles x0, y0, x1, y1 (N, P, 4) that is to be seen.

    Args:
        squares: fractions of the side; what is beyond the input is not to be seen.
        shown: (N, 1, H, W) 1 where the hand is in front, 0 elsewhere.
        points: a side of the grid at which it is looked up.
    """
    along = (torch.arange(points, device=squares.device) + 0.5) / points
    low, high = squares[..., None, :2], squares[..., None, 2:]
    x, y = (low + (high - low) * along[:, None]).unbind(dim=3)
    grid = torch.stack(
        [x[..., None, :].expand(-1, -1, points, -1), y[..., None].expand(-1, -1, -1, points)], dim=4
    )
    looked_up = F.grid_sample(
        shown, 2 * grid.flatten(2, 3).nan_to_num(-1.0) - 1, mode="nearest", align_corners=False
    )
    return looked_up[:, 0].mean(dim=2)


def _draw_rotations(
    count: int, upright: Tensor, settings: PlacementSettings, generator: torch.Generator
) -> Tensor:
    widest = math.radians(settings.rotation_degrees)
    small = uniform((count,), generator, -widest, widest)
    full = uniform((count,), generator, -math.pi, math.pi)
    quarter = torch.round(full / (math.pi / 2)) * (math.pi / 2)
    turned = chance(count, settings.any_rotation_share, generator)
    rotation = torch.where(turned, full, small)
    return torch.where(upright, small / 2 + torch.where(turned, quarter, 0.0), rotation)


def _picture_coordinates(placements: Placements, side: int) -> tuple[Tensor, Tensor]:
    """(N, side, side) x and y in the picture of the input's pixels' centres."""
    inverse = torch.linalg.inv(placements.linear)
    start = -(inverse @ placements.offset[:, :, None])
    along = (torch.arange(side, device=start.device) + 0.5) / side
    columns = inverse[:, :, 0, None, None] * along
    rows = inverse[:, :, 1, None, None] * along[:, None] + start[:, :, :, None]
    x, y = (columns + rows).unbind(dim=1)
    return x, y
