"""What a region of a wide crop should give, and what is not asked for."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from tracker.training.landmark.geometry import Regions, box_frame, landmarks_in, right_in, world_in
from tracker.training.landmark.losses import LandmarkTarget
from tracker.training.landmark.wide import WideBatch

#: A region whose centre is further from its hand's, in sides of the hand's own, has strayed. Below
#: it at least half of the box is inside.
_STRAYED = 0.3


def target_in(wide: WideBatch, regions: Regions) -> LandmarkTarget:
    """The truth of the regions."""
    landmarks = landmarks_in(regions, wide.landmarks)
    right, world = right_in(regions, wide.right), world_in(regions, wide.world)
    target = LandmarkTarget(landmarks, wide.presence, right, world, box_frame(regions, wide.box))
    # Of a hand whose landmarks are not all known nobody can say how much is in a region that is
    # far off; the regions of hands in photographs are centred on their boxes.
    off = regions.in_wide_crop() - wide.rois[:, 1, :2]
    strayed = (off.norm(dim=1) > _STRAYED * wide.rois[:, 1, 2]) & (wide.presence == 1)
    strayed &= torch.isnan(wide.landmarks).flatten(1).any(dim=1)
    return with_presence_of(without_hand(target, strayed, torch.nan))


def mirrored(target: LandmarkTarget) -> LandmarkTarget:
    """The truth of the mirror images."""
    flip = torch.tensor([-1.0, 1.0, 1.0], device=target.world.device)
    landmarks = torch.cat([1 - target.landmarks[..., :1], target.landmarks[..., 1:]], dim=2)
    x, y, one = target.box.unbind(dim=2)
    box = torch.stack([-x, y, one + x], dim=2)
    return LandmarkTarget(landmarks, target.presence, 1 - target.right, target.world * flip, box)


def with_presence_of(target: LandmarkTarget) -> LandmarkTarget:
    """A hand of which little is in the region is none; of which about half is, is not judged.

    The rule is for hands whose landmarks are all known; of others the presence stays.
    """
    plane = target.landmarks[..., :2]
    known = ~torch.isnan(plane).any(dim=2).any(dim=1)
    inside = ((plane > 0) & (plane < 1)).all(dim=2).float().mean(dim=1)
    judged = torch.where(inside >= 0.6, 1.0, torch.where(inside <= 0.25, 0.0, torch.nan))
    presence = torch.where(known, judged, target.presence)
    gone = known & (presence != 1)
    return without_hand(replace(target, presence=presence), gone, presence)


def without_hand(
    target: LandmarkTarget, gone: Tensor, presence: Tensor | float = 0.0
) -> LandmarkTarget:
    """The target with nothing to learn of the hands that are gone, but their presence."""
    nothing = torch.tensor(torch.nan, device=gone.device)
    wide = gone[:, None, None]
    replaced = torch.as_tensor(presence, device=gone.device, dtype=target.presence.dtype)
    return LandmarkTarget(
        torch.where(wide, nothing, target.landmarks),
        torch.where(gone, replaced, target.presence),
        torch.where(gone, nothing, target.right),
        torch.where(wide, nothing, target.world),
        torch.where(wide, nothing, target.box),
    )
