"""The palm detector's loss: which anchors see a palm, and where its square and keypoints are."""

from __future__ import annotations

import math
from typing import Literal

import torch
from pydantic import BaseModel, ConfigDict, Field
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from tracker.models.palm import PalmOutput
from tracker.training.palm.matching import IGNORED, NEGATIVE, POSITIVE, match, match_boxes
from tracker.training.palm.truth import PalmTruth


class PalmLossSettings(BaseModel):
    """Which loss, and the weights of its terms."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    classification: Literal["focal", "cross_entropy"] = "focal"
    alpha: float = Field(0.25, gt=0, lt=1)
    gamma: float = Field(2.0, ge=0)
    hard_negatives: float = Field(3.0, gt=0)
    """With cross-entropy: negatives for each positive, the worst ones (SSD)."""
    positive_iou: float = Field(0.5, gt=0, le=1)
    ignored_iou: float = Field(0.35, gt=0, le=1)
    scores: float = Field(1.0, ge=0)
    boxes: float = Field(2.0, ge=0)
    keypoints: float = Field(2.0, ge=0)
    photos: float = Field(0.25, ge=0)
    """Of the term by which a photograph's hand box asks for one palm inside of it."""


def palm_loss(
    output: PalmOutput, truth: PalmTruth, anchors: Tensor, settings: PalmLossSettings
) -> dict[str, Tensor]:
    """Weighted terms `scores`, `boxes`, `keypoints` and `photos`."""
    matches = match(
        anchors,
        truth.palms,
        truth.wanted,
        truth.ignored,
        settings.positive_iou,
        settings.ignored_iou,
    )
    near, plausible = match_boxes(anchors, truth.boxes, truth.boxed)
    states = torch.where(near & (matches.states == NEGATIVE), IGNORED, matches.states)
    if settings.classification == "focal":
        scores = focal_loss(output.logits, states, settings.alpha, settings.gamma)
    else:
        scores = hard_negative_loss(output.logits, states, settings.hard_negatives)
    picture, anchor = torch.nonzero(states == POSITIVE, as_tuple=True)
    palm = matches.palms[picture, anchor]
    square = truth.palms[picture, palm]
    return {
        "scores": settings.scores * scores,
        "boxes": settings.boxes * box_loss(output.boxes[picture, anchor], square),
        "keypoints": settings.keypoints
        * keypoint_loss(
            output.keypoints[picture, anchor], truth.keypoints[picture, palm], square[:, 2]
        ),
        "photos": settings.photos
        * one_of_many_loss(output.logits, plausible & truth.asked[:, :, None]),
    }


def focal_loss(logits: Tensor, states: Tensor, alpha: float, gamma: float) -> Tensor:
    """−α (1 − p)^γ log p at positives and −(1 − α) p^γ log(1 − p) at negatives, summed and divided
    by the number of positives (Lin et al. 2017, "Focal loss", equation 5).

    Args:
        logits: (N, A).
        states: (N, A) of matching.Matches.
        alpha: weight of the positives.
        gamma: how little the easy ones count.
    """
    positive = states == POSITIVE
    sign = torch.where(positive, 1.0, -1.0)
    log_right = F.logsigmoid(sign * logits)
    weight = torch.where(positive, alpha, 1 - alpha) * (1 - log_right.exp()).pow(gamma)
    total = -(weight * log_right * (states != IGNORED)).sum()
    return total / positive.sum().clamp_min(1)


def hard_negative_loss(logits: Tensor, states: Tensor, ratio: float, least: int = 8) -> Tensor:
    """Cross-entropy over the positives and, in each picture, the `ratio` times as many negatives
    that are most mistaken (Liu et al. 2016, "SSD", section 2.2), divided by the positives.

    Args:
        logits: (N, A).
        states: (N, A) of matching.Matches.
        ratio: negatives ÷ positives.
        least: negatives of a picture that has no or few positives.
    """
    positive, negative = states == POSITIVE, states == NEGATIVE
    wanted = (ratio * positive.sum(dim=1)).long().clamp_min(least)
    order = logits.detach().masked_fill(~negative, -math.inf).argsort(dim=1, descending=True)
    rank = torch.empty_like(order)
    rank.scatter_(1, order, torch.arange(order.shape[1], device=order.device).expand_as(order))
    hard = negative & (rank < wanted[:, None])
    total = F.softplus(-logits)[positive].sum() + F.softplus(logits)[hard].sum()
    return total / positive.sum().clamp_min(1)


def box_loss(boxes: Tensor, truth: Tensor) -> Tensor:
    """Mean smooth L1 of centre ÷ palm side and of the logarithm of the side; (M, 3) each."""
    center = (boxes[:, :2] - truth[:, :2]) / truth[:, 2:]
    side = (boxes[:, 2:] / truth[:, 2:]).log()
    return _smooth(torch.cat([center, side], dim=1).flatten())


def keypoint_loss(keypoints: Tensor, truth: Tensor, sides: Tensor) -> Tensor:
    """Mean smooth L1 of keypoints (M, 7, 2) ÷ palm sides (M,)."""
    return _smooth(((keypoints - truth) / sides[:, None, None]).flatten())


def one_of_many_loss(logits: Tensor, plausible: Tensor) -> Tensor:
    """−log σ of the log-mean-exp of the plausible anchors' logits, mean over the boxes that have
    any: one anchor of each box is to see a palm, whichever it is.

    Args:
        logits: (N, A).
        plausible: (N, B, A) bool.
    """
    count = plausible.sum(dim=2)
    picture, box = torch.nonzero(count, as_tuple=True)
    inside = logits[picture].masked_fill(~plausible[picture, box], -math.inf)
    pooled = inside.logsumexp(dim=1) - count[picture, box].log()
    return F.softplus(-pooled).sum() / max(len(picture), 1)


def _smooth(errors: Tensor, beta: float = 0.1) -> Tensor:
    """Mean smooth L1 over the errors, quadratic below `beta`; 0 without any."""
    size = errors.abs()
    each = torch.where(size < beta, 0.5 * size.square() / beta, size - 0.5 * beta)
    return each.sum() / max(len(errors), 1)
