"""From wide crops to the model's crops: where the tracker's region would lie, give or take."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from tracker.training.draws import chance, normal, uniform


@dataclass(frozen=True)
class Regions:
    """N regions in coordinates of their wide crops, which may be mirrored first.

    Attributes:
        center: (N, 2) in wide sides.
        size: (N,) in wide sides.
        rotation: (N,) radians, clockwise.
        mirrored: (N,) bool: the wide crop is mirrored left to right before.
    """

    center: Tensor
    size: Tensor
    rotation: Tensor
    mirrored: Tensor

    def in_wide_crop(self) -> Tensor:
        """(N, 2) centers where the wide crop is not mirrored, in wide sides."""
        x = torch.where(self.mirrored, 1 - self.center[:, 0], self.center[:, 0])
        return torch.stack([x, self.center[:, 1]], dim=1)


@dataclass(frozen=True)
class Jitter:
    """How far the tracker's regions are off, as standard deviations."""

    rotation: float
    """Radians."""
    scale: float
    """Of the logarithm of the side."""
    shift: float
    """Sides."""
    wild_share: float
    """Share of crops that are far off: for the presence of a hand that is only partly there."""
    undirected: float
    """Radians: the rotation where it is not known which way the hand points."""


def jittered_regions(
    rois: Tensor,
    directed: Tensor,
    may_stray: Tensor,
    jitter: Jitter,
    generator: torch.Generator,
) -> Regions:
    """Regions as the detector (half of them) and the previous frame (half) would give.

    Args:
        rois: (N, 2, 4) of CropLabel.
        directed: (N,) bool: whether they are turned as the hand points.
        may_stray: (N,) bool: whether they may be far off. A place without a hand may not: there
            may be one beside it.
    """
    count = len(rois)
    mirrored = chance(count, 0.5, generator)
    source = chance(count, 0.5, generator).long()
    roi = rois[torch.arange(count, device=rois.device), source]
    flip = torch.where(mirrored, -1.0, 1.0)
    center = roi[:, :2].clone()
    center[:, 0] = torch.where(mirrored, 1 - center[:, 0], center[:, 0])
    size = roi[:, 2] * torch.exp(normal((count,), generator, jitter.scale))
    # Now and then the way the hand points is badly off, as it is for fists and foreshortened palms.
    spread = torch.where(chance(count, 0.15, generator), 3 * jitter.rotation, jitter.rotation)
    spread = torch.where(directed, spread, jitter.undirected)
    rotation = roi[:, 3] * flip + normal((count,), generator) * spread
    center = center + normal((count, 2), generator, jitter.shift) * size[:, None]
    wild = chance(count, jitter.wild_share, generator) & may_stray
    angle = uniform((count,), generator, 0, 2 * torch.pi)
    far = uniform((count,), generator, 0.3, 1.0) * size
    away = torch.stack([torch.cos(angle), torch.sin(angle)], dim=1) * far[:, None]
    center = center + away * wild[:, None]
    size = size * torch.where(wild, torch.exp(normal((count,), generator, 0.4)), torch.ones(()))
    return Regions(center, size, rotation, mirrored)


def exact_regions(rois: Tensor, source: int = 1) -> Regions:
    """The regions of the labels themselves, for validation."""
    roi = rois[:, source]
    mirrored = torch.zeros(len(rois), dtype=torch.bool, device=rois.device)
    return Regions(roi[:, :2], roi[:, 2], roi[:, 3], mirrored)


def cut(images: Tensor, regions: Regions, side: int) -> Tensor:
    """(N, C, side, side) of (N, C, H, H); 0 beyond the border."""
    turn = _turn(regions.rotation) * regions.size[:, None, None]
    theta = torch.cat([turn, (2 * regions.center - 1)[:, :, None]], dim=2)
    flip = torch.where(regions.mirrored, -1.0, 1.0)
    theta = torch.stack([theta[:, 0] * flip[:, None], theta[:, 1]], dim=1)
    grid = F.affine_grid(theta, [len(images), images.shape[1], side, side], align_corners=False)
    return F.grid_sample(images, grid, align_corners=False)


def landmarks_in(regions: Regions, landmarks: Tensor) -> Tensor:
    """Landmarks (N, 21, 3) of the wide crops in the regions' coordinates; NaN stays NaN."""
    x = torch.where(regions.mirrored[:, None], 1 - landmarks[..., 0], landmarks[..., 0])
    plane = torch.stack([x, landmarks[..., 1]], dim=2) - regions.center[:, None]
    plane = plane @ _turn(regions.rotation) / regions.size[:, None, None] + 0.5
    return torch.cat([plane, landmarks[..., 2:] / regions.size[:, None, None]], dim=2)


def world_in(regions: Regions, world: Tensor) -> Tensor:
    """World points (N, 21, 3), whose axes are the wide crop's, in the regions' axes."""
    x = torch.where(regions.mirrored[:, None], -world[..., 0], world[..., 0])
    plane = torch.stack([x, world[..., 1]], dim=2) @ _turn(regions.rotation)
    return torch.cat([plane, world[..., 2:]], dim=2)


def box_frame(regions: Regions, box: Tensor) -> Tensor:
    """(N, 2, 3) affine maps from points of the regions, (x, y, 1), to fractions of boxes (N, 4) of
    the wide crops; NaN where there is no box."""
    mirrored = regions.mirrored
    left = torch.where(mirrored, 1 - box[:, 2], box[:, 0])
    right = torch.where(mirrored, 1 - box[:, 0], box[:, 2])
    low, high = torch.stack([left, box[:, 1]], dim=1), torch.stack([right, box[:, 3]], dim=1)
    turn = _turn(regions.rotation) * regions.size[:, None, None]
    corner = regions.center - turn.sum(dim=2) / 2
    affine = torch.cat([turn, (corner - low)[:, :, None]], dim=2)
    return affine / (high - low)[:, :, None]


def right_in(regions: Regions, right: Tensor) -> Tensor:
    """1 for a right hand after the mirror; NaN stays NaN."""
    return torch.where(regions.mirrored, 1 - right, right)


def _turn(rotation: Tensor) -> Tensor:
    """(N, 2, 2) rotations, clockwise in the image."""
    cosine, sine = torch.cos(rotation), torch.sin(rotation)
    return torch.stack(
        [torch.stack([cosine, -sine], dim=1), torch.stack([sine, cosine], dim=1)], dim=1
    )
