"""Losses of the landmark model; what a label does not know takes no part."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from pydantic import BaseModel, ConfigDict, Field
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from synth.landmarks import LANDMARKS, WRIST
from tracker.models.landmark import LandmarkOutput
from tracker.models.landmark_heads import DEPTH_REACH, MARGIN, bin_centers, cell_middles

#: Width of the target over the cells, in cells.
CELL_SIGMA = 0.6
#: Share of a hand's box that may lie beyond the outermost landmark: half of a finger and some
#: forearm.
FLESH = 0.15

_INDEX_MCP = LANDMARKS.index("index_mcp")
_LITTLE_MCP = LANDMARKS.index("little_mcp")


class LandmarkLossWeights(BaseModel):
    """Weights of the terms, and width of the target over the bins (in crop sides)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    bins: float = Field(1.0, ge=0)
    cells: float = Field(0.5, ge=0)
    offsets: float = Field(0.5, ge=0)
    points: float = Field(5.0, ge=0)
    depth: float = Field(2.0, ge=0)
    presence: float = Field(0.5, ge=0)
    handedness: float = Field(1.0, ge=0)
    facing: float = Field(1.0, ge=0)
    world: float = Field(10.0, ge=0)
    box: float = Field(0.0, ge=0)
    """Of landmarks outside of the box, where a photograph's box is all that is known."""
    reach: float = Field(0.0, ge=0)
    """Of hands that stay short of such a box: a fist where a finger is stretched out."""
    sparse: float = Field(1.0, ge=1)
    """Where only some of the 21 are labelled, each counts for up to so many: the few fingertips of
    a photograph would otherwise be lost among the renders' landmarks."""
    sigma: float = Field(0.016, gt=0)


@dataclass(frozen=True)
class LandmarkTarget:
    """What N crops should give; NaN where it is not known.

    Attributes:
        landmarks: (N, 21, 3) as LandmarkOutput.landmarks.
        presence, right: (N,) 0 … 1.
        world: (N, 21, 3) metres.
        box: (N, 2, 3) affine maps from the crop to fractions of the hand's box.
    """

    landmarks: Tensor
    presence: Tensor
    right: Tensor
    world: Tensor
    box: Tensor


def landmark_loss(
    output: LandmarkOutput, target: LandmarkTarget, weights: LandmarkLossWeights
) -> dict[str, Tensor]:
    """Weighted terms: what the head classifies, distance of the points, depth, presence,
    handedness and world points."""
    known = known_coordinates(target.landmarks)
    truth = torch.nan_to_num(target.landmarks)
    distance = F.smooth_l1_loss(output.landmarks, truth, beta=0.02, reduction="none")
    counts = known * label_weight(target.landmarks, weights.sparse)[:, None, None]
    plane, depth = counts[..., :2], counts[..., 2]
    terms = {
        "points": weights.points * masked_mean(distance[..., :2], plane),
        "depth": weights.depth * masked_mean(distance[..., 2], depth),
        "presence": weights.presence * binary_loss(output.presence, target.presence),
        "handedness": weights.handedness * binary_loss(output.handedness, target.right),
        "facing": weights.facing * binary_loss(output.facing, palm_facing(target)),
        "world": weights.world
        * masked_mean(
            (output.world - torch.nan_to_num(target.world)).abs(), ~torch.isnan(target.world)
        ),
    }
    if weights.box:
        terms["box"] = weights.box * outside_loss(output.landmarks[..., :2], target.box)
    if weights.reach:
        # Where landmarks are labelled the box says nothing more; it may be a wide one.
        unlabelled = torch.isnan(target.landmarks[..., 0]).all(dim=1)
        box = target.box.masked_fill(~unlabelled[:, None, None], torch.nan)
        terms["reach"] = weights.reach * short_loss(output.landmarks[..., :2], box)
    bins, cells = output.bins, output.cells
    if bins is not None:
        wanted = gaussian_bins(truth, bins.shape[-1], weights.sigma)
        terms["bins"] = weights.bins * class_loss(bins, wanted, counts)
    if cells is not None:
        wanted = gaussian_cells(truth[..., :2], cells.shape[-1])
        scores, offsets = cells[:, :, 0], cells[:, :, 1:]
        terms["cells"] = weights.cells * class_loss(
            scores.flatten(2), wanted.flatten(2), counts[..., 0]
        )
        terms["offsets"] = weights.offsets * offset_loss(offsets, truth, wanted, counts[..., 0])
    return terms


def label_weight(landmarks: Tensor, sparse: float) -> Tensor:
    """(N,) how much a labelled landmark (N, 21, 3) counts: 1 where all are, more where few are."""
    labelled = (~torch.isnan(landmarks[..., 0])).sum(dim=1)
    return (len(LANDMARKS) / labelled.clamp_min(1)).clamp(max=sparse)


def class_loss(scores: Tensor, wanted: Tensor, counts: Tensor) -> Tensor:
    """Cross-entropy of scores (…, C) against distributions (…, C), mean over what counts so much
    (…)."""
    return masked_mean(-(wanted * scores.log_softmax(dim=-1)).sum(dim=-1), counts)


def offset_loss(offsets: Tensor, truth: Tensor, wanted: Tensor, counts: Tensor) -> Tensor:
    """Smooth L1 of the offsets (N, 21, 2, S, S), in cells, of the cells that are wanted (N, 21, S,
    S), mean over landmarks that count so much (N, 21)."""
    side = offsets.shape[-1]
    middles = cell_middles(side).to(offsets.device)
    x = truth[..., 0, None, None] * side - middles[None, :]
    y = truth[..., 1, None, None] * side - middles[:, None]
    right = torch.stack([x.expand(wanted.shape), y.expand(wanted.shape)], dim=2)
    each = F.smooth_l1_loss(offsets, right, beta=0.25, reduction="none").sum(dim=2)
    return masked_mean((wanted * each).sum(dim=(2, 3)), counts)


def gaussian_cells(places: Tensor, side: int) -> Tensor:
    """(…, side, side) distributions over a grid's cells round places (…, 2) in crop sides, with a
    sum of 1. Of a place outside it lies at the border."""
    at = places.clamp(0, 1) * side
    middles = cell_middles(side).to(places.device)
    x, y = (_gaussian((at[..., axis, None] - middles) / CELL_SIGMA) for axis in (0, 1))
    return y[..., :, None] * x[..., None, :]


def outside_loss(points: Tensor, box: Tensor) -> Tensor:
    """How far points (N, 21, 2) lie outside of their boxes, in box sides, mean over all of them.

    Args:
        points: (N, 21, 2) in the crop.
        box: (N, 2, 3) of LandmarkTarget.
    """
    inside, known = _in_boxes(points, box)
    outside = F.relu(-inside) + F.relu(inside - 1)
    return masked_mean(outside, known[:, None, None].expand_as(inside))


def short_loss(points: Tensor, box: Tensor) -> Tensor:
    """How far the outermost of points (N, 21, 2) stay inside the sides of their boxes, beyond
    FLESH, in box sides, mean over the four sides of all boxes.

    Args:
        points, box: as outside_loss takes them.
    """
    inside, known = _in_boxes(points, box)
    low, high = inside.amin(dim=1), inside.amax(dim=1)
    short = (F.relu(low - FLESH) + F.relu(1 - FLESH - high)) / 2
    return masked_mean(short, known[:, None].expand_as(short))


def _in_boxes(points: Tensor, box: Tensor) -> tuple[Tensor, Tensor]:
    """(N, 21, 2) fractions of the boxes' sides, and (N,) bool: which boxes are known."""
    frame = torch.nan_to_num(box)[:, None]
    # No matrix product: autocast would round it to bfloat16.
    inside = (points[:, :, None] * frame[..., :2]).sum(dim=3) + frame[..., 2]
    return inside, ~torch.isnan(box).flatten(1).any(dim=1)


def palm_facing(target: LandmarkTarget) -> Tensor:
    """(N,) from 0, the back of the hand towards the camera, to 1, the palm; NaN if not known.

    It is the same in a mirror, unlike the side, which a network learns late: only from where the
    thumb is and from this together.
    """
    wrist, index, little = (target.world[:, i] for i in (WRIST, _INDEX_MCP, _LITTLE_MCP))
    normal = torch.linalg.cross(index - wrist, little - wrist)
    towards = normal[:, 2] / normal.norm(dim=1).clamp_min(1e-9)
    # The normal of a right hand points out of the palm's back in a frame with y down, z forward.
    return 0.5 + 0.5 * towards * (1 - 2 * target.right)


def known_coordinates(landmarks: Tensor) -> Tensor:
    """(N, 21, 3) bool: coordinates that are labelled and within the reach of the bins. Of a point
    outside neither x nor y counts."""
    x, y, z = landmarks.unbind(dim=-1)
    plane = (x > -MARGIN) & (x < 1 + MARGIN) & (y > -MARGIN) & (y < 1 + MARGIN)
    return torch.stack([plane, plane, plane & (z.abs() < DEPTH_REACH)], dim=-1)


def gaussian_bins(coordinates: Tensor, bins: int, sigma: float) -> Tensor:
    """(…, 3, bins) distributions round coordinates (…, 3), with a sum of 1. Depth is twice as wide
    for it is known less well."""
    centers = bin_centers(bins).to(coordinates.device)
    widths = coordinates.new_tensor([sigma, sigma, 2 * sigma])[:, None]
    return _gaussian((coordinates[..., None] - centers) / widths)


def _gaussian(off: Tensor) -> Tensor:
    """Normal distribution over the last axis, whose places are so many deviations off."""
    return (-0.5 * off**2).softmax(dim=-1)


def binary_loss(logits: Tensor, truth: Tensor) -> Tensor:
    """Mean cross-entropy over those whose truth is known."""
    loss = F.binary_cross_entropy_with_logits(logits, torch.nan_to_num(truth), reduction="none")
    return masked_mean(loss, ~torch.isnan(truth))


def masked_mean(values: Tensor, mask: Tensor) -> Tensor:
    """Mean over the mask, or weighted by it; 0 if it is empty."""
    return (values * mask).sum() / mask.sum().clamp_min(1)
