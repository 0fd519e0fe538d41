"""Metrics of the landmark model on crops as they should be."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from synth.landmarks import MIDDLE_MCP, WRIST
from tracker.evaluation.metrics import roc_auc
from tracker.models.landmark import LandmarkOutput
from tracker.roi import STABLE_LANDMARKS
from tracker.training.landmark.losses import LandmarkTarget


def validation_metrics(
    gathered: Sequence[tuple[LandmarkOutput, LandmarkTarget]],
) -> dict[str, float]:
    """Errors in percent, of hands whose landmarks make a region, over the landmarks that are known;
    `score` is what is maximised."""
    landmarks = torch.cat([output.landmarks for output, _ in gathered])
    truth = torch.cat([target.landmarks for _, target in gathered])
    presence = torch.cat([output.presence for output, _ in gathered])
    present = torch.cat([target.presence for _, target in gathered])
    handedness = torch.cat([output.handedness for output, _ in gathered])
    right = torch.cat([target.right for _, target in gathered])
    world = torch.cat([output.world for output, _ in gathered])
    true_world = torch.cat([target.world for _, target in gathered])

    known = ~torch.isnan(truth[..., :2]).any(dim=2)
    hands = known[:, list(STABLE_LANDMARKS)].all(dim=1)
    plane, counted = truth[hands][..., :2], known[hands]
    off = (landmarks[hands][..., :2] - plane).norm(dim=2).nan_to_num() * counted
    error = off.sum(dim=1) / counted.sum(dim=1)
    palm = (plane[:, WRIST] - plane[:, MIDDLE_MCP]).norm(dim=1)
    low = plane.nan_to_num(torch.inf).amin(dim=1)
    high = plane.nan_to_num(-torch.inf).amax(dim=1)
    box = (high - low).amax(dim=1)
    sides = ~torch.isnan(right)
    correct = ((handedness > 0) == (right > 0.5))[sides].float().mean()
    in_space = (world - true_world).norm(dim=2).nanmean()
    return {
        "palm_median": 100 * float((error / palm).median()),
        "palm_mean": 100 * float((error / palm).mean()),
        "box_mean": 100 * float((error / box).mean()),
        "handedness": 100 * float(correct),
        "presence_auc": _auc(presence, present),
        "world_mm": 1000 * float(in_space),
        "score": -100 * float((error / box).mean()),
    }


def _auc(scores: Tensor, truth: Tensor) -> float:
    """Area under the ROC curve: how often a positive scores above a negative."""
    return roc_auc(scores[truth == 1].cpu().numpy(), scores[truth == 0].cpu().numpy())
