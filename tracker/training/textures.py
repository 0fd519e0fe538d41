"""Made-up pictures: blobs of colour on several scales, for backgrounds and occluders."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from tracker.training.draws import uniform

_GRIDS = (2, 5, 14, 40)
#: Drawn this many times coarser and enlarged: as good behind and before a hand, and much cheaper.
_COARSER = 2


def random_textures(count: int, side: int, generator: torch.Generator) -> Tensor:
    """(count, 3, side, side) in [0, 1]: a base colour and random grids of four finenesses, each of
    another weight, some of them without interpolation, which gives straight edges."""
    drawn = side // _COARSER
    result = uniform((count, 3, 1, 1), generator).expand(-1, -1, drawn, drawn).clone()
    for cells in _GRIDS:
        grid = uniform((count, 3, cells, cells), generator, -0.5, 0.5)
        # Colours vary together more than apart.
        grid = 0.35 * grid + 0.65 * grid[:, :1]
        weight = uniform((count, 1, 1, 1), generator) ** 2
        smooth = F.interpolate(grid, (drawn, drawn), mode="bilinear")
        if cells <= 5:
            hard = F.interpolate(grid, (drawn, drawn), mode="nearest")
            smooth = torch.where(uniform((count, 1, 1, 1), generator) < 0.3, hard, smooth)
        result += weight * smooth
    return F.interpolate(result.clamp_(0, 1), (side, side), mode="bilinear")
